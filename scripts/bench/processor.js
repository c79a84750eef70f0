// The processor's kind: its model, and the instructions that kernels choose by.
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const INSTRUCTIONS = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'amx_tile', 'asimd', 'sve'];

/** Returns such as "Intel(R) Xeon(R) Processor (family 6, model 106; avx2, fma)". */
export function processor() {
  const model = cpus()[0].model.trim();
  const file = '/proc/cpuinfo';
  if (!existsSync(file)) return model;
  const text = readFileSync(file, 'utf8');
  const field = (/** @type {string} */ name) =>
    text.match(new RegExp(`^${name}\\s*: (.*)$`, 'm'))?.[1] ?? '';
  const flags = (field('flags') || field('Features')).split(' ');
  const found = INSTRUCTIONS.filter((name) => flags.includes(name));
  const kind = field('cpu family') && `family ${field('cpu family')}, model ${field('model')}; `;
  return `${model} (${kind}${found.join(', ') || 'no vector instructions known'})`;
}

// Installs or builds the programs among the contestants, and says how each is started.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StageError, output, root, run, stage } from '../stage.js';

/** @typedef {import('./native.js').Command} Command */

const KERAS = readFileSync(join(root, 'tests/keras/requirements.txt'), 'utf8').trim().split('\n');
const JAX = 'jax==0.10.2';

/**
 * Programs in Python. TensorFlow is not pinned: its input pipeline has threads of its own.
 * @type {Record<string, { packages: string[], file: string, env?: Record<string, string>, pinned?: boolean }>}
 */
const PYTHON = {
  keras: {
    packages: KERAS,
    file: 'keras_fit.py',
    env: { KERAS_BACKEND: 'tensorflow' },
    pinned: false,
  },
  'keras-jax': { packages: [...KERAS, JAX], file: 'keras_fit.py', env: { KERAS_BACKEND: 'jax' } },
  jax: { packages: [JAX], file: 'jax_scan.py' },
  // For x86 there is no package without CUDA, which takes 3 GB.
  torch: { packages: ['torch==2.15.0', 'numpy'], file: 'torch_eager.py' },
  sklearn: { packages: ['scikit-learn==1.9.1'], file: 'sklearn_fit.py' },
};

/** Names of the programs. */
export const PROGRAMS = [...Object.keys(PYTHON), 'candle', 'native'];

/**
 * Returns how these programs are started, after installing or building them.
 * @param {string[]} names
 * @returns {Promise<Command[]>}
 */
export async function setUpPrograms(names) {
  /** @type {Command[]} */
  const commands = [];
  for (const name of PROGRAMS.filter((name) => names.includes(name))) {
    commands.push(await stage(name, () => setUp(name)));
  }
  return commands;
}

/** @param {string} name @returns {Promise<Command>} */
async function setUp(name) {
  if (name === 'native') {
    const line = ['build', '--release', '--locked', '--bench', 'native'];
    return { name, line: [await built(line)], pinned: true };
  }
  if (name === 'candle') {
    const folder = [
      '--manifest-path',
      'benches/candle/Cargo.toml',
      '--target-dir',
      'target/candle',
    ];
    // As candle's own repository is compiled.
    const env = { RUSTFLAGS: '-C target-cpu=native' };
    const line = ['build', '--release', '--locked', ...folder];
    return { name, line: [await built(line, env)], pinned: true };
  }
  const { packages, file, env, pinned = true } = PYTHON[name];
  const python = await pythonWith(packages);
  return { name, line: [python, `benches/python/${file}`], env, pinned };
}

/** Builds a program with cargo. Returns its path. @param {string[]} line @param {Record<string, string>} [env] */
async function built(line, env) {
  const printed = await run('cargo', [...line, '--message-format=json'], { env });
  const found = printed.match(/"executable":"((?:[^"\\]|\\.)+)"/)?.[1];
  if (!found) throw new StageError(`cargo ${line.join(' ')} built no program.`);
  return JSON.parse(`"${found}"`);
}

/**
 * Returns a Python with these packages: the one in BENCH_PYTHON, or else the bench's own.
 * @param {string[]} packages
 * @returns {Promise<string>}
 */
async function pythonWith(packages) {
  if (process.env.BENCH_PYTHON) return process.env.BENCH_PYTHON;
  const place = join(root, '.cache', 'bench', 'python');
  const python = join(place, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    const first = (await output('python3', ['--version'])) ? 'python3' : 'python';
    await run(first, ['-m', 'venv', place]);
  }
  const mark = join(place, 'installed');
  const line = packages.join(' ');
  if (existsSync(mark) && readFileSync(mark, 'utf8').split('\n').includes(line)) return python;
  await run(python, ['-m', 'pip', 'install', '--quiet', ...packages]);
  appendFileSync(mark, `${line}\n`);
  return python;
}

// What training on several cores would bring: two workers measured, 2, 8 and 16 cores from that.
//
//   node benches/threads.js                           everything; writes its tables into docs/threads.md
//   node benches/threads.js --only lesson --rounds 3   some networks; prints their tables and writes nothing
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildParts } from '../scripts/build-steps.js';
import { launch, quit } from '../scripts/launch.js';
import { serve } from '../scripts/serve.js';
import { StageError, root, run, script, stage } from '../scripts/stage.js';
import { setUpBuild } from '../scripts/tools.js';
import { tables } from './threads/tables.js';
import { WORKLOADS } from './threads/workloads.js';

const DOC = join(root, 'docs/threads.md');
const [BEGIN, END] = ['<!-- figures -->', '<!-- /figures -->'];
/** Shared memory is for isolated pages only. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

await script(async () => {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, rounds: { type: 'string', default: '9' } },
  });
  const only = values.only?.split(',');
  const chosen = WORKLOADS.filter(({ id }) => !only || only.includes(id));
  const rounds = Number(values.rounds);
  if (chosen.length === 0 || !(rounds >= 1)) {
    const names = WORKLOADS.map(({ id }) => id).join(', ');
    throw new StageError(`--only takes some of ${names}; --rounds a number from 1.`);
  }
  await setUpBuild();
  await buildParts();
  await stage('adding loops', addingLoops);
  const text = await measure(chosen, rounds);
  console.log(`\n${text}`);
  if (only) return;
  const [before, rest] = readFileSync(DOC, 'utf8').split(BEGIN);
  writeFileSync(DOC, `${before}${BEGIN}\n\n${text}\n\n${END}${rest.split(END)[1]}`);
});

/** add.wat as wasm, for memory of one worker and for shared memory. */
async function addingLoops() {
  const folder = join(root, '.cache/threads');
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(join(root, 'benches/threads/add.wat'), 'utf8');
  const sources = {
    add: source,
    'add-shared': source.replace('(memory 1 32768)', '(memory 1 32768 shared)'),
  };
  for (const [name, wat] of Object.entries(sources)) {
    const file = join(folder, name);
    writeFileSync(`${file}.wat`, wat);
    const features = ['--enable-simd', '--enable-threads', '--enable-bulk-memory'];
    await run('wasm-as', [...features, `${file}.wat`, '-o', `${file}.wasm`]);
  }
}

/** @param {import('./threads/workloads.js').Workload[]} workloads @param {number} rounds */
async function measure(workloads, rounds) {
  const { url, close } = await serve({ folder: '.', headers: ISOLATED });
  const browser = await launch('chromium', { protocolTimeout: 600_000 });
  try {
    const page = await browser.newPage();
    await page.goto(`${url}benches/threads/index.html`);
    /** @type {import('./threads/tables.js').Result[]} */
    const results = [];
    for (const workload of workloads) {
      await stage(workload.id, async () => {
        const given = JSON.stringify(workload);
        const { numbers, bits } = /** @type {Opened} */ (await page.evaluate(`open(${given})`));
        await page.evaluate('round()');
        /** @type {number[]} */
        const loads = [];
        /** @type {Round[]} */
        const all = [];
        for (let i = 0; i < rounds; i++) {
          all.push(/** @type {Round} */ (await page.evaluate('round()')));
          loads.push(loadavg()[0]);
        }
        results.push({ workload, numbers, bits, rounds: all, loads });
      });
    }
    const [{ model }] = cpus();
    const machine = `${cpus().length} CPUs (${model.trim()}), ${await browser.version()}`;
    const date = new Date().toISOString().slice(0, 10);
    return tables(results, { machine, date, rounds });
  } finally {
    await quit(browser);
    await close();
  }
}

/** @typedef {import('./threads/page.js').Round} Round */
/** @typedef {{ numbers: number, bits: { share: number, most: number } }} Opened */

// `npm run bench`: the same networks trained by this engine and by others, in turn, on this machine in one run.
//
//   npm run bench                                   everything; writes docs/bench.md, bench.svg, scaling.svg
//   npm run bench -- --only lesson,cnn --rounds 3   some networks; prints their table and writes nothing
//   npm run bench -- --contestants glassbox,keras   some contestants; prints their table
//   npm run bench -- --only scaling                 how time grows with a network's size; prints its table
//   npm run bench -- --only cold                    from a start to the end of the lesson; prints its table
//   npm run bench -- --against ../before/pkg        this engine beside another package of it; prints their table
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cost } from '../benches/cost.js';
import { race } from '../benches/race.js';
import { WORKLOADS } from '../benches/workloads.js';
import { measureAgainst } from './bench/against.js';
import { IN_BROWSER, openBrowser } from './bench/browser.js';
import { barChart } from './bench/chart.js';
import { curveChart } from './bench/curves.js';
import { measureCold } from './bench/cold.js';
import { Program, writeRows } from './bench/native.js';
import { measurePage } from './bench/page.js';
import { processor } from './bench/processor.js';
import { PROGRAMS, setUpPrograms } from './bench/programs.js';
import * as tables from './bench/report.js';
import { measureScaling } from './bench/scaling.js';
import { measureShares } from './bench/share.js';
import { buildAll } from './build-steps.js';
import { serve } from './serve.js';
import { StageError, root, run, script, stage } from './stage.js';

const EVERYBODY = [...new Set(IN_BROWSER.map(({ group }) => group)), ...PROGRAMS];
/** Maximum milliseconds of a sample. A slower contestant is timed on a part of its batches, and the time is scaled. */
const LIMIT = 1000;
const PREDICT_ROWS = 10_000;
const SCALING_ROUNDS = 3;
/** Measurements beside the networks. */
const EXTRA = ['cold', 'scaling'];

await script(async () => {
  const { against, only, contestants, rounds, whole, extra } = options();
  await buildAll();
  if (against !== undefined) {
    console.log(`\n${await measureAgainst(against, only, rounds)}`);
    return;
  }
  const wasm = await stage('ceiling', ceilingWasm);
  const machine = await open(contestants);
  try {
    /** @type {OneResult[]} */
    const workloads = [];
    for (const workload of only) {
      await stage(workload.id, async () => {
        workloads.push(await one(workload, machine, wasm, { rounds, predict: whole }));
      });
    }
    const results = { ...about(rounds), versions: machine.versions, workloads };
    const printed = [
      tables.ratioTable(results),
      tables.timeTable(results),
      tables.cpuTable(results),
      tables.lossTable(results),
      tables.troubles(results),
    ];
    if (!whole && only.length) console.log(`\n${printed.filter(Boolean).join('\n\n')}`);
    const cold = extra.includes('cold')
      ? await measureCold(machine.browsers, machine.commands, contestants, rounds)
      : [];
    if (!whole && cold.length) console.log(`\n${tables.coldTable(cold)}`);
    const scaling = extra.includes('scaling')
      ? await stage('scaling', () =>
          measureScaling(machine.browsers[0], wasm, { rounds: SCALING_ROUNDS, limit: LIMIT }),
        )
      : [];
    if (!whole && scaling.length) console.log(`\n${tables.scalingTables(scaling)}`);
    if (!whole) return;
    await machine.close();
    const page = await stage('page', () => measurePage());
    const shares = await stage('share', () => measureShares());
    write({ ...results, cold, scaling, page, shares });
    console.log(`\n${tables.ratioTable(results)}\n\ndocs/bench.md has the rest.`);
  } finally {
    await machine.close();
  }
});

/** @typedef {import('../benches/workloads.js').Workload} Workload */
/** @typedef {import('./bench/browser.js').Ceiling} Ceiling */
/**
 * @typedef {{ workload: Workload, cost: ReturnType<typeof cost>, entries: import('../benches/race.js').Entry[],
 *   ceilings: Record<string, Ceiling[]> }} OneResult
 * @typedef {{ date: string, machine: string, rounds: number, versions: Record<string, string>,
 *   limit: number, workloads: OneResult[] }} Results
 * @typedef {Results & { scaling: import('./bench/scaling.js').Axis[],
 *   cold: import('./bench/cold.js').Cold[], page: Awaited<ReturnType<typeof measurePage>>,
 *   shares: Awaited<ReturnType<typeof measureShares>> }} WholeResults
 */

function options() {
  const { values } = parseArgs({
    options: {
      against: { type: 'string' },
      only: { type: 'string' },
      contestants: { type: 'string' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const ids = WORKLOADS.map(({ id }) => id);
  const chosen = (/** @type {string | undefined} */ text, /** @type {string[]} */ all) => {
    const names = text?.split(',') ?? all;
    const unknown = names.find((name) => !all.includes(name));
    if (unknown) throw new StageError(`There is no ${unknown}: choose among ${all.join(', ')}.`);
    return names;
  };
  const only = chosen(values.only, [...ids, ...EXTRA]);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new StageError(`--rounds ${values.rounds} must be a whole number from 1.`);
  }
  return {
    against: values.against,
    only: WORKLOADS.filter(({ id }) => only.includes(id)),
    contestants: chosen(values.contestants, only.every((id) => id === 'scaling') ? [] : EVERYBODY),
    rounds,
    extra: EXTRA.filter((name) => only.includes(name)),
    whole: !values.only && !values.contestants,
  };
}

/** Compiles benches/ceiling.wat. */
async function ceilingWasm() {
  const file = '.cache/bench/ceiling.wasm';
  mkdirSync(join(root, '.cache/bench'), { recursive: true });
  const features = ['--enable-simd', '--enable-bulk-memory'];
  await run('wasm-as', [...features, 'benches/ceiling.wat', '-o', file]);
  return new Uint8Array(readFileSync(join(root, file)));
}

/** Opens both browsers on the built site, and the requested programs. @param {string[]} contestants */
async function open(contestants) {
  const commands = await setUpPrograms(contestants);
  const programs = commands.map((command) => new Program(command));
  const { url, close } = await serve();
  const browsers = [await openBrowser('chromium', url), await openBrowser('firefox', url)];
  /** @type {Record<string, string>} */
  const versions = Object.fromEntries(browsers.map(({ name, version }) => [name, version]));
  versions.Glassbox = await browsers[0].ask('version', 'glassbox');
  versions['TensorFlow.js'] = await browsers[0].ask('version', 'tensorflow-wasm');
  versions['jax-js'] = await browsers[0].ask('version', 'jaxjs-wasm');
  for (const program of programs) {
    versions[program.name] = (await program.ask({ call: 'version' })).version;
  }
  let closed = false;
  return {
    browsers,
    commands,
    versions,
    runners: [
      ...browsers.flatMap((browser) => browser.runners(contestants)),
      ...programs.map((program) => program.runner()),
    ],
    async close() {
      if (closed) return;
      closed = true;
      for (const browser of browsers) await browser.close();
      for (const program of programs) program.close();
      await close();
    },
  };
}

/**
 * @param {Workload} workload
 * @param {Awaited<ReturnType<typeof open>>} machine
 * @param {Uint8Array} wasm
 * @param {{ rounds: number, predict: boolean }} how
 * @returns {Promise<OneResult>}
 */
async function one(workload, { browsers, runners }, wasm, { rounds, predict }) {
  const hash = writeRows(workload);
  for (const { name, ask } of browsers) {
    if ((await ask('hash', workload)) !== hash) {
      throw new StageError(
        `${name} trains on other rows than the programs: the bench would compare nothing.`,
      );
    }
  }
  const ofWorkload = cost(workload);
  /** @type {Record<string, Ceiling[]>} */
  const ceilings = Object.fromEntries(browsers.map(({ name }) => [name, []]));
  const entries = await race(runners, workload, {
    rounds,
    limit: LIMIT,
    predictRows: predict ? PREDICT_ROWS : 0,
    eachRound: async () => {
      for (const { name, ceiling } of browsers) {
        ceilings[name].push(await ceiling(wasm, ofWorkload.workingSet));
      }
    },
  });
  return { workload, cost: ofWorkload, entries, ceilings };
}

/** @param {number} rounds */
function about(rounds) {
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${processor()}, ${cpus().length} cores, ${memory} GB, ${type()} ${release().split('-')[0]}`,
    rounds,
    limit: LIMIT,
  };
}

/** @param {WholeResults} results */
function write(results) {
  mkdirSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, '.cache/bench/results.json'), JSON.stringify(results));
  writeFileSync(join(root, 'docs/bench.md'), tables.report(results));
  writeFileSync(join(root, 'docs/bench.svg'), barChart(results));
  writeFileSync(join(root, 'docs/scaling.svg'), curveChart(results.scaling));
}

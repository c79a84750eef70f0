// The programs among the contestants: each answers a line of JSON with a line of JSON.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import { hashOf, rowsOf } from '../../benches/data.js';
import { Timed } from '../../benches/timed.js';
import { output, root } from '../stage.js';

/** Minimum milliseconds of a sample, which limits the effect of the startup time of Keras' `fit`. */
const SAMPLE = 1000;
const folder = join(root, '.cache', 'bench', 'rows');

/** @typedef {import('../../benches/workloads.js').Workload} Workload */

/**
 * Writes a workload and its rows to the files that the programs read.
 * @param {Workload} workload
 * @returns {string} hash of the rows
 */
export function writeRows(workload) {
  const { data } = workload;
  const packed =
    data === 'random' ? undefined : readFileSync(join(root, `www/public/data/${data}.bin`));
  const rows = rowsOf(workload, packed && new Uint8Array(gunzipSync(packed)));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'workload.json'), JSON.stringify(workload));
  writeFileSync(join(folder, 'x.f32'), rows.x);
  writeFileSync(join(folder, 'y.f32'), rows.y);
  return hashOf(rows);
}

/** An environment may force OpenBLAS to older kernels. */
const ANY_KERNEL = { OPENBLAS_CORETYPE: undefined, OPENBLAS_L2_SIZE: undefined };
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', RAYON_NUM_THREADS: '1' };
/** Holds a program on the last core, where there is `taskset`. */
const PIN = (await output('taskset', ['--version']))
  ? ['taskset', '--cpu-list', String(cpus().length - 1)]
  : [];

/**
 * How a program is started. `pinned`: held on one core, with one thread.
 * @typedef {{ name: string, line: string[], env?: Record<string, string>, pinned: boolean }} Command
 */

/** A program that answers each line with a line. */
export class Program {
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} */
  #open = [];
  /** @type {Timed | undefined} */
  #timed;
  /** Milliseconds that the processor spent on the last training. @type {number | undefined} */
  #cpu;

  /** @param {Command} command */
  constructor(command) {
    const { name, line, env, pinned } = command;
    this.command = command;
    this.name = name;
    const [file, ...args] = pinned ? [...PIN, ...line] : line;
    this.child = spawn(file, args, {
      cwd: root,
      stdio: 'pipe',
      env: { ...process.env, ...ANY_KERNEL, ...(pinned ? ONE_THREAD : {}), ...env },
    });
    let said = '';
    this.child.stderr.on('data', (text) => (said += text));
    const ended = (/** @type {string} */ why) => {
      for (const { reject } of this.#open.splice(0)) reject(new Error(`${name} ${why}.`));
    };
    this.child.on('error', (error) => ended(`could not be started (${error.message})`));
    this.child.on('close', (code) => ended(`ended with code ${code}: ${said.slice(-2000)}`));
    createInterface(this.child.stdout).on('line', (line) => {
      const answer = JSON.parse(line);
      const call = this.#open.shift();
      if (answer.error === undefined) call?.resolve(answer);
      else call?.reject(new Error(answer.error));
    });
  }

  /** @param {Record<string, unknown>} request @returns {Promise<any>} */
  ask(request) {
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(request)}\n`);
    });
  }

  /** @returns {import('../../benches/race.js').Runner} */
  runner() {
    const timed = () => {
      if (!this.#timed) throw new Error(`${this.name} is not ready.`);
      return this.#timed;
    };
    return {
      name: this.name,
      group: this.name,
      ready: (workload, limit) => {
        this.#timed = new Timed(workload, (rows) => this.#prepare(rows), SAMPLE);
        return this.#timed.ready(limit);
      },
      sample: () => timed().sample(),
      cpu: () => (this.#cpu === undefined ? undefined : timed().perEpoch(this.#cpu)),
      // The program repeats its rows, so it only needs their number.
      predict: (rows, limit) => timed().predict((some) => new Float32Array(some), rows, limit),
      free: () => this.ask({ call: 'free' }),
    };
  }

  /**
   * Trains the workload that was written last from the start. Returns the loss of the last epoch.
   * @param {number} rows
   * @param {number} epochs
   */
  async cold(rows, epochs) {
    await this.ask({ call: 'prepare', folder, rows });
    return (await this.ask({ call: 'train', epochs })).loss;
  }

  /** @param {number} rows @returns {Promise<import('../../benches/timed.js').Prepared>} */
  async #prepare(rows) {
    await this.ask({ call: 'prepare', folder, rows });
    let last = NaN;
    return {
      train: async (epochs) => {
        const before = this.#processorTime();
        const { ms, loss } = await this.ask({ call: 'train', epochs });
        const after = this.#processorTime();
        this.#cpu = before && after && after - before;
        last = loss;
        return ms;
      },
      loss: () => last,
      predict: async ({ length }) => (await this.ask({ call: 'predict', rows: length })).ms,
      free: () => this.ask({ call: 'free' }),
    };
  }

  /** Returns the milliseconds that the threads of a pinned program have run so far, where the system tells. */
  #processorTime() {
    if (!this.command.pinned || process.platform !== 'linux') return undefined;
    const tasks = `/proc/${this.child.pid}/task`;
    const nanoseconds = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((a, b) => a + b) / 1e6;
  }

  close() {
    this.child.stdin.end();
  }
}

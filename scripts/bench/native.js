// Contestants outside browsers: Keras on TensorFlow and this engine as programs that answer line by line.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gunzipSync } from 'node:zlib';
import { hashOf, rowsOf } from '../../benches/data.js';
import { Timed } from '../../benches/timed.js';
import { StageError, output, root, run } from '../stage.js';

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

/** Compiles this engine for the host. Returns the path of the program. */
export async function buildNative() {
  const line = ['build', '--release', '--locked', '--bench', 'native', '--message-format=json'];
  const printed = await run('cargo', line);
  const found = printed.match(/"executable":"((?:[^"\\]|\\.)*native[^"]*)"/)?.[1];
  if (!found) throw new StageError('cargo built no program of benches/native.rs.');
  return JSON.parse(`"${found}"`);
}

/**
 * Returns a Python with Keras: the one in BENCH_PYTHON, or else one that is installed in .cache.
 * @returns {Promise<string>}
 */
export async function setUpKeras() {
  if (process.env.BENCH_PYTHON) return process.env.BENCH_PYTHON;
  const place = join(root, '.cache', 'keras');
  const python = join(place, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = readFileSync(join(root, 'tests/keras/requirements.txt'), 'utf8');
  const mark = join(place, 'installed');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return python;
  const first = (await output('python3', ['--version'])) ? 'python3' : 'python';
  await run(first, ['-m', 'venv', place]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '-r', 'tests/keras/requirements.txt']);
  writeFileSync(mark, wanted);
  return python;
}

/** A program that answers each line with a line. */
export class Program {
  /** @type {{ resolve: (answer: any) => void, reject: (error: Error) => void }[]} */
  #open = [];
  /** @type {Timed | undefined} */
  #timed;

  /** @param {string} name @param {string} command @param {string[]} args */
  constructor(name, command, args) {
    this.name = name;
    this.child = spawn(command, args, { cwd: root, stdio: 'pipe' });
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
      // The program repeats its rows, so it only needs their number.
      predict: (rows, limit) => timed().predict((some) => new Float32Array(some), rows, limit),
      free: () => this.ask({ call: 'free' }),
    };
  }

  /** @param {number} rows @returns {Promise<import('../../benches/timed.js').Prepared>} */
  async #prepare(rows) {
    await this.ask({ call: 'prepare', folder, rows });
    let last = NaN;
    return {
      train: async (epochs) => {
        const { ms, loss } = await this.ask({ call: 'train', epochs });
        last = loss;
        return ms;
      },
      loss: () => last,
      predict: async ({ length }) => (await this.ask({ call: 'predict', rows: length })).ms,
      free: () => this.ask({ call: 'free' }),
    };
  }

  close() {
    this.child.stdin.end();
  }
}

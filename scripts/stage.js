// Stages of a script. Each prints its name and its seconds, and detects whether its inputs changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The error of a failed stage. Its message is sufficient without a stack. */
export class StageError extends Error {}

/** Folders of the tools that cargo and npm install. */
const toolFolders = [
  join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'bin'),
  join(root, 'node_modules', '.bin'),
];
for (const folder of toolFolders) {
  const path = process.env.PATH || '';
  if (!path.split(delimiter).includes(folder)) process.env.PATH = folder + delimiter + path;
}

/** Milliseconds after which a stage says that it has started. */
const LONG = 1000;

/**
 * Runs one stage and prints its name with its seconds. A long stage also prints its name early. Stages may run at the
 * same time.
 * @template T
 * @param {string} name
 * @param {() => Promise<T> | T} work
 * @returns {Promise<T>}
 */
export async function stage(name, work) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const started = setTimeout(() => console.log(`${name} ...`), LONG);
  try {
    const result = await work();
    console.log(`${name}: ${seconds()}${typeof result === 'string' ? `  ${result}` : ''}`);
    return result;
  } catch (error) {
    console.log(`${name}: FAILED after ${seconds()}`);
    throw error;
  } finally {
    clearTimeout(started);
  }
}

/**
 * Returns a stage that runs only once.
 * @template T
 * @param {string} name
 * @param {() => Promise<T> | T} work
 * @returns {() => Promise<T>}
 */
export function stageOnce(name, work) {
  /** @type {Promise<T> | undefined} */
  let result;
  return () => (result ??= stage(name, work));
}

/**
 * Runs a command in the folder of the project. Its output is printed only where it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string }} [options]
 * @returns {Promise<string>} its output
 */
export function run(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    const line = [command, ...args].join(' ');
    child.on('error', (error) => {
      reject(new StageError(`Could not run ${command} (${error.message}); is it installed?`));
    });
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new StageError(`${output.trimEnd()}\n\n${line}\nended with code ${code}.`));
    });
  });
}

/**
 * Returns the output of a command; empty where it fails.
 * @param {string} command
 * @param {string[]} args
 */
export async function output(command, args) {
  return run(command, args).catch(() => '');
}

/**
 * Returns all files under these paths (folders or files of the project), sorted.
 * @param {string[]} paths
 * @returns {string[]}
 */
export function filesUnder(paths) {
  return paths
    .filter((path) => existsSync(join(root, path)))
    .flatMap((path) =>
      statSync(join(root, path)).isDirectory()
        ? filesUnder(readdirSync(join(root, path)).map((name) => `${path}/${name}`))
        : [path],
    )
    .sort();
}

/**
 * Runs `work` only where the contents of the inputs changed since its last run, or an output is missing.
 * @param {string} name of the stored mark
 * @param {{ inputs: string[], outputs: string[], flavours?: string[] }} files `flavours`: the one that `work` makes, then
 *   others that are equally valid
 * @param {() => Promise<string | void>} work
 * @returns {Promise<string | void>}
 */
export async function whenStale(name, { inputs, outputs, flavours = ['only'] }, work) {
  const mark = join(root, '.cache', name);
  const hash = createHash('sha256');
  for (const file of filesUnder(inputs)) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  const digest = hash.digest('hex');
  const made = existsSync(mark) ? readFileSync(mark, 'utf8') : '';
  const there = outputs.every((path) => existsSync(join(root, path)));
  if (there && flavours.some((flavour) => made === `${flavour} ${digest}`)) return 'up to date';
  rmSync(mark, { force: true });
  const result = await work();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(mark, `${flavours[0]} ${digest}`);
  return result;
}

/**
 * Runs the stages of a script. A failing one ends the program with its output and without a stack.
 * @param {() => Promise<unknown>} main
 */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof StageError ? `\n${error.message}` : error);
    process.exit(1);
  }
}

// One of the two workers: trains by itself, or in step with the other over messages or shared memory.
import init, { Sequential } from '../../pkg/glassbox.js';
import { rowsOf } from '../data.js';
import { Messages } from './messages.js';
import { Shared } from './shared.js';
import { part } from './workloads.js';

/** @typedef {import('./workloads.js').Workload} Workload */

/** Maximum number of epochs of the engine. */
const [EPOCHS, NEVER] = [100_000, 1_000_000];
/** @type {{ workload: Workload, x: Float32Array, y: Float32Array } | undefined} */
let task;
/** Current runs, by batch size and whether they update the weights. @type {Map<string, () => void>} */
const steps = new Map();
/** @type {Messages | undefined} */
let messages;
/** @type {Shared | undefined} */
let shared;

export const calls = {
  /** @param {Workload} workload @returns {Promise<number>} number of parameters */
  async ready(workload) {
    await init();
    steps.clear();
    task = { workload, ...rowsOf(workload, await digits(workload.data)) };
    const model = new Sequential(config(), 42);
    return model.get_weights().reduce((sum, { length }) => sum + length, 0);
  },

  /** @param {{ port: MessagePort, add: WebAssembly.Module, numbers: number }} how */
  async messages({ port, add, numbers }) {
    messages = new Messages(port, add, numbers);
  },

  /** @param {{ memory: WebAssembly.Memory, add: WebAssembly.Module, numbers: number }} how */
  async shared({ memory, add, numbers }) {
    shared = new Shared(memory, add, numbers);
  },

  /**
   * Returns milliseconds per step. `moves`: whether the step updates the weights or only accumulates gradients.
   * @param {{ batch: number, moves: boolean, turns: number }} how
   */
  async train({ batch, moves, turns }) {
    const step = stepOf(batch, moves);
    const start = performance.now();
    for (let i = 0; i < turns; i++) step();
    return (performance.now() - start) / turns;
  },

  /**
   * Returns milliseconds per turn: a step where `batch` is not 0, and the exchange.
   * @param {{ batch: number, leads: boolean, count: number, numbers: number, turns: number }} how
   */
  async overMessages({ batch, ...how }) {
    if (!messages) throw new Error('The workers are not connected.');
    return messages.turns(batch ? stepOf(batch, true) : nothing, how);
  },

  /**
   * @param {{ batch: number, me: number, parts: number, numbers: number, spins: boolean,
   *   turns: number }} how
   */
  async overShared({ batch, ...how }) {
    if (!shared) throw new Error('The workers share no memory.');
    return shared.turns(batch ? stepOf(batch, true) : nothing, how);
  },

  /**
   * Trains an epoch with the gradients of whole batches, and one with the sums of the gradients of `parts` parts.
   * @param {{ parts: number }} how
   */
  async bits({ parts }) {
    const [whole, sums] = [1, parts].map((n) => {
      const { workload, model, fit } = startRun(part(need().workload, n), n, { epochs: 1 });
      for (let i = 0; i < (workload.rows / workload.batch) * n; i++) fit.step();
      return model.get_weights().flatMap((weights) => [...weights]);
    });
    const differences = whole.map((weight, i) => Math.abs(weight - sums[i]));
    const differ = differences.filter((difference) => difference > 0).length;
    return { share: differ / whole.length, most: differences.reduce((a, b) => Math.max(a, b)) };
  },
};

function nothing() {}

function need() {
  if (!task) throw new Error('No workload has been made ready.');
  return task;
}

function config() {
  return need().workload.model;
}

/**
 * Returns a new model and its run. `together`: number of batches whose gradients are accumulated for one update.
 * @param {number} batch
 * @param {number} together
 * @param {{ epochs?: number, shuffle?: boolean }} [options]
 */
function startRun(batch, together, { epochs = EPOCHS, shuffle = false } = {}) {
  const { workload, x, y } = need();
  const model = new Sequential(config(), 42);
  const several = together > 1 ? { gradient_accumulation_steps: together } : {};
  model.compile({
    optimizer: { class_name: 'Adam', config: { learning_rate: 0.001, ...several } },
    loss: workload.compile.loss,
  });
  return { workload, model, fit: model.fit(x, y, { epochs, batch_size: batch, shuffle }) };
}

/** Makes one step of a run that restarts at its end. @param {number} batch @param {boolean} moves */
function stepOf(batch, moves) {
  const key = `${batch} ${moves}`;
  const known = steps.get(key);
  if (known) return known;
  const begin = () => startRun(batch, moves ? 1 : NEVER, { shuffle: true }).fit;
  let fit = begin();
  const step = () => {
    if (fit.done) fit = begin();
    fit.step();
  };
  step();
  steps.set(key, step);
  return step;
}

/** Returns the inflated file of digits. @param {Workload['data']} name */
async function digits(name) {
  if (name === 'random') return;
  const file = new URL(`../../www/public/data/${name}.bin`, import.meta.url);
  const { body } = await fetch(file);
  if (!body) throw new Error(`There is no ${file.pathname}.`);
  const inflated = body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(inflated).arrayBuffer());
}

self.onmessage = async ({ data: { id, call, how } }) => {
  try {
    postMessage({ id, result: await /** @type {any} */ (calls)[call](how) });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};

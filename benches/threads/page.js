// The page of the threads experiment: two workers, and one round of all measurements in turn.
import { CORES, part } from './workloads.js';

/** @typedef {import('./workloads.js').Workload} Workload */
/** @typedef {typeof import('./worker.js').calls} Calls */

/** Approximate milliseconds of a sample. */
const SAMPLE = 50;
/** Milliseconds between two frames, and milliseconds of work on the page's thread for each. */
const [FRAME, DRAWING] = [16, 4];

class Client {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #id = 0;

  constructor() {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    };
  }

  /**
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]>[0]} how
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(call, how, transfer = []) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, how }, transfer);
    });
  }
}

/** The two workers of the current workload. @type {{ workload: Workload, numbers: number, a: Client, b: Client } | undefined} */
let pair;
/** Number of turns of a sample. @type {Map<string, number>} */
const turnsOf = new Map();

/** Prepares two new workers. Returns the number of parameters. @param {Workload} workload */
async function open(workload) {
  if (!crossOriginIsolated) throw new Error('The page is not isolated: it may not share memory.');
  pair?.a.worker.terminate();
  pair?.b.worker.terminate();
  turnsOf.clear();
  const [a, b] = [new Client(), new Client()];
  const numbers = await a.ask('ready', workload);
  await b.ask('ready', workload);
  pair = { workload, numbers, a, b };
  const { port1, port2 } = new MessageChannel();
  const [add, addShared] = await Promise.all(['add', 'add-shared'].map(compiled));
  await a.ask('messages', { port: port1, add, numbers }, [port1]);
  await b.ask('messages', { port: port2, add, numbers }, [port2]);
  const initial = Math.ceil((1024 + Math.max(...CORES) * (4 * numbers + 64)) / 65536);
  const memory = new WebAssembly.Memory({ initial, maximum: 32768, shared: true });
  for (const client of [a, b]) await client.ask('shared', { memory, add: addShared, numbers });
  const bits = await a.ask('bits', { parts: 2 });
  return { numbers, bits };
}

/** @param {string} name */
async function compiled(name) {
  const file = new URL(`../../.cache/threads/${name}.wasm`, import.meta.url);
  return WebAssembly.compile(await (await fetch(file)).arrayBuffer());
}

/** Returns the milliseconds of all measurements, each done once. */
async function round() {
  if (!pair) throw new Error('No workload is open.');
  const { workload, numbers, a, b } = pair;
  const half = part(workload, 2);
  /** @param {number} batch */
  const train = (batch, moves = true) =>
    sample(`train ${batch} ${moves}`, (turns) => a.ask('train', { batch, moves, turns }));
  /** @param {number} batch @param {number} cores @param {number} size */
  const messages = (batch, cores, size) =>
    sample(`messages ${batch} ${cores} ${size}`, async (turns) => {
      const how = { batch, count: cores - 1, numbers: size, turns };
      const ours = a.ask('overMessages', { ...how, leads: true });
      const theirs = b.ask('overMessages', { ...how, leads: false });
      return Math.max(...(await Promise.all([ours, theirs])));
    });
  /** @param {number} batch @param {number} parts @param {number} size @param {boolean} spins */
  const shared = (batch, parts, size, spins) =>
    sample(`shared ${batch} ${parts} ${size} ${spins}`, async (turns) => {
      const how = { batch, parts, numbers: size, spins, turns };
      const both = [a, b].map((client, me) => client.ask('overShared', { ...how, me }));
      return Math.max(...(await Promise.all(both)));
    });
  const both = () =>
    sample('both', async (turns) => {
      const how = { batch: half, moves: true, turns };
      const [ours, theirs] = await Promise.all([a.ask('train', how), b.ask('train', how)]);
      return (ours + theirs) / 2;
    });
  const least = part(workload, 16);
  const whileDrawing = async (/** @type {() => Promise<number>} */ work) => {
    const timer = setInterval(draw, FRAME);
    const ms = await work();
    clearInterval(timer);
    return ms;
  };
  return {
    alone: [await train(workload.batch), ...(await each((p) => train(part(workload, p))))],
    still: await train(least, false),
    both: await both(),
    withMessages: await messages(half, 2, numbers),
    waiting: await shared(half, 2, numbers, false),
    spinning: await shared(half, 2, numbers, true),
    barriers: await shared(half, 2, 0, true),
    aloneDrawn: await whileDrawing(() => train(workload.batch)),
    messagesDrawn: await whileDrawing(() => messages(half, 2, numbers)),
    spinningDrawn: await whileDrawing(() => shared(half, 2, numbers, true)),
    gather: await each((p) => messages(0, p, numbers)),
    slices: await each((p) => messages(0, p, Math.ceil(numbers / p))),
    wait: await each((p) => shared(0, p, numbers, false)),
    spin: await each((p) => shared(0, p, numbers, true)),
    barrierWait: await shared(0, 2, 0, false),
    barrierSpin: await shared(0, 2, 0, true),
  };
}

/** Keeps the page's thread busy, as drawing does. */
function draw() {
  const start = performance.now();
  while (performance.now() - start < DRAWING);
}

/** Measures several numbers of cores in sequence. @param {(cores: number) => Promise<number>} work */
async function each(work) {
  const all = [];
  for (const cores of CORES) all.push(await work(cores));
  return all;
}

/**
 * Returns milliseconds per turn. The first call determines the number of turns of a sample.
 * @param {string} name
 * @param {(turns: number) => Promise<number>} run
 */
async function sample(name, run) {
  let turns = turnsOf.get(name);
  if (!turns) {
    let tried = 2;
    let ms = await run(tried);
    while (ms * tried < SAMPLE / 5) ms = await run((tried *= 4));
    turns = Math.max(2, Math.ceil(SAMPLE / ms));
    turnsOf.set(name, turns);
  }
  return run(turns);
}

/** @typedef {Awaited<ReturnType<typeof round>>} Round */
Object.assign(window, { open, round });

// The benchmark worker: all contestants of a browser run in it, in turn.
import { hashOf, repeated, rowsOf } from './data.js';
import { pair } from './pair.js';
import { Timed } from './timed.js';
import { sizes } from './workloads.js';

/**
 * @typedef {'glassbox' | 'tensorflow-wasm' | 'tensorflow-cpu' | 'jaxjs-wasm' | 'jaxjs-webgpu' | 'convnet' | 'nodes'
 *   } Contestant
 */
/** @typedef {import('./workloads.js').Workload} Workload */
/** @typedef {(workload: Workload, rows: import('./data.js').Rows) => Promise<import('./timed.js').Prepared>} Prepare */
/** @typedef {{ prepare: Prepare, version?: string, cannot?: (workload: Workload) => string }} Module */

/** The contestants, loaded on first use. @type {Record<Contestant, () => Promise<Module>>} */
const CONTESTANTS = {
  glassbox: () => import('./contestants/glassbox.js'),
  'tensorflow-wasm': () => tensorflow('wasm'),
  'tensorflow-cpu': () => tensorflow('cpu'),
  'jaxjs-wasm': () => jaxjs('wasm'),
  'jaxjs-webgpu': () => jaxjs('webgpu'),
  convnet: () => import('./contestants/convnet.js'),
  nodes: () => import('./contestants/nodes.js'),
};

/** @param {'wasm' | 'cpu'} backend @returns {Promise<Module>} */
async function tensorflow(backend) {
  const { by, cannot, version } = await import('./contestants/tensorflow.js');
  return { prepare: by(backend), cannot, version };
}

/** @param {'wasm' | 'webgpu'} backend @returns {Promise<Module>} */
async function jaxjs(backend) {
  const { by, version } = await import('./contestants/jaxjs.js');
  return { prepare: by(backend), version };
}

/** Address of the page's data. */
let base = '';
/** The fetched files of digits. @type {Map<string, Promise<Uint8Array>>} */
const files = new Map();
/** The examples of the latest workload. @type {{ id: string, rows: import('./data.js').Rows } | undefined} */
let made;
/** @type {Map<string, Timed>} */
const timed = new Map();
/** @type {Ceiling | undefined} */
let ceiling;

export const calls = {
  /** @param {string} address of the page */
  begin: (address) => {
    base = address;
  },

  /** @param {Contestant} contestant */
  version: async (contestant) => (await CONTESTANTS[contestant]()).version ?? '',

  /** Returns the hash of a workload's examples. @param {Workload} workload */
  hash: async (workload) => hashOf(await rows(workload)),

  /**
   * @param {Contestant} contestant
   * @param {Workload} workload
   * @param {number} limit approximate maximum milliseconds of a sample
   */
  async ready(contestant, workload, limit) {
    const prepare = await able(contestant, workload);
    const { x, y } = await rows(workload);
    const { n_inputs } = sizes(workload);
    const one = new Timed(workload, (n) =>
      prepare(workload, { x: x.slice(0, n * n_inputs), y: y.slice(0, n) }),
    );
    const ready = await one.ready(limit);
    timed.set(contestant, one);
    return ready;
  },

  /**
   * Trains some epochs from the start. Returns the loss of the last one.
   * @param {Contestant} contestant
   * @param {Workload} workload
   * @param {number} epochs
   */
  async cold(contestant, workload, epochs) {
    const prepare = await able(contestant, workload);
    const prepared = await prepare(workload, await rows(workload));
    await prepared.train(epochs);
    return prepared.loss();
  },

  /** Returns milliseconds per epoch. @param {Contestant} contestant */
  sample: (contestant) => need(contestant).sample(),

  /** Returns the milliseconds of a prediction of `n` examples. @param {Contestant} contestant @param {number} n @param {number} limit */
  async predict(contestant, n, limit) {
    const one = need(contestant);
    const { x } = await rows(one.workload);
    const { n_inputs } = sizes(one.workload);
    return one.predict((some) => repeated(x, n_inputs, some), n, limit);
  },

  /**
   * Times the package of the page and the one in the folder `before` of the site.
   * @param {Workload} workload
   * @param {number} rounds
   */
  async pair(workload, rounds) {
    const { by, prepare } = await import('./contestants/glassbox.js');
    const before = await import(/* @vite-ignore */ new URL('before/glassbox.js', base).href);
    return pair({ before: by(before), now: prepare }, workload, await rows(workload), rounds);
  },

  /** Frees the prepared workload of a contestant. @param {Contestant} contestant */
  async free(contestant) {
    await timed.get(contestant)?.free();
    timed.delete(contestant);
  },

  /**
   * Measures the peak speed of one thread: products and sums in registers, and a copy. Returns FLOP and bytes (read and
   * written) per millisecond.
   * @param {Uint8Array} wasm ceiling.wat, compiled; used in the first call only
   * @param {number} bytes size of the source and the target of the copy together
   */
  async ceiling(wasm, bytes) {
    if (!ceiling) {
      const { instance } = await WebAssembly.instantiate(/** @type {BufferSource} */ (wasm));
      ceiling = /** @type {Ceiling} */ (/** @type {unknown} */ (instance.exports));
    }
    return measured(ceiling, bytes);
  },
};

/** @typedef {{ flops: (turns: number) => number, copy: (bytes: number, turns: number) => void }} Ceiling */

/** As in ceiling.wat: 12 accumulators of 4 numbers, each with a product and a sum. */
const FLOPS_A_TURN = 12 * 4 * 2;
/** Number of tries, of which the best counts. */
const GOES = 5;

/** @param {Ceiling} loops @param {number} bytes */
function measured({ flops, copy }, bytes) {
  const half = Math.max(2048, Math.min(64 << 20, bytes / 2) & ~15);
  const best = (/** @type {(turns: number) => unknown} */ work, /** @type {number} */ turns) => {
    let least = Infinity;
    for (let i = 0; i < GOES; i++) {
      const start = performance.now();
      work(turns);
      least = Math.min(least, performance.now() - start);
    }
    return turns / least;
  };
  /** Returns a number of turns that takes about 20 ms. @param {(turns: number) => unknown} work */
  const enough = (work) => {
    for (let turns = 1; ; turns *= 2) {
      const start = performance.now();
      work(turns);
      const took = performance.now() - start;
      if (took > 5) return Math.ceil((turns * 20) / took);
    }
  };
  // The result is used, so that a browser cannot skip the computation.
  const sums = (/** @type {number} */ turns) => {
    if (!Number.isFinite(flops(turns))) throw new Error('The ceiling ran out of bounds.');
  };
  const copies = (/** @type {number} */ turns) => copy(half, turns);
  return {
    peak: best(sums, enough(sums)) * FLOPS_A_TURN,
    copy: best(copies, enough(copies)) * half * 2,
  };
}

/** Returns how a contestant prepares a workload. @param {Contestant} contestant @param {Workload} workload */
async function able(contestant, workload) {
  const { prepare, cannot } = await CONTESTANTS[contestant]();
  const reason = cannot?.(workload);
  if (reason) throw new Error(reason);
  return prepare;
}

/** @param {string} contestant */
function need(contestant) {
  const one = timed.get(contestant);
  if (!one) throw new Error(`${contestant} is not ready.`);
  return one;
}

/** @param {Workload} workload */
async function rows(workload) {
  if (made?.id !== workload.id) {
    const { data } = workload;
    made = {
      id: workload.id,
      rows: rowsOf(workload, data === 'random' ? undefined : await digits(data)),
    };
  }
  return made.rows;
}

/** @param {string} name */
function digits(name) {
  const there = files.get(name);
  if (there) return there;
  const coming = fetched(new URL(`data/${name}.bin`, base));
  files.set(name, coming);
  return coming;
}

/** @param {URL} url */
async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok || !response.body) {
    throw new Error(`The digits could not be fetched (the server answered ${response.status}).`);
  }
  const stream = response.body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

let turn = Promise.resolve();
self.onmessage = ({ data: { id, call, args } }) => {
  turn = turn.then(async () => {
    try {
      postMessage({ id, result: await /** @type {any} */ (calls)[call](...args) });
    } catch (error) {
      postMessage({ id, error: error instanceof Error ? error.message : String(error) });
    }
  });
};

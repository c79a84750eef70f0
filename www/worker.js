// The worker: one call, one answer, in order. It never acts unasked, and knows nothing of the page.
import init, { Run, advice, catalog, prepare_drawing } from '../pkg/glassbox.js';
import { readFrame } from './frame.js';

/** @typedef {import('./types.js').Wants} Wants */

/**
 * What `advance` is to do: up to `n` batches or epochs, or as much as fits into `ms`.
 * `hold`: the answer is kept back for this many milliseconds, so that a person can follow; the next
 * call lets it go at once.
 * @typedef {{ grain: 'batch' | 'epoch' | 'time', n: number, ms: number, hold: number, wants: Wants,
 *   buffer?: ArrayBuffer }} Request
 */

/** @type {{ run: Run, info: import('./types.js').RunInfo } | undefined} */
let opened;
/** Kept: the same bytes serve every run on this data. @type {Map<string, Uint8Array>} */
const assets = new Map();
/** @type {(() => void) | undefined} */
let release;

/** What can be asked. Each is pure but for `run`, which only `open` and `advance` change. */
export const calls = {
  catalog: () => /** @type {import('./types.js').Catalog} */ (catalog()),

  /**
   * Takes a lock and keeps it: whoever gets it after that knows that this worker is gone.
   * @param {string} lock
   */
  live: (lock) =>
    new Promise((resolve) => {
      navigator.locks.request(lock, () => {
        resolve(undefined);
        return new Promise(() => {});
      });
    }),

  /**
   * Builds the run of an experiment. Where it is refused, the run before stays.
   * @param {string} text
   * @param {string} base address of the page
   * @param {Uint8Array} [checkpoint] where to go on
   */
  async open(text, base, checkpoint) {
    const made = new Run(text, await asset(text, base));
    if (checkpoint) {
      try {
        made.restore(checkpoint);
      } catch (error) {
        made.free();
        throw error;
      }
    }
    opened?.run.free();
    const info = /** @type {import('./types.js').RunInfo} */ (made.info());
    opened = { run: made, info };
    return {
      text: made.text(),
      info,
      summary: made.summary(),
      code: made.keras_code(),
      data: { train: rows('train'), validation: rows('validation'), test: rows('test') },
    };
  },

  /**
   * What in an experiment does not fit, with the change that mends it.
   * @param {string} text
   * @param {string} base address of the page
   */
  advise: async (text, base) =>
    /** @type {import('./types.js').Advice[]} */ (advice(text, await asset(text, base))),

  /**
   * Trains for a while, then reads what the page wants to see into its buffer.
   * @param {Request} request
   */
  async advance({ grain, n, ms, hold, wants, buffer }) {
    const { run, info } = need();
    const until = performance.now() + ms;
    if (grain === 'time') run.run(ms);
    else
      for (let i = 0; i < n && !run.done && performance.now() < until; i++)
        if (grain === 'epoch') run.epoch();
        else run.step();
    const frame = readFrame(run, info, wants, buffer);
    if (hold > 0 && queue.length === 0) await pause(hold);
    return frame;
  },

  /** Lets go of an answer that is kept back. */
  nudge() {},

  log: () => need().run.log(0),

  /** What CSVLogger has written. */
  csv: () => need().run.csv(),

  /**
   * @param {Float32Array} ink
   * @param {number} height
   * @param {number} width
   * @param {number} side
   */
  prepare: (ink, height, width, side) => prepare_drawing(ink, height, width, side),
};

function need() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/** @param {import('./types.js').SetName} set */
function rows(set) {
  const { run } = need();
  const [x, y] = [run.inputs(set), run.targets(set)];
  return { x, y, n: y.length };
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      release = undefined;
      resolve(undefined);
    }
    release = done;
  });
}

/**
 * The file that this experiment's data needs, if any.
 * @param {string} text
 * @param {string} base
 */
async function asset(text, base) {
  const name = dataClass(text);
  const file = catalog().datasets.find((/** @type {any} */ d) => d.class_name === name)?.asset;
  if (!file) return undefined;
  const kept = assets.get(file);
  if (kept) return kept;
  try {
    const response = await fetch(new URL(`data/${file}`, base));
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const stream = response.body.pipeThrough(new DecompressionStream('gzip'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    assets.set(file, bytes);
    return bytes;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The data could not be fetched (${reason}). Look to the connection, then choose it again.`;
    throw Object.assign(new Error(message), { name: 'Refusal', place: 'data' });
  }
}

/** @param {string} text */
function dataClass(text) {
  try {
    const data = JSON.parse(text).data;
    return typeof data === 'string' ? data : data.class_name;
  } catch {
    return ''; // `Run` says what is wrong with the text.
  }
}

/** @type {{ id: number, call: keyof typeof calls, args: any[] }[]} */
const queue = [];
let busy = false;

async function work() {
  busy = true;
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { id, call, args } = next;
    try {
      // Whether it lives is told before the engine is there.
      if (call !== 'live') await ready;
      const result = await /** @type {any} */ (calls[call])(...args);
      const transfer = result && result.buffer instanceof ArrayBuffer ? [result.buffer] : [];
      postMessage({ id, result }, { transfer });
    } catch (thrown) {
      const error = /** @type {any} */ (thrown);
      postMessage({
        id,
        error: {
          name: String(error?.name ?? 'Error'),
          message: String(error?.message ?? error),
          place: error?.place === undefined ? undefined : String(error.place),
          // After a trap nothing in the wasm instance can be trusted.
          trapped: error instanceof WebAssembly.RuntimeError,
        },
      });
    }
  }
  busy = false;
}

const ready = init();
ready.catch(() => {}); // told with the first call

self.onmessage = ({ data }) => {
  queue.push(data);
  release?.();
  if (!busy) work();
};

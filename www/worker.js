// The worker: one call, one answer, in order. It never acts unasked, and knows nothing of the page.
import init, { Run, catalog, prepare_drawing } from '../pkg/glassbox.js';
import { startEngine } from './absent.js';
import { assetOf } from './asset.js';
import { live, serveCalls } from './calls.js';
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
/** @type {(() => void) | undefined} */
let release;

/** What can be asked. Each is pure but for `run`, which only `open` and `advance` change. */
export const calls = {
  catalog: () => /** @type {import('./types.js').Catalog} */ (catalog()),

  live,

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
      stages: made.terms(),
      summary: made.summary(),
      data: { train: rows('train'), validation: rows('validation'), test: rows('test') },
    };
  },

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
    if (hold > 0 && waiting() === 0) await pause(hold);
    return frame;
  },

  /** Lets go of an answer that is kept back. */
  nudge() {},

  log: () => need().run.log(0),

  /** What each CSVLogger has written. */
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

/** @param {string} text @param {string} base */
const asset = (text, base) => assetOf(text, base, calls.catalog);

const wasm = new URL('../pkg/glassbox_bg.wasm', import.meta.url);
const { waiting } = serveCalls(calls, startEngine(init, wasm), () => release?.());

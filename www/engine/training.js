// In the worker: the run that trains. Each call is pure but for `open` and `advance`.
import { Run } from '../../pkg/glassbox.js';
import { assetOf } from './asset.js';
import { waiting, released } from './calls.js';
import { readFrame } from './frame.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Wants} Wants */

/**
 * What `advance` is to do: up to `n` batches or epochs, or as much as fits into `ms`.
 * `hold`: the answer is kept back for this many milliseconds, so that a person can follow; the next
 * call releases it at once.
 * @typedef {{ grain: 'batch' | 'epoch' | 'time', n: number, ms: number, hold: number, wants: Wants,
 *   buffer?: ArrayBuffer }} Request
 */

/** @type {{ run: Run, info: import('../types.js').RunInfo } | undefined} */
let opened;

export const training = {
  /**
   * Builds the run of an experiment. If it has errors, the run before stays.
   * @param {Experiment | string} experiment
   * @param {string} base address of the page
   * @param {Uint8Array} [checkpoint] where to continue
   * @returns {Promise<import('../types.js').Opened>}
   */
  async open(experiment, base, checkpoint) {
    const run = new Run(experiment, await assetOf(experiment, base));
    if (checkpoint) {
      try {
        run.restore(checkpoint);
      } catch (error) {
        run.free();
        throw error;
      }
    }
    opened?.run.free();
    const info = run.info();
    opened = { run, info };
    return {
      text: run.text(),
      experiment: run.experiment(),
      info,
      summary: run.summary(),
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
    if (hold > 0 && waiting() === 0) await released(hold);
    return frame;
  },

  /** Releases an answer that is kept back. */
  nudge() {},

  log: () => need().run.log(0),

  /** What each CSVLogger has written. */
  csv: () => need().run.csv(),
};

function need() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/** @param {import('../types.js').SetName} set */
function rows(set) {
  const { run } = need();
  const [x, y] = [run.inputs(set), run.targets(set)];
  return { x, y, n: y.length };
}

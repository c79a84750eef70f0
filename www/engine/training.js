// In the worker: the run that trains. Each call is pure but for `open` and `advance`.
import { Run } from '../../pkg/glassbox.js';
import { assetOf } from './asset.js';
import { waitingCalls, untilNextCall } from './calls.js';
import { readFrame } from './frame.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').FrameOptions} FrameOptions */

/**
 * What `advance` is to do: up to `n` batches or epochs, or as much as fits into `ms`.
 * `hold`: the answer is kept back for this many milliseconds, so that a person can follow; the next
 * call releases it at once.
 * @typedef {{ unit: 'batch' | 'epoch' | 'time', n: number, ms: number, hold: number, frameOptions: FrameOptions,
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
  async advance({ unit, n, ms, hold, frameOptions, buffer }) {
    const { run, info } = openedRun();
    const until = performance.now() + ms;
    if (unit === 'time') run.run(ms);
    else
      for (let i = 0; i < n && !run.done && performance.now() < until; i++)
        if (unit === 'epoch') run.epoch();
        else run.step();
    const frame = readFrame(run, info, frameOptions, buffer);
    if (hold > 0 && waitingCalls() === 0) await untilNextCall(hold);
    return frame;
  },

  /** Releases an answer that is kept back. */
  nudge() {},

  log: () => openedRun().run.log(0),

  /** What each CSVLogger has written. */
  csv: () => openedRun().run.csv(),
};

function openedRun() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/** @param {import('../types.js').SetName} set */
function rows(set) {
  const { run } = openedRun();
  const [x, y] = [run.inputs(set), run.targets(set)];
  return { x, y, n: y.length };
}

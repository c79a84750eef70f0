// The calls of the training worker. Only `open` and `advance` change the run.
import { Run } from '../../pkg/glassbox.js';
import { assetOf } from './asset.js';
import { waitingCalls, untilNextCall } from './calls.js';
import { readFrame } from './frame.js';
import { Looks } from './looks.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').FrameOptions} FrameOptions */

/**
 * The amount of training of one `advance`: up to `n` batches or to the end of the `n`th epoch, or as much as fits into `ms`.
 * A frame within an epoch has neither a checkpoint nor a test result. `hold`: milliseconds
 * by which the answer is delayed at slow speed; the next call ends the delay.
 * @typedef {{ unit: 'batch' | 'epoch' | 'time', n: number, ms: number, hold: number, frameOptions: FrameOptions,
 *   buffers: ArrayBuffer[] }} Request `buffers`: those of earlier frames
 */

/** @type {{ run: Run, looks: Looks } | undefined} */
let opened;

export const training = {
  /**
   * Builds the run of an experiment. After an error the previous run stays open.
   * @param {Experiment | string} experiment
   * @param {string} base address of the page
   * @param {Uint8Array} [checkpoint] state to continue from
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
    opened = { run, looks: new Looks(run, info) };
    return {
      text: run.text(),
      experiment: run.experiment(),
      info,
      summary: run.summary(),
      data: { train: rows('train'), validation: rows('validation'), test: rows('test') },
    };
  },

  /**
   * Trains, then reads a frame.
   * @param {Request} request
   */
  async advance({ unit, n, ms, hold, frameOptions, buffers }) {
    const { run, looks } = openedRun();
    looks.reuse(buffers);
    const began = performance.now();
    const partial = train(run, unit, n, ms);
    const trainedMs = performance.now() - began;
    const options = partial
      ? { ...frameOptions, evaluate: false, checkpoint: false }
      : frameOptions;
    const parts = frameOptions.evaluate ? looks.all(options) : looks.some(options);
    const frame = { ...readFrame(looks, options, parts), trainedMs };
    if (hold > 0 && waitingCalls() === 0) await untilNextCall(hold);
    return frame;
  },

  /** Does nothing; as any call, it ends the delay of an answer. */
  nudge() {},

  log: () => openedRun().run.log(),

  /** Returns the files of all CSVLogger callbacks. */
  csv: () => openedRun().run.csv(),
};

/**
 * Trains at most `ms` milliseconds, at least one batch. Returns whether it ended before the last of `n` epochs did.
 * @param {Run} run
 * @param {Request['unit']} unit
 * @param {number} n
 * @param {number} ms
 */
function train(run, unit, n, ms) {
  if (unit === 'time') {
    run.run(ms);
    return false;
  }
  const [until, end] = [performance.now() + ms, run.epochs_done + n];
  const continues = (/** @type {number} */ batches) =>
    !run.done && (unit === 'epoch' ? run.epochs_done < end : batches < n);
  for (let batches = 0; continues(batches); batches++) {
    run.step();
    if (performance.now() >= until) break;
  }
  return unit === 'epoch' && continues(0);
}

function openedRun() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/** @param {import('../types.js').SetName} set */
function rows(set) {
  const { run, looks } = openedRun();
  const { scale, bounds } = looks.info.data;
  const [x, y] = [run.inputs(set), run.targets(set)];
  // Points are drawn all at once.
  const numbers =
    bounds && x instanceof Uint8Array ? Float32Array.from(x, (byte) => byte / scale) : x;
  return { x: numbers, y, n: y.length, scale };
}

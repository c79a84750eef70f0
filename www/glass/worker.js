// The second worker: makes any moment of a run again, and opens its steps up. The run that trains knows nothing of it.
import init, { Run, advice, catalog } from '../../pkg/glass/glassbox.js';
import { assetOf } from '../asset.js';
import { live, serveCalls } from '../calls.js';
import { readFrame } from '../frame.js';
import { Moments } from './moments.js';

/** @typedef {ReturnType<Run['trace']>} Trace */

/** @param {string} text @param {string} base */
const asset = (text, base) =>
  assetOf(text, base, () => /** @type {import('../types.js').Catalog} */ (catalog()));

/** @type {{ text: string, run: Run, info: import('../types.js').RunInfo, moments: Moments } | undefined} */
let opened;
/** Bytes of checkpoints that this worker keeps for itself. */
const ROOM = 16e6;
/** Milliseconds of training again after which it writes a checkpoint. */
const EVERY = 40;

export const calls = {
  live,

  /**
   * Opens the run of an experiment, where it is not the one that is open.
   * @param {string} text
   * @param {string} base address of the page
   */
  async open(text, base) {
    if (opened?.text === text) return;
    const run = new Run(text, await asset(text, base));
    opened?.run.free();
    const info = /** @type {import('../types.js').RunInfo} */ (run.info());
    opened = { text, run, info, moments: new Moments(ROOM) };
    opened.moments.add(run.steps, run.checkpoint());
  },

  /**
   * What in an experiment does not fit, with the change that mends it.
   * @param {string} text
   * @param {string} base address of the page
   */
  advise: async (text, base) =>
    /** @type {import('../types.js').Advice[]} */ (advice(text, await asset(text, base))),

  /** The Keras script of the experiment that is open. */
  code: async () => need().run.keras_code(),

  /**
   * The run as it was after `step` batches.
   * @param {number} step
   * @param {import('../types.js').Wants} wants
   * @param {import('./moments.js').Moment} [given] a moment that is not later
   * @param {ArrayBuffer} [buffer] one that is free again
   */
  async moment(step, wants, given, buffer) {
    const { run, info } = need();
    seek(step, given);
    return readFrame(run, info, wants, buffer);
  },

  /**
   * All that the batch after `step` others computes.
   * @param {number} step
   * @param {import('./moments.js').Moment} [given]
   * @returns {Promise<Trace>}
   */
  async trace(step, given) {
    seek(step, given);
    return need().run.trace();
  },

  /**
   * For each of some weights (by their places in `get_weights()`): h, L(w + h), L(w - h) and the slope between, of
   * the batch after `step` others.
   * @param {number} step
   * @param {{ at: number, h: number }[]} weights
   * @param {import('./moments.js').Moment} [given]
   */
  async differences(step, weights, given) {
    seek(step, given);
    return weights.map(({ at, h }) => need().run.difference(at, h));
  },
};

function need() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/**
 * Brings the run to a moment: from where it stands, from a checkpoint of its own, or from the one that is given,
 * whichever is nearest and not later.
 * @param {number} step
 * @param {import('./moments.js').Moment} [given]
 */
function seek(step, given) {
  const { run, moments } = need();
  if (given) moments.add(given.step, given.bytes);
  const near = moments.before(step);
  if (near && (run.steps > step || run.steps < near.step)) run.restore(near.bytes);
  let last = performance.now();
  while (run.steps < step && run.step() === 1) {
    const now = performance.now();
    if (now - last < EVERY) continue;
    moments.add(run.steps, run.checkpoint());
    last = now;
  }
}

serveCalls(calls, init());

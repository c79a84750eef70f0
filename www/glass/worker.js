// The second worker: makes any moment of a run again, and opens its steps up. The run that trains knows nothing of it.
import init, { Run, advice, catalog } from '../../pkg/glass/glassbox.js';
import { assetOf } from '../asset.js';
import { live, serveCalls } from '../calls.js';
import { readFrame } from '../frame.js';
import { Moments } from './moments.js';
import { planeOf, project, weightsAt } from './surface.js';

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

  /**
   * Another experiment on the same data, trained as far as this one, at most for some time.
   * @param {number} step
   * @param {string} text
   * @param {string} base
   */
  async beside(step, text, base) {
    if (second?.text !== text || second.run.steps > step) {
      const run = new Run(text, await asset(text, base));
      second?.run.free();
      second = { text, run };
    }
    const { run } = second;
    const until = performance.now() + AT_ONCE;
    while (run.steps < step && performance.now() < until && run.step() === 1);
    const info = /** @type {import('../types.js').RunInfo} */ (run.info());
    const still = run.steps >= step || run.done;
    return {
      text,
      step,
      still,
      steps: run.steps,
      n_weights: info.n_weights,
      names: info.log_names,
      epochs: run.epochs_since(0),
      weights: weightsOf(run),
      test: still && info.n_test > 0 ? Array.from(run.evaluate('test')) : null,
    };
  },

  /**
   * Prepares a slice of the loss surface around a moment: its plane, and where the run's own path lies on it.
   * @param {number} step
   * @param {import('./surface.js').Wish} wish
   * @param {{ text: string, loss: string }} other the same experiment with another loss, and its key
   * @param {string} base
   * @param {import('./moments.js').Moment} [given]
   */
  async plane(step, wish, other, base, given) {
    const { run, info } = need();
    seek(step, given);
    const now = weightsOf(run);
    const many = Math.max(3, Math.min(PATH, Math.floor(PATH_NUMBERS / now.length)));
    const first = info.first_step;
    const count = Math.min(many, step - first + 1);
    const steps = Array.from({ length: count }, (_, i) =>
      Math.round(first + ((step - first) * i) / Math.max(1, count - 1)),
    );
    const path = steps.map((at) => {
      seek(at);
      return weightsOf(run);
    });
    const plane = planeOf(wish, info, now, path);
    slice?.other.free();
    const key = `${step} ${JSON.stringify(wish)} ${other.text}`;
    const second = new Run(other.text, await asset(other.text, base));
    slice = { key, plane, path: path.map((weights) => project(plane, weights)), other: second };
    return { key, a: plane.a, b: plane.b, path: slice.path, now: project(plane, now) };
  },

  /**
   * Losses over all rows that are trained on, of some cells of the slice: of this experiment, and of the other.
   * @param {string} key of the slice
   * @param {number} side cells of a row
   * @param {number} from first cell
   * @param {number} count
   * @returns {Promise<Float64Array>} empty where the slice is another by now
   */
  async cells(key, side, from, count) {
    if (slice?.key !== key) return new Float64Array();
    const { plane, other } = slice;
    const into = new Float32Array(plane.middle.length);
    const found = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      weightsAt(plane, side, from + i, into);
      found[2 * i] = need().run.loss_with(into);
      found[2 * i + 1] = other.loss_with(into);
    }
    return found;
  },
};

/** Moments of a path, and numbers of all of them together, at most. */
const [PATH, PATH_NUMBERS] = [80, 8e6];

/** @param {Run} run */
function weightsOf(run) {
  const weights = new Float32Array(/** @type {any} */ (run.info()).n_weights);
  run.read_weights(weights);
  return weights;
}

/** Milliseconds of training in one call. */
const AT_ONCE = 200;
/** What is trained beside the run. @type {{ text: string, run: Run } | undefined} */
let second;
/** The surface that is being computed. @type {{ key: string, plane: import('./surface.js').Plane, path: [number, number][], other: Run } | undefined} */
let slice;

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

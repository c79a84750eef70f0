// In the second worker: makes any moment of a run again, and opens its steps up. The run that trains knows nothing of it.
import { Run, advice, check_experiment } from '../../pkg/glassbox.js';
import { lineOf } from '../picture/charts/series.js';
import { Checkpoints } from '../step/checkpoints.js';
import { reasonsFor } from '../analysis/reasons.js';
import { spreads } from '../analysis/spread.js';
import { coarseFirst, planeOf, project, weightsAt } from '../analysis/surface.js';
import { assetOf } from './asset.js';
import { readFrame } from './frame.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Trace} Trace */

/** @type {{ run: Run, info: import('../types.js').RunInfo, checkpoints: Checkpoints } | undefined} */
let opened;
/** Bytes of checkpoints that this worker keeps for itself. */
const CHECKPOINT_BYTES = 16e6;
/** Milliseconds of training again after which it writes a checkpoint. */
const CHECKPOINT_EVERY = 40;

export const inspecting = {
  /**
   * Opens the run of an experiment, whose moments are asked for then.
   * @param {Experiment} experiment
   * @param {string} base address of the page
   */
  async inspect(experiment, base) {
    const run = new Run(experiment, await assetOf(experiment, base));
    opened?.run.free();
    opened = { run, info: run.info(), checkpoints: new Checkpoints(CHECKPOINT_BYTES) };
    opened.checkpoints.add(run.steps, run.checkpoint());
  },

  /**
   * What in an experiment does not fit, with the change that fixes it.
   * @param {Experiment} experiment
   * @param {string} base address of the page
   */
  advise: async (experiment, base) => advice(experiment, await assetOf(experiment, base)),

  /** The Keras script of the experiment that is open. */
  code: async () => openedRun().run.keras_code(),

  /**
   * The best epoch, and the one after which EarlyStopping would have stopped, from 1; 0: none.
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   */
  earlyStopping: async (losses, validation, patience) =>
    openedRun().run.would_stop(Float64Array.from(losses), validation, patience),

  /**
   * The run as it was after `step` batches.
   * @param {number} step
   * @param {import('../types.js').FrameOptions} frameOptions
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint] a moment that is not later
   */
  async frameAt(step, frameOptions, checkpoint) {
    const { run, info } = openedRun();
    seek(step, checkpoint);
    return readFrame(run, info, frameOptions);
  },

  /**
   * All that the batch after `step` others computes.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   * @returns {Promise<Trace>}
   */
  async trace(step, checkpoint) {
    seek(step, checkpoint);
    return openedRun().run.trace();
  },

  /**
   * For each of some weights (by their places in `get_weights()`): h, L(w + h), L(w - h) and the slope between, of
   * the batch after `step` others.
   * @param {number} step
   * @param {{ at: number, h: number }[]} weights
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async differences(step, weights, checkpoint) {
    seek(step, checkpoint);
    return weights.map(({ at, h }) => openedRun().run.difference(at, h));
  },

  /**
   * How the numbers of each layer are spread in the batch after `step` others.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async spread(step, checkpoint) {
    seek(step, checkpoint);
    const { run, info } = openedRun();
    return { step, layers: run.done ? [] : spreads(run.trace(), info) };
  },

  /**
   * All weights at a moment, in the order of `get_weights()`.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async weights(step, checkpoint) {
    seek(step, checkpoint);
    return weightsOf(openedRun().run);
  },

  /**
   * The rows of a set that a unit answers most to, those first: of a channel or a sequence, its largest answer.
   * @param {number} step
   * @param {{ set: import('../types.js').SetName, n: number }} rows
   * @param {{ layer: number, unit: number }} lit
   * @param {number} most
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async topExamples(step, { set, n }, { layer, unit }, most, checkpoint) {
    seek(step, checkpoint);
    const { run, info } = openedRun();
    const into = new Float32Array(info.n_activations);
    const { at, length, output_shape } = info.layers[layer];
    const channels = output_shape[output_shape.length - 1] ?? 1;
    const flat = output_shape.length < 2;
    const found = [];
    for (let row = 0; row < Math.min(n, MAX_ROWS); row++) {
      run.read_example(set, row, into);
      let value = flat ? into[at + unit] : -Infinity;
      for (let i = unit; !flat && i < length; i += channels) value = Math.max(value, into[at + i]);
      found.push({ row, value });
    }
    found.sort((a, b) => b.value - a.value);
    return { best: found.slice(0, most), least: found.slice(-most).reverse(), of: found.length };
  },

  /**
   * Why the model answers as it does to an input.
   * @param {number} step
   * @param {Float32Array} input
   * @param {number} output which of its answers
   * @param {{ height: number, width: number, patch: number }} image
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async reasons(step, input, output, image, checkpoint) {
    seek(step, checkpoint);
    const { run, info } = openedRun();
    const into = new Float32Array(info.n_activations);
    const { at } = info.layers[info.layers.length - 1];
    return reasonsFor(
      (x) => {
        run.read_input(x, into);
        return into[at + output];
      },
      input,
      image,
    );
  },

  /**
   * What a layer answers to rows of a set: `[rows, length of the layer]`.
   * @param {number} step
   * @param {{ set: import('../types.js').SetName, n: number }} rows
   * @param {number} layer
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async layerOutputs(step, { set, n }, layer, checkpoint) {
    seek(step, checkpoint);
    const { run, info } = openedRun();
    const into = new Float32Array(info.n_activations);
    const { at, length } = info.layers[layer];
    const rows = Math.min(n, MAX_ROWS);
    const all = new Float32Array(rows * length);
    for (let row = 0; row < rows; row++) {
      run.read_example(set, row, into);
      all.set(into.subarray(at, at + length), row * length);
    }
    return all;
  },

  /**
   * Another experiment on the same data, trained as far as this one, at most for some time.
   * @param {number} step
   * @param {Experiment} experiment
   * @param {number} time milliseconds
   * @param {string} base
   */
  async baseline(step, experiment, time, base) {
    const text = check_experiment(experiment);
    if (baseline?.text !== text || baseline.run.steps > step) {
      const run = new Run(experiment, await assetOf(experiment, base));
      baseline?.run.free();
      baseline = { text, run };
    }
    const { run } = baseline;
    const until = performance.now() + time;
    while (run.steps < step && performance.now() < until && run.step() === 1);
    const info = run.info();
    const finished = run.steps >= step || run.done;
    const [names, numbers] = [info.log_names, run.epochs_since(0)];
    const epochs = Array.from({ length: numbers.length / names.length }, (_, i) =>
      numbers.subarray(i * names.length, (i + 1) * names.length),
    );
    const history = { first: info.first_epoch, names, epochs };
    return {
      step,
      finished,
      steps: run.steps,
      n_weights: info.n_weights,
      lines: ['loss', 'val_loss'].flatMap((name) =>
        lineOf({ label: '', dashed: name !== 'loss' }, history, name),
      ),
      weights: weightsOf(run),
      test: finished && info.n_test > 0 ? Array.from(run.evaluate('test')) : null,
    };
  },

  /**
   * Prepares a slice of the loss surface around the last of the run's weights along its path: its plane, and where
   * the path lies on it.
   * @param {import('../analysis/surface.js').PlaneRequest} request
   * @param {Float32Array[]} path
   * @param {Experiment} other the same experiment with another loss
   * @param {number} side cells of a row
   * @param {string} base
   */
  async plane(request, path, other, side, base) {
    const plane = planeOf(request, openedRun().info, path[path.length - 1], path);
    const run = new Run(other, await assetOf(other, base));
    slice?.other.free();
    slice = { key: (slice?.key ?? 0) + 1, plane, other: run, order: coarseFirst(side) };
    const { a, b, axes } = plane;
    return { key: slice.key, a, b, axes, path: path.map((weights) => project(plane, weights)) };
  },

  /**
   * Losses over all rows that are trained on, in the order of `coarseFirst`: of a cell this experiment's, then the
   * other's; as many as there is time for, and one at least.
   * @param {number} key of the slice
   * @param {number} from losses that are known
   * @param {number} time milliseconds
   * @returns {Promise<Float64Array>} empty where the slice is another by now
   */
  async cells(key, from, time) {
    if (slice?.key !== key) return new Float64Array();
    const { plane, other, order } = slice;
    const into = new Float32Array(plane.middle.length);
    /** @type {number[]} */
    const found = [];
    const until = performance.now() + time;
    for (let at = from; at < 2 * order.length; at++) {
      weightsAt(plane, Math.sqrt(order.length), order[at >> 1], into);
      found.push((at % 2 ? other : openedRun().run).loss_with(into));
      if (performance.now() >= until) break;
    }
    return Float64Array.from(found);
  },
};

/** @param {Run} run */
function weightsOf(run) {
  const weights = new Float32Array(run.info().n_weights);
  run.read_weights(weights);
  return weights;
}

/** Rows of a set that are looked through. */
const MAX_ROWS = 1000;
/** What is trained beside the run. @type {{ text: string, run: Run } | undefined} */
let baseline;
/** The slice that is being computed. @type {{ key: number, plane: import('../analysis/surface.js').Plane, other: Run, order: number[] } | undefined} */
let slice;

function openedRun() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/**
 * Brings the run to a moment: from where it stands, from a checkpoint of its own, or from the one that is given,
 * whichever is nearest and not later.
 * @param {number} step
 * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
 */
function seek(step, checkpoint) {
  const { run, checkpoints } = openedRun();
  if (checkpoint) checkpoints.add(checkpoint.step, checkpoint.bytes);
  const near = checkpoints.before(step);
  if (near && (run.steps > step || run.steps < near.step)) run.restore(near.bytes);
  let last = performance.now();
  while (run.steps < step && run.step() === 1) {
    const now = performance.now();
    if (now - last < CHECKPOINT_EVERY) continue;
    checkpoints.add(run.steps, run.checkpoint());
    last = now;
  }
}

// The calls of the inspecting worker: it recomputes any step of a run from a checkpoint and traces it. The training run
// is not affected.
import { Run, advice, check_experiment } from '../../pkg/glassbox.js';
import { appendEpochs, emptyHistory } from '../app/history.js';
import { lineOf } from '../picture/charts/series.js';
import { Checkpoints } from '../step/checkpoints.js';
import { reasonsFor } from '../analysis/reasons.js';
import { outputsOf, spreads } from '../analysis/spread.js';
import { coarseFirst, planeOf, project, weightsAt } from '../analysis/surface.js';
import { assetOf } from './asset.js';
import { readFrame } from './frame.js';
import { Looks } from './looks.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Trace} Trace */

/** @type {{ run: Run, info: import('../types.js').RunInfo, checkpoints: Checkpoints } | undefined} */
let opened;
/** Maximum bytes of this worker's own checkpoints. */
const CHECKPOINT_BYTES = 16e6;
/** Milliseconds of recomputation between two of its checkpoints. */
const CHECKPOINT_EVERY = 40;

export const inspecting = {
  /**
   * Opens the run of an experiment. The other calls refer to it.
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
   * Returns the advice on an experiment.
   * @param {Experiment} experiment
   * @param {string} base address of the page
   */
  advise: async (experiment, base) => advice(experiment, await assetOf(experiment, base)),

  /** Returns the Keras script of the open experiment. */
  code: async () => openedRun().run.keras_code(),

  /**
   * Returns the best epoch and the one after which EarlyStopping would have stopped, counted from 1; 0: none.
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   */
  earlyStopping: async (losses, validation, patience) =>
    openedRun().run.would_stop(Float64Array.from(losses), validation, patience),

  /**
   * Returns the frame after `step` batches.
   * @param {number} step
   * @param {import('../types.js').FrameOptions} frameOptions
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint] of this step or an earlier one
   */
  async frameAt(step, frameOptions, checkpoint) {
    const { run, info } = openedRun();
    seek(step, checkpoint);
    const looks = new Looks(run, info);
    return readFrame(looks, frameOptions, looks.all(frameOptions));
  },

  /**
   * Traces the batch that follows `step` others.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   * @returns {Promise<Trace>}
   */
  async trace(step, checkpoint) {
    seek(step, checkpoint);
    return openedRun().run.trace();
  },

  /**
   * Returns [h, L(w + h), L(w - h), slope] for each weight, by its index in `get_weights()`, in the batch that follows
   * `step` others.
   * @param {number} step
   * @param {{ at: number, h: number }[]} weights
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async differences(step, weights, checkpoint) {
    seek(step, checkpoint);
    return weights.map(({ at, h }) => openedRun().run.difference(at, h));
  },

  /**
   * Returns the distributions of each layer after `step` batches: its outputs on fixed training examples, and its gradients
   * and updates in the batch that follows.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async spread(step, checkpoint) {
    seek(step, checkpoint);
    const { run, info } = openedRun();
    const read = (/** @type {number} */ row, /** @type {Float32Array} */ into) =>
      run.read_example('train', row, into);
    return { step, layers: run.done ? [] : spreads(run.trace(), info, outputsOf(info, read)) };
  },

  /**
   * Returns all weights at a step, in the order of `get_weights()`.
   * @param {number} step
   * @param {import('../step/checkpoints.js').Checkpoint} [checkpoint]
   */
  async weights(step, checkpoint) {
    seek(step, checkpoint);
    return weightsOf(openedRun().run);
  },

  /**
   * Returns the examples of a set with the highest and the lowest output of a unit; for a channel or a sequence, of its
   * maximum.
   * @param {number} step
   * @param {{ set: import('../types.js').SetName, n: number }} rows
   * @param {{ layer: number, unit: number }} ref
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
   * Explains one output for an input by input gradients and occlusion.
   * @param {number} step
   * @param {Float32Array} input
   * @param {number} output index of the output
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
   * Returns the outputs of a layer for the examples of a set: `[rows, length of the layer]`.
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
   * Trains another experiment on the same data up to the same step, for a limited time in each call.
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
    const history = emptyHistory(info.log_names);
    appendEpochs(history, run.epochs_since(0));
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
   * Prepares a slice of the loss surface: its plane, and the path projected onto it.
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
   * Returns losses over all training examples, in the order of `coarseFirst`; for each cell that of this experiment, then
   * that of the other one. It computes at least one, and no more after `time`.
   * @param {number} key of the slice
   * @param {number} from number of losses that are known
   * @param {number} time milliseconds
   * @returns {Promise<Float64Array>} empty where the slice has been replaced
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

/** Maximum number of examples that are evaluated. */
const MAX_ROWS = 1000;
/** The run without hidden layers. @type {{ text: string, run: Run } | undefined} */
let baseline;
/** The latest slice. @type {{ key: number, plane: import('../analysis/surface.js').Plane, other: Run, order: number[] } | undefined} */
let slice;

function openedRun() {
  if (!opened) throw new Error('No run is open.');
  return opened;
}

/**
 * Brings the run to a step, from its current state or from the nearest earlier checkpoint.
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

// Frames: the state of a run for drawing, in one buffer that the page and the worker send back and forth.

import { mapLength, spaceOf } from '../picture/space.js';

/** @typedef {import('../types.js').FrameOptions} FrameOptions */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../../pkg/glassbox.js').Run} Run */

/**
 * Reads the run into a frame, in the worker.
 * @param {Run} run
 * @param {import('../types.js').RunInfo} info
 * @param {FrameOptions} options
 * @param {ArrayBuffer} [spare] the buffer of an earlier frame
 * @returns {Frame}
 */
export function readFrame(run, info, options, spare) {
  const { n_weights, n_activations, n_outputs } = info;
  const { set, n } = shownSet(info);
  const side = spaceOf(info) ? options.side : 0;
  const points = mapLength(info, side);
  const lengths = [n_weights, n_activations, n * n_outputs, n_activations * points];
  const bytes = 4 * lengths.reduce((a, b) => a + b, 0);
  const buffer = spare?.byteLength === bytes ? spare : new ArrayBuffer(bytes);
  let at = 0;
  const [weights, activations, predictions, grid] = lengths.map((length) => {
    const part = new Float32Array(buffer, at, length);
    at += 4 * length;
    return part;
  });
  run.read_weights(weights);
  const drawn =
    options.drawing !== null && options.drawing.length === info.input_shape.reduce(multiply, 1);
  const example = Math.min(Math.max(0, options.example), n - 1);
  if (drawn && options.drawing) run.read_input(options.drawing, activations);
  else run.read_example(set, example, activations);
  run.read_predictions(set, predictions);
  const { at: first, length } = info.layers[info.layers.length - 1];
  const answer = run.probabilities(activations.slice(first, first + length));
  if (side > 0) run.read_grid(side, grid);
  return {
    buffer,
    weights,
    activations,
    answer,
    predictions,
    grid,
    side,
    example,
    drawn,
    steps: run.steps,
    epochs: run.epochs_done,
    batch: run.batch,
    done: run.done,
    trouble: run.trouble(),
    newEpochs: { from: options.epochs, rows: run.epochs_since(options.epochs) },
    newBatches: { from: options.batches, losses: run.batches_since(options.batches) },
    newEvents: { from: options.events, events: run.events_since(options.events) },
    checkpoint: options.checkpoint ? run.checkpoint() : undefined,
    test: options.evaluate && info.n_test > 0 ? Array.from(run.evaluate('test')) : undefined,
    hash: options.evaluate ? run.weights_hash() : undefined,
  };
}

/**
 * Returns the set whose examples are shown: the test set, where there is one.
 * @param {import('../types.js').RunInfo} info
 * @returns {{ set: import('../types.js').SetName, n: number }}
 */
export function shownSet({ n_test, n_validation, n_train }) {
  if (n_test > 0) return { set: 'test', n: n_test };
  return n_validation > 0 ? { set: 'validation', n: n_validation } : { set: 'train', n: n_train };
}

/** @param {number} a @param {number} b */
function multiply(a, b) {
  return a * b;
}

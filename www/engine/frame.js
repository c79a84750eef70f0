// Frames: the state of a run for drawing. Their arrays are in buffers that the page and the worker send back and forth.

/** @typedef {import('../types.js').FrameOptions} FrameOptions */

/** Number of examples that the page lists. */
export const LISTED = 24;

/**
 * Completes a frame, in the worker.
 * @template {object} P
 * @param {import('./looks.js').Looks} looks
 * @param {FrameOptions} options
 * @param {P} parts its arrays
 */
export function readFrame({ run, info }, options, parts) {
  const began = performance.now();
  const checkpoint = options.checkpoint ? run.checkpoint() : undefined;
  return {
    ...parts,
    steps: run.steps,
    epochs: run.epochs_done,
    batch: run.batch,
    done: run.done,
    trouble: run.trouble(),
    newEpochs: run.epochs_since(options.epochs),
    newBatches: run.batches_since(options.batches),
    newEvents: { from: options.events, events: run.events_since(options.events) },
    checkpoint,
    checkpointMs: performance.now() - began,
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

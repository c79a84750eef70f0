// The position in training: the current epoch and batch, counted from 1, and its text. Pure functions.

/** @typedef {Pick<import('../types.js').RunInfo, 'n_batches' | 'first_epoch' | 'epochs'>} Lengths */

/**
 * Returns the epoch and the batch of it that `steps` batches have reached: the last batch of an epoch belongs to it, and
 * batch 0 comes before the first update.
 * @param {number} steps
 * @param {Lengths} info
 * @returns {{ epoch: number, epochs: number, batch: number, batches: number }}
 */
export function positionOf(steps, { n_batches, first_epoch, epochs }) {
  const before = Math.floor(Math.max(0, steps - 1) / n_batches);
  return {
    epoch: first_epoch + before + 1,
    epochs,
    batch: steps - before * n_batches,
    batches: n_batches,
  };
}

/** Describes the position in training. @param {number} steps @param {Lengths} info */
export function positionText(steps, info) {
  if (steps === 0) return 'before the first update';
  const { epoch, epochs, batch, batches } = positionOf(steps, info);
  return `epoch ${epoch} of ${epochs}, batch ${batch} of ${batches}`;
}

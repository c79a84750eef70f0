// Where EarlyStopping would have stopped a run, and which epoch's weights it would have restored.

/**
 * Keras' rule, with min_delta 0: an epoch that is better than all before it is the best; after `patience` epochs in a
 * row that are not, the run stops.
 * @param {number[]} losses one per epoch, smaller is better; NaN where nothing was measured
 * @param {number} patience
 * @returns {{ best: number, stop: number | null }} indices of epochs; `best` is -1 before anything was measured
 */
export function stopping(losses, patience) {
  let [best, least, wait] = [-1, Infinity, 0];
  for (const [epoch, loss] of losses.entries()) {
    if (Number.isNaN(loss)) continue;
    wait++;
    if (loss < least) {
      [best, least, wait] = [epoch, loss, 0];
    } else if (wait >= patience && epoch > 0) {
      return { best, stop: epoch };
    }
  }
  return { best, stop: null };
}

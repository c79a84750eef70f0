// Where EarlyStopping would have stopped a run, and which epoch's weights it would have restored.

/**
 * Keras' rule, with min_delta 0: an epoch that is better than all before it is the best; after `patience` epochs in a
 * row that are not, the run stops. What comes first is the best so far, also NaN, which nothing beats; later on NaN is no
 * improvement, so it uses up patience. The same as `src/callbacks/early_stopping.rs`.
 * @param {(number | null)[]} losses one per epoch, smaller is better; null where nothing was measured
 * @param {number} patience
 * @returns {{ best: number, stop: number | null }} indices of epochs; `best` is -1 before anything was measured
 */
export function stopping(losses, patience) {
  let [best, least, wait] = [-1, NaN, 0];
  for (const [epoch, loss] of losses.entries()) {
    if (loss === null) continue;
    wait++;
    if (best < 0 || loss < least) {
      [best, least, wait] = [epoch, loss, 0];
    } else if (wait >= patience && epoch > 0) {
      return { best, stop: epoch };
    }
  }
  return { best, stop: null };
}

/**
 * A column of the history with null where nothing was measured: a row holds NaN there, too.
 * @param {import('../types.js').History} history
 * @param {string} name of the column
 * @param {number | number[] | undefined} every `validation_freq`: every so many epochs, or those of a list, from 1
 * @param {number} first epochs before the history's own
 * @returns {(number | null)[]}
 */
export function measured({ names, epochs }, name, every, first) {
  const column = names.indexOf(name);
  const given = [every ?? 1].flat();
  const validated = (/** @type {number} */ epoch) =>
    given.length === 1 ? epoch % Math.max(1, given[0]) === 0 : given.includes(epoch);
  return epochs.map((row, i) => {
    const value = row[column];
    const absent = name.startsWith('val_') && !validated(first + i + 1);
    return absent && Number.isNaN(value) ? null : value;
  });
}

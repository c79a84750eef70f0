// The numbers of a run so far, gathered from its frames, and what is said of its callbacks.

/**
 * Takes in what a frame has new; returns what is to be said of it.
 * @param {import('./types.js').History} history
 * @param {import('./types.js').Frame} frame
 */
export function absorb(history, { newEpochs, newBatches, newEvents }) {
  const { names, epochs, batches } = history;
  epochs.length = newEpochs.from;
  for (let at = 0; at < newEpochs.rows.length; at += names.length) {
    epochs.push(Array.from(newEpochs.rows.subarray(at, at + names.length)));
  }
  batches.length = newBatches.from;
  for (const loss of newBatches.losses) batches.push(loss);
  const { from, events } = newEvents;
  history.events = [...history.events.slice(0, from), ...events];
  return inShort(events.flatMap((event) => told(event) || []));
}

/**
 * What is said of a callback's deed when it is done. A rate that is set in every epoch is only counted.
 * @param {import('./types.js').CallbackEvent} event
 */
function told({ deed, line }) {
  return deed === 'scheduled' ? '' : line?.trim().replace(/[^.]$/, '$&.');
}

/** At most three sentences: a callback may have done something in every epoch. @param {string[]} said */
function inShort(said) {
  const before = said.length - 1;
  if (before < 3) return said.join(' ');
  return `${said[before]} Before that, ${before} more such lines: see the fit log.`;
}

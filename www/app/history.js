// The history of a run, collected from its frames, and the announcements of its callbacks.

/**
 * Appends the new rows of a frame to the history. Returns the announcement of its callbacks.
 * @param {import('../types.js').History} history
 * @param {import('../types.js').Frame} frame
 */
export function append(history, { newEpochs, newBatches, newEvents }) {
  const { names, epochs, batches } = history;
  epochs.length = newEpochs.from;
  for (let at = 0; at < newEpochs.rows.length; at += names.length) {
    epochs.push(Array.from(newEpochs.rows.subarray(at, at + names.length)));
  }
  batches.length = newBatches.from;
  for (const loss of newBatches.losses) batches.push(loss);
  const { from, events } = newEvents;
  history.events = [...history.events.slice(0, from), ...events];
  return summarize(events.flatMap((event) => announcement(event) || []));
}

/**
 * The announcement of one callback action. A learning rate that is set in every epoch is not announced.
 * @param {import('../types.js').CallbackEvent} event
 */
function announcement({ action, line }) {
  return action === 'scheduled' ? '' : line?.trim().replace(/[^.]$/, '$&.');
}

/** Limits an announcement to three sentences: a callback may have acted in every epoch. @param {string[]} sentences */
function summarize(sentences) {
  const before = sentences.length - 1;
  if (before < 3) return sentences.join(' ');
  return `${sentences[before]} ${before} earlier messages are in the fit log.`;
}

// The history of a run, collected from its frames, and the announcements of its callbacks.

/** @returns {import('../types.js').History} without any numbers */
export function emptyHistory(/** @type {string[]} */ names) {
  return { names, at: [], epochs: [], batches: { at: [], losses: [] }, events: [] };
}

/**
 * Takes the new numbers of a frame into the history. Returns the announcement of its callbacks.
 * @param {import('../types.js').History} history
 * @param {Pick<import('../types.js').Frame, 'newEpochs' | 'newBatches' | 'newEvents'>} frame
 */
export function append(history, { newEpochs, newBatches, newEvents }) {
  const { batches, events } = history;
  appendEpochs(history, newEpochs);
  batches.at.length = batches.losses.length = newBatches.from;
  batches.at.push(...newBatches.at);
  batches.losses.push(...newBatches.losses);
  events.length = newEvents.from;
  for (const event of newEvents.events) events.push(event);
  return summarize(newEvents.events.flatMap((event) => announcement(event) || []));
}

/**
 * Takes new rows into those of a run.
 * @param {{ names: string[], at: number[], epochs: number[][] }} run
 * @param {import('../types.js').EpochRows} added
 */
export function appendEpochs({ names, at, epochs }, added) {
  at.length = epochs.length = added.from;
  at.push(...added.at);
  for (let from = 0; from < added.rows.length; from += names.length)
    epochs.push(Array.from(added.rows.subarray(from, from + names.length)));
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

// The start of a branch: a run that continues another one from one of its steps, with some weights changed.

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * Returns the part of an experiment that makes it a branch of a run.
 * @param {Experiment} running
 * @param {number} step
 * @param {number} first the first step of the run
 * @param {import('../types.js').WeightEdit[]} edits
 * @returns {Pick<Experiment, 'start'>}
 */
export function branchOf(running, step, first, edits) {
  const { start } = running;
  // Edits at the first step are added to those of the start.
  const atStart = step === first;
  const weights = [...(atStart ? (start?.weights ?? []) : []), ...edits];
  const from = atStart ? start?.experiment : running;
  const next = from ? { experiment: from, step } : {};
  return from || weights.length ? { start: { ...next, weights } } : {};
}

// The remembered runs beside the current one: those in the charts, with their names, and the sentence on two runs.
import { differences } from './differences.js';
import { nameOfRun, sentenceOn } from './naming.js';
import { shownRuns } from './record.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Catalog} Catalog */
/** A run in the charts. @typedef {{ run: RunRecord, name: string }} ShownRun */

/** The last name of each experiment, and the experiment beside which it has this name. @type {WeakMap<Experiment, { current: Experiment, name: string }>} */
const names = new WeakMap();

/**
 * The runs in the charts beside the open one.
 * @param {import('../app/store.js').State} state
 * @param {number} epoch number of finished epochs of the open run
 * @returns {ShownRun[]}
 */
export function shownBeside({ runs, opened, catalog }, epoch) {
  if (!opened) return [];
  const { experiment } = opened;
  return shownRuns(runs, experiment, epoch).map((run) => ({
    run,
    name: nameBeside(run, experiment, catalog),
  }));
}

/**
 * The name of a run beside an experiment.
 * @param {RunRecord} run
 * @param {Experiment} current
 * @param {Catalog} catalog
 */
export function nameBeside({ experiment, seeds }, current, catalog) {
  let known = names.get(experiment);
  if (known?.current !== current) {
    known = { current, name: nameOfRun(differences(current, experiment, catalog)) };
    names.set(experiment, known);
  }
  return seeds ? `${known.name} (${seeds} seeds)` : known.name;
}

/**
 * The sentence on a run beside another one; empty where they differ in several settings.
 * @param {RunRecord} before
 * @param {RunRecord} after
 * @param {Catalog} catalog
 */
export function sentenceBeside(before, after, catalog) {
  return sentenceOn(differences(before.experiment, after.experiment, catalog), before, after);
}

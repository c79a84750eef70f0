// The remembered runs beside the current one: those in the charts, with their names, and the sentence on two runs.
import { differences } from './differences.js';
import { nameOfRun, sentenceOn } from './naming.js';
import { HUES, shownRuns } from './record.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Catalog} Catalog */
/** A run in the charts, with its name and the index of its colour. @typedef {{ run: RunRecord, name: string, hue: number }} ShownRun */

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
  const chosen = shownRuns(runs, experiment, epoch);
  const hues = distinctHues(chosen.map(({ hue }) => hue));
  return chosen.map((run, i) => ({
    run,
    name: nameBeside(run, experiment, catalog),
    hue: hues[i],
  }));
}

/** The colours of runs, where a colour that an earlier run has is replaced by a free one. @param {number[]} wanted */
export function distinctHues(wanted) {
  /** @type {Set<number>} */
  const taken = new Set();
  const free = () => Array.from({ length: HUES }, (_, k) => k).find((k) => !taken.has(k)) ?? 0;
  const own = wanted.map((hue) => (taken.has(hue) ? null : (taken.add(hue), hue)));
  return own.map((hue) => {
    const given = hue ?? free();
    taken.add(given);
    return given;
  });
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

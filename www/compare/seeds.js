// Several seeds of one variant as one run: the mean of each logged number, its lowest and its highest value.
import { recordOf } from './record.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('./record.js').Trained} Trained */

/**
 * The record of a variant. An epoch counts once all seeds have reached it.
 * @param {string} id
 * @param {Trained[]} runs one for each seed; the first is that of the experiment
 * @param {number} hue
 * @returns {RunRecord}
 */
export function recordOfSeeds(id, runs, hue) {
  if (runs.length === 1) return recordOf(id, runs[0], hue);
  const rows = runs.map(({ at, epochs }) => new Map(at.map((epoch, i) => [epoch, epochs[i]])));
  const at = runs[0].at.filter((epoch) => rows.every((of) => of.has(epoch)));
  const over = (/** @type {(values: number[]) => number} */ f) =>
    at.map((epoch) => runs[0].names.map((_, c) => f(rows.map((of) => of.get(epoch)?.[c] ?? NaN))));
  const mean = over((values) => values.reduce((a, b) => a + b, 0) / values.length);
  const [low, high] = [over((v) => Math.min(...v)), over((v) => Math.max(...v))];
  const seconds = runs.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
  const trouble = runs.find((run) => run.trouble)?.trouble;
  const finished = runs.every((run) => run.finished);
  const record = recordOf(id, { ...runs[0], at, epochs: mean, seconds, finished, trouble }, hue);
  const thinned = (/** @type {number[][]} */ rows) =>
    record.at.map((epoch) => rows[at.indexOf(epoch)]);
  return { ...record, low: thinned(low), high: thinned(high), seeds: runs.length };
}

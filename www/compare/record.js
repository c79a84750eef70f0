// What is remembered of a run: its experiment, its curves with at most 800 points, and its figures. Pure functions.
import { isSameRun } from '../app/same.js';

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * A remembered run. A race with several seeds keeps the mean of each variant, and its lowest and highest values.
 * @typedef {object} RunRecord
 * @property {string} id
 * @property {Experiment} experiment
 * @property {string[]} names columns of a row
 * @property {number[]} at number of finished epochs at each row
 * @property {number[][]} rows
 * @property {number[][]} [low] lowest values over the seeds
 * @property {number[][]} [high]
 * @property {number} [seeds] number of seeds, where there are several
 * @property {Record<string, Best>} best lowest and highest value of each column
 * @property {number} steps in batches
 * @property {number} parameters
 * @property {number | null} seconds of training; null where a part of it was not timed
 * @property {boolean} finished
 * @property {boolean} [isRunning] whether it is being trained in a race
 * @property {string} trouble why it ended early, or empty
 * @property {number} hue index of its colour and marker
 * @property {boolean} dimmed
 * @property {boolean} pinned
 */

/** The lowest and the highest value of a column, with their epochs. @typedef {{ low: number, lowAt: number, high: number, highAt: number }} Best */

/** What a run consists of before it is remembered. @typedef {{ experiment: Experiment, names: string[], at: number[], epochs: number[][], steps: number, parameters: number, seconds: number | null, finished: boolean, trouble?: string }} Trained */

/** Maximum number of rows: more than a chart has pixels. */
const MAX_ROWS = 800;
/** Number of colours and markers. */
export const HUES = 8;

/**
 * @param {string} id
 * @param {Trained} run
 * @param {number} hue
 * @returns {RunRecord}
 */
export function recordOf(id, run, hue) {
  const { experiment, names, epochs, steps, parameters, seconds, finished } = run;
  const shown = thin(epochs.length);
  return {
    id,
    experiment,
    names,
    at: shown.map((i) => run.at[i]),
    rows: shown.map((i) => epochs[i]),
    best: Object.fromEntries(names.map((name, c) => [name, extremes(run, c)])),
    steps,
    parameters,
    seconds,
    finished,
    trouble: run.trouble ?? '',
    hue,
    dimmed: false,
    pinned: false,
  };
}

/** Indices of at most `MAX_ROWS` rows, with the last one. @param {number} n */
function thin(n) {
  const stride = Math.max(1, Math.ceil(n / MAX_ROWS));
  return Array.from({ length: n }, (_, i) => i).filter((i) => i % stride === 0 || i === n - 1);
}

/** @param {Pick<Trained, 'at' | 'epochs'>} run @param {number} column @returns {Best} */
function extremes({ at, epochs }, column) {
  const best = { low: Infinity, lowAt: 0, high: -Infinity, highAt: 0 };
  epochs.forEach((row, i) => {
    const value = row[column];
    if (value < best.low) [best.low, best.lowAt] = [value, at[i]];
    if (value > best.high) [best.high, best.highAt] = [value, at[i]];
  });
  return best;
}

/** Whether the lowest value of a column is the best one: losses and errors. @param {string} name */
export function isLowBest(name) {
  return /loss|error|mse|mae|mape|msle|divergence|crossentropy|hinge|false_|log_?cosh|poisson/.test(
    name,
  );
}

/**
 * The colour that the fewest runs have, the lowest of them.
 * @param {{ hue: number }[]} runs
 */
export function freeHue(runs) {
  const counts = Array.from({ length: HUES }, (_, k) => runs.filter((r) => r.hue === k).length);
  return counts.indexOf(Math.min(...counts));
}

/**
 * The runs in the charts beside the current one: the pinned ones, then the newest. A run that the current one repeats to
 * its end is left out, and so is a run on other data, whose numbers mean something else.
 * @param {RunRecord[]} runs from the oldest to the newest
 * @param {Experiment} current
 * @param {number} epoch number of finished epochs of the current run
 */
export function shownRuns(runs, current, epoch) {
  const comparable = runs.filter(
    (run) =>
      run.rows.length > 0 &&
      run.experiment.data.class_name === current.data.class_name &&
      (run.seeds || (run.at.at(-1) ?? 0) > epoch || !isSameRun(run.experiment, current)),
  );
  const order = [...comparable].reverse().sort((a, b) => Number(b.pinned) - Number(a.pinned));
  const chosen = new Set(order.slice(0, HUES));
  return comparable.filter((run) => chosen.has(run));
}

// The data of a chart over the epochs: its columns, its marks, its ranges and the lines of other runs. Pure functions.
import { number } from '../../app/figures.js';

/** @typedef {import('../../types.js').History} History */

/** Maximum number of points of a line. */
const MOST = 800;
/** Share of the earlier values in a smoothed one. */
export const SMOOTHING = 0.8;
/** A run beyond this multiple of what is usual leaves the chart at the top. */
const OUTLIER = 3;

/**
 * A marked epoch.
 * @typedef {{ at: number, label: string }} Mark
 */

/**
 * The line of another run: epochs, and its values after them. `label` is empty for a second line of the same run.
 * @typedef {object} OtherRun
 * @property {string} label
 * @property {number[]} at
 * @property {number[]} values
 * @property {string} hue
 * @property {boolean} [dashed] validation
 * @property {number} [marker] index of the marker at its end
 * @property {boolean} [dimmed]
 * @property {number[]} [low] lowest values over several seeds
 * @property {number[]} [high]
 */

/**
 * Returns the best epoch and the epoch at which training stopped, as callbacks report them.
 * @param {import('../../types.js').CallbackEvent[]} events
 * @returns {Mark[]}
 */
export function marksOf(events) {
  const best = bestOf(events);
  const end = events.find(({ action }) => action === 'stopped' || action === 'terminated');
  return [
    ...(best ? [{ at: best.epoch, label: 'best' }] : []),
    ...(end ? [{ at: end.epoch + 1, label: 'stopped' }] : []),
  ];
}

/**
 * Returns the mark of the viewed step; none for the latest.
 * @param {number | null} viewedStep in batches
 * @param {{ n_batches: number, first_epoch: number }} info
 * @returns {Mark[]}
 */
export function viewedMark(viewedStep, { n_batches, first_epoch }) {
  return viewedStep === null ? [] : [{ at: first_epoch + viewedStep / n_batches, label: 'here' }];
}

/**
 * The best epoch so far, counted from 1, and the value that ModelCheckpoint saw there.
 * @param {import('../../types.js').CallbackEvent[]} events
 */
export function bestOf(events) {
  const last = events.findLast(({ action }) => /kept|stopped|restored/.test(action));
  if (!last) return null;
  const kept = events.findLast(({ action }) => action === 'kept');
  if (kept) return { epoch: kept.epoch + 1, what: `${kept.monitor} ${number(kept.value)}` };
  return { epoch: last.value + 1, what: last.monitor };
}

/**
 * Returns the columns of a chart: epochs, batch losses, training and validation. At the end of an epoch all but the
 * batch losses have a value, and in between only the batch losses. Above `MOST` points, every n-th one is used.
 * @param {History} history
 * @param {string} name
 * @param {number} nBatches per epoch
 * @param {boolean} batches whether to return the batch losses
 * @param {number} first number of epochs before the run
 * @returns {(number | null)[][]}
 */
export function series(history, name, nBatches, batches, first) {
  const column = history.names.indexOf(name);
  const validation = history.names.indexOf(`val_${name}`);
  const { at, losses } = history.batches;
  const n = history.epochs.length;
  const stride = Math.max(1, Math.ceil(n / MOST));
  const every = Math.max(1, Math.ceil(losses.length / MOST));
  /** @type {(number | null)[][]} */
  const [xs, raw, train, held] = [[], [], [], []];
  let batch = 0;
  const addBatches = (/** @type {number} */ until) => {
    for (; batches && batch < losses.length && at[batch] <= until; batch += every) {
      xs.push(first + (at[batch] - 0.5) / nBatches);
      raw.push(finite(losses[batch]));
      train.push(null);
      held.push(null);
    }
  };
  for (let epoch = 0; epoch < n; epoch++) {
    if (epoch % stride !== 0 && epoch !== n - 1) continue;
    addBatches((history.at[epoch] - first) * nBatches);
    xs.push(history.at[epoch]);
    raw.push(null);
    train.push(finite(history.epochs[epoch][column]));
    held.push(validation < 0 ? null : finite(history.epochs[epoch][validation]));
  }
  addBatches(Infinity);
  return [xs, raw, train, held];
}

/** @param {number | undefined} value */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/**
 * Exponential moving average of the values that are there; the first ones are not drawn towards 0.
 * @param {(number | null)[]} values
 * @returns {(number | null)[]}
 */
export function smoothed(values) {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return value;
    sum = SMOOTHING * sum + (1 - SMOOTHING) * value;
    weight = SMOOTHING * weight + 1 - SMOOTHING;
    return sum / weight;
  });
}

/**
 * Returns the line of another run in one column, with at most `MOST` points.
 * @template {object} L
 * @param {L} look
 * @param {{ names: string[], at: number[], epochs: ArrayLike<number>[] }} run
 * @param {string} name
 * @returns {(L & { at: number[], values: number[] })[]} empty where the run has no such column or no epoch
 */
export function lineOf(look, { names, at, epochs }, name) {
  const column = names.indexOf(name);
  if (column < 0) return [];
  const stride = Math.max(1, Math.ceil(epochs.length / MOST));
  const shown = epochs.map((_, i) => i).filter((i) => i % stride === 0 || i === epochs.length - 1);
  if (!shown.length) return [];
  return [{ ...look, at: shown.map((i) => at[i]), values: shown.map((i) => epochs[i][column]) }];
}

/**
 * Returns the lines of a remembered run: training, with the band over its seeds, and validation.
 * @param {import('../../compare/shown.js').ShownRun} shown
 * @param {string} name
 * @param {string[]} hues
 * @returns {OtherRun[]}
 */
export function linesOf({ run, name: label, hue }, name, hues) {
  return [name, `val_${name}`].flatMap((column, i) => {
    const c = run.names.indexOf(column);
    if (c < 0) return [];
    const values = (/** @type {number[][]} */ rows) => rows.map((row) => row[c]);
    const band = run.low && run.high && i === 0;
    return {
      label: i ? '' : label,
      at: run.at,
      values: values(run.rows),
      hue: hues[hue % hues.length],
      dashed: i > 0,
      marker: hue,
      dimmed: run.dimmed,
      ...(band && { low: values(run.low ?? []), high: values(run.high ?? []) }),
    };
  });
}

/**
 * The horizontal range: from the first value to the last epoch of all lines.
 * @param {(number | null)[]} xs
 * @param {number} epochs
 * @param {OtherRun[]} others
 * @returns {[number, number]}
 */
export function rangeOfEpochs(xs, epochs, others) {
  const bright = others.filter(({ dimmed }) => !dimmed);
  const starts = [xs[0] ?? Infinity, ...bright.map(({ at }) => at[0] ?? Infinity)];
  const first = Math.min(...starts);
  const start = Number.isFinite(first) ? first : 0;
  const end = Math.max(epochs, ...bright.map(({ at }) => at.at(-1) ?? 0));
  return start < end ? [start, end] : [start - 0.5, start + 0.5];
}

/**
 * The vertical range. `zero`: it begins at 0, as that of a loss; else it begins and ends where the values do.
 * @param {(number | null)[][]} columns values of the own lines
 * @param {OtherRun[]} others
 * @param {{ log: boolean, zero: boolean, whole: boolean }} look `whole`: from 0 to 1
 * @returns {[number, number]}
 */
export function rangeOfValues(columns, others, { log, zero, whole }) {
  const lines = [
    ...columns,
    ...others
      .filter(({ dimmed }) => !dimmed)
      .flatMap(({ values, low, high }) => [values, low ?? [], high ?? []]),
  ];
  const usable = lines.map((line) =>
    line.filter((v) => v !== null && Number.isFinite(v) && (!log || v > 0)),
  );
  const ends = usable.flatMap((line) => {
    let [low, high] = [Infinity, -Infinity];
    for (const v of line) [low, high] = [Math.min(low, Number(v)), Math.max(high, Number(v))];
    return line.length ? [[low, high]] : [];
  });
  if (!ends.length) return log ? [0.01, 1] : [0, 1];
  const low = Math.min(...ends.map(([a]) => a));
  const highs = ends.map(([, b]) => b).sort((a, b) => a - b);
  const usual = highs[Math.floor((highs.length - 1) / 2)];
  const top = highs[highs.length - 1];
  if (log) return low < top ? [low / 1.15, top * 1.15] : [low / 2, top * 2];
  if (whole) return [Math.min(0, low), Math.max(1.02, top)];
  const high = usual > 0 ? Math.min(top, OUTLIER * usual) : top;
  if (zero && low >= 0) return [0, Math.max(high * 1.06, 1e-6)];
  const margin = Math.max(0.06 * (high - low), 1e-3 * Math.abs(high), 1e-6);
  return [low - margin, high + margin];
}

/** Whether all values lie from 0 to 1, as those of an accuracy. @param {(number | null | undefined)[][]} lines */
export function areShares(lines) {
  return lines.every((line) =>
    line.every((v) => v === null || v === undefined || !Number.isFinite(v) || (v >= 0 && v <= 1)),
  );
}

// The data of a chart over the epochs: its columns, its marks and the lines of other runs. Pure functions.
import { number } from '../../app/figures.js';

/** @typedef {import('../../types.js').History} History */

/** Maximum number of points of a line. */
const MOST = 800;

/**
 * A marked epoch.
 * @typedef {{ at: number, label: string }} Mark
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
 * Returns the columns of uPlot: epochs, training, validation and, with `batches`, batch losses. At the end of an epoch
 * all but the last have a value, and in between only the batch losses. Above `MOST` points, every n-th one is used.
 * @param {History} history
 * @param {string} name
 * @param {number} nBatches per epoch
 * @param {boolean} batches
 * @param {number} first number of epochs before the run
 * @returns {(number | null)[][]}
 */
export function series(history, name, nBatches, batches, first) {
  const column = history.names.indexOf(name);
  const validation = history.names.indexOf(`val_${name}`);
  const n = history.epochs.length;
  const stride = Math.max(1, Math.ceil(n / MOST));
  const every = Math.max(1, Math.ceil(history.batches.length / MOST));
  /** @type {(number | null)[][]} */
  const [xs, train, held, raw] = [[], [], [], []];
  let batch = 0;
  const addBatches = (/** @type {number} */ until) => {
    for (; batches && batch < until && batch < history.batches.length; batch += every) {
      xs.push(first + (batch + 0.5) / nBatches);
      train.push(null);
      held.push(null);
      raw.push(finite(history.batches[batch]));
    }
  };
  for (let epoch = 0; epoch < n; epoch++) {
    if (epoch % stride !== 0 && epoch !== n - 1) continue;
    addBatches((epoch + 1) * nBatches);
    xs.push(first + epoch + 1);
    train.push(finite(history.epochs[epoch][column]));
    held.push(validation < 0 ? null : finite(history.epochs[epoch][validation]));
    raw.push(null);
  }
  addBatches(Infinity);
  return batches ? [xs, train, held, raw] : [xs, train, held];
}

/** @param {number | undefined} value */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/**
 * The line of another run: epochs, and its values after them. Without a hue it is thin and grey.
 * @typedef {{ label: string, at: number[], values: number[], hue?: string, dashed?: boolean }} OtherRun
 */

/**
 * Returns the line of another run in one column, with at most `MOST` points.
 * @param {Omit<OtherRun, 'at' | 'values'>} look
 * @param {{ first: number, names: string[], epochs: ArrayLike<number>[] }} run `first`: number of epochs before it
 * @param {string} name
 * @returns {OtherRun[]} empty where the run has no such column or no epoch
 */
export function lineOf(look, { first, names, epochs }, name) {
  const column = names.indexOf(name);
  if (column < 0) return [];
  const stride = Math.max(1, Math.ceil(epochs.length / MOST));
  const at = epochs.map((_, i) => i).filter((i) => i % stride === 0 || i === epochs.length - 1);
  if (!at.length) return [];
  return [{ ...look, at: at.map((i) => first + i + 1), values: at.map((i) => epochs[i][column]) }];
}

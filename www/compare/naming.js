// The name of a run beside the current one, and the sentence that compares two runs. Pure functions.
import { number } from '../app/figures.js';

/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {Pick<import('./record.js').RunRecord, 'names' | 'at' | 'rows' | 'trouble' | 'seeds'>} Curves */

/** Maximum number of settings in a name. */
const MAX_NAMED = 2;

/** The name of a run by what differs from the current one: “SGD 0.1”, “32 units”. @param {Difference[]} found */
export function nameOfRun(found) {
  if (!found.length) return 'these settings';
  const names = found.slice(0, MAX_NAMED).map(({ toName, where, label }) => {
    const isAmbiguous = found.some((d) => d.label === label && d.where !== where);
    return isAmbiguous ? `${where}: ${toName}` : toName;
  });
  const more = found.length - names.length;
  return `${names.join(', ')}${more ? ` + ${more} more` : ''}`;
}

/**
 * The sentence on two runs that differ in one setting: “SGD 0.1 instead of Adam 0.001: learns more slowly, validation loss 0.21 after
 * 20 epochs against 0.03.” Returns an empty text where they differ in more, or have no number in common.
 * @param {Difference[]} found differences of the second run from the first
 * @param {Curves} before
 * @param {Curves} after
 */
export function sentenceOn(found, before, after) {
  if (found.length !== 1) return '';
  const [{ fromName, toName, where, path, family }] = found;
  const head = `${capital(toName)} instead of ${fromName}${where ? ` in ${where}` : ''}`;
  if (path[0] === 'start' || path[0] === 'data') return '';
  const name = quantity(before, after, family);
  const epoch = Math.min(before.at.at(-1) ?? 0, after.at.at(-1) ?? 0);
  if (after.trouble) return `${head}: diverged. ${after.trouble}`;
  if (!name || !epoch) return '';
  const [a, b] = [before, after].map((run) => valueAt(run, name, epoch));
  const epochs = epoch === 1 ? '1 epoch' : `${epoch.toLocaleString('en')} epochs`;
  const mean = (/** @type {Curves} */ { seeds }) => (seeds ? ` (mean of ${seeds} seeds)` : '');
  const figures = `${title(name)} ${number(b)}${mean(after)} after ${epochs} against ${number(a)}${mean(before)}`;
  return `${head}: ${verdict(a, b, isPace(path) && name.endsWith('loss'))}, ${figures}.`;
}

/** @param {number} a @param {number} b @param {boolean} pace whether a lower loss means faster training */
function verdict(a, b, pace) {
  if (!Number.isFinite(b)) return 'diverged';
  if (number(a) === number(b)) return 'no difference';
  const lower = b < a || !Number.isFinite(a);
  return pace ? (lower ? 'learns faster' : 'learns more slowly') : lower ? 'lower' : 'higher';
}

/** Whether a setting decides on the steps and not on what is trained. @param {(string | number)[]} path */
function isPace([part, name]) {
  return (part === 'compile' && name === 'optimizer') || name === 'batch_size';
}

/**
 * The number to compare: the validation loss, else the training loss. Where the setting changes the loss itself, a metric.
 * @param {Curves} before
 * @param {Curves} after
 * @param {string | null} family of the setting
 */
function quantity(before, after, family) {
  const both = before.names.filter((name) => after.names.includes(name));
  const isLoss = (/** @type {string} */ name) => /^(val_)?loss$/.test(name);
  const lossChanges = family === 'losses' || family === 'regularizers';
  const usable = both.filter((name) => isLoss(name) !== lossChanges && name !== 'learning_rate');
  return usable.find((name) => name.startsWith('val_')) ?? usable[0];
}

/** The value of a run after an epoch; of a long run, whose rows are thinned, after the last one before it. @param {Curves} run @param {string} name @param {number} epoch */
export function valueAt({ names, at, rows }, name, epoch) {
  return rows[at.findLastIndex((e) => e <= epoch)]?.[names.indexOf(name)] ?? NaN;
}

/** The name of a logged number in words: “validation loss”. @param {string} name */
export function title(name) {
  return name.replace(/^val_/, 'validation ').replaceAll('_', ' ');
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

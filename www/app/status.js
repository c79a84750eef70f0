// One sentence on what the run is doing now, from its own numbers. Pure functions.
import { number } from './figures.js';
import { positionOf } from './position.js';

/** @typedef {import('../types.js').History} History */
/** @typedef {import('../types.js').RunInfo} RunInfo */

/** Number of epochs after the best one from which a higher validation loss is mentioned. */
const PATIENCE = 3;
/** Relative changes of a loss below this are no change. */
const FLAT = 0.02;
/** A swing of the last epochs beside the loss before training, from which the loss jumps. */
const JUMP = 0.25;
/** Number of examples from which on the loss of a batch says how the training began. */
const SAMPLE = 16;
/** Number of epochs in which it must. */
const WINDOW = 6;
/** Relative rise of the validation loss above its lowest value, in all of the last epochs, that is no noise. */
const RISE = 0.1;

/**
 * @typedef {object} Status
 * @property {'ready' | 'training' | 'paused' | 'finished' | 'broken'} kind
 * @property {string} text
 * @property {boolean} isWell whether nothing about the losses is bad
 */

/**
 * Describes the run.
 * @param {RunInfo} info
 * @param {Pick<import('../types.js').Frame, 'steps' | 'epochs' | 'done' | 'trouble'>} frame
 * @param {History} history
 * @param {boolean} playing
 * @returns {Status}
 */
export function statusOf(info, frame, history, playing) {
  const { epochs: all, first_epoch, first_step, n_train, n_batches } = info;
  const examples = n_train.toLocaleString('en');
  if (frame.trouble) return { kind: 'broken', text: frame.trouble, isWell: false };
  const { text: losses, isWell } = trend(history, n_train / n_batches);
  if (frame.done) {
    const epochs = `${frame.epochs} epoch${frame.epochs === 1 ? '' : 's'}`;
    return { kind: 'finished', text: `Finished after ${epochs}. ${losses}`.trim(), isWell };
  }
  const epoch = `epoch ${positionOf(frame.steps, info).epoch} of ${all}`;
  if (playing) return { kind: 'training', text: `Training, ${epoch}. ${losses}`, isWell };
  if (frame.steps <= first_step) {
    const left = all - first_epoch;
    const text = `Ready: ${examples} training examples, ${n_batches} batch${n_batches === 1 ? '' : 'es'} per epoch, ${left} epoch${left === 1 ? '' : 's'}.`;
    return { kind: 'ready', text, isWell };
  }
  return { kind: 'paused', text: `Paused in ${epoch}. ${losses}`, isWell };
}

/**
 * Says how the losses have moved, in one sentence; empty before two epochs.
 * @param {History} history
 * @param {number} perBatch number of examples of a batch
 * @returns {{ text: string, isWell: boolean }}
 */
export function trend(history, perBatch) {
  const losses = column(history, 'loss');
  const held = column(history, 'val_loss');
  const bad = (/** @type {string} */ text) => ({ text, isWell: false });
  const well = (/** @type {string} */ text) => ({ text, isWell: true });
  if (losses.length < 2) return well('');
  const [first, now] = [losses[0], losses[losses.length - 1]];
  if (!Number.isFinite(now)) return bad('The loss is no longer a number.');
  // The first batch is measured before the first update. A few examples may be easy ones.
  const start = perBatch < SAMPLE ? Infinity : (history.batches.losses[0] ?? Infinity);
  const last = losses.slice(-WINDOW);
  const swing = Math.max(...last) - Math.min(...last);
  if (now > start * (1 + RISE) && now > first * (1 - RISE))
    return bad(
      `The training loss is higher than at the first batch: ${number(start)} then, ${number(now)} now.`,
    );
  if (last.length === WINDOW && swing > JUMP * Math.min(start, first) && last[0] - now < swing / 2)
    return bad(
      `The training loss jumps between ${number(Math.min(...last))} and ${number(Math.max(...last))} and does not settle.`,
    );
  if (now > first * (1 + FLAT))
    return bad(`The training loss has risen from ${number(first)} to ${number(now)}.`);
  if (now > first * (1 - FLAT))
    return bad(
      `The training loss has hardly moved: ${number(first)} after the first epoch, ${number(now)} now.`,
    );
  if (held.length < 2) return well('The training loss is falling.');
  const best = held.reduce((at, value, i) => (value < held[at] ? i : at), 0);
  const [least, latest] = [held[best], held[held.length - 1]];
  const isAbove = held.slice(-PATIENCE).every((value) => value > least * (1 + RISE));
  if (held.length - 1 - best >= PATIENCE && isAbove)
    return bad(
      `The training loss is falling, but the validation loss was lowest after epoch ${history.at[best]} (${number(least)}, now ${number(latest)}).`,
    );
  if (latest > held[0] * (1 - FLAT))
    return bad('The training loss is falling; the validation loss has hardly moved.');
  return well('Both losses have fallen.');
}

/** @param {History} history @param {string} name */
function column({ names, epochs }, name) {
  const i = names.indexOf(name);
  return i < 0 ? [] : epochs.map((row) => row[i]);
}

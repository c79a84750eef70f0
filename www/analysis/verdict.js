// Which of two models does better on the test set, why, and on which data set the other one does. Pure functions.
import { number } from '../app/figures.js';

/** Differences of an accuracy below this are those of a few examples. */
const TIE = 0.01;
/** Relative differences of a loss below this are no difference. */
const CLOSE = 0.1;

/** A data set on which a straight boundary suffices, and one on which it does not. */
const [STRAIGHT, CURVED] = ['Digits01', 'Circle'];

/**
 * Compares a network with the model without its hidden layers.
 * @param {{ name: string, metric: string | undefined, own: ArrayLike<number> | null | undefined, plain: ArrayLike<number> | null | undefined, data: string, task: string }} tests
 *   `own`, `plain`: loss and metrics on the test set of the network and of the simpler model; `data`: class of the data set; `task`: of the model
 * @returns {{ text: string, offer: string } | null} the sentence, and the data set to try next; null before both are tested
 */
export function verdictOf({ name, metric, own, plain, data, task }) {
  if (!own || !plain || !Number.isFinite(own[0]) || !Number.isFinite(plain[0])) return null;
  const isAccuracy = metric === 'accuracy';
  const [a, b] = isAccuracy ? [own[1], plain[1]] : [own[0], plain[0]];
  const gain = isAccuracy ? a - b : (b - a) / Math.max(Math.abs(b), 1e-12);
  const least = isAccuracy ? TIE : CLOSE;
  const what = isAccuracy ? 'test accuracy' : 'test loss';
  const figures = `${what} ${number(a)} with hidden layers, ${number(b)} without`;
  // The offered sets are classifications.
  const offers = task !== 'regression';
  const shape = offers ? 'a straight boundary' : 'a straight line';
  if (gain > least) {
    const text = `The network does better (${figures}): ${shape} does not fit this data, and the hidden layers bend it.`;
    return { text, offer: !offers || data === STRAIGHT ? '' : STRAIGHT };
  }
  const how = gain < -least ? 'does better' : 'does as well';
  const text = `${name} ${how} (${figures}): ${shape} fits this data, so the hidden layers have little to add.`;
  return { text, offer: !offers || data === CURVED ? '' : CURVED };
}

// The errors of a model on a set: the confusion matrix, the most confident mistakes, and for two classes the ROC and the
// precision-recall curve. Pure functions of predictions and labels.
import { predictedClass } from '../picture/links.js';

/**
 * Predictions as probabilities, `[n, width]`, and the labels of the same rows.
 * @typedef {{ p: Float32Array, width: number, y: Float32Array, n: number }} Predictions
 */
/** One example: its row, its label, its predicted class and the probability of that class. @typedef {{ row: number, label: number, predicted: number, sure: number }} Judged */
/** A point of a curve, at the threshold from which on an example counts as class 1. @typedef {{ threshold: number, x: number, y: number }} CurvePoint */

/**
 * Judges each example. For one output, class 1 is predicted above the threshold.
 * @param {Predictions} predictions
 * @param {number} [threshold]
 * @returns {Judged[]}
 */
export function judge({ p, width, y, n }, threshold = 0.5) {
  return Array.from({ length: n }, (_, row) => {
    const own = p.subarray(row * width, (row + 1) * width);
    if (width > 1) {
      const { label, sure } = predictedClass(own);
      return { row, label: y[row], predicted: label, sure };
    }
    const predicted = own[0] > threshold ? 1 : 0;
    return { row, label: y[row], predicted, sure: predicted ? own[0] : 1 - own[0] };
  });
}

/**
 * Counts the examples of each label (row) by their predicted class (column).
 * @param {Judged[]} judged
 * @param {number} classes
 */
export function confusion(judged, classes) {
  const counts = Array.from({ length: classes }, () => Array(classes).fill(0));
  for (const { label, predicted } of judged)
    if (counts[label]?.[predicted] !== undefined) counts[label][predicted]++;
  return counts;
}

/** The wrong predictions, the most confident first. @param {Judged[]} judged */
export function mistakes(judged) {
  return judged.filter(({ label, predicted }) => label !== predicted).sort(bySure);
}

/** The examples of one cell of the confusion matrix, the most confident first. @param {Judged[]} judged @param {number} label @param {number} predicted */
export function inCell(judged, label, predicted) {
  return judged.filter((one) => one.label === label && one.predicted === predicted).sort(bySure);
}

/** @param {Judged} a @param {Judged} b */
function bySure(a, b) {
  return b.sure - a.sure || a.row - b.row;
}

/**
 * Precision, recall, true and false positive rate of class 1 at a threshold; NaN where nothing is counted.
 * @param {Predictions} predictions
 * @param {number} threshold
 */
export function ratesAt({ p, y, n }, threshold) {
  let [tp, fp, positives] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const isPositive = y[i] === 1;
    if (isPositive) positives++;
    if (!(p[i] > threshold)) continue;
    if (isPositive) tp++;
    else fp++;
  }
  return {
    precision: tp / (tp + fp),
    recall: tp / positives,
    falsePositives: fp / (n - positives),
    accuracy: (tp + (n - positives - fp)) / n,
  };
}

/**
 * The ROC curve (x: false positive rate, y: true positive rate) and the precision-recall curve (x: recall, y: precision)
 * over all thresholds, with the area under the first and the average precision of the second, as scikit-learn defines them.
 * @param {Predictions} predictions of one output
 */
export function curvesOf({ p, y, n }) {
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => p[b] - p[a]);
  const positives = order.filter((i) => y[i] === 1).length;
  const negatives = n - positives;
  /** @type {CurvePoint[]} */
  const roc = [{ threshold: Infinity, x: 0, y: 0 }];
  /** @type {CurvePoint[]} */
  const pr = [{ threshold: Infinity, x: 0, y: 1 }];
  let [tp, fp, area, average] = [0, 0, 0, 0];
  order.forEach((i, k) => {
    if (y[i] === 1) tp++;
    else fp++;
    // Examples with equal outputs pass the threshold together.
    if (k < n - 1 && p[order[k + 1]] === p[i]) return;
    const [before, last] = [roc[roc.length - 1], pr[pr.length - 1]];
    const at = { threshold: p[i], x: fp / negatives, y: tp / positives };
    const precise = { threshold: p[i], x: tp / positives, y: tp / (tp + fp) };
    area += ((at.x - before.x) * (at.y + before.y)) / 2;
    average += (precise.x - last.x) * precise.y;
    roc.push(at);
    pr.push(precise);
  });
  return { roc, pr, area, average };
}

/**
 * Counts the outputs of each class in bins from 0 to 1. An output of exactly 1 is in the last bin.
 * @param {Predictions} predictions of one output
 * @param {number} bins
 */
export function histogram({ p, y, n }, bins) {
  const counts = [0, 1].map(() => Array(bins).fill(0));
  for (let i = 0; i < n; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(p[i] * bins)));
    if (Number.isFinite(p[i]) && counts[y[i]]) counts[y[i]][bin]++;
  }
  return counts;
}

// The errors of a model: confusion matrix, mistakes, rates and curves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  confusion,
  curvesOf,
  histogram,
  inCell,
  judge,
  mistakes,
  ratesAt,
} from '../../www/analysis/errors.js';

/** The example of scikit-learn's documentation of roc_auc_score and average_precision_score. */
const SMALL = {
  p: Float32Array.of(0.1, 0.4, 0.35, 0.8),
  y: Float32Array.of(0, 0, 1, 1),
  width: 1,
  n: 4,
};

const near = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) < 1e-6, `${a}, not ${b}`);

test('oracle: area under the ROC curve and average precision are those of scikit-learn', () => {
  const { roc, pr, area, average } = curvesOf(SMALL);
  // sklearn.metrics.roc_auc_score and average_precision_score, 1.5
  near(area, 0.75);
  near(average, 0.8333333333333333);
  assert.deepEqual(
    roc.map(({ x, y }) => [x, y]),
    [
      [0, 0],
      [0, 0.5],
      [0.5, 0.5],
      [0.5, 1],
      [1, 1],
    ],
  );
  assert.equal(pr.length, 5);
  // All examples have one output: the curve is the line of guessing.
  const flat = { ...SMALL, p: new Float32Array(4).fill(0.5) };
  near(curvesOf(flat).area, 0.5);
  near(curvesOf(flat).average, 0.5);
});

test('reaches the rates at a threshold', () => {
  const { precision, recall, falsePositives, accuracy } = ratesAt(SMALL, 0.38);
  assert.deepEqual([precision, recall, falsePositives, accuracy], [0.5, 0.5, 0.5, 0.5]);
  assert.ok(Number.isNaN(ratesAt(SMALL, 0.9).precision));
});

test('reaches the confusion matrix, its cells and the most confident mistakes', () => {
  const judged = judge(SMALL, 0.38);
  assert.deepEqual(confusion(judged, 2), [
    [1, 1],
    [1, 1],
  ]);
  assert.deepEqual(
    mistakes(judged).map(({ row }) => row),
    [2, 1],
  );
  assert.deepEqual(
    inCell(judged, 1, 1).map(({ row }) => row),
    [3],
  );
  const three = {
    p: Float32Array.of(0.2, 0.3, 0.5, 0.6, 0.3, 0.1),
    y: Float32Array.of(2, 1),
    width: 3,
    n: 2,
  };
  assert.deepEqual(confusion(judge(three), 3), [
    [0, 0, 0],
    [1, 0, 0],
    [0, 0, 1],
  ]);
});

test('reaches each output in one bin', () => {
  const counts = histogram(
    { p: Float32Array.of(0, 0.49, 1, NaN), y: Float32Array.of(0, 1, 1, 0), width: 1, n: 4 },
    2,
  );
  assert.deepEqual(counts, [
    [1, 0],
    [1, 1],
  ]);
});

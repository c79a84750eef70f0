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
import { verdictOf } from '../../www/analysis/verdict.js';

/** The example of scikit-learn's documentation of roc_auc_score and average_precision_score. */
const SMALL = {
  p: Float32Array.of(0.1, 0.4, 0.35, 0.8),
  y: Float32Array.of(0, 0, 1, 1),
  width: 1,
  n: 4,
};

test('reaches which model does better, why, and the data set on which it is the other way round', () => {
  const base = {
    name: 'Logistic regression',
    metric: 'accuracy',
    data: 'Digits01',
    task: 'binary',
  };
  const same = verdictOf({ ...base, own: [0.03, 0.994], plain: [0.02, 0.998] });
  assert.match(
    same?.text ?? '',
    /^Logistic regression does as well \(test accuracy 0\.9940 .* 0\.9980 without\)/,
  );
  assert.equal(same?.offer, 'Circle');
  const curved = verdictOf({ ...base, data: 'Circle', own: [0.1, 0.98], plain: [0.6, 0.605] });
  assert.match(curved?.text ?? '', /^The network does better/);
  assert.equal(curved?.offer, 'Digits01');
  // Without an accuracy the losses are compared.
  const losses = verdictOf({
    ...base,
    metric: undefined,
    data: 'Wave',
    task: 'regression',
    own: [0.1],
    plain: [0.4],
  });
  assert.match(losses?.text ?? '', /^The network does better \(test loss 0\.1000 .*straight line/);
  assert.equal(losses?.offer, '');
  assert.equal(verdictOf({ ...base, own: null, plain: [0.4] }), null);
  assert.equal(verdictOf({ ...base, own: [NaN, 0.5], plain: [0.4, 0.5] }), null);
});

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

// Positions in training, marks on the timeline, and shares in percent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positionOf, positionText } from '../../www/app/position.js';
import { percent } from '../../www/picture/links.js';
import { apart } from '../../www/views/moment/rail.js';

test('reaches the current epoch and batch of a step', () => {
  const info = { n_batches: 25, first_epoch: 0, epochs: 20 };
  /** @type {[steps: number, epoch: number, batch: number][]} */
  const cases = [
    [0, 1, 0],
    [1, 1, 1],
    [24, 1, 24],
    [25, 1, 25],
    [26, 2, 1],
    [342, 14, 17],
    [500, 20, 25],
  ];
  for (const [steps, epoch, batch] of cases)
    assert.deepEqual(
      positionOf(steps, info),
      { epoch, epochs: 20, batch, batches: 25 },
      String(steps),
    );
  assert.equal(positionOf(3, { ...info, first_epoch: 5 }).epoch, 6);
  assert.equal(positionText(0, info), 'before the first update');
  assert.equal(positionText(342, info), 'epoch 14 of 20, batch 17 of 25');
});

test('reaches places that are a target apart and near to the wanted ones', () => {
  assert.deepEqual(apart([], 24, 500), []);
  assert.deepEqual(apart([100], 24, 500), [100]);
  assert.deepEqual(apart([100, 200], 24, 500), [100, 200]);
  // Around their middle.
  assert.deepEqual(apart([100, 104], 24, 500), [90, 114]);
  assert.deepEqual(apart([100, 100, 100], 24, 500), [76, 100, 124]);
  // At both ends.
  assert.deepEqual(apart([5, 10], 24, 500), [0, 24]);
  assert.deepEqual(apart([499, 500], 24, 500), [476, 500]);
  // Moving two apart may push a third.
  const three = apart([100, 104, 120], 24, 500);
  assert.ok(three[1] - three[0] >= 24 && three[2] - three[1] >= 24, three.join());
  // Where there is no room for all, they share it.
  assert.deepEqual(apart([0, 0, 0], 24, 20), [0, 10, 20]);
  assert.deepEqual(apart([0, 5], 24, 0), [0, 0]);
});

test('reaches 0 % and 100 % only for exactly that', () => {
  /** @type {[number, string][]} */
  const cases = [
    [0, '0 %'],
    [1e-9, '< 0.1 %'],
    [0.0004, '< 0.1 %'],
    [0.0006, '0.1 %'],
    [0.05, '5 %'],
    [0.5, '50 %'],
    [0.994, '99.4 %'],
    [0.9996, '> 99.9 %'],
    [1, '100 %'],
    [NaN, '–'],
    [-0.5, '−0.5'],
    [1.25, '1.25'],
  ];
  for (const [share, text] of cases) assert.equal(percent(share), text, String(share));
});

// What a changed experiment keeps of the run before it: pure functions of their texts and shapes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftFor, toldOf } from '../../www/branching.js';
import { placed } from '../../www/charts/series.js';

/** @typedef {import('../../www/types.js').Experiment} Experiment */

/** An experiment that is told from others by its seed. @param {number} seed @param {Experiment['start']} [start] */
const experiment = (seed, start) =>
  /** @type {Experiment} */ (/** @type {unknown} */ ({ seed, fit: {}, ...(start && { start }) }));

const info = /** @type {import('../../www/types.js').RunInfo} */ ({
  first_epoch: 0,
  first_step: 60,
});
const history = { names: ['loss'], epochs: [[3], [2]], batches: [], events: [] };
const old = { label: 'old', first: 0, names: ['loss'], epochs: [[1]] };
const run = { left: [old], made: '', steps: 75, info };

/** @param {Experiment} draft @param {Experiment} running @param {string} what @param {Parameters<typeof leftFor>[3]} run */
const lefts = (draft, running, what, run) => leftFor(draft, running, what, run, history);
const labels = (/** @type {ReturnType<typeof leftFor>} */ { left }) => left.map((l) => l.label);

test('reaches: the runs to compare with are those that set out from the same moment', () => {
  const base = experiment(1);
  const from = (/** @type {number} */ step, seed = 1) =>
    experiment(seed, { experiment: base, step });
  assert.deepEqual(labels(lefts(from(60), base, 'Branch', run)), ['old', 'left at 60']);
  const other = lefts(from(60, 2), from(60), 'seed 2', run);
  assert.deepEqual(labels(other), ['old', 'left at 75']);
  assert.equal(other.made, 'seed 2');
  const again = lefts(from(60, 3), from(60, 2), 'seed 3', { ...run, made: other.made });
  assert.deepEqual(labels(again), ['old', 'seed 2']);
  const untrained = lefts(from(60, 2), from(60), 'seed 2', { ...run, steps: 60 });
  assert.deepEqual(labels(untrained), ['old']);
  assert.deepEqual(labels(lefts(from(50), from(60), 'other', run)), []);
  assert.deepEqual(labels(lefts(experiment(2), from(60), 'other', run)), []);
  assert.deepEqual(labels(lefts(experiment(2), base, 'other', run)), []);
  const many = { ...run, left: [old, old, old, old] };
  assert.equal(lefts(from(60, 2), from(60), 'seed 2', many).left.length, 4);
  history.epochs[0][0] = 7;
  assert.equal(other.left[1].epochs[0][0], 3, 'a copy: the run goes on');
});

test('reaches: a sentence says where the run stands after a change', () => {
  const change = { what: 'x', goesOn: false, outgrown: false, steps: 0, forgotten: null };
  assert.equal(toldOf(change), 'x: the run begins again.');
  assert.equal(toldOf({ ...change, goesOn: true }), 'x: the run begins again.');
  assert.equal(toldOf({ ...change, goesOn: true, steps: 9 }), 'x: the run goes on.');
  assert.equal(toldOf({ ...change, steps: 9 }), 'x: the run goes on from batch 9.');
  assert.match(
    toldOf({ ...change, outgrown: true }),
    /fit these layers, so it begins again\. Undo/,
  );
  assert.match(toldOf({ ...change, forgotten: 4 }), /begins again\. To try it from batch 4 on/);
});

test('reaches: the names of lines that end anywhere stand in the chart, and none over another', () => {
  const box = { left: 42, top: 8, width: 200, height: 120 };
  const ends = [42, 100, 101, 242];
  const heights = [-50, 8, 9, 70, 128, 400];
  for (const width of [30, 150])
    for (let i = 0; i < (ends.length * heights.length) ** 2; i += 5) {
      const ends4 = [0, 1, 2, 3].map((n) => {
        const at = Math.floor(i / (1 + n)) + n;
        return { x: ends[at % ends.length], y: heights[at % heights.length], width };
      });
      const names = placed(ends4, box, 12);
      names.forEach(({ x, y }, n) => {
        assert.ok(x - width >= 42 && x <= 242 && y - 12 >= 8 && y <= 128, `${x} ${y}`);
        for (const other of names.slice(0, n)) {
          const beside = Math.abs(other.x - x) >= width;
          assert.ok(beside || Math.abs(other.y - y) >= 12, JSON.stringify(names));
        }
      });
    }
  // Where there is room it stays at its line's end.
  assert.deepEqual(placed([{ x: 100, y: 70, width: 30 }], box, 12), [{ x: 100, y: 66, width: 30 }]);
});

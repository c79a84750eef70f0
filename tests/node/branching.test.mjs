// The weights that a changed experiment keeps, and the labels of runs in a chart: pure functions of texts and shapes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeLabels } from '../../www/picture/charts/names.js';
import { Branching, Change } from '../../www/app/branching.js';

/** @typedef {import('../../www/types.js').Experiment} Experiment */

/** Returns an experiment, identified by its seed. @param {number} seed @param {Experiment['start']} [start] */
const experiment = (seed, start) =>
  /** @type {Experiment} */ (/** @type {unknown} */ ({ seed, fit: {}, ...(start && { start }) }));

/** @param {Experiment} draft @param {Partial<import('../../www/app/branching.js').CurrentRun>} before @param {string} what @param {Branching} all */
const changed = (draft, before, what, all = new Branching()) =>
  new Change(all, /** @type {any} */ ({ viewedStep: null, ...before }), draft, what, true);

/** Returns the description of a run with one weight array. @param {number} units @param {number} n_batches */
const built = (units, n_batches = 25) =>
  /** @type {any} */ ({
    first_epoch: 0,
    first_step: 0,
    n_batches,
    layers: [{ activation: 'relu', params: [{ path: 'dense/kernel', shape: [4, units] }] }],
  });

test('reaches a notice on where training continues after a change', () => {
  const running = experiment(1);
  const told = (
    /** @type {{ info?: any, steps?: number }} */ now,
    viewedStep = /** @type {number | null} */ (null),
  ) =>
    changed(experiment(2), { running, info: built(25), viewedStep }, 'x').notice(
      now.info ?? built(25),
      now.steps ?? 0,
    );
  assert.equal(told({}), 'x. Training restarted.');
  const untrained = changed(experiment(2), { running, info: built(25) }, 'x');
  assert.equal(untrained.notice(built(25), 0, false), 'x.');
  assert.equal(told({ steps: 9 }), 'x. Training continues from batch 9.');
  assert.match(told({}, 4), /restarted\. To apply it from batch 4 onwards/);
  assert.equal(told({ steps: 4 }, 4), 'x. Training continues from batch 4.');
  // A change that cannot branch has no hint on branches.
  for (const info of [built(20), built(25, 50)])
    assert.equal(told({ info }, 4), 'x. Training restarted.');
});

test('reaches an experiment without its start where its layers have other weights, also for an earlier pending edit', async () => {
  const start = { experiment: experiment(1), step: 60 };
  const model = (/** @type {number} */ units) => /** @type {any} */ ({ units });
  /** @type {any[]} */
  let asked = [];
  const build = async (/** @type {any} */ given) => {
    asked.push(Boolean(given.start));
    return /** @type {any} */ ({ info: built(given.model.units) });
  };
  const running = { ...experiment(1, start), model: model(25) };
  const all = new Branching();
  const open = async (/** @type {Experiment} */ draft, now = running) => {
    asked = [];
    const before = { running: now, info: built(now.model.units) };
    const change = changed(draft, before, 'x', all);
    const { info } = await change.open(build);
    return { told: change.notice(info, 0) };
  };
  assert.match((await open({ ...running, seed: 2 })).told, /x\. Training restarted\./);
  assert.deepEqual(asked, [true]);
  const { told } = await open({ ...running, model: model(20) });
  assert.deepEqual(asked, [true, false]);
  assert.match(told, /fit the new layers, so training restarted at batch 0\. Undo/);
  // The next edit was made before the start was dropped.
  const bare = { ...experiment(1), model: model(20) };
  await open({ ...running, model: model(20), seed: 3 }, bare);
  assert.deepEqual(asked, [false]);
});

test('reaches labels inside the chart without overlap, for lines that end anywhere', () => {
  const box = { left: 42, top: 8, width: 200, height: 120 };
  const ends = [42, 100, 101, 242];
  const heights = [-50, 8, 9, 70, 128, 400];
  for (const width of [30, 150])
    for (let i = 0; i < (ends.length * heights.length) ** 2; i += 5) {
      const ends4 = [0, 1, 2, 3].map((n) => {
        const at = Math.floor(i / (1 + n)) + n;
        return { x: ends[at % ends.length], y: heights[at % heights.length], width };
      });
      const names = placeLabels(ends4, box, 12);
      names.forEach(({ x, y }, n) => {
        assert.ok(x - width >= 42 && x <= 242 && y - 12 >= 8 && y <= 128, `${x} ${y}`);
        for (const other of names.slice(0, n)) {
          const beside = Math.abs(other.x - x) >= width;
          assert.ok(beside || Math.abs(other.y - y) >= 12, JSON.stringify(names));
        }
      });
    }
  // A label with enough space stays at the end of its line.
  assert.deepEqual(placeLabels([{ x: 100, y: 70, width: 30 }], box, 12), [
    { x: 100, y: 66, width: 30 },
  ]);
});

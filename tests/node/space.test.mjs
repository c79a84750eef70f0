// The space of the data's inputs in the picture, and the columns of a network with one or two inputs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { Run, initSync } from '../../pkg/glassbox.js';
import { brief } from '../../www/app/figures.js';
import { preset } from '../../www/app/presets.js';
import { readFrame, shownSet } from '../../www/engine/frame.js';
import { Looks } from '../../www/engine/looks.js';
import { columnsOf } from '../../www/picture/columns.js';
import { mapLength, outputName, sideOf, spaceOf } from '../../www/picture/space.js';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

const options = { example: 0, drawing: null, epochs: 0, batches: 0, events: 0 };

/** @param {string} set */
function opened(set) {
  const run = new Run(JSON.stringify(preset(set, 42)));
  const info = run.info();
  const side = sideOf(info);
  const looks = new Looks(run, info);
  const wanted = { ...options, side, checkpoint: false, evaluate: true };
  const read = () => readFrame(looks, wanted, looks.all(wanted));
  return { run, info, side, read };
}

/** @type {[string, 'line' | 'plane', string, number][]} */
const SETS = [
  ['SineCurve', 'line', 'fitted curve', 128],
  ['Quadratic', 'line', 'fitted curve', 128],
  ['Saddle', 'plane', 'fitted surface', 64 * 64],
  ['Circle', 'plane', 'decision boundary', 64 * 64],
];

test('reaches a response map of each unit over one or two inputs', () => {
  for (const [set, space, name, points] of SETS) {
    const { info, side, read } = opened(set);
    assert.deepEqual([spaceOf(info), outputName(info)], [space, name]);
    assert.equal(mapLength(info, side), points);
    const { grid } = read();
    assert.equal(grid.length, info.n_activations * points);
    const columns = columnsOf(info);
    assert.deepEqual(
      columns.map(({ kind }) => kind),
      ['tiles', 'tiles', 'plane'],
    );
    assert.equal(columns[0].units, space === 'line' ? 1 : 2);
  }
});

test('reaches no response map where the data has no bounds', () => {
  const run = new Run({
    ...preset('Circle', 1),
    data: {
      class_name: 'Numbers',
      config: { x: [1, 2, 3, 4, 5, 6], y: [0, 1], shape: [3] },
    },
  });
  const info = run.info();
  assert.deepEqual([spaceOf(info), sideOf(info), mapLength(info, 64)], [null, 0, 0]);
});

test('reaches a good fit with the presets of the regression sets', () => {
  for (const set of ['SineCurve', 'Quadratic', 'Saddle'])
    for (const seed of [1, 42]) {
      const run = new Run({ ...preset(set, seed) });
      const info = run.info();
      assert.equal(info.task, 'regression');
      assert.equal(shownSet(info).set, 'test');
      const start = performance.now();
      while (!run.done) run.epoch();
      const [loss, mae] = run.evaluate('test');
      // The variance of the noise is 0.01, its mean absolute value 0.08.
      assert.ok(loss < 0.04 && mae < 0.15, `${set}, seed ${seed}: ${loss} ${mae}`);
      assert.ok(performance.now() - start < 5000, `${set}: ${performance.now() - start} ms`);
    }
});

test('reaches a preset for each data set of the catalog that is not given by hand', () => {
  const before = preset('Digits01', 2);
  for (const { class_name, options } of catalog.datasets) {
    if (options.some((/** @type {any} */ o) => o.required)) continue;
    assert.equal(preset(class_name, 1).data.class_name, class_name);
    assert.notEqual(preset(class_name, 1, before).model, before.model);
  }
});

test('reaches numbers without trailing zeros', () => {
  /** @type {[number, string][]} */
  const cases = [
    [1.5, '1.5'],
    [-2, '−2'],
    [10, '10'],
    [1000, '1000'],
    [20000, '20000'],
    [0.125, '0.125'],
    [0, '0'],
    [1e-5, '1.000e−5'],
  ];
  for (const [value, text] of cases) assert.equal(brief(value), text);
});

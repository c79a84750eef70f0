// The functions behind the views of a step, for many kinds of models.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { Run, initSync } from '../../pkg/glassbox.js';
import { meaningOf } from '../../www/picture/charts/answer.js';
import { figuresOf, levelsOf, ticksOf } from '../../www/picture/charts/contours.js';
import { preset } from '../../www/app/presets.js';
import { weightAt } from '../../www/step/numbers.js';
import { withoutHidden } from '../../www/step/plain.js';
import { outputsOf, quantiles, spreads } from '../../www/analysis/spread.js';
import { stepLayers } from '../../www/step/stages.js';
import {
  coarseFirst,
  finestOf,
  planeOf,
  twoWeights,
  writtenOf,
} from '../../www/analysis/surface.js';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

/** @param {string} class_name @param {Record<string, unknown>} config */
const layer = (class_name, config = {}) => ({ class_name, config });

/**
 * Returns a regression experiment with 64 examples in its text.
 * @param {number[]} shape
 * @param {{ class_name: string, config: any }[]} layers
 */
function experiment(shape, layers) {
  const width = shape.reduce((a, b) => a * b, 1);
  return JSON.stringify({
    data: layer('Numbers', {
      x: Array.from({ length: 64 * width }, (_, i) => Math.sin(i)),
      y: Array.from({ length: 64 }, (_, i) => Math.cos(i) / 2),
      shape,
    }),
    model: layer('Sequential', { layers }),
    compile: { optimizer: 'sgd', loss: 'mse' },
    fit: { epochs: 2, batch_size: 16 },
    seed: 1,
  });
}

/** Returns the experiment with all defaults, as a run has it. @param {number[]} shape @param {any[]} layers */
function experimentOf(shape, layers) {
  const run = new Run(experiment(shape, layers));
  const own = run.experiment();
  run.free();
  return own;
}

test('reaches a run without hidden layers, with a weight for each input', () => {
  const dense = layer('Dense', { units: 1 });
  /** @type {[number[], any[]][]} */
  const cases = [
    [
      [6, 2],
      [layer('SimpleRNN', { units: 4 }), dense],
    ],
    [
      [6, 2],
      [layer('Flatten'), layer('Dense', { units: 4 }), dense],
    ],
    [
      [12],
      [layer('Dense', { units: 4, activation: 'tanh' }), layer('Dropout', { rate: 0.5 }), dense],
    ],
    [[12], [layer('Reshape', { target_shape: [6, 2] }), layer('GRU', { units: 3 }), dense]],
    // A Reshape for the outputs of a hidden layer does not fit the inputs.
    [
      [12],
      [layer('Dense', { units: 20 }), layer('Reshape', { target_shape: [5, 4] })].concat(
        layer('LSTM', { units: 3 }),
        dense,
      ),
    ],
  ];
  for (const [shape, layers] of cases) {
    const what = layers.map(({ class_name }) => class_name).join();
    const plain = withoutHidden(experimentOf(shape, layers), shape, catalog);
    assert.ok(plain, what);
    const run = new Run(plain);
    const { n_weights } = run.info();
    assert.equal(n_weights, 13, what);
    while (run.step() === 1);
    assert.ok(run.done && !run.trouble(), what);
    run.free();
  }
  assert.equal(
    withoutHidden(experimentOf([12], [layer('Dropout', { rate: 0.1 }), dense]), [12], catalog),
    null,
  );
});

test('oracle: gradients and update ratios of a layer are those of its trainable weights', () => {
  const text = experiment(
    [3],
    [layer('Dense', { units: 4 }), layer('BatchNormalization'), layer('Dense', { units: 1 })],
  );
  const run = new Run(text);
  const info = run.info();
  const trace = run.trace();
  const { params, n_params } = info.layers[1];
  assert.deepEqual(
    params.map(({ name }) => name),
    ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  );
  const outputs = outputsOf(info, (row, into) => run.read_example('train', row, into));
  const own = spreads(trace, info, outputs)[1];
  // gamma and beta come first, with four numbers each.
  const { at } = params[0];
  assert.deepEqual(own.gradients, quantiles(trace.gradients.subarray(at, at + 8)));
  assert.notDeepEqual(own.gradients, quantiles(trace.gradients.subarray(at, at + n_params)));
  assert.deepEqual(own.weights, quantiles(trace.before.subarray(at, at + n_params)));
  assert.equal(own.updates.length, 5);
  run.free();
});

test('reaches a median of sigmoid outputs that does not jump between steps', () => {
  const run = new Run({ ...preset('Circle', 42) });
  const info = run.info();
  for (let epoch = 0; epoch < 40; epoch++) run.epoch();
  const [fixed, ofBatches] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let step = 0; step < 30; step++) {
    const outputs = outputsOf(info, (row, into) => run.read_example('train', row, into));
    const trace = run.trace();
    const last = info.layers.length - 1;
    fixed.push(spreads(trace, info, outputs)[last].activations[2]);
    ofBatches.push(quantiles(trace.layers[last].a)[2]);
  }
  const jumps = (/** @type {number[]} */ list) =>
    list.filter((value, i) => i > 0 && Math.abs(value - list[i - 1]) > 0.3).length;
  assert.equal(jumps(fixed), 0, fixed.join());
  // The medians of the batches themselves do.
  assert.ok(jumps(ofBatches) > 5, ofBatches.join());
  run.free();
});

test('oracle: saturated outputs are those of |z| > 5, and those of relu that are 0', () => {
  const z = [-7, -5.1, -4.9, 0, 0.5, 4.9, 5.1, 7];
  const functions = {
    sigmoid: (/** @type {number} */ v) => 1 / (1 + Math.exp(-v)),
    tanh: Math.tanh,
    relu: (/** @type {number} */ v) => Math.max(0, v),
    linear: (/** @type {number} */ v) => v,
  };
  const layers = Object.entries(functions).map(([activation]) => ({ activation, params: [] }));
  const none = new Float32Array();
  const spread = spreads(
    /** @type {any} */ ({ before: none, after: none, gradients: none }),
    /** @type {any} */ ({ layers }),
    Object.values(functions).map((f) => Float32Array.from(z, f)),
  );
  assert.deepEqual(
    spread.map(({ stuck }) => stuck),
    [4 / 8, 4 / 8, 4 / 8, NaN],
  );
});

/** @typedef {import('../../www/types.js').RunInfo} RunInfo */

test('oracle: two weights of a selected unit are its own, with numpy’s indices', () => {
  const conv = layer('Conv1D', { filters: 3, kernel_size: 2 });
  const models = [
    [conv, layer('LSTM', { units: 8 }), layer('Dense', { units: 6 }), layer('Dense', { units: 1 })],
    [
      layer('GRU', { units: 4 }),
      layer('BatchNormalization'),
      layer('Dense', { units: 2, use_bias: false }),
    ],
  ];
  models[1].push(layer('Dense', { units: 1, use_bias: false }));
  const runs = models.map((layers) => {
    const text = experiment([6, 2], layers);
    const run = new Run(text);
    const info = run.info();
    run.free();
    return info;
  });
  /** @type {[number, number, number, number | undefined, string, string][]} model, layer, unit, from -> names */
  const cases = [
    [0, 2, 4, 3, 'dense/kernel[3, 4]', 'dense/bias[4]'],
    [0, 2, 4, undefined, 'dense/kernel[0, 4]', 'dense/bias[4]'],
    // The bias comes after the inputs. Its partner is the first weight of the unit.
    [0, 2, 4, 8, 'dense/bias[4]', 'dense/kernel[0, 4]'],
    [0, 0, 2, 3, 'conv1d/kernel[1, 1, 2]', 'conv1d/bias[2]'],
    // Channel 2 at another position.
    [0, 0, 5, 4, 'conv1d/bias[2]', 'conv1d/kernel[0, 0, 2]'],
    // In a layer that is shown as a whole, `from` is an index in its arrays: 3 x 32, then 8 x 32, then 32.
    [0, 1, 0, 200, 'lstm/lstm_cell/recurrent_kernel[3, 8]', 'lstm/lstm_cell/bias[8]'],
    [0, 1, 0, 96 + 256 + 9, 'lstm/lstm_cell/bias[9]', 'lstm/lstm_cell/kernel[0, 9]'],
    [0, 1, 5, undefined, 'lstm/lstm_cell/kernel[0, 5]', 'lstm/lstm_cell/bias[5]'],
    [1, 1, 2, undefined, 'batch_normalization/gamma[2]', 'batch_normalization/beta[2]'],
    // Without a bias, the next weight of the unit.
    [1, 2, 1, 3, 'dense/kernel[3, 1]', 'dense/kernel[0, 1]'],
    [1, 2, 1, 4, 'dense/kernel[3, 1]', 'dense/kernel[0, 1]'],
  ];
  for (const [model, index, unit, from, first, second] of cases) {
    const info = runs[model];
    const two = twoWeights(info, { layer: index, unit, from });
    assert.ok(two, first);
    assert.deepEqual([writtenOf(info, two.first), writtenOf(info, two.second)], [first, second]);
  }
  // Two selected weights are the two of the plane, also from different layers.
  for (const info of runs) {
    const [a, b] = [0, info.layers.findLastIndex(({ n_params }) => n_params > 0)].map((layer) => ({
      ...{ layer, unit: 0, from: 1 },
    }));
    const [alone, both] = [twoWeights(info, a), twoWeights(info, a, b)];
    if (!alone || !both || a.layer === b.layer) continue;
    assert.equal(both.first, alone.first);
    assert.equal(both.second, twoWeights(info, b)?.first);
    assert.deepEqual(twoWeights(info, a, a), alone, 'one selected twice counts once');
  }
  // Every selection gives two different weights.
  for (const info of runs) {
    stepLayers(info).forEach((own, index) => {
      for (let unit = -1; unit < own.n; unit++) {
        for (const from of [undefined, 0, own.weights ? own.terms : own.n_params - 1]) {
          const two = twoWeights(info, { layer: index, unit, from });
          assert.ok(two && two.first !== two.second, `${own.name} ${unit} ${from}`);
          const { at, n_params } = { ...own, at: info.layers[index].params[0].at };
          for (const w of [two.first, two.second])
            assert.ok(w >= at && w < at + n_params, own.name);
          if (from === 0 && own.weights)
            assert.equal(two.first, weightAt(own, Math.max(0, unit) % own.channels, 0));
        }
      }
    });
  }
});

test('reaches the names and offsets of the axes of a plane', () => {
  const text = experiment([2], [layer('Dense', { units: 3 }), layer('Dense', { units: 1 })]);
  const info = new Run(text).info();
  const path = [0, 1, 2].map((k) =>
    Float32Array.from({ length: info.n_weights }, (_, i) => Math.sin(k * i + k)),
  );
  const now = path[2];
  const own = planeOf({ kind: 'weights', first: 1, second: 7, span: 2 }, info, now, path);
  assert.deepEqual(own.axes, [
    { name: 'dense/kernel[0, 1]', zero: now[1] },
    { name: 'dense/bias[1]', zero: now[7] },
  ]);
  for (const wish of /** @type {any[]} */ ([
    { kind: 'path' },
    { kind: 'random', seed: 2, span: 1 },
  ])) {
    const { axes } = planeOf(wish, info, now, path);
    assert.ok(axes.every(({ name, zero }) => name.length > 20 && zero === 0));
    assert.notEqual(axes[0].name, axes[1].name);
  }
});

test('round trip: every cell of a slice occurs once, coarse first', () => {
  const order = coarseFirst(33);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    Array.from({ length: 33 * 33 }, (_, i) => i),
  );
  const values = new Float64Array(33 * 33).fill(NaN);
  const sides = new Set();
  order.forEach((cell, i) => {
    values[cell] = cell;
    const found = finestOf(values, 33, i + 1);
    if (!found) return;
    sides.add(found.side);
    assert.ok(found.values.every(Number.isFinite), `${i}`);
    const stride = 32 / (found.side - 1);
    assert.equal(found.values[found.side + 1], 33 * stride + stride);
  });
  assert.deepEqual([...sides], [3, 5, 9, 17, 33]);
});

test('oracle: levels and ticks of a slice, also for values that are not finite', () => {
  const levels = levelsOf(Float64Array.of(1, NaN, 16, Infinity, 4));
  assert.deepEqual([levels.least, levels.most, levels.n], [1, 16, 3]);
  assert.ok(Math.abs(levels.value(7) - 4) < 1e-12, 'half way along the logarithm');
  assert.equal(levelsOf(Float64Array.of(NaN, Infinity)).n, 0);
  for (const some of [
    [-1, 0, 2],
    [0, 0, 5],
    [3, 3, 3],
    [0, 0, 0],
  ]) {
    const { at, height } = levelsOf(Float64Array.from(some));
    assert.ok([...at, ...some.map(height)].every(Number.isFinite), String(some));
  }
  assert.equal(figuresOf({ least: 0.5, most: 2 }), 3);
  assert.equal(figuresOf({ least: 0.50361, most: 0.50362 }), 7);
  assert.equal(figuresOf({ least: 3, most: 3 }), 9);
  assert.equal(figuresOf({ least: 0, most: 0 }), 2);
  assert.deepEqual(ticksOf([-0.25, 1.25]), [0, 0.5, 1]);
  assert.deepEqual(ticksOf([-1, 1]), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticksOf([0.07, 0.57]), [0.1, 0.2, 0.3, 0.4, 0.5]);
});

test('reaches the meaning of an output: a probability of a class, a logit, or a value', () => {
  const of = (/** @type {any} */ task, logits = false, activation = 'linear') =>
    /** @type {any} */ ({
      task,
      outputs_are_logits: logits,
      layers: [{ activation }],
      data: { class_names: task === 'regression' ? [] : ['a', 'b', 'c'] },
    });
  const meaning = (/** @type {any} */ info, /** @type {number[]} */ ...outputs) =>
    meaningOf(info, Float32Array.from(outputs), outputs);
  const cases = /** @type {const} */ ([
    [of('binary', false, 'sigmoid'), [0.25], 'p', 0.25, 'b', 'a'],
    [of('binary', true), [-1], 'logit', -1, 'b', 'a'],
    [of('multiclass', true), [1, 3, 2], 'logit', 3, 'b', 'b'],
    [of('multiclass', false, 'softmax'), [0.125, 0.25, 0.625], 'p', 0.625, 'c', 'c'],
    // The output of a linear unit for classes 0 and 1 is a value.
    [of('binary'), [-0.75], 'value', -0.75, 'b', 'a'],
    [of('regression'), [-0.75], 'value', -0.75, '', ''],
    [of('regression', false, 'sigmoid'), [0.75], 'value', 0.75, '', ''],
  ]);
  for (const [info, outputs, kind, value, about, answer] of cases) {
    const m = meaning(info, ...outputs);
    assert.deepEqual([m.kind, m.value, m.of, m.answer], [kind, value, about, answer]);
  }
  assert.equal(meaning(of('regression'), NaN).kind, 'value');
  const layer = { class_name: 'Dense', config: { units: 1 } };
  const loss = { class_name: 'BinaryCrossentropy', config: { from_logits: true } };
  const run = new Run(
    JSON.stringify({
      data: 'Moons',
      model: { class_name: 'Sequential', config: { layers: [layer] } },
      compile: { optimizer: 'sgd', loss },
      fit: {},
      seed: 1,
    }),
  );
  const [probability] = run.probabilities(Float32Array.of(-1));
  assert.ok(Math.abs(probability - 0.268941) < 1e-6, 'a logit stands for its sigmoid');
  run.free();
});

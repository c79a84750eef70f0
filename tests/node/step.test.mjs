// A step opened up, in every kind of layer that is: what the page shows of it hangs together with what the engine computed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { Run, initSync } from '../../pkg/glassbox.js';
import { explainStep } from '../../www/step/formulas/index.js';
import * as numbers from '../../www/step/numbers.js';
import { pathsOf } from '../../www/step/paths.js';
import { evaluate } from '../../www/step/formulas/expression.js';
import { DETAILS, STAGES, program } from '../../www/step/program.js';
import { stepLayers, termsOf } from '../../www/step/stages.js';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

const layer = (/** @type {string} */ class_name, config = {}) => ({ class_name, config });
const dense = (/** @type {number} */ units, /** @type {string} */ activation) =>
  layer('Dense', { units, activation });
const conv = (/** @type {Record<string, any>} */ config) => layer('Conv2D', config);

/** Numbers that look drawn, the same every time. @param {number} n @param {number} seed */
function drawn(n, seed) {
  let state = seed;
  return Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 31 - 1);
  });
}

const ROWS = 6;

/** @typedef {{ layers: any[], shape: number[], loss: any, optimizer: any, classes: number }} Case */

/** @type {Record<string, Case>} */
const CASES = {
  dense: {
    layers: [dense(5, 'tanh'), dense(4, 'gelu'), dense(1, 'sigmoid')],
    shape: [3],
    loss: layer('BinaryCrossentropy'),
    optimizer: layer('AdamW', { weight_decay: 0.1 }),
    classes: 2,
  },
  'dropout and activation layers': {
    layers: [
      ...[dense(8, 'linear'), layer('LeakyReLU'), layer('Dropout', { rate: 0.4 })],
      ...[dense(6, 'relu'), layer('GaussianDropout', { rate: 0.3 }), dense(3, 'linear')],
      layer('Activation', { activation: 'softmax' }),
    ],
    shape: [4],
    loss: layer('SparseCategoricalCrossentropy'),
    optimizer: layer('RMSprop'),
    classes: 3,
  },
  'two convolutions': {
    layers: [
      conv({ filters: 4, kernel_size: 3, padding: 'same', activation: 'tanh' }),
      layer('MaxPooling2D'),
      conv({ filters: 4, kernel_size: 2, groups: 2, activation: 'sigmoid', use_bias: false }),
      layer('AveragePooling2D', { pool_size: 2, strides: 1, padding: 'same' }),
      layer('SpatialDropout2D', { rate: 0.3 }),
      ...[layer('Flatten'), dense(1, 'linear')],
    ],
    shape: [7, 6, 2],
    loss: layer('MeanSquaredError'),
    optimizer: layer('SGD', { momentum: 0.9, nesterov: true }),
    classes: 2,
  },
  'dropout after relu and pooling': {
    layers: [
      conv({ filters: 3, kernel_size: 3, activation: 'relu' }),
      ...[layer('MaxPooling2D'), layer('Dropout', { rate: 0.25 }), layer('Flatten')],
      ...[dense(5, 'relu'), layer('Dropout', { rate: 0.4 }), dense(3, 'softmax')],
    ],
    shape: [8, 8, 1],
    loss: layer('SparseCategoricalCrossentropy'),
    optimizer: layer('Adam'),
    classes: 3,
  },
  'strides and dilation': {
    layers: [
      conv({ filters: 3, kernel_size: [3, 2], strides: 2, padding: 'same', activation: 'elu' }),
      conv({ filters: 2, kernel_size: 2, dilation_rate: 2, activation: 'tanh' }),
      ...[layer('GlobalMaxPooling2D'), dense(1, 'sigmoid')],
    ],
    shape: [9, 8, 1],
    loss: layer('MeanAbsoluteError'),
    optimizer: layer('Adagrad'),
    classes: 2,
  },
  sequences: {
    layers: [
      dense(3, 'tanh'),
      layer('Conv1D', { filters: 4, kernel_size: 3, padding: 'causal', activation: 'relu' }),
      ...[layer('SpatialDropout1D', { rate: 0.2 }), layer('MaxPooling1D', { pool_size: 3 })],
      layer('Conv1D', { filters: 2, kernel_size: 2, dilation_rate: 2, activation: 'tanh' }),
      ...[layer('GlobalAveragePooling1D'), dense(3, 'softmax')],
    ],
    shape: [10, 2],
    loss: layer('SparseCategoricalCrossentropy'),
    optimizer: layer('SGD'),
    classes: 3,
  },
  'all states of a simple rnn, layer normalization': {
    layers: [
      layer('SimpleRNN', { units: 3, return_sequences: true }),
      layer('LayerNormalization'),
      ...[layer('Flatten'), dense(3, 'softmax')],
    ],
    shape: [4, 2],
    loss: layer('SparseCategoricalCrossentropy'),
    optimizer: layer('Adamax'),
    classes: 3,
  },
  'the last state of a simple rnn, rms normalization, rearranging layers': {
    layers: [
      ...[layer('ZeroPadding1D'), dense(2, 'tanh'), layer('Permute', { dims: [2, 1] })],
      ...[layer('Permute', { dims: [2, 1] }), layer('Cropping1D')],
      layer('SimpleRNN', { units: 4, go_backwards: true, activation: 'sigmoid', use_bias: false }),
      ...[layer('RMSNormalization'), dense(1, 'linear')],
    ],
    shape: [5, 2],
    loss: layer('Huber', { delta: 0.4 }),
    optimizer: layer('Nadam'),
    classes: 2,
  },
  'without bias, frozen, softmax within': {
    layers: [
      layer('Dense', { units: 4, activation: 'softmax', use_bias: false }),
      layer('Dense', { units: 3, activation: 'relu', trainable: false }),
      dense(1, 'sigmoid'),
    ],
    shape: [5],
    loss: layer('BinaryCrossentropy', { label_smoothing: 0.2 }),
    optimizer: layer('Adam'),
    classes: 2,
  },
};

/** The step after two others, and its layers as the page sees them. @param {Case} given */
function opened({ layers, shape, loss, optimizer, classes }) {
  const size = shape.reduce((a, b) => a * b, 1);
  const y = Array.from({ length: 2 * ROWS }, (_, i) => i % classes);
  const text = JSON.stringify({
    data: layer('Numbers', { x: drawn(2 * ROWS * size, 7), y, shape }),
    model: layer('Sequential', { layers }),
    compile: { optimizer, loss, metrics: [] },
    fit: { epochs: 3, batch_size: ROWS, validation_split: 0 },
    seed: 5,
  });
  const run = new Run(text);
  const info = run.info();
  const experiment = run.experiment();
  run.step();
  run.step();
  const trace = run.trace();
  assert.equal(trace.rows.length, ROWS);
  return { info, experiment, trace, layers: stepLayers(info) };
}

const close = (
  /** @type {number} */ a,
  /** @type {number} */ b,
  /** @type {number} */ size,
  /** @type {string} */ what,
) => assert.ok(Math.abs(a - b) <= 2e-6 * (size + Math.abs(b)) + 1e-9, `${what}: ${a} ${b}`);

for (const [name, given] of Object.entries(CASES)) {
  test(`oracle: sums, deltas, gradients and paths are those of the engine: ${name}`, () => {
    const { trace, layers } = opened(given);
    let [sums, deltas, gradients] = [0, 0, 0];
    for (const layer of layers) {
      const { stage } = layer;
      assert.ok(stage, layer.name);
      const { z, a, delta } = numbers.tracedOf(trace, layer);
      const above = numbers.aboveOf(trace, layer);
      for (let row = 0; row < ROWS; row++) {
        for (let unit = 0; unit < layer.n; unit++) {
          const at = row * layer.n + unit;
          const what = `${layer.name} [${row}, ${unit}]`;
          const taken = Array.from({ length: termsOf(layer) }, (_, t) =>
            numbers.inputAt(trace, layer, row, unit, t),
          );
          // An expression of its terms in the place of their sum.
          const products = stage.program
            ? [evaluate(stage.program, taken)[stage.program.results[0]]]
            : taken.map((x, t) => numbers.factorOf(trace, layer, row, unit, t) * x);
          // A normalization folds mean and scale into one product and one sum, which round at the size of its input.
          const folded = layer.siblings.some((own) => own.stage?.program) ? 1 : 0;
          const size = products.reduce((s, p) => s + Math.abs(p), folded);
          const sum = products.reduce((s, p) => s + p, 0);
          close(z.length ? z[at] : a[at], sum, size, what);
          sums++;
          if (!above) continue;
          const terms = numbers.backwardTerms(trace, above, unit, row);
          const back = terms.reduce((s, { product }) => s + product, 0);
          const most = terms.reduce((s, { product }) => s + Math.abs(product), 0);
          const slope = numbers.slopeAt(trace, layer, at);
          close(delta[at], back * slope, most * Math.abs(slope), `delta of ${what}`);
          deltas++;
        }
      }
      if (!layer.weights || !layer.trained) continue;
      for (let channel = 0; channel < layer.channels; channel++) {
        for (let term = 0; term < termsOf(layer); term++) {
          const what = `${layer.name}: weight [${term}, ${channel}]`;
          let [sum, size] = [0, 0];
          for (let row = 0; row < ROWS; row++) {
            const shares = numbers.sharesOf(trace, layer, channel, term, row);
            const own = shares.reduce((s, { product }) => s + product, 0);
            sum += own;
            size += shares.reduce((s, { product }) => s + Math.abs(product), 0);
            if ((channel + term + row) % 5) continue;
            const units = shares.map((_, p) => p * layer.channels + channel);
            const found = pathsOf(trace, layers, layer, units, term, row, 100_000);
            assert.equal(found.paths.length, found.count);
            // Where only the strongest are made, they are those.
            const few = pathsOf(trace, layers, layer, units, term, row, 1).paths;
            assert.ok(few.length <= 100 && few.length === Math.min(100, found.count));
            const best = (/** @type {typeof few} */ all) => all.map((p) => Math.abs(p.product));
            assert.deepEqual(best(few), best(found.paths).slice(0, few.length));
            const carried = found.paths.reduce((s, { product }) => s + Math.abs(product), 0);
            close(found.sum, own, carried, `paths of ${what}`);
          }
          close(trace.gradients[numbers.weightAt(layer, channel, term)], sum, size, what);
          gradients++;
        }
      }
    }
    assert.ok(sums > 40 && deltas > 15 && gradients > 20, `${sums} ${deltas} ${gradients}`);
  });

  test(`reaches: every small step is there once, is found again and is told: ${name}`, () => {
    const { info, experiment, trace, layers } = opened(given);
    const all = { opened: { info, experiment }, catalog, layers, trace };
    const params = info.layers.flatMap((own) => own.params).filter((param) => param.trainable);
    const trained = params.reduce((sum, { length }) => sum + length, 0);
    for (const row of [-1, 3]) {
      for (const stage of STAGES) {
        for (const grain of DETAILS) {
          const steps = program(layers, stage, grain, row < 0 ? ROWS : 1);
          const places = Array.from({ length: steps.length }, (_, i) => steps.at(i));
          const what = `${stage}, ${grain}, row ${row}`;
          assert.equal(new Set(places.map((p) => JSON.stringify(p))).size, places.length, what);
          assert.ok(
            places.every((p) => p.stage === stage),
            what,
          );
          if (stage === 'update' && grain === 'term') assert.equal(places.length, trained);
          const every = Math.max(1, Math.floor(places.length / 300));
          const scene = /** @type {any} */ ({ ...all, row });
          for (const place of places.filter((_, i) => i % every === 0)) {
            const told = explainStep(place, scene);
            const where = `${what}: ${JSON.stringify(place)} ${told.title}`;
            assert.ok(told.title && !/undefined|NaN/.test(told.title), where);
            assert.ok(told.value === null || Number.isFinite(told.value), where);
            const words = JSON.stringify([told.formula, told.numbers, told.note]);
            assert.ok(!/undefined|NaN|Infinity/.test(words), `${where} ${words}`);
            // Of every optimizer here, the rule that is told is all that moves a weight.
            assert.ok(!words.includes('More than this rule'), `${where} ${words}`);
          }
        }
      }
    }
    for (const layer of layers.filter((own) => own.weights && own.trained)) {
      const lit = { layer: layer.layer, unit: layer.channels - 1, from: layer.terms - 1 };
      for (const stage of /** @type {const} */ (['forward', 'backward', 'update'])) {
        for (const grain of /** @type {const} */ (['term', 'product'])) {
          const steps = program(layers, stage, grain, 1);
          const { layer: index, channel, from } = steps.at(steps.find(lit));
          assert.deepEqual(
            { layer: layers[index].layer, unit: channel, from },
            lit,
            `${stage}, ${grain}`,
          );
        }
      }
    }
  });
}

test('bits: the rule that an optimizer wrote down gives the numbers of its step', () => {
  let opens = 0;
  for (const { class_name, options } of catalog.optimizers) {
    const flags = options.filter(({ name }) => ['amsgrad', 'nesterov', 'centered'].includes(name));
    const all = Object.fromEntries(flags.map(({ name }) => [name, true]));
    const momentum = options.some(({ name }) => name === 'momentum') ? { momentum: 0.5 } : {};
    for (const config of [{}, { ...all }, { ...all, ...momentum, weight_decay: 0.01 }]) {
      const { trace } = opened({ ...CASES.dense, optimizer: layer(class_name, config) });
      const { rule } = trace;
      assert.equal(rule === null, ['Lamb', 'Adafactor', 'Muon'].includes(class_name), class_name);
      if (!rule) continue;
      opens++;
      const slots = trace.slots.slice(trace.rule_slots);
      trace.before.forEach((w, at) => {
        const given = [w, trace.gradients[at], ...slots.map(({ before }) => before[at])];
        const values = evaluate(rule, given);
        const wanted = [trace.after[at], ...slots.map(({ after }) => after[at])];
        const what = `${class_name} ${JSON.stringify(config)} [${at}]`;
        assert.deepEqual(
          rule.results.map((node) => values[node]),
          wanted,
          what,
        );
      });
    }
  }
  assert.equal(opens, 33);
});

test('reaches: where more acts than a plain formula, it is said', () => {
  const three = CASES['dropout and activation layers'];
  const smooth = layer('CategoricalCrossentropy', { label_smoothing: 0.2 });
  const [loss, plain] = [{ ...three, loss: smooth }, three].map((given) => {
    const { info, experiment, trace, layers } = opened(given);
    const scene = /** @type {any} */ ({ opened: { info, experiment }, catalog, layers, trace });
    const place = program(layers, 'loss', 'unit', 1).at(0);
    return JSON.stringify(explainStep(place, { ...scene, row: 2 }).note ?? '');
  });
  assert.match(loss, /label smoothing/);
  assert.doesNotMatch(plain, /label smoothing/);
  const clipped = { ...CASES.dense, optimizer: layer('Adam', { clipnorm: 0.001 }) };
  const { info, experiment, trace, layers } = opened(clipped);
  const scene = /** @type {any} */ ({ opened: { info, experiment }, catalog, layers, trace });
  const told = explainStep(program(layers, 'update', 'term', 1).at(0), { ...scene, row: 2 });
  assert.match(JSON.stringify(told.note), /clipping/);
});

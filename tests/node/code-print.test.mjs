// Round trips: the program that the engine prints of an experiment is read as the same experiment.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Run, initSync } from '../../pkg/glassbox.js';
import { readCode } from '../../www/code/read.js';

const file = (/** @type {string} */ path) =>
  readFileSync(new URL(`../../${path}`, import.meta.url));
initSync({ module: file('pkg/glassbox_bg.wasm') });
/** @type {any} */
const catalog = JSON.parse(file('pkg/catalog.json').toString());

const EXPERIMENTS = 500;
/** Layers that any network of points can have. */
const LAYERS = [
  'Dense',
  'Dropout',
  'BatchNormalization',
  'LayerNormalization',
  'Activation',
  'GaussianNoise',
  'LeakyReLU',
  'ActivityRegularization',
  'UnitNormalization',
  'RMSNormalization',
];
/** Options that need others, or data of their own. */
const LEFT_OUT = [
  'axis',
  'seed',
  'batch_weights',
  'schedule',
  'rates',
  'input_axes',
  'output_axes',
  'noise_shape',
  'gain',
  'monitor',
  'thresholds',
  'mode',
  'verbose',
];

/** Numbers of a fixed sequence. @param {number} seed */
function drawing(seed) {
  let state = seed;
  const draw = (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 / 0x80000000) * below);
  };
  return draw;
}

/** @typedef {(below: number) => number} Draw */

/** @template T @param {Draw} draw @param {T[]} list */
const one = (draw, list) => list[draw(list.length)];

/** A value of an option; undefined where it keeps its default. @param {Draw} draw @param {any} option @returns {unknown} */
function valueOf(draw, option) {
  if (LEFT_OUT.includes(option.name) || (!option.required && draw(3) > 0)) return undefined;
  const [least, most] = [option.min ?? 0, Math.min(option.max ?? 8, 8)];
  switch (option.kind) {
    case 'bool':
      return draw(2) === 0;
    case 'int':
      return Math.max(1, least) + draw(most);
    case 'float':
      return Number(
        (Math.max(0.01, least) + (Math.min(most, 0.9) * (1 + draw(9))) / 10).toFixed(3),
      );
    case 'one_of':
      return one(draw, option.choices);
    case 'class':
      return option.family === 'layers' ? undefined : object(draw, option.family);
    default:
      return undefined;
  }
}

/** A class of a family with some options. @param {Draw} draw @param {string} family @param {string[]} [names] */
function object(draw, family, names) {
  const entries = catalog[family].filter(
    (/** @type {any} */ entry) => !names || names.includes(entry.class_name),
  );
  const entry = one(draw, entries);
  const options = entry.options.map((/** @type {any} */ option) => [
    option.name,
    valueOf(draw, option),
  ]);
  const config = Object.fromEntries(
    options.filter((/** @type {any[]} */ [, value]) => value !== undefined),
  );
  return { class_name: family === 'layers' ? entry.class_name : entry.class_name, config };
}

/** @param {Draw} draw */
function experiment(draw) {
  const hidden = Array.from({ length: draw(4) }, () => object(draw, 'layers', LAYERS));
  const last = { class_name: 'Dense', config: { units: 1, activation: 'sigmoid' } };
  const callbacks = draw(2)
    ? [object(draw, 'callbacks', ['EarlyStopping', 'ReduceLROnPlateau', 'TerminateOnNaN'])]
    : [];
  return {
    data: { class_name: one(draw, ['Circle', 'Xor', 'Moons', 'Spiral']), config: {} },
    model: { class_name: 'Sequential', config: { layers: [...hidden, last] } },
    compile: {
      optimizer: object(draw, 'optimizers'),
      loss: object(draw, 'losses', [
        'BinaryCrossentropy',
        'MeanSquaredError',
        'Huber',
        'Hinge',
        'BinaryFocalCrossentropy',
      ]),
      metrics: draw(2)
        ? ['accuracy', object(draw, 'metrics', ['AUC', 'Precision', 'Recall', 'BinaryAccuracy'])]
        : [],
    },
    fit: {
      epochs: 1 + draw(50),
      batch_size: 1 + draw(64),
      validation_split: draw(5) / 10,
      shuffle: draw(2) === 0,
      ...(callbacks.length ? { callbacks } : {}),
    },
    seed: draw(1000),
  };
}

/** @param {any} value */
function opened(value) {
  try {
    return new Run(JSON.stringify(value));
  } catch {
    return undefined; // The engine refuses some of them.
  }
}

test(`round trip: ${EXPERIMENTS} experiments by their programs`, () => {
  const draw = drawing(7);
  for (let made = 0, tries = 0; made < EXPERIMENTS; tries++) {
    assert.ok(tries < 20 * EXPERIMENTS, `${made} of ${tries} are experiments`);
    const wanted = experiment(draw);
    const run = opened(wanted);
    if (!run) continue;
    made++;
    const [text, code] = [run.text(), run.keras_code()];
    run.free();
    const read = readCode(code);
    assert.deepEqual(
      read.messages.filter(({ severity }) => severity !== 'note'),
      [],
      code,
    );
    const { model, compile, fit } = /** @type {any} */ (read.experiment);
    const [input, ...layers] = model.config.layers;
    assert.equal(input.class_name, 'InputLayer');
    const again = {
      data: wanted.data,
      model: { ...model, config: { layers } },
      compile,
      fit,
      seed: wanted.seed,
    };
    const second = new Run(JSON.stringify(again));
    assert.equal(second.text(), text, code);
    // Printed again, it is the same program.
    assert.equal(second.keras_code(), code);
    second.free();
  }
});

// The package in node, used without the page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import {
  Run,
  Sequential,
  check_experiment,
  data_file,
  initSync,
  prepare_drawing,
  random_seed,
} from '../../pkg/glassbox.js';
import { preset } from '../../www/app/presets.js';

/** @param {string} path of the project */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));

initSync({ module: read('pkg/glassbox_bg.wasm') });

const digits = new Uint8Array(gunzipSync(read('www/public/data/digits01.bin')));

/** @param {[number, string][]} layers units and activation of each Dense layer */
const dense = (...layers) =>
  layers.map(([units, activation]) => ({ class_name: 'Dense', config: { units, activation } }));

/**
 * @param {number} n_inputs
 * @param {object[]} layers
 */
const sequential = (n_inputs, layers) => ({
  class_name: 'Sequential',
  config: {
    layers: [{ class_name: 'InputLayer', config: { batch_shape: [null, n_inputs] } }, ...layers],
  },
});

/** The lesson's run. */
const lesson = {
  data: { class_name: 'Digits01', config: {} },
  model: {
    class_name: 'Sequential',
    config: { layers: dense([25, 'sigmoid'], [15, 'sigmoid'], [1, 'sigmoid']) },
  },
  compile: {
    optimizer: { class_name: 'Adam', config: { learning_rate: 0.001 } },
    loss: { class_name: 'BinaryCrossentropy', config: {} },
    metrics: ['accuracy'],
  },
  fit: { epochs: 20, batch_size: 32, validation_split: 0.2, shuffle: true },
  seed: 42,
};

/** Returns a run on the data set `Blobs`. */
function blobsRun() {
  const model = { class_name: 'Sequential', config: { layers: dense([4, 'softmax']) } };
  const loss = 'sparse_categorical_crossentropy';
  const data = { class_name: 'Blobs', config: { n: 200 } };
  return new Run(JSON.stringify({ ...lesson, data, model, compile: { ...lesson.compile, loss } }));
}

/** Four blobs to learn, from the package itself. */
function blobs() {
  const run = blobsRun();
  return { x: Float32Array.from(run.inputs('test')), y: run.targets('test') };
}

function compiled() {
  const model = new Sequential(sequential(2, dense([8, 'relu'], [4, 'softmax'])), 7);
  model.compile({
    optimizer: { class_name: 'Adam', config: { learning_rate: 0.01 } },
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/**
 * Returns the error that a request throws, which must be a `Refusal`.
 * @param {() => unknown} request
 * @returns {import('../../pkg/glassbox.js').ConfigError}
 */
function refusal(request) {
  try {
    request();
  } catch (error) {
    const refused = /** @type {import('../../pkg/glassbox.js').ConfigError} */ (error);
    assert.ok(refused instanceof Error);
    assert.equal(refused.name, 'ConfigError');
    assert.match(refused.message, /[.?]$/, 'a whole sentence');
    return refused;
  }
  throw new assert.AssertionError({ message: 'It was not refused.' });
}

test('reaches a trained model through compile, fit, evaluate and predict', () => {
  const { x, y } = blobs();
  const model = compiled();
  const fit = model.fit(x, y, { epochs: 60, batch_size: 16, validation_split: 0.2, shuffle: true });
  fit.step();
  assert.equal(fit.done, false);
  fit.epoch();
  fit.run(8);
  while (!fit.done) fit.epoch();
  const history = fit.history();
  assert.deepEqual(Object.keys(history).sort(), ['accuracy', 'loss', 'val_accuracy', 'val_loss']);
  for (const column of Object.values(history)) assert.equal(column.length, 60);
  const [loss, accuracy] = model.evaluate(x, y).map(Number);
  assert.ok(loss < 0.3 && accuracy > 0.93, `loss ${loss}, accuracy ${accuracy}`);
  const p = model.predict(x);
  assert.equal(p.length, 200 * 4);
  const right = Array.from(y).filter((label, i) => {
    const row = p.subarray(4 * i, 4 * i + 4);
    return row.indexOf(Math.max(...row)) === label;
  });
  assert.ok(Math.abs(right.length / 200 - accuracy) < 1e-6);
});

test('bits are the same by step, by epoch and by time', () => {
  const { x, y } = blobs();
  const ways = [
    (/** @type {import('../../pkg/glassbox.js').Fit} */ fit) => fit.step(),
    (/** @type {import('../../pkg/glassbox.js').Fit} */ fit) => fit.epoch(),
    (/** @type {import('../../pkg/glassbox.js').Fit} */ fit) => fit.run(1),
  ];
  const hashes = ways.map((advance) => {
    const model = compiled();
    const fit = model.fit(x, y, { epochs: 5, batch_size: 32 });
    while (!fit.done) advance(fit);
    return model.weights_hash();
  });
  assert.match(hashes[0], /^[0-9a-f]{16}$/);
  assert.deepEqual(new Set(hashes).size, 1, hashes.join(' '));
});

test('bits do not change when a model predicts or evaluates', () => {
  const { x, y } = blobs();
  const model = compiled();
  const before = model.weights_hash();
  const first = model.predict(x);
  model.evaluate(x, y);
  assert.deepEqual(model.predict(x), first);
  assert.equal(model.weights_hash(), before);
});

test('round trip of the weights and of the config', () => {
  const model = compiled();
  const weights = model.get_weights();
  assert.deepEqual(
    weights.map((array) => array.length),
    [16, 8, 32, 4],
  );
  const other = new Sequential(JSON.parse(model.to_json()), 8);
  assert.notEqual(other.weights_hash(), model.weights_hash());
  other.set_weights(weights);
  assert.equal(other.weights_hash(), model.weights_hash());
  assert.equal(other.summary(), model.summary());
});

test("oracle of Keras' summary: names, shapes, counts", () => {
  const summary = compiled().summary();
  assert.match(summary, /Model: "sequential"/);
  assert.match(summary, /dense \(Dense\)\s*│ \(None, 8\)\s*│\s*24 /);
  assert.match(summary, /dense_1 \(Dense\)\s*│ \(None, 4\)\s*│\s*36 /);
  assert.match(summary, /Total params: 60 \(240\.00 B\)/);
});

test("reaches the lesson's result, and the same bits from a checkpoint", () => {
  const text = check_experiment(JSON.stringify(lesson));
  assert.equal(check_experiment(text), text, 'the canonical text is its own canonical text');
  const run = new Run(text, digits);
  const info = run.info();
  assert.deepEqual(
    [info.n_train, info.n_validation, info.n_test, info.n_weights, info.task],
    [800, 200, 500, 10431, 'binary'],
  );
  while (run.epochs_done < 7) run.step();
  const saved = run.checkpoint();
  while (!run.done) run.epoch();
  const again = new Run(text, digits);
  again.restore(saved);
  while (!again.done) again.run(5);
  assert.equal(again.weights_hash(), run.weights_hash());
  assert.deepEqual(again.epochs_since(0), run.epochs_since(0));
  const [loss, accuracy] = run.evaluate('test');
  assert.ok(loss < 0.1 && accuracy >= 0.98, `loss ${loss}, accuracy ${accuracy}`);
  assert.equal(run.trouble(), undefined);
  assert.match(run.log(), /\nEpoch 20\/20\n25\/25 .*accuracy: .* - loss: .* - val_accuracy: /);

  const activations = new Float32Array(info.n_activations);
  const predictions = new Float32Array(info.n_test);
  run.read_predictions('test', 0, predictions);
  run.read_example('test', 3, activations);
  assert.equal(activations.at(-1), predictions[3]);
  const digit = run.inputs('test').subarray(3 * 400, 4 * 400);
  run.read_input(
    Float32Array.from(digit, (byte) => byte / info.data.scale),
    activations,
  );
  assert.equal(activations.at(-1), predictions[3]);
});

test('reaches a sentence for a run that diverges', () => {
  const run = new Run(
    JSON.stringify({
      ...lesson,
      data: { class_name: 'CoffeeRoasting', config: {} },
      model: { class_name: 'Sequential', config: { layers: dense([8, 'linear'], [1, 'linear']) } },
      compile: {
        optimizer: { class_name: 'SGD', config: { learning_rate: 1e6 } },
        loss: 'mean_squared_error',
      },
    }),
  );
  while (!run.done) run.epoch();
  assert.match(run.trouble() || '', /[Ee]poch 1.*batch.*\.$/);
  const weights = new Float32Array(run.info().n_weights);
  run.read_weights(weights);
  assert.ok(weights.every(Number.isFinite));
});

test('reaches an error for every invalid request', () => {
  const { x, y } = blobs();
  const cases = /** @type {[() => unknown, RegExp, RegExp][]} */ ([
    [() => new Sequential(sequential(2, dense([0, 'relu'])), 1), /units/, /units/],
    [() => new Sequential(sequential(2, dense([3, 'rellu'])), 1), /'relu'/, /activation/],
    [() => new Sequential({ class_name: 'Sequential' }, 1), /./, /./],
    [() => new Sequential(sequential(1e5, dense([1e5, 'relu'])), 1), /./, /./],
    [() => compiled().compile({ loss: 'mse', optimizer: 'adm' }), /'adam'/, /optimizer/],
    [() => compiled().fit(x, y, { epochs: 0 }), /epochs/, /epochs/],
    [() => compiled().fit(x.subarray(1), y, {}), /./, /x/],
    [
      () =>
        compiled().fit(
          x,
          y.map((v) => v + 1),
          {},
        ),
      /./,
      /y/,
    ],
    [
      () =>
        compiled().fit(
          x.map(() => NaN),
          y,
          {},
        ),
      /./,
      /x/,
    ],
    // Values that JSON would drop or turn into null.
    [() => compiled().fit(x, y, { epochs: NaN }), /fit\.epochs is NaN/, /^fit\.epochs$/],
    [() => compiled().fit(x, y, { epochs: Infinity }), /fit\.epochs is Infinity/, /^fit\.epochs$/],
    [() => compiled().fit(x, y, new Map([['epochs', 2]])), /fit is a Map/, /^fit$/],
    [() => compiled().fit(x, y, [['epochs', 2]]), /fit is an? Array/, /^fit$/],
    [() => compiled().fit(x, y, /** @type {any} */ ('epochs')), /fit is a string/, /^fit$/],
    [() => compiled().fit(x, y, { callbacks: [new Date(0)] }), /is a Date/, /callbacks\[0\]$/],
    [
      () => compiled().compile(/** @type {any} */ (new Map([['loss', 'mse']]))),
      /compile is a Map/,
      /^compile$/,
    ],
    [
      () =>
        compiled().compile({
          loss: 'mse',
          optimizer: { class_name: 'SGD', config: { momentum: () => 1 } },
        }),
      /momentum is a Function/,
      /^compile\.optimizer\.config\.momentum$/,
    ],
    [() => new Sequential(new Map(), 1), /config is a Map/, /^config$/],
    [() => new Sequential(sequential(2, dense([1, 'relu'])), NaN), /seed is NaN/, /^seed$/],
    [() => new Sequential(sequential(2, dense([1, 'relu'])), -1), /seed is -1/, /^seed$/],
    // Arrays, beside the arguments.
    [
      () => compiled().fit(x, y, { validation_data: [x, /** @type {any} */ ([1, 2])] }),
      /validation_data\[1\] must be a Float32Array/,
      /^validation_data\[1\]$/,
    ],
    [() => compiled().fit(x, y, { validation_data: /** @type {any} */ ([x]) }), /\[x, y\]/, /^val/],
    [
      () => compiled().fit(x, y, { sample_weight: /** @type {any} */ ('all') }),
      /sample_weight must be a Float32Array/,
      /^sample_weight$/,
    ],
    [() => compiled().predict(x.subarray(1)), /2/, /x/],
    [() => compiled().set_weights([x]), /./, /weights/],
    [() => new Sequential(sequential(2, dense([1, 'relu'])), 1).fit(x, y, {}), /compile/, /^/],
    [() => check_experiment('{'), /./, /^/],
    [
      () =>
        check_experiment({ ...JSON.parse(check_experiment(JSON.stringify(lesson))), seed: NaN }),
      /seed is NaN/,
      /^seed$/,
    ],
    [() => blobsRun().inputs(/** @type {any} */ ('trian')), /'train'/, /^set$/],
    [() => new Run(JSON.stringify(lesson)), /digits01\.bin/, /dataset/],
    [() => new Run(JSON.stringify(lesson), digits.subarray(0, 5000)), /bytes/, /dataset/],
    [() => prepare_drawing(new Float32Array(5), 2, 3, 20), /6 pixels/, /ink/],
  ]);
  for (const [request, message, path] of cases) {
    const refused = refusal(request);
    assert.match(refused.message, message, `${request}`);
    assert.match(refused.path, path, `${request}: ${refused.message}`);
  }
});

test('reaches other weights without a seed, and the same weights with the drawn seed', () => {
  const config = sequential(2, dense([3, 'relu']));
  const [first, second] = [new Sequential(config), new Sequential(config)];
  assert.notEqual(first.seed, second.seed);
  assert.notEqual(first.weights_hash(), second.weights_hash());
  assert.equal(new Sequential(config, first.seed).weights_hash(), first.weights_hash());
  assert.equal(new Sequential(config, 7).seed, 7);
});

test('reaches plain data in every form of JavaScript', () => {
  const { x, y } = blobs();
  const config = Object.assign(Object.create(null), sequential(2, dense([4, 'softmax'])));
  const model = new Sequential(config, 1);
  model.compile({ loss: 'sparse_categorical_crossentropy', metrics: undefined });
  const fit = model.fit(
    x,
    y,
    Object.freeze({ epochs: 3, validation_freq: new Int32Array([1, 3]), validation_split: 0.2 }),
  );
  while (!fit.done) fit.epoch();
  assert.equal(fit.history().loss.length, 3);
});

test('round trip of an experiment: as text and as plain data it is the same run', () => {
  const text = check_experiment(JSON.stringify(lesson));
  const run = new Run(text, digits);
  const experiment = run.experiment();
  assert.equal(JSON.stringify(experiment), text);
  assert.equal(check_experiment(experiment), text);
  assert.equal(new Run(experiment, digits).weights_hash(), run.weights_hash());
  const start = { experiment, step: 3, weights: [{ path: 'dense/bias', at: 2, values: [0.5] }] };
  const branch = new Run({ ...experiment, start }, digits);
  assert.equal(JSON.stringify(branch.experiment()), branch.text());
  assert.deepEqual(branch.experiment().start, start);
});

test('reaches the file of the data, also where the experiment has errors elsewhere', () => {
  assert.equal(data_file(JSON.stringify(lesson)), 'digits01.bin');
  assert.equal(data_file(JSON.stringify({ data: 'Digits', model: 7 })), 'digits.bin');
  assert.equal(data_file(JSON.stringify({ data: { class_name: 'Xor' } })), undefined);
  assert.equal(data_file('{'), undefined);
});

test('reaches seeds over the whole range', () => {
  const seeds = Array.from({ length: 64 }, () => random_seed());
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
  assert.ok(new Set(seeds).size > 60 && seeds.some((seed) => seed > 2 ** 31), seeds.join());
});

test('reaches every choice of the catalog with a default', () => {
  const names = (/** @type {{ class_name: string }[]} */ list) =>
    list.map(({ class_name }) => class_name);
  assert.ok(names(catalog.layers).includes('Dense') && names(catalog.optimizers).includes('Adam'));
  for (const { class_name, asset, options } of catalog.datasets) {
    // The rows of `Numbers` have no default.
    if (options.some(({ required }) => required)) continue;
    const text = JSON.stringify({ ...preset(class_name, 42), fit: { epochs: 1 } });
    assert.equal(data_file(text), asset ?? undefined);
    const bytes = asset ? new Uint8Array(gunzipSync(read(`www/public/data/${asset}`))) : undefined;
    const run = new Run(text, bytes);
    run.epoch();
    assert.equal(run.epochs_done, 1, class_name);
  }
});

test('oracle of a drawing: crop, scale, centre', () => {
  const ink = new Float32Array(8 * 10);
  for (const row of [2, 3, 4, 5]) ink[row * 10 + 6] = 1;
  const { box, crop_height, crop_width, crop, input, empty } = prepare_drawing(ink, 8, 10, 4);
  assert.deepEqual(box, [2, 6, 6, 7]);
  assert.deepEqual([crop_height, crop_width, empty], [4, 1, false]);
  assert.deepEqual([...crop], [1, 1, 1, 1]);
  assert.deepEqual([...input], [0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
});

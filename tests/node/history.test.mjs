// The results of `fit` and `evaluate` in JavaScript are those of Keras (tests/keras/logs.json): values of the logged
// epochs, lists, NaN and Infinity.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Run, Sequential, initSync } from '../../pkg/glassbox.js';
import { append, emptyHistory } from '../../www/app/history.js';

/** @param {string} path of the project */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));

initSync({ module: read('pkg/glassbox_bg.wasm') });

/** @type {any[]} */
const cases = JSON.parse(read('tests/keras/logs.json').toString()).cases;

/**
 * Converts values of the file: numbers to single precision, and names to NaN and Infinity.
 * @param {any} value
 * @returns {any}
 */
const number = (value) =>
  Array.isArray(value) ? value.map(number) : Math.fround(value === 'NaN' ? NaN : Number(value));

/** @param {any} spec {class, args} */
const keras = (spec) =>
  spec.class
    ? {
        class_name: spec.class,
        config: spec.lr_by_epoch ? { rates: spec.lr_by_epoch } : spec.args,
      }
    : spec;

/** @param {any} one case */
function fitted({ model_config, compile, weights_init, x, y, fit, callbacks }) {
  const model = new Sequential(model_config);
  model.compile({
    ...compile,
    optimizer: keras(compile.optimizer),
    metrics: compile.metrics.map(keras),
    weighted_metrics: compile.weighted_metrics.map(keras),
  });
  model.set_weights(weights_init.map((/** @type {any} */ array) => new Float32Array(array.data)));
  const rows = [x, y].map((array) => new Float32Array(array.data.map(number)));
  const options = { ...fit, batch_size: 4, shuffle: false, callbacks: callbacks.map(keras) };
  const run = model.fit(rows[0], rows[1], options);
  while (!run.done) run.epoch();
  return { history: run.history(), evaluated: model.evaluate(rows[0], rows[1]) };
}

for (const one of cases.filter(({ logged }) => logged)) {
  test(`oracle of Keras' history and evaluate: ${one.name}`, () => {
    const { history, evaluated } = fitted(one);
    /** @type {Record<string, any[]>} */
    const columns = one.logged.history;
    assert.deepEqual(Object.keys(history).sort(), Object.keys(columns).sort());
    for (const [name, column] of Object.entries(columns))
      assert.deepEqual(history[name], column.map(number), name);
    assert.equal(evaluated[0], number(one.logged.evaluate.loss));
    assert.equal(evaluated.length, Object.keys(one.logged.evaluate).length);
  });
}

test('reaches the file of each CSVLogger, and actions with numbers that JSON lacks', () => {
  const config = { monitor: 'val_loss', save_best_only: true };
  const run = new Run(
    JSON.stringify({
      data: {
        class_name: 'Numbers',
        config: { x: [1, 2, 3, 4], y: [1e30, 1e30, 1e30, 1e30], shape: [1] },
      },
      model: {
        class_name: 'Sequential',
        config: { layers: [{ class_name: 'Dense', config: { units: 1 } }] },
      },
      compile: { optimizer: 'sgd', loss: 'mse', metrics: [] },
      fit: {
        validation_split: 0.5,
        callbacks: [
          { class_name: 'TerminateOnNaN', config: {} },
          { class_name: 'CSVLogger', config: { filename: 'a.csv' } },
          { class_name: 'CSVLogger', config: { filename: 'b.csv', separator: ';' } },
          { class_name: 'ModelCheckpoint', config },
        ],
      },
      seed: 1,
    }),
  );
  while (!run.done) run.epoch();
  assert.deepEqual(run.csv(), [
    { filename: 'a.csv', text: 'epoch,loss,val_loss\r\n0,inf,inf\r\n' },
    { filename: 'b.csv', text: 'epoch;loss;val_loss\r\n0;inf;inf\r\n' },
  ]);
  const kept = run.events_since(0).find(({ action }) => action === 'kept');
  assert.equal(kept?.value, Infinity);
});

test('round trip of a long history into the page, in pieces of any length', () => {
  const run = new Run(
    JSON.stringify({
      data: { class_name: 'Xor', config: { n: 16 } },
      model: {
        class_name: 'Sequential',
        config: { layers: [{ class_name: 'Dense', config: { units: 1 } }] },
      },
      compile: { optimizer: 'sgd', loss: 'mse', metrics: [] },
      fit: { epochs: 45_000, batch_size: 16, initial_epoch: 3 },
      seed: 1,
    }),
  );
  const history = emptyHistory(run.info().log_names);
  for (let piece = 1; !run.done; piece = (piece * 7) % 1999) {
    for (let i = 0; i < piece && !run.done; i++) run.step();
    const newEpochs = run.epochs_since(history.at.at(-1) ?? 0);
    const newBatches = run.batches_since(history.batches.at.at(-1) ?? 0);
    const frame = { newEpochs, newBatches, newEvents: { from: 0, events: [] } };
    append(history, frame);
    // A second frame may repeat what the first one has brought.
    append(history, frame);
    const [epochs, batches] = [run.epochs_since(0), run.batches_since(0)];
    assert.deepEqual(history.at, [...epochs.at]);
    assert.deepEqual(history.epochs.flat(), [...epochs.rows]);
    assert.deepEqual(history.batches, { at: [...batches.at], losses: [...batches.losses] });
    assert.ok(history.at.length <= 10_000 && history.batches.at.length <= 4096);
    assert.deepEqual([history.at[0], history.at.at(-1)], [4, run.epochs_done]);
  }
  assert.equal(run.steps, 45_000 - 3);
});

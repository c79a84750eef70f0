// The run of the lesson on the digits of the page, compared with the numbers of Keras.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Run, initSync } from '../../pkg/glassbox.js';

/** @param {string} path of the project */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));

initSync({ module: read('pkg/glassbox_bg.wasm') });

/** Printed by Keras 3.15.1 on TensorFlow: tests/keras/lesson.py. */
const keras = JSON.parse(read('tests/keras/lesson.json').toString());

const experiment = {
  data: { class_name: 'Digits01', config: {} },
  model: {
    class_name: 'Sequential',
    config: {
      layers: [25, 15, 1].map((units) => ({
        class_name: 'Dense',
        config: { units, activation: 'sigmoid' },
      })),
    },
  },
  compile: {
    optimizer: { class_name: 'Adam', config: { learning_rate: 0.001 } },
    loss: 'binary_crossentropy',
    metrics: ['accuracy'],
  },
  fit: { epochs: 20, batch_size: 32, validation_split: 0.2, shuffle: false },
  seed: keras.seed,
};

test('oracle: 20 epochs of the lesson give the losses, accuracies and weights of Keras', () => {
  const digits = new Uint8Array(gunzipSync(read('www/public/data/digits01.bin')));
  const run = new Run(JSON.stringify(experiment), digits);
  while (!run.done) run.epoch();
  const { log_names: names, n_weights } = run.info();
  const rows = run.epochs_since(0).rows;
  assert.deepEqual(Object.keys(keras.history).sort(), [...names].sort());
  for (const [column, name] of names.entries()) {
    for (const [epoch, wanted] of keras.history[name].entries()) {
      const got = rows[epoch * names.length + column] ?? NaN;
      assert.ok(
        Math.abs(got - wanted) <= 2e-6 + 2e-5 * Math.abs(wanted),
        `${name} ${epoch}: ${got}`,
      );
    }
  }
  const weights = new Float32Array(n_weights);
  run.read_weights(weights);
  assert.equal(n_weights, keras.n_weights);
  for (const [i, wanted] of keras.every_97th_weight.entries()) {
    const got = weights[97 * i] ?? NaN;
    assert.ok(Math.abs(got - wanted) <= 2e-6 + 2e-5 * Math.abs(wanted), `weight ${97 * i}: ${got}`);
  }
});

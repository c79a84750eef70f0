// The functions behind the time machine and the step view.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Run, initSync } from '../../pkg/glassbox.js';
import { Checkpoints } from '../../www/step/checkpoints.js';
import { digits } from '../../www/app/figures.js';

test('bits: a traced step has the same weights as a training step', () => {
  const file = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url));
  initSync({ module: file('pkg/glassbox_bg.wasm') });
  const dense = (/** @type {number} */ units, /** @type {string} */ activation) => ({
    class_name: 'Dense',
    config: { units, activation },
  });
  const layers = [
    dense(25, 'tanh'),
    { class_name: 'Dropout', config: { rate: 0.2 } },
    dense(4, 'gelu'),
    dense(1, 'sigmoid'),
  ];
  const text = JSON.stringify({
    data: { class_name: 'Moons', config: {} },
    model: { class_name: 'Sequential', config: { layers } },
    compile: { optimizer: 'adam', loss: 'binary_crossentropy' },
    fit: { epochs: 4 },
    seed: 3,
  });
  const [run, looked] = [new Run(text), new Run(text)];
  for (let step = 0; !run.done; step++) {
    const trace = looked.trace();
    assert.deepEqual(Array.from(looked.difference(3, 0.01)).length, looked.done ? 0 : 4);
    run.step();
    assert.equal(looked.weights_hash(), run.weights_hash(), `batch ${step}`);
    const weights = new Float32Array(run.info().n_weights);
    run.read_weights(weights);
    assert.deepEqual(trace.after, weights);
    assert.equal(trace.loss, run.batches_since(step).losses[0]);
  }
  assert.ok(looked.done && run.steps > 40);
});

test('reaches checkpoints within the limit of bytes, spread over the whole run', () => {
  const moments = new Checkpoints(64 * 1000);
  for (let step = 0; step <= 10_000; step += 7) moments.add(step, new Uint8Array(1000));
  assert.ok(moments.bytes <= 64_000, String(moments.bytes));
  assert.equal(moments.length, 64);
  for (let step = 0; step <= 10_000; step += 31) {
    const near = moments.before(step);
    assert.ok(near && near.step <= step && step - near.step <= 700, `${step}: ${near?.step}`);
  }
  moments.deleteAfter(500);
  assert.ok((moments.before(10_000)?.step ?? 0) <= 500);
  assert.equal(moments.bytes, 1000 * moments.length);
  const small = new Checkpoints(10);
  small.add(3, new Uint8Array(1000));
  small.add(9, new Uint8Array(1000));
  assert.equal(small.length, 1, 'the newest stays, however large');
  assert.equal(small.before(20)?.step, 9);
});

test('round trip: a float32 is equal to the digits that are shown', () => {
  const floats = new Float32Array(
    new Uint32Array(4000).map((_, i) => (i * 1_073_721) >>> 0).buffer,
  );
  for (const value of floats) {
    if (!Number.isFinite(value)) continue;
    assert.equal(Math.fround(Number(digits(value).replaceAll('−', '-'))), value);
  }
  assert.equal(digits(Math.fround(0.1)), '0.1');
});

/** Whether an epoch, counted from 1, ends with a validation. @param {number} epoch @param {number | number[]} every */
const validates = (epoch, every) =>
  Array.isArray(every) ? every.includes(epoch) : epoch % every === 0;

test('oracle: the predicted stop is the stop of the engine’s EarlyStopping, also with NaN', () => {
  const file = new URL('../../pkg/glassbox_bg.wasm', import.meta.url);
  initSync({ module: readFileSync(file) });
  const layers = [
    { class_name: 'Dense', config: { units: 3, activation: 'exponential' } },
    { class_name: 'Dense', config: { units: 1 } },
  ];
  // The validation rows are large, so their exponentials overflow as the weights grow, and their differences become NaN.
  const rows = Array.from({ length: 20 }, (_, i) => (i < 16 ? (i % 4) / 2 : 250));
  const config = { x: rows, y: rows.map((_, i) => (i < 16 ? 5 : 1)), shape: [1] };
  let [stops, nans, late] = [0, 0, 0];
  const trained = (/** @type {number} */ seed, /** @type {any} */ fit) => {
    const run = new Run(
      JSON.stringify({
        data: { class_name: 'Numbers', config },
        model: { class_name: 'Sequential', config: { layers } },
        compile: {
          optimizer: { class_name: 'SGD', config: { learning_rate: 0.1 } },
          loss: 'mean_absolute_error',
        },
        fit: { epochs: 20, validation_split: 0.2, shuffle: false, ...fit },
        seed,
      }),
    );
    while (run.step() === 1);
    const names = run.info().log_names;
    const flat = run.epochs_since(0).rows;
    const epochs = Array.from({ length: flat.length / names.length }, (_, i) =>
      Array.from(flat.subarray(i * names.length, (i + 1) * names.length)),
    );
    return {
      run,
      losses: epochs.map((row) => row[names.indexOf('val_loss')]),
      events: run.events_since(0),
    };
  };
  for (let seed = 0; seed < 40; seed++)
    for (const every of [1, 2, [1, 4, 5, 9]]) {
      const { run, losses } = trained(seed, { validation_freq: every });
      const known = losses.filter((_, i) => validates(i + 1, every));
      assert.equal(known.length, every === 1 ? 20 : every === 2 ? 10 : 4);
      nans += known.filter(Number.isNaN).length;
      late += known.findLastIndex(Number.isNaN) > known.findIndex((v) => !Number.isNaN(v)) ? 1 : 0;
      for (const patience of [1, 3]) {
        const [best, stop] = run.would_stop(Float64Array.from(losses), true, patience);
        const early = { class_name: 'EarlyStopping', config: { patience } };
        const { events } = trained(seed, { validation_freq: every, callbacks: [early] });
        const stopped = events.find((e) => e.action === 'stopped');
        assert.equal(
          stop,
          stopped ? stopped.epoch + 1 : 0,
          `${seed} ${every} ${patience}: ${losses}`,
        );
        if (stopped)
          assert.equal(best, stopped.value + 1, `${seed} ${every} ${patience}: ${losses}`);
        stops += stopped ? 1 : 0;
      }
    }
  assert.ok(
    stops > 50 && nans > 20 && late > 3,
    `${stops} stops, ${nans} NaN, ${late} after a number`,
  );
});

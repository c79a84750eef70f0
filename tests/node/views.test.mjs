// What the views of a moment stand on: pure functions of shapes and numbers, asked of models of every kind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Run, initSync } from '../../pkg/glass/glassbox.js';
import { withoutHidden } from '../../www/glass/plain.js';
import { quantiles, spreads } from '../../www/glass/spread.js';

initSync({ module: readFileSync(new URL('../../pkg/glass/glassbox_bg.wasm', import.meta.url)) });

/** @param {string} class_name @param {Record<string, unknown>} config */
const layer = (class_name, config = {}) => ({ class_name, config });

/**
 * Sixty-four rows of numbers in the experiment, to learn a value from.
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

test('reaches: the experiment without hidden layers is one that runs, with a weight for each input', () => {
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
    [[12], [layer('Dense', { units: 4, activation: 'tanh' }), layer('Dropout'), dense]],
    [[12], [layer('Reshape', { target_shape: [6, 2] }), layer('GRU', { units: 3 }), dense]],
    // What shapes the numbers of a hidden layer cannot take those of the data.
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
    const text = withoutHidden(experiment(shape, layers), shape);
    assert.ok(text, what);
    const run = new Run(text);
    const { n_weights } = /** @type {import('../../www/types.js').RunInfo} */ (run.info());
    assert.equal(n_weights, 13, what);
    while (run.step() === 1);
    assert.ok(run.done && !run.trouble(), what);
    run.free();
  }
  assert.equal(
    withoutHidden(experiment([12], [layer('Dropout', { rate: 0.1 }), dense]), [12]),
    null,
  );
});

test('oracle: gradients and update ratios of a layer are those of what is trained in it', () => {
  const text = experiment(
    [3],
    [layer('Dense', { units: 4 }), layer('BatchNormalization'), layer('Dense', { units: 1 })],
  );
  const run = new Run(text);
  const info = /** @type {import('../../www/types.js').RunInfo} */ (run.info());
  const trace = run.trace();
  const { params, n_params } = info.layers[1];
  assert.deepEqual(
    params.map(({ name }) => name),
    ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  );
  const own = spreads(trace, info)[1];
  // gamma and beta stand first, of four units each.
  const { at } = params[0];
  assert.deepEqual(own.gradients, quantiles(trace.gradients.subarray(at, at + 8)));
  assert.notDeepEqual(own.gradients, quantiles(trace.gradients.subarray(at, at + n_params)));
  assert.deepEqual(own.weights, quantiles(trace.before.subarray(at, at + n_params)));
  assert.equal(own.updates.length, 5);
  run.free();
});

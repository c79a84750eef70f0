// The workloads of the benchmark, as plain data: ten networks, four of them also on inputs without zeros.

/** @typedef {{ class_name: string, config: Record<string, any> }} Named */
/**
 * A workload. `data`: source of the examples (data.js). `dense`: whether the inputs are random numbers without zeros.
 * @typedef {{ id: string, title: string, rows: number, data: 'digits01' | 'digits' | 'random', dense: boolean,
 *   model: { class_name: 'Sequential', config: { layers: Named[] } },
 *   compile: { optimizer: Named, loss: string }, fit: { batch_size: number, shuffle: true } }} Workload
 */

/** @param {number[]} shape */
const input = (...shape) => layer('InputLayer', { batch_shape: [null, ...shape] });
/** @param {number} units @param {string} activation */
const dense = (units, activation) => layer('Dense', { units, activation });
const pool = layer('MaxPooling2D', { pool_size: [2, 2] });
const flatten = layer('Flatten', {});
/** @param {number} filters @param {number} side of the kernel */
const conv = (filters, side) =>
  layer('Conv2D', { filters, kernel_size: [side, side], activation: 'relu' });
/** @param {number} units */
const lstm = (units) =>
  layer('LSTM', {
    units,
    activation: 'tanh',
    // Explicit, since the defaults of TensorFlow.js and Keras differ.
    recurrent_activation: 'sigmoid',
    recurrent_initializer: 'glorot_uniform',
  });
/** Self-attention over tokens of 32 numbers, 4 heads of 8. */
const attention = layer('MultiHeadAttention', { num_heads: 4, key_dim: 8 });

/** @param {string} class_name @param {Record<string, any>} config @returns {Named} */
function layer(class_name, config) {
  return { class_name, config };
}

const YES_NO = 'binary_crossentropy';
const CLASSES = 'sparse_categorical_crossentropy';

/** @type {Workload[]} */
const plain = [
  workload('lesson', '400-25-15-1 sigmoid', 1000, 32, 'digits01', YES_NO, [
    input(400),
    dense(25, 'sigmoid'),
    dense(15, 'sigmoid'),
    dense(1, 'sigmoid'),
  ]),
  workload('toy', '2-8-8-1 tanh', 500, 10, 'random', 'mean_squared_error', [
    input(2),
    dense(8, 'tanh'),
    dense(8, 'tanh'),
    dense(1, 'tanh'),
  ]),
  workload('mlp', '784-128-64-10 relu', 5000, 128, 'digits', CLASSES, [
    input(784),
    dense(128, 'relu'),
    dense(64, 'relu'),
    dense(10, 'softmax'),
  ]),
  workload(
    'cnn',
    '28x28: Conv 8@5x5, pool, Conv 16@5x5, pool, Dense 10',
    1000,
    32,
    'digits',
    CLASSES,
    [input(28, 28, 1), conv(8, 5), pool, conv(16, 5), pool, flatten, dense(10, 'softmax')],
  ),
  workload(
    'larger-cnn',
    '28x28: Conv 32@3x3, Conv 64@3x3, pool, Dense 128, Dense 10',
    1000,
    32,
    'digits',
    CLASSES,
    [
      input(28, 28, 1),
      conv(32, 3),
      conv(64, 3),
      pool,
      flatten,
      dense(128, 'relu'),
      dense(10, 'softmax'),
    ],
  ),
  ...[32, 128].map((units) =>
    workload(
      units === 32 ? 'lstm' : `lstm-${units}`,
      `20 steps of 8, LSTM ${units}, Dense 1`,
      500,
      32,
      'random',
      YES_NO,
      [input(20, 8), lstm(units), dense(1, 'sigmoid')],
    ),
  ),
  ...[64, 256].map((tokens) =>
    workload(
      `attention-${tokens}`,
      `${tokens} tokens of 32, self-attention of 4 heads of 8, Dense 1`,
      256,
      32,
      'random',
      YES_NO,
      [input(tokens, 32), attention, flatten, dense(1, 'sigmoid')],
    ),
  ),
  workload('wide', '2048-2048-10 relu', 1024, 64, 'random', CLASSES, [
    input(2048),
    dense(2048, 'relu'),
    dense(10, 'softmax'),
  ]),
];

/**
 * @param {string} id
 * @param {string} title
 * @param {number} rows
 * @param {number} batch_size
 * @param {Workload['data']} data
 * @param {string} loss
 * @param {Named[]} layers
 * @returns {Workload}
 */
export function workload(id, title, rows, batch_size, data, loss, layers) {
  return {
    id,
    title: `${title}, batch ${batch_size}, ${rows.toLocaleString('en')} rows`,
    rows,
    data,
    dense: data === 'random',
    model: { class_name: 'Sequential', config: { layers } },
    compile: { optimizer: layer('Adam', { learning_rate: 0.001 }), loss },
    fit: { batch_size, shuffle: true },
  };
}

/** Digits consist mostly of zeros, which the engine skips, so the same networks also run on inputs without zeros. */
const withoutZeros = plain
  .filter(({ dense }) => !dense)
  .map((w) => ({ ...w, id: `${w.id}-dense`, title: `${w.title}, no zeros`, dense: true }));

/** @type {Workload[]} */
export const WORKLOADS = [...plain, ...withoutZeros];

/** Returns a network of Dense layers on random examples, to measure how the time grows. @param {{ width?: number, inputs?: number, depth?: number, batch?: number, rows?: number }} sizes */
export function scaled({ width = 64, inputs = 64, depth = 1, batch = 32, rows = 1024 }) {
  const hidden = Array.from({ length: depth }, () => dense(width, 'tanh'));
  const layers = [input(inputs), ...hidden, dense(10, 'softmax')];
  const id = `scaled-${inputs}-${width}x${depth}-${batch}-${rows}`;
  return workload(id, id, rows, batch, 'random', CLASSES, layers);
}

/** Returns the number of inputs, their shape and the number of outputs. @param {Workload} workload */
export function sizes({ model }) {
  const { layers } = model.config;
  const shape = /** @type {number[]} */ (layers[0].config.batch_shape.slice(1));
  return {
    shape,
    n_inputs: shape.reduce((a, b) => a * b, 1),
    n_outputs: layers.at(-1)?.config.units,
  };
}

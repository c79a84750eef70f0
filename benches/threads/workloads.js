// What the experiment with two workers trains: the six networks, as plain data.

/** @param {string} class_name @param {Record<string, any>} config */
const named = (class_name, config) => ({ class_name, config });
/** @param {number[]} shape */
const input = (...shape) => named('InputLayer', { batch_shape: [null, ...shape] });
/** @param {number} units @param {string} activation */
const dense = (units, activation) => named('Dense', { units, activation });
/** @param {number} filters */
const conv = (filters) => named('Conv2D', { filters, kernel_size: [5, 5], activation: 'relu' });
const pool = named('MaxPooling2D', { pool_size: [2, 2] });

const YES_NO = 'binary_crossentropy';
const CLASSES = 'sparse_categorical_crossentropy';

/**
 * `rows`: as many as whole batches need. `data`: the page's set that rows come from, or random numbers.
 * @typedef {{ id: string, title: string, lesson: boolean, batch: number, rows: number, inputs: number,
 *   classes: number, data: 'Digits01' | 'Digits' | 'random', loss: string,
 *   layers: ReturnType<typeof named>[] }} Workload
 */

/** `lesson`: of the size that people run in the page. @type {Workload[]} */
export const WORKLOADS = [
  {
    id: 'lesson',
    title: '400-25-15-1 sigmoid',
    lesson: true,
    batch: 32,
    rows: 992,
    inputs: 400,
    classes: 2,
    data: 'Digits01',
    loss: YES_NO,
    layers: [input(400), dense(25, 'sigmoid'), dense(15, 'sigmoid'), dense(1, 'sigmoid')],
  },
  {
    id: 'toy',
    title: '2-8-8-1 tanh',
    lesson: true,
    batch: 10,
    rows: 500,
    inputs: 2,
    classes: 2,
    data: 'random',
    loss: 'mean_squared_error',
    layers: [input(2), dense(8, 'tanh'), dense(8, 'tanh'), dense(1, 'tanh')],
  },
  {
    id: 'mlp',
    title: '784-128-64-10 relu',
    lesson: true,
    batch: 128,
    rows: 4992,
    inputs: 784,
    classes: 10,
    data: 'Digits',
    loss: CLASSES,
    layers: [input(784), dense(128, 'relu'), dense(64, 'relu'), dense(10, 'softmax')],
  },
  {
    id: 'cnn',
    title: '28x28: Conv 8@5x5, pool, Conv 16@5x5, pool, Dense 10',
    lesson: true,
    batch: 32,
    rows: 992,
    inputs: 784,
    classes: 10,
    data: 'Digits',
    loss: CLASSES,
    layers: [
      input(28, 28, 1),
      conv(8),
      pool,
      conv(16),
      pool,
      named('Flatten', {}),
      dense(10, 'softmax'),
    ],
  },
  {
    id: 'lstm',
    title: '20 steps of 8, LSTM 32, Dense 1',
    lesson: true,
    batch: 32,
    rows: 480,
    inputs: 160,
    classes: 2,
    data: 'random',
    loss: YES_NO,
    layers: [input(20, 8), named('LSTM', { units: 32 }), dense(1, 'sigmoid')],
  },
  {
    id: 'wide',
    title: '2048-2048-10 relu',
    lesson: false,
    batch: 64,
    rows: 256,
    inputs: 2048,
    classes: 10,
    data: 'random',
    loss: CLASSES,
    layers: [input(2048), dense(2048, 'relu'), dense(10, 'softmax')],
  },
];

/** On how many cores a batch may be trained. */
export const CORES = [2, 8, 16];

/** Rows of the largest part of a batch on so many cores. @param {Workload} workload @param {number} cores */
export const part = ({ batch }, cores) => Math.ceil(batch / cores);

/**
 * Inputs and targets. Digits lie in the middle of a larger picture where the network takes one.
 * @param {Workload} workload
 * @param {{ x: Float32Array, y: Float32Array } | undefined} digits rows of 20 x 20
 */
export function rowsOf({ rows, inputs, classes, loss }, digits) {
  const x = new Float32Array(rows * inputs);
  const y = new Float32Array(rows);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const side = Math.round(Math.sqrt(inputs));
  const border = (side - 20) / 2;
  for (let row = 0; row < rows; row++) {
    if (!digits) {
      for (let i = 0; i < inputs; i++) x[row * inputs + i] = 2 * random() - 1;
      y[row] = Math.floor(random() * classes);
      if (loss === 'mean_squared_error') y[row] = 2 * y[row] - 1;
      continue;
    }
    y[row] = digits.y[row];
    for (let i = 0; i < 400; i++) {
      const at = (Math.floor(i / 20) + border) * side + (i % 20) + border;
      x[row * inputs + at] = digits.x[row * 400 + i];
    }
  }
  return { x, y };
}

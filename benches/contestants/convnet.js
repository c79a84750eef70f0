// ConvNetJS 0.3.0, which trains one example at a time and has neither recurrent layers nor binary cross-entropy.
// @ts-expect-error it comes without types
import convnetjs from 'convnetjs';
import { cost } from '../cost.js';
import { mix, mulberry32 } from '../data.js';
import { sizes } from '../workloads.js';

/** Maximum number of parameters. A larger network would take minutes per epoch. */
const MOST_PARAMETERS = 1_000_000;

/** Returns why it cannot train a network; empty where it can. @param {import('../workloads.js').Workload} workload */
export function cannot(workload) {
  const { layers } = workload.model.config;
  const missing = layers.find(({ class_name }) => /LSTM|Attention/.test(class_name));
  if (missing) return `ConvNetJS has no ${missing.class_name}.`;
  const { parameters } = cost(workload);
  return parameters > MOST_PARAMETERS ? `${parameters} parameters take it minutes an epoch.` : '';
}

/**
 * Returns the layer definitions. A sigmoid with binary cross-entropy becomes a softmax of two classes, and the squared
 * error uses a linear unit. ConvNetJS has no Adam: `windowgrad` has one slot instead of two, so it does less work.
 * @param {import('../workloads.js').Workload} workload
 * @returns {any[]}
 */
function definitions(workload) {
  const { model, compile } = workload;
  const { shape, n_outputs } = sizes(workload);
  const [sx, sy, depth] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const hidden = model.config.layers.slice(1, -1).flatMap(({ class_name, config }) => {
    const { activation } = config;
    if (class_name === 'Dense') return { type: 'fc', num_neurons: config.units, activation };
    if (class_name === 'Conv2D') {
      const [size] = config.kernel_size;
      return { type: 'conv', sx: size, filters: config.filters, stride: 1, pad: 0, activation };
    }
    if (class_name === 'MaxPooling2D') return { type: 'pool', sx: config.pool_size[0], stride: 2 };
    return [];
  });
  const squared = compile.loss === 'mean_squared_error';
  const last = squared
    ? { type: 'regression', num_neurons: n_outputs }
    : { type: 'softmax', num_classes: Math.max(2, n_outputs) };
  return [{ type: 'input', out_sx: sx, out_sy: sy, out_depth: depth }, ...hidden, last];
}

/**
 * @param {import('../workloads.js').Workload} workload
 * @param {import('../data.js').Rows} rows
 * @returns {Promise<import('../timed.js').Prepared>}
 */
export async function prepare(workload, rows) {
  const { shape, n_inputs } = sizes(workload);
  const [sx, sy, depth] = shape.length === 3 ? shape : [1, 1, shape[0]];
  const net = new convnetjs.Net();
  net.makeLayers(definitions(workload));
  const trainer = new convnetjs.Trainer(net, {
    method: 'windowgrad',
    learning_rate: workload.compile.optimizer.config.learning_rate,
    batch_size: workload.fit.batch_size,
    l2_decay: 0,
  });
  /** @param {Float32Array} x */
  const volumes = (x) =>
    Array.from({ length: x.length / n_inputs }, (_, row) => {
      const volume = new convnetjs.Vol(sx, sy, depth, 0);
      volume.w.set(x.subarray(row * n_inputs, (row + 1) * n_inputs));
      return volume;
    });
  const x = volumes(rows.x);
  const squared = workload.compile.loss === 'mean_squared_error';
  const y = Array.from(rows.y, (y) => (squared ? [y] : y));
  const order = y.map((_, row) => row);
  const random = mulberry32(42);
  let loss = 0;
  return {
    train(epochs) {
      const start = performance.now();
      for (let epoch = 0; epoch < epochs; epoch++) {
        mix(order, random);
        loss = 0;
        for (const row of order) loss += trainer.train(x[row], y[row]).loss;
      }
      return performance.now() - start;
    },
    loss: () => loss / y.length,
    predict(rows) {
      const start = performance.now();
      for (const volume of volumes(rows)) net.forward(volume);
      return performance.now() - start;
    },
    free() {},
  };
}

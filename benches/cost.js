// Lower bound of the time of an epoch: the arithmetic of its products, and the bytes that the optimizer moves.
import { sizes } from './workloads.js';

/** Adam reads weights, gradients and two slots, and writes all but the gradients: 4 bytes each. */
const ADAM_BYTES = 4 * (4 + 3);

/**
 * Returns the multiplications and additions of one example in the forward pass of a layer (2 for each used weight), the
 * number of its parameters, and its output shape.
 * @param {import('./workloads.js').Named} layer
 * @param {number[]} shape
 * @returns {{ flops: number, parameters: number, shape: number[] }}
 */
function ofLayer({ class_name, config }, shape) {
  const n = shape.reduce((a, b) => a * b, 1);
  if (class_name === 'Dense') {
    const { units } = config;
    return { flops: 2 * n * units, parameters: (n + 1) * units, shape: [units] };
  }
  if (class_name === 'Conv2D') {
    const { filters, kernel_size } = config;
    const [rows, columns, channels] = shape;
    const [height, width] = kernel_size;
    const weights = height * width * channels * filters;
    const out = [rows - height + 1, columns - width + 1];
    return {
      flops: 2 * weights * out[0] * out[1],
      parameters: weights + filters,
      shape: [...out, filters],
    };
  }
  if (class_name === 'LSTM') {
    const { units } = config;
    const [steps, width] = shape;
    const weights = 4 * units * (width + units);
    return { flops: 2 * steps * weights, parameters: weights + 4 * units, shape: [units] };
  }
  if (class_name === 'MultiHeadAttention') {
    const { steps, width, inner, scores } = ofAttention(config, shape);
    return {
      flops: 4 * 2 * steps * width * inner + scores,
      parameters: 3 * (width + 1) * inner + (inner + 1) * width,
      shape,
    };
  }
  if (class_name === 'MaxPooling2D') {
    const [height, width] = config.pool_size;
    const [rows, columns, channels] = shape;
    return {
      flops: 0,
      parameters: 0,
      shape: [Math.floor(rows / height), Math.floor(columns / width), channels],
    };
  }
  if (class_name === 'Flatten') return { flops: 0, parameters: 0, shape: [n] };
  throw new Error(`cost.js has no cost for ${class_name}.`);
}

/**
 * Returns the sizes of self-attention, and the operations of its two products between positions: scores, and values
 * weighted by them.
 * @param {Record<string, any>} config
 * @param {number[]} shape
 */
function ofAttention({ num_heads, key_dim }, [steps, width]) {
  const inner = num_heads * key_dim;
  return { steps, width, inner, scores: 2 * 2 * steps * steps * inner };
}

/**
 * Returns the cost of an epoch. It counts products only: forward pass, gradients of the weights and gradients of the inputs.
 * The first layer needs no gradients of its inputs, except for those inside an LSTM or an attention.
 * @param {import('./workloads.js').Workload} workload
 */
export function cost(workload) {
  let { shape } = sizes(workload);
  let [flops, forward, parameters, first] = [0, 0, 0, true];
  for (const layer of workload.model.config.layers.slice(1)) {
    const of = ofLayer(layer, shape);
    const own = ownSteps(layer, shape);
    flops += 2 * of.flops + (first ? own : of.flops);
    forward += of.flops;
    parameters += of.parameters;
    if (of.parameters > 0) first = false;
    shape = of.shape;
  }
  const steps = Math.ceil(workload.rows / workload.fit.batch_size);
  return {
    parameters,
    forward,
    flops: flops * workload.rows,
    optimizerBytes: steps * parameters * ADAM_BYTES,
    /** Bytes that the optimizer works on; the smallest cache that holds them determines the speed. */
    workingSet: parameters * 16,
  };
}

/**
 * Returns the operations of a backward pass that remain without the gradients of the inputs.
 * @param {import('./workloads.js').Named} layer
 * @param {number[]} shape
 */
function ownSteps({ class_name, config }, shape) {
  if (class_name === 'LSTM') return 2 * shape[0] * 4 * config.units * config.units;
  if (class_name !== 'MultiHeadAttention') return 0;
  const { steps, width, inner, scores } = ofAttention(config, shape);
  return 2 * steps * width * inner + scores;
}

/**
 * Returns the minimum milliseconds of an epoch: products at peak speed, then the optimizer's bytes at copy speed.
 * @param {ReturnType<typeof cost>} cost
 * @param {{ peak: number, copy: number }} ceiling FLOP and bytes per millisecond
 */
export function leastTime({ flops, optimizerBytes }, { peak, copy }) {
  return flops / peak + optimizerBytes / copy;
}

// jax-js on its wasm or its WebGPU backend: a compiled function a step, which gathers the batch, too.
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { mix, mulberry32 } from '../data.js';
import { sizes } from '../workloads.js';
import { version } from '../../node_modules/@jax-js/jax/package.json';

export { version };

/** Rows that `predict` takes at a time. */
const PREDICT_BATCH = 1000;

/** jax-js counts references: a function consumes its arguments, and `.ref` keeps one for another use. */
/** @typedef {import('@jax-js/jax').Array} Tensor */
/** @typedef {Record<string, Tensor>} Weights of a layer */
/** @typedef {{ shapes: Record<string, number[]>, apply: (w: Weights, x: Tensor) => Tensor, shape: number[] }} Layer */

/** @type {Record<string, (x: Tensor) => Tensor>} */
const ACTIVATIONS = { linear: (x) => x, relu: nn.relu, sigmoid: nn.sigmoid, tanh: np.tanh };

/**
 * Layers for inputs of a shape, without the batch. Images have their channels before rows and columns.
 * @type {Record<string, (config: Record<string, any>, shape: number[]) => Layer>}
 */
const LAYERS = {
  Dense: ({ units, activation }, [width]) => ({
    shapes: { kernel: [width, units], bias: [units] },
    apply: (w, x) => ACTIVATIONS[activation](np.dot(x, w.kernel).add(w.bias)),
    shape: [units],
  }),
  Conv2D({ filters, kernel_size, activation }, [channels, height, width]) {
    const [down, across] = kernel_size;
    return {
      shapes: { kernel: [filters, channels, down, across], bias: [filters] },
      apply: (w, x) =>
        ACTIVATIONS[activation](
          lax.conv(x, w.kernel, [1, 1], 'VALID').add(w.bias.reshape([filters, 1, 1])),
        ),
      shape: [filters, height - down + 1, width - across + 1],
    };
  },
  MaxPooling2D({ pool_size }, [channels, height, width]) {
    const [down, across] = pool_size;
    return {
      shapes: {},
      apply: (_, x) => lax.reduceWindow(x, (window) => np.max(window), pool_size, pool_size),
      shape: [channels, Math.floor(height / down), Math.floor(width / across)],
    };
  },
  Flatten(_, shape) {
    const n = shape.reduce((a, b) => a * b, 1);
    return { shapes: {}, apply: (_, x) => x.reshape([-1, n]), shape: [n] };
  },
  LSTM: ({ units }, [steps, width]) => ({
    shapes: { kernel: [width, 4 * units], recurrent: [units, 4 * units], bias: [4 * units] },
    apply(w, x) {
      // There is no `scan`: the steps are written out.
      const rows = x.shape[0];
      const inputs = np.dot(x, w.kernel).add(w.bias);
      const ofSteps = np.split(inputs, steps, 1);
      let h = np.zeros([rows, units]);
      let c = np.zeros([rows, units]);
      for (const of of ofSteps) {
        const z = of.reshape([rows, 4 * units]).add(np.dot(h, w.recurrent.ref));
        const [input, forget, cell, output] = np.split(z, 4, 1);
        c = nn
          .sigmoid(forget)
          .mul(c)
          .add(nn.sigmoid(input).mul(np.tanh(cell)));
        h = nn.sigmoid(output).mul(np.tanh(c.ref));
      }
      tree.dispose([c, w.recurrent]);
      return h;
    },
    shape: [units],
  }),
  MultiHeadAttention({ num_heads, key_dim }, [steps, width]) {
    const inner = num_heads * key_dim;
    /** @type {Record<string, number[]>} */
    const shapes = { 'kernel output': [inner, width], 'bias output': [width] };
    for (const name of ['query', 'key', 'value']) {
      Object.assign(shapes, { [`kernel ${name}`]: [width, inner], [`bias ${name}`]: [inner] });
    }
    return {
      shapes,
      apply(w, x) {
        const linear = (/** @type {Tensor} */ x, /** @type {string} */ name) =>
          np.dot(x, w[`kernel ${name}`]).add(w[`bias ${name}`]);
        const heads = (/** @type {Tensor} */ x, /** @type {string} */ name) =>
          linear(x, name).reshape([-1, steps, num_heads, key_dim]);
        const [query, key] = [heads(x.ref, 'query'), heads(x.ref, 'key')];
        const seen = nn.dotProductAttention(query, key, heads(x, 'value'));
        return linear(seen.reshape([-1, steps, inner]), 'output');
      },
      shape: [steps, width],
    };
  },
};

/** Mean losses of a batch, of the logits but for the squared error. @type {Record<string, (z: Tensor, y: Tensor) => Tensor>} */
const LOSSES = {
  mean_squared_error: (z, y) => np.square(z.sub(y)).mean(),
  binary_crossentropy: (z, y) => nn.softplus(z.ref).sub(z.mul(y)).mean(),
  sparse_categorical_crossentropy(z, y) {
    const [rows, classes] = z.shape;
    const wanted = nn.oneHot(y.reshape([rows]).astype(np.int32), classes);
    return nn.logSoftmax(z).mul(wanted).sum().div(-rows);
  },
};

/** @param {import('../workloads.js').Workload} workload @returns {Layer[]} */
function layersOf({ model, compile }) {
  const [first, ...layers] = model.config.layers;
  let shape = channelsFirst(first.config.batch_shape.slice(1));
  return layers.map(({ class_name, config }, i) => {
    const logits = i === layers.length - 1 && compile.loss !== 'mean_squared_error';
    const made = LAYERS[class_name](logits ? { ...config, activation: 'linear' } : config, shape);
    ({ shape } = made);
    return made;
  });
}

/** Images of the workloads have one channel, so their numbers stay where they are. @param {number[]} shape */
const channelsFirst = (shape) => (shape.length === 3 ? [shape[2], shape[0], shape[1]] : shape);

/** @param {number[]} shape @param {() => number} random */
function initial(shape, random) {
  const n = shape.reduce((a, b) => a * b, 1);
  if (shape.length === 1) return np.zeros(shape);
  // Glorot's limit; the sizes of a convolution's kernel come last here.
  const field = n / (shape[0] * shape[1]);
  const limit = Math.sqrt(6 / ((shape[0] + shape[1]) * field));
  return np
    .array(Float32Array.from({ length: n }, () => limit * (2 * random() - 1)))
    .reshape(shape);
}

/** @param {'wasm' | 'webgpu'} backend */
export function by(backend) {
  /**
   * @param {import('../workloads.js').Workload} workload
   * @param {import('../data.js').Rows} rows
   * @returns {Promise<import('../timed.js').Prepared>}
   */
  return async (workload, rows) => {
    if (!(await init(backend)).includes(backend)) throw new Error(`There is no ${backend} here.`);
    defaultDevice(backend);
    const layers = layersOf(workload);
    const random = mulberry32(42);
    const { shape, n_inputs } = sizes(workload);
    const rate = workload.compile.optimizer.config.learning_rate;
    const { batch_size } = workload.fit;
    const n = rows.y.length;
    const tensor = (/** @type {Float32Array} */ x) =>
      np.array(x).reshape([x.length / n_inputs, ...channelsFirst(shape)]);
    const [x, y] = [tensor(rows.x), np.array(rows.y).reshape([n, 1])];

    const network = (/** @type {Weights[]} */ weights, /** @type {Tensor} */ x) =>
      layers.reduce((x, { apply }, i) => apply(weights[i], x), x);
    const gradient = valueAndGrad(
      (/** @type {Weights[]} */ weights, /** @type {Tensor} */ x, /** @type {Tensor} */ y) =>
        LOSSES[workload.compile.loss](network(weights, x), y),
    );
    const step = jit(
      (
        /** @type {{ weights: Weights[], m: Weights[], v: Weights[] }} */ { weights, m, v },
        /** @type {Tensor} */ scale,
        /** @type {Tensor} */ rows,
        /** @type {Tensor} */ x,
        /** @type {Tensor} */ y,
      ) => {
        const batch = [np.take(x, rows.ref, 0), np.take(y, rows, 0)];
        const [loss, g] = gradient(tree.ref(weights), batch[0], batch[1]);
        m = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), m, tree.ref(g));
        v = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), v, g);
        weights = tree.map(
          (w, m, v) => w.sub(m.mul(scale.ref).div(np.sqrt(v).add(1e-7))),
          weights,
          tree.ref(m),
          tree.ref(v),
        );
        scale.dispose();
        return { state: { weights, m, v }, loss };
      },
    );
    const forward = jit(network);

    const weights = layers.map(({ shapes }) =>
      Object.fromEntries(
        Object.entries(shapes).map(([name, shape]) => [name, initial(shape, random)]),
      ),
    );
    const zeros = () => tree.map((/** @type {Tensor} */ w) => np.zerosLike(w.ref), weights);
    let state = { weights, m: zeros(), v: zeros() };
    const order = Int32Array.from({ length: n }, (_, row) => row);
    let steps = 0;
    let last = NaN;
    return {
      async train(epochs) {
        defaultDevice(backend);
        const start = performance.now();
        for (let epoch = 0; epoch < epochs; epoch++) {
          mix(order, random);
          let total = np.zeros([]);
          for (let at = 0; at < n; at += batch_size) {
            const some = order.slice(at, at + batch_size);
            steps++;
            const scale = (rate * Math.sqrt(1 - 0.999 ** steps)) / (1 - 0.9 ** steps);
            const after = step(state, np.array(scale), np.array(some), x.ref, y.ref);
            ({ state } = after);
            total = total.add(after.loss.mul(some.length));
          }
          last = (await total.data())[0] / n;
        }
        return performance.now() - start;
      },
      loss: () => last,
      async predict(rows) {
        defaultDevice(backend);
        const start = performance.now();
        for (let at = 0; at < rows.length; at += PREDICT_BATCH * n_inputs) {
          const some = tensor(rows.slice(at, at + PREDICT_BATCH * n_inputs));
          await forward(tree.ref(state.weights), some).data();
        }
        return performance.now() - start;
      },
      free() {
        tree.dispose([state, x, y]);
        step.dispose();
        forward.dispose();
      },
    };
  };
}

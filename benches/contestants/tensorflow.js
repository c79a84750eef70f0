// TensorFlow.js with its wasm or its cpu backend.
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { layers as kinds, sequential } from '@tensorflow/tfjs-layers';
import { sizes } from '../workloads.js';

export const version = tf.version_core;

const at = (/** @type {string} */ url) => new URL(url, location.href).href;
setWasmPaths({
  'tfjs-backend-wasm.wasm': at(plain),
  'tfjs-backend-wasm-simd.wasm': at(simd),
  // Threads need HTTP headers that a static host does not send.
  'tfjs-backend-wasm-threaded-simd.wasm': at(simd),
});
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);

/** Constructors by Keras' class name. @type {Record<string, (config: any) => any>} */
const MAKERS = {
  Dense: kinds.dense,
  Conv2D: kinds.conv2d,
  MaxPooling2D: kinds.maxPooling2d,
  Flatten: kinds.flatten,
  LSTM: kinds.lstm,
};
/** @type {Record<string, string>} */
const LOSSES = {
  binary_crossentropy: 'binaryCrossentropy',
  sparse_categorical_crossentropy: 'sparseCategoricalCrossentropy',
  mean_squared_error: 'meanSquaredError',
};
/** Batch size of `predict`: larger than the default, which is faster. */
const PREDICT_BATCH = 1000;

/** @param {string} name */
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
/** @param {any} value */
const initializerOrActivation = (value) => (typeof value === 'string' ? camel(value) : value);

/** Returns why it cannot train a network; empty where it can. @param {import('../workloads.js').Workload} workload */
export function cannot(workload) {
  const missing = workload.model.config.layers
    .slice(1)
    .find(({ class_name }) => !(class_name in MAKERS));
  return missing ? `TensorFlow.js exports no ${missing.class_name}.` : '';
}

/** @param {'wasm' | 'cpu'} backend */
export function by(backend) {
  /**
   * @param {import('../workloads.js').Workload} workload
   * @param {import('../data.js').Rows} rows
   * @returns {Promise<import('../timed.js').Prepared>}
   */
  return async (workload, rows) => {
    await tf.setBackend(backend);
    const { shape, n_inputs } = sizes(workload);
    const [, ...layers] = workload.model.config.layers;
    const model = sequential();
    layers.forEach(({ class_name, config }, i) => {
      const options = Object.entries(config).map(([k, v]) => [
        camel(k),
        initializerOrActivation(v),
      ]);
      const inputShape = i === 0 ? shape : undefined;
      model.add(MAKERS[class_name]({ ...Object.fromEntries(options), inputShape }));
    });
    const { optimizer, loss } = workload.compile;
    const adam = tf.train.adam(optimizer.config.learning_rate);
    model.compile({ optimizer: adam, loss: LOSSES[loss] });
    const n = rows.y.length;
    const tensor = (/** @type {Float32Array} */ x) => tf.tensor(x, [x.length / n_inputs, ...shape]);
    const x = tensor(rows.x);
    const y = tf.tensor2d(rows.y, [n, 1]);
    let last = NaN;
    return {
      async train(epochs) {
        await tf.setBackend(backend);
        const start = performance.now();
        // Without `yieldEvery: 'never'` it would wait for animation frames.
        const options = { epochs, batchSize: workload.fit.batch_size, shuffle: true };
        const { history } = await model.fit(x, y, { ...options, verbose: 0, yieldEvery: 'never' });
        last = Number(history.loss.at(-1));
        return performance.now() - start;
      },
      loss: () => last,
      async predict(rows) {
        await tf.setBackend(backend);
        const start = performance.now();
        const x = tensor(rows);
        const answer = /** @type {tf.Tensor} */ (model.predict(x, { batchSize: PREDICT_BATCH }));
        await answer.data();
        tf.dispose([x, answer]);
        return performance.now() - start;
      },
      free() {
        tf.dispose([x, y]);
        model.dispose();
        adam.dispose();
      },
    };
  };
}

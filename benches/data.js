// The examples of a workload, identical for all contestants: the digits of the page, or seeded random numbers.
import { sizes } from './workloads.js';

/** Side of an image of the page, and of the MNIST image that it is cropped from. */
const [CUT, WHOLE] = [20, 28];

/**
 * Returns the examples of a workload.
 * @typedef {{ x: Float32Array, y: Float32Array }} Rows `x`: [rows, inputs], `y`: [rows]
 * @param {import('./workloads.js').Workload} workload
 * @param {Uint8Array} [packed] the inflated file of digits, for workloads that use it
 * @returns {Rows}
 */
export function rowsOf(workload, packed) {
  const { rows, data, dense } = workload;
  const { n_inputs, n_outputs, shape } = sizes(workload);
  const random = mulberry32(rows + n_inputs);
  const x = new Float32Array(rows * n_inputs);
  const y = new Float32Array(rows);
  if (data === 'random') {
    const signed = n_outputs === 1;
    for (let i = 0; i < x.length; i++) x[i] = signed ? 2 * random() - 1 : positive(random);
    for (let row = 0; row < rows; row++) {
      const first = row * n_inputs;
      if (!signed) y[row] = Math.floor(random() * n_outputs);
      else if (shape.length > 1) y[row] = Number(x[first] + x[first + n_inputs - 1] > 0);
      else y[row] = Math.sign(x[first] * x[first + 1]) || 1;
    }
    return { x, y };
  }
  if (!packed) throw new Error(`The workload ${workload.id} needs the file of digits.`);
  const images = digits(packed);
  const side = Math.sqrt(n_inputs);
  const border = side === WHOLE ? (WHOLE - CUT) / 2 : 0;
  for (let row = 0; row < rows; row++) {
    y[row] = images.label(row);
    const image = images.pixels(row);
    const at = row * n_inputs;
    if (dense) for (let i = 0; i < n_inputs; i++) x[at + i] = positive(random);
    else {
      image.forEach((ink, i) => {
        const [down, across] = [Math.floor(i / CUT) + border, (i % CUT) + border];
        x[at + down * side + across] = ink / 255;
      });
    }
  }
  return { x, y };
}

/** Returns a number above 0 and below 1. @param {() => number} random */
function positive(random) {
  return 2 ** -12 + random() * (1 - 2 ** -11);
}

/** Reads the training examples of a file that scripts/data.js made. @param {Uint8Array} bytes */
function digits(bytes) {
  const head = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const [train, test] = [head.getUint32(8, true), head.getUint32(12, true)];
  const [height, width] = [head.getUint8(6), head.getUint8(7)];
  if (head.getUint32(0) !== 0x47425844 || height !== CUT || width !== CUT) {
    throw new Error('This is not the file of digits that the page ships: run `npm run build`.');
  }
  const first = 16 + train + test;
  return {
    label: (/** @type {number} */ row) => bytes[16 + row],
    pixels: (/** @type {number} */ row) =>
      bytes.subarray(first + row * CUT * CUT, first + (row + 1) * CUT * CUT),
  };
}

/** Returns `rows` examples, repeating the given ones. @param {Float32Array} x @param {number} n_inputs @param {number} rows */
export function repeated(x, n_inputs, rows) {
  const all = new Float32Array(rows * n_inputs);
  for (let at = 0; at < all.length; at += x.length) {
    all.set(x.subarray(0, Math.min(x.length, all.length - at)), at);
  }
  return all;
}

/** Returns a hash of the examples (FNV-1a). @param {Rows} rows */
export function hashOf({ x, y }) {
  let hash = 0x811c9dc5;
  for (const part of [x, y]) {
    for (const word of new Uint32Array(part.buffer, part.byteOffset, part.length)) {
      hash = Math.imul(hash ^ word, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16);
}

/** Tommy Ettinger's mulberry32. @param {number} state */
export function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Shuffles numbers in place. @param {Uint32Array | Int32Array | number[]} order @param {() => number} random */
export function mix(order, random) {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}

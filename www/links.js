// Links of the picture: which weights lead into a unit, how strong they are, and what they carry.

/** @typedef {import('./types.js').RunInfo} RunInfo */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./layout.js').Column} Column */

/**
 * @typedef {object} Link
 * @property {number} from unit, or pixel, of the column before
 * @property {number} weight
 * @property {number} value what comes from there
 */

/**
 * The one column whose numbers a column takes; none for the input, and where several are joined.
 * @param {import('./layout.js').Layout} layout
 * @param {Column} column
 */
export function sourceOf({ columns }, { from }) {
  return from.length === 1 ? columns[from[0]] : undefined;
}

/**
 * Where a column's weights lie: `kernel[i * units + unit]`. Null where it has none, or where they do
 * not come from the column before.
 * @param {RunInfo} info
 * @param {Column} column
 * @param {Column | undefined} before
 */
export function kernelOf(info, column, before) {
  if (!before || column.layer < 0 || column.layer === before.layer) return null;
  const params = info.layers[column.layer].params;
  const kernel = params.find((p) => p.name === 'kernel' && p.shape.length === 2);
  const bias = params.find((p) => p.name === 'bias');
  const { length } = info.layers[column.layer];
  if (!kernel || kernel.shape[0] !== before.n || kernel.shape[1] !== length) return null;
  return { at: kernel.at, inputs: before.n, units: kernel.shape[1], biasAt: bias ? bias.at : -1 };
}

/**
 * What a column gives to the next one for the example shown.
 * @param {RunInfo} info
 * @param {Frame} frame
 * @param {Column} column
 * @param {Float32Array} input
 * @returns {Float32Array}
 */
export function valuesOf(info, frame, column, input) {
  if (column.layer < 0) return input;
  const { at, length } = info.layers[column.shown];
  return frame.activations.subarray(at, at + length);
}

/**
 * All links into one unit, those that carry most first.
 * @param {NonNullable<ReturnType<typeof kernelOf>>} kernel
 * @param {Float32Array} weights
 * @param {Float32Array} values
 * @param {number} unit
 * @returns {Link[]}
 */
export function linksInto({ at, inputs, units }, weights, values, unit) {
  const links = Array.from({ length: inputs }, (_, from) => {
    return { from, weight: weights[at + from * units + unit], value: values[from] };
  });
  return links.sort((a, b) => Math.abs(b.weight * b.value) - Math.abs(a.weight * a.value));
}

/**
 * The answer as probabilities: what a sigmoid or softmax makes of logits.
 * @param {ArrayLike<number>} outputs
 * @param {boolean} logits
 * @returns {number[]}
 */
export function probabilities(outputs, logits) {
  const list = Array.from(outputs);
  if (!logits) return list;
  if (list.length === 1) return [1 / (1 + Math.exp(-list[0]))];
  const top = Math.max(...list);
  const powers = list.map((v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

/**
 * The class that an answer means, and how sure the model is of it.
 * @param {ArrayLike<number>} p probabilities of one example
 */
export function verdict(p) {
  if (p.length === 1) return p[0] > 0.5 ? { label: 1, sure: p[0] } : { label: 0, sure: 1 - p[0] };
  let label = 0;
  for (let i = 1; i < p.length; i++) if (p[i] > p[label]) label = i;
  return { label, sure: p[label] };
}

/** A share as a person reads it; 100 % only where it is. @param {number} share */
export function percent(share) {
  if (!Number.isFinite(share)) return '–';
  // A linear output is no share: it is shown as it is.
  if (share < 0 || share > 1) return String(Number(share.toPrecision(3)));
  const text = (100 * share).toFixed(share > 0.0995 && share < 0.985 ? 0 : 1);
  if (text === '100.0' && share < 1) return '99.9 %';
  return `${text.replace('.0', '')} %`;
}

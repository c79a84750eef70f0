// Links of the picture: which weights lead into a unit, how strong they are, and what they carry.
import { reach } from './colour.js';
import { cellOf } from './geometry.js';

/** @typedef {import('./types.js').RunInfo} RunInfo */
/** @typedef {import('./types.js').Frame} Frame */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Column} Column */
/** @typedef {import('./layout.js').Box} Box */

/** Between two columns all links are drawn up to this number; beyond, only those of the unit looked at. */
const MOST_LINKS = 700;
/** Strengths of links that are told apart on each side of zero. */
export const STEPS = 7;
/** Links of the unit looked at. */
const STRONGEST = 12;

/**
 * @typedef {object} Link
 * @property {number} from unit, or pixel, of the column before
 * @property {number} weight
 * @property {number} value what comes from there
 */

/**
 * The one column whose numbers a column takes; none for the input, and where several are joined.
 * @param {Layout} layout
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
 * All links between two columns that can be seen, where they are few enough to be drawn.
 * @param {RunInfo} info
 * @param {Float32Array} all the weights; empty where a later frame took them: then every link counts
 * @param {Column} column
 * @param {Column} before
 * @param {(from: Box, to: Box, step: number) => void} visit with its strength, from -STEPS to STEPS
 */
export function eachLink(info, all, column, before, visit) {
  const kernel = kernelOf(info, column, before);
  const units = before.kind === 'discs' || before.kind === 'tiles';
  if (!kernel || !units || kernel.inputs * kernel.units > MOST_LINKS) return;
  // A buffer that was taken cannot even be gone through.
  const known = all.length > 0;
  const weights = known ? all.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units) : all;
  const top = known ? reach(weights) : 1;
  for (const to of column.kind === 'plane' ? column.boxes.slice(0, 1) : column.boxes) {
    for (const from of before.boxes) {
      const share = weights[from.unit * kernel.units + to.unit] / top;
      const step = known ? Math.round(share * STEPS) : 1;
      if (step !== 0) visit(from, to, step);
    }
  }
}

/**
 * A link of the unit looked at: where its number lies, and the box of that.
 * @typedef {{ from: number, weight: number, area: import('./geometry.js').Area, source: Box, to: Box }} Strong
 */

/**
 * The links that carry most into a unit, and the one that is meant.
 * @param {RunInfo} info
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Box} to
 * @param {number} meant the input whose link is among them in any case; -1: none
 * @param {Float32Array} input
 * @returns {Strong[]}
 */
export function strongest(info, frame, layout, to, meant, input) {
  const column = layout.columns[to.column];
  const before = sourceOf(layout, column);
  const kernel = kernelOf(info, column, before);
  if (!before || !kernel) return [];
  const values = valuesOf(info, frame, before, input);
  return linksInto(kernel, frame.weights, values, to.unit)
    .filter(({ from }, i) => i < STRONGEST || from === meant)
    .flatMap(({ from, weight }) => {
      const place = placeOf(info, before, from);
      return place ? [{ from, weight, to, ...place }] : [];
    });
}

/**
 * The place of one number of a column.
 * @param {RunInfo} info
 * @param {Column} column
 * @param {number} from
 */
function placeOf({ data: { image } }, { kind, boxes, shape }, from) {
  // The input's pixels may come as one row of numbers.
  const { height, width } = (kind === 'image' && image) || { height: shape[0], width: shape[1] };
  const channels = kind === 'image' ? 1 : (shape[2] ?? 1);
  const units = kind === 'discs' || kind === 'tiles';
  const source = boxes[units ? from : from % channels];
  if (!source) return null;
  const at = Math.floor(from / channels);
  return { source, area: units ? source : cellOf(source, height, width, at) };
}

/**
 * The size of a column's weight images; null where its units are not drawn as such.
 * @param {RunInfo} info
 * @param {Layout} layout
 * @param {Column} column
 */
export function imageOf(info, layout, column) {
  const { image } = info.data;
  return column.kind === 'tiles' && kernelOf(info, column, sourceOf(layout, column)) ? image : null;
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

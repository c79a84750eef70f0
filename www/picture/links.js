// Links of the picture: the weights into a unit, their strength and their contributions.
import { scaleEnd } from './colour.js';
import { signed } from '../app/figures.js';
import { cellOf } from './geometry.js';

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Column} Column */
/** @typedef {import('./layout.js').Box} Box */

/** Maximum number of links between two columns that are all drawn. Beyond it, only those of the highlighted unit are. */
const MOST_LINKS = 700;
/** Number of links of all layers from which on only the stronger ones are drawn. */
const MANY_LINKS = 2500;
/** Number of link strengths on each side of zero. */
export const STEPS = 7;
/** Number of links that are drawn for the highlighted unit. */
const STRONGEST = 12;

/**
 * @typedef {object} Link
 * @property {number} from index of the unit or pixel in the previous column
 * @property {number} weight
 * @property {number} value input of the weight
 */

/**
 * Returns the column whose outputs a column takes; undefined for the input and for a merge of several columns.
 * @param {Layout} layout
 * @param {Column} column
 */
export function sourceOf({ columns }, { from }) {
  return from.length === 1 ? columns[from[0]] : undefined;
}

/**
 * Returns the place of a column's dense kernel, `kernel[i * units + unit]`. Null where the column has none, or where
 * its inputs are not the outputs of the previous column.
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
 * Returns the outputs of a column for the shown example.
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
 * Returns all links into one unit, the largest contributions first.
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
 * Visits all visible links between two columns, where they are few enough to be drawn.
 * @param {RunInfo} info
 * @param {Float32Array} all weights; empty where a later frame has taken their buffer: then every link is visited
 * @param {Column} column
 * @param {Column} before
 * @param {(from: Box, to: Box, step: number) => void} visit `step`: strength, from -STEPS to STEPS
 */
export function eachLink(info, all, column, before, visit) {
  const kernel = kernelOf(info, column, before);
  const units = before.kind === 'discs' || before.kind === 'tiles';
  if (!kernel || !units || kernel.inputs * kernel.units > MOST_LINKS) return;
  // A transferred buffer has length 0.
  const known = all.length > 0;
  const weights = known ? all.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units) : all;
  const top = known ? scaleEnd(weights) : 1;
  const least = known ? leastStrength(info) : 1;
  for (const to of column.kind === 'plane' ? column.boxes.slice(0, 1) : column.boxes) {
    for (const from of before.boxes) {
      const share = weights[from.unit * kernel.units + to.unit] / top;
      const step = known ? Math.round(share * STEPS) : 1;
      if (Math.abs(step) >= least) visit(from, to, step);
    }
  }
}

/** @type {WeakMap<RunInfo, number>} */
const strengths = new WeakMap();

/** The least strength of a drawn link, by the number of links of all layers. @param {RunInfo} info */
function leastStrength(info) {
  const kept = strengths.get(info);
  if (kept) return kept;
  const sizes = info.layers.flatMap(({ params }) =>
    params
      .filter(({ name, shape }) => name === 'kernel' && shape.length === 2)
      .map((p) => p.length),
  );
  const n = sizes.filter((size) => size <= MOST_LINKS).reduce((a, b) => a + b, 0);
  const least = Math.min(4, 1 + Math.floor(n / MANY_LINKS));
  strengths.set(info, least);
  return least;
}

/**
 * A link of the highlighted unit: the area of its input, and the box that contains it.
 * @typedef {{ from: number, weight: number, area: import('./geometry.js').Area, source: Box, to: Box }} StrongLink
 */

/**
 * Returns the links with the largest contributions to a unit, and the given one.
 * @param {RunInfo} info
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Box} to
 * @param {number} meant index of an input whose link is always included; -1: none
 * @param {Float32Array} input
 * @returns {StrongLink[]}
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
 * Returns the area of one output of a column.
 * @param {RunInfo} info
 * @param {Column} column
 * @param {number} from
 */
function placeOf({ data: { image } }, { kind, boxes, shape }, from) {
  // The model may take the pixels of the input as a vector.
  const { height, width } = (kind === 'image' && image) || { height: shape[0], width: shape[1] };
  const channels = kind === 'image' ? 1 : (shape[2] ?? 1);
  const units = kind === 'discs' || kind === 'tiles';
  const source = boxes[units ? from : from % channels];
  if (!source) return null;
  const at = Math.floor(from / channels);
  return { source, area: units ? source : cellOf(source, height, width, at) };
}

/**
 * Returns the size of a column's weight images; null where its units are drawn otherwise.
 * @param {RunInfo} info
 * @param {Layout} layout
 * @param {Column} column
 */
export function imageOf(info, layout, column) {
  const { image } = info.data;
  return column.kind === 'tiles' && kernelOf(info, column, sourceOf(layout, column)) ? image : null;
}

/**
 * Returns the predicted class and its probability.
 * @param {ArrayLike<number>} p probabilities of one example
 */
export function predictedClass(p) {
  if (p.length === 1) return p[0] > 0.5 ? { label: 1, sure: p[0] } : { label: 0, sure: 1 - p[0] };
  let label = 0;
  for (let i = 1; i < p.length; i++) if (p[i] > p[label]) label = i;
  return { label, sure: p[label] };
}

/** Formats a share in percent; 100 % only where it is exactly 1, 0 % only where it is exactly 0. @param {number} share */
export function percent(share) {
  if (!Number.isFinite(share)) return '–';
  // A linear output can lie outside 0 to 1. It is shown as a number.
  if (share < 0 || share > 1) return signed(String(Number(share.toPrecision(3))));
  const text = (100 * share).toFixed(share > 0.0995 && share < 0.985 ? 0 : 1);
  if (text === '100.0' && share < 1) return '> 99.9 %';
  if (text === '0.0' && share > 0) return '< 0.1 %';
  return `${text.replace('.0', '')} %`;
}

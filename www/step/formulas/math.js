// Pieces of MathML, and the types of an explanation.
import { html, mathml } from 'lit-html';
import { figure } from './figure.js';

/** @typedef {import('../stages.js').StepLayer} StepLayer */

/**
 * @typedef {object} Scene
 * @property {import('../../types.js').Opened} opened
 * @property {import('../../types.js').Catalog} catalog
 * @property {StepLayer[]} layers
 * @property {import('../../types.js').Trace} trace
 * @property {number} row index in the batch; -1: the whole batch
 */

/**
 * The explanation of a part of the step: its formula, the formula with numbers, and its result.
 * @typedef {object} Explanation
 * @property {string} title
 * @property {unknown} formula
 * @property {unknown} numbers
 * @property {number | null} value the result, where it is one number
 * @property {unknown} [note]
 * @property {{ summary: string, content: unknown }} [more] what is folded away
 */

export const math = (/** @type {unknown} */ inner) => html`<math>${inner}</math>`;
/** @param {string} symbol */
export const op = (symbol) => mathml`<mo>${symbol}</mo>`;
/** Separates two formulas on a line. */
export const and = mathml`<mo separator="true">,</mo><mspace width="0.8em"></mspace>`;

/** A letter or a number of an index. @param {string} part */
const token = (part) => (/^\d/.test(part) ? mathml`<mn>${part}</mn>` : mathml`<mi>${part}</mi>`);

/** A letter with an index, or with two that are separated by a comma. @param {string} letter @param {string} below */
export const sub = (letter, below) =>
  mathml`<msub><mi>${letter}</mi><mrow>${below.split(',').map((part, i) => (i ? mathml`<mo separator="true">,</mo>${token(part)}` : token(part)))}</mrow></msub>`;

/** ∂J/∂ of a letter with its index. @param {string} letter @param {string} below */
export const slope = (letter, below) =>
  mathml`<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow><mrow><mo>∂</mo>${sub(letter, below)}</mrow></mfrac>`;

/** The sum over an index, or over a word. @param {string} over */
export const sum = (over) =>
  mathml`<munder><mo>∑</mo>${over.length > 1 ? mathml`<mtext>${over}</mtext>` : token(over)}</munder>`;

/** A result. @param {number} value */
export const result = (value) => mathml`<mn>${figure(value)}</mn>`;

/** A number, in brackets where it is negative. @param {number} value */
export const number = (value) =>
  value < 0 ? mathml`<mrow><mo>(</mo>${result(value)}<mo>)</mo></mrow>` : result(value);

/** @param {number[]} factors */
export const product = (factors) =>
  factors.map((factor, i) => (i ? mathml`<mo>×</mo>${number(factor)}` : number(factor)));

/** Number of products of a sum that are written out. */
const SHOWN = 2;

/**
 * A sum of products with numbers: the first `SHOWN` that are not 0.
 * @param {number[][]} products factors of each
 */
export function products(products) {
  const all = products.filter((factors) => factors.every((factor) => factor !== 0));
  const shown = all.slice(0, SHOWN);
  const rest = all.length > shown.length ? mathml`<mo>+</mo><mo>…</mo>` : '';
  if (!shown.length) return mathml`<mn>0</mn>`;
  return mathml`${shown.map((factors, i) => mathml`${i ? op('+') : ''}${product(factors)}`)}${rest}`;
}

/** Symbols of activations. @type {Record<string, string>} */
const LETTERS = { sigmoid: 'σ' };
/** @param {StepLayer} layer */
export const letterOf = ({ activation }) => (activation ? (LETTERS[activation] ?? activation) : '');

/** An expression with the activation applied, if there is one. @param {StepLayer} layer @param {unknown} inner */
export const applied = (layer, inner) =>
  letterOf(layer) ? mathml`<mi>${letterOf(layer)}</mi><mo>(</mo>${inner}<mo>)</mo>` : inner;

/**
 * An output as a function of its z, or of the z of all units for an activation such as softmax.
 * @param {StepLayer} layer
 * @param {boolean} isElementwise whether the activation has a slope for each number
 * @param {string} j index of the unit
 * @param {unknown} z
 */
export const activated = (layer, isElementwise, j, z) =>
  isElementwise || !letterOf(layer)
    ? applied(layer, z)
    : mathml`<msub><mi>${letterOf(layer)}</mi><mn>${j}</mn></msub><mo>(</mo>${sub('z', '1')}<mo>,</mo><mo>…</mo><mo>,</mo>${sub('z', String(layer.channels))}<mo>)</mo>`;

/** The noun for a channel of a layer. @param {StepLayer} layer */
export const nounOf = ({ stage }) =>
  stage?.parts.some(({ name }) => name === 'window') ? 'channel' : 'unit';

/**
 * The name of a number of a layer.
 * @param {StepLayer} layer
 * @param {number} channel
 * @param {number} position -1: all
 */
export function nameOfUnit(layer, channel, position) {
  const { name, shape } = layer;
  const [height, width] = shape;
  const own = `${name}, ${nounOf(layer)} ${channel + 1}`;
  if (position < 0 || shape.length < 2) return own;
  if (shape.length === 2) return `${own} at step ${position + 1} of ${height}`;
  return `${own} at row ${Math.floor(position / width) + 1}, column ${(position % width) + 1}`;
}

/** The short name of a number of a layer. @param {StepLayer} layer @param {number} unit */
export function shortNameOf({ name, shape, channels }, unit) {
  const [position, width] = [Math.floor(unit / channels), shape[1]];
  const own = `${name} ${(unit % channels) + 1}`;
  if (shape.length < 2) return own;
  if (shape.length === 2) return `${own} (${position + 1})`;
  return `${own} (${Math.floor(position / width) + 1}, ${(position % width) + 1})`;
}

/**
 * The name of a term's input: a pixel of the model's image, a place in a window, or an input.
 * @param {StepLayer} layer
 * @param {number} term
 * @param {{ height: number, width: number } | null} image
 */
export function nameOfTerm({ terms, stage, inputs, source }, term, image) {
  if (term === terms) return 'bias';
  const at = (/** @type {number} */ place, /** @type {number} */ width) =>
    `(${Math.floor(place / width) + 1}, ${(place % width) + 1})`;
  let rest = term;
  for (const { name, shape } of stage?.parts ?? []) {
    const count = shape.reduce((a, b) => a * b, 1);
    if (rest >= count) {
      rest -= count;
      continue;
    }
    if (name !== 'window') {
      if (source < 0 && image && count === inputs) return `pixel ${at(rest, image.width)}`;
      // An input of the layer is a unit of the layer below, as in the picture.
      if (name === 'input') return `${source < 0 ? name : 'unit'} ${rest + 1}`;
      return `${name}${count > 1 ? ` ${rest + 1}` : ''}`;
    }
    const [depth, width] = [shape[shape.length - 1], shape[shape.length - 2]];
    const place = Math.floor(rest / depth);
    const own = shape.length === 2 ? `step ${place + 1}` : at(place, width);
    return `${own} of the window${depth > 1 ? `, channel ${(rest % depth) + 1}` : ''}`;
  }
  return '';
}

/** The viewed rows. @param {Scene} scene */
export const rowsOf = ({ row, trace }) => (row < 0 ? [...trace.rows.keys()] : [row]);

/** The mean over the viewed rows. @param {Scene} scene @param {(row: number) => number} of */
export function mean(scene, of) {
  const rows = rowsOf(scene);
  return rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
}

/** The range of some numbers as text. @param {Iterable<number>} values */
export function range(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const v of values) [least, most] = [Math.min(least, v), Math.max(most, v)];
  return least > most ? 'none' : `${figure(least)} to ${figure(most)}`;
}

/** The end of a title for the whole batch. @param {Scene} scene */
export const batchSuffix = ({ row }) => (row < 0 ? ', mean of the batch' : '');

// Loss: that of each row, and the cost, which is their mean.
import { html, mathml } from 'lit-html';
import { entryNamed, optionOf } from '../../choices.js';
import { digits } from '../../figures.js';
import { probabilities } from '../../links.js';
import * as m from './math.js';

/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Told} Told */

/** Numbers of a row that are listed. */
const LISTED = 10;

/** @param {Scene} scene @returns {import('../../types.js').Choice} */
export const chosen = ({ opened }) => opened.experiment.compile.loss;

/**
 * Targets and outputs of a row; a class stands as a 1 among zeros.
 * @param {Scene} scene
 * @param {number} row
 * @returns {[number[], number[]]}
 */
export function outputsOf({ trace, opened }, row) {
  const n = opened.info.n_outputs;
  const last = trace.layers[trace.layers.length - 1];
  const part = (/** @type {Float32Array} */ all) => {
    const width = all.length / trace.rows.length;
    return Array.from(all.subarray(row * width, (row + 1) * width));
  };
  const [t, p] = [part(trace.t), part(last.a)];
  const classes = t.length < p.length && n > 1;
  return [classes ? p.map((_, i) => (i % n === t[Math.floor(i / n)] ? 1 : 0)) : t, p];
}

/**
 * Whether the loss takes the sigmoid or softmax of what the model gives itself.
 * @param {Scene} scene
 */
export const takesLogits = (scene) =>
  optionOf(scene.catalog.losses, chosen(scene), 'from_logits') === true;

/** What a loss makes of logits. @param {string} name Keras' class @param {number[]} z */
export function shares(name, z) {
  return name.startsWith('Binary')
    ? z.flatMap((v) => probabilities([v], true))
    : probabilities(z, true);
}

/**
 * dL/dp of an output, for losses that are means over a row's outputs.
 * @param {Scene} scene
 * @param {number} row
 * @param {number} unit
 */
export function slopeOfLoss(scene, row, unit) {
  const [t, p] = outputsOf(scene, row);
  const count = p.length * scene.trace.rows.length;
  const [y, a] = [t[unit], p[unit]];
  const difference = mathml`<mo>(</mo>${m.number(a)}<mo>−</mo>${m.number(y)}<mo>)</mo>`;
  const over = (/** @type {unknown} */ top, /** @type {unknown} */ below) =>
    mathml`<mfrac><mrow>${top}</mrow><mrow>${below}</mrow></mfrac>`;
  switch (chosen(scene).class_name) {
    case 'MeanSquaredError':
      return {
        value: (2 * (a - y)) / count,
        formula: over(
          mathml`<mn>2</mn><mo>(</mo><mi>p</mi><mo>−</mo><mi>y</mi><mo>)</mo>`,
          mathml`<mi>n</mi><mi>m</mi>`,
        ),
        numbers: over(mathml`<mn>2</mn>${difference}`, mathml`<mn>${count}</mn>`),
      };
    case 'MeanAbsoluteError':
      return {
        value: Math.sign(a - y) / count,
        formula: over(
          mathml`<mi>sign</mi><mo>(</mo><mi>p</mi><mo>−</mo><mi>y</mi><mo>)</mo>`,
          mathml`<mi>n</mi><mi>m</mi>`,
        ),
        numbers: over(mathml`<mi>sign</mi>${difference}`, mathml`<mn>${count}</mn>`),
      };
    case 'BinaryCrossentropy':
      return {
        value: (a - y) / (a * (1 - a)) / count,
        formula: over(
          mathml`<mi>p</mi><mo>−</mo><mi>y</mi>`,
          mathml`<mi>p</mi><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo><mi>n</mi><mi>m</mi>`,
        ),
        numbers: over(
          difference,
          mathml`${m.number(a)}<mo>×</mo>${m.number(Math.fround(1 - a))}<mo>×</mo><mn>${count}</mn>`,
        ),
      };
    default:
      return null;
  }
}

/**
 * The loss of a row as it stands in a book, with its numbers; null for losses that are told by the catalog's formula.
 * @param {string} name
 * @param {number[]} t
 * @param {number[]} p
 */
function written(name, t, p) {
  const mean = p.length > 1 ? mathml`<mfrac><mn>1</mn><mi>n</mi></mfrac>${m.sum('i')}` : '';
  const letter = (/** @type {string} */ of) =>
    p.length > 1 ? m.sub(of, 'i') : mathml`<mi>${of}</mi>`;
  const gap = mathml`${letter('p')}<mo>−</mo>${letter('y')}`;
  const gaps = p.map((a, i) => mathml`${m.number(a)}<mo>−</mo>${m.number(t[i])}`);
  /** @param {(gap: unknown) => unknown} of */
  const first = (of) => {
    const some = gaps.slice(0, 2).map((gap, i) => mathml`${i ? m.op('+') : ''}${of(gap)}`);
    const all = mathml`${some}${gaps.length > 2 ? mathml`<mo>+</mo><mo>…</mo>` : ''}`;
    const share = mathml`<mfrac><mn>1</mn><mn>${p.length}</mn></mfrac>`;
    return p.length > 1 ? mathml`${share}<mo>(</mo>${all}<mo>)</mo>` : all;
  };
  const square = (/** @type {unknown} */ of) =>
    mathml`<msup><mrow><mo>(</mo>${of}<mo>)</mo></mrow><mn>2</mn></msup>`;
  const size = (/** @type {unknown} */ of) => mathml`<mo>|</mo>${of}<mo>|</mo>`;
  const right = t.indexOf(1);
  const over = (/** @type {(gap: number) => number} */ of) =>
    p.reduce((sum, a, i) => sum + of(a - t[i]), 0) / p.length;
  if (name === 'MeanSquaredError') {
    const value = over((gap) => gap * gap);
    return { value, formula: mathml`${mean}${square(gap)}`, numbers: first(square) };
  }
  if (name === 'MeanAbsoluteError') {
    return { value: over(Math.abs), formula: mathml`${mean}${size(gap)}`, numbers: first(size) };
  }
  if (name === 'BinaryCrossentropy' && p.length === 1) {
    const [y, a] = [t[0], p[0]];
    const part = (/** @type {number} */ y, /** @type {number} */ p) => (y ? -y * Math.log(p) : 0);
    const ln = (/** @type {number} */ of) => mathml`<mi>ln</mi>${m.number(Math.fround(of))}`;
    return {
      value: part(y, a) + part(1 - y, 1 - a),
      formula: mathml`<mo>−</mo><mi>y</mi><mi>ln</mi><mi>p</mi><mo>−</mo><mo>(</mo><mn>1</mn><mo>−</mo><mi>y</mi><mo>)</mo><mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo>`,
      numbers: mathml`<mo>−</mo>${m.number(y)}${ln(a)}<mo>−</mo>${m.number(1 - y)}${ln(1 - a)}`,
    };
  }
  if (
    /^(Sparse)?CategoricalCrossentropy$/.test(name) &&
    right >= 0 &&
    t.every((v) => v === 0 || v === 1)
  ) {
    return {
      value: -Math.log(p[right]),
      formula: mathml`<mo>−</mo>${m.sum('i')}${m.sub('y', 'i')}<mi>ln</mi>${m.sub('p', 'i')}<mo>=</mo><mo>−</mo><mi>ln</mi>${m.sub('p', String(right + 1))}`,
      numbers: mathml`<mo>−</mo><mi>ln</mi>${m.number(p[right])}`,
    };
  }
  return null;
}

/** @param {import('../program.js').Place} place @param {Scene} scene @returns {Told} */
export function loss({ channel }, scene) {
  const { trace, catalog } = scene;
  const choice = chosen(scene);
  const { class_name } = choice;
  if (channel < 0) return cost(scene, class_name);
  const row = scene.row < 0 ? channel : scene.row;
  const [t, p] = outputsOf(scene, row);
  const logits = takesLogits(scene);
  const seen = logits ? shares(class_name, p) : p;
  const own = trace.terms[row];
  const plain = written(class_name, t, seen);
  // Near 0 and 1 the digits of p do not tell all that z does.
  const holds = plain && Math.abs(plain.value - own) <= 1e-3 * Math.abs(own) + 1e-5;
  const told = holds ? plain : null;
  const formula = entryNamed(catalog.losses, class_name)?.formula;
  const list = (/** @type {number[]} */ all) =>
    `${all.slice(0, LISTED).map(digits).join(', ')}${all.length > LISTED ? ', …' : ''}`;
  const notes = [
    logits ? 'The model gives logits z: the loss takes their sigmoid or softmax p itself.' : '',
    plain && !holds && own !== undefined && Number.isFinite(plain.value)
      ? 'More than the plain formula acts here: label smoothing, or weights of rows and classes.'
      : '',
    trace.at_logits
      ? 'Computed from z, as Keras does where a sigmoid or softmax comes last: so that the logarithm of a p near 0 keeps its digits.'
      : '',
    own === undefined ? 'This loss compares the rows of a batch: no row has one of its own.' : '',
  ];
  return {
    title: `The loss of row ${row + 1} of the batch: ${class_name}`,
    formula: told
      ? m.math(mathml`<mi>ℓ</mi><mo>=</mo>${told.formula}`)
      : html`<p>${formula ?? `ℓ = ${class_name}(y, p)`}</p>`,
    numbers: html`<p>y = ${list(t)}; ${logits ? `z = ${list(p)}; ` : ''}p = ${list(seen)}</p>
      ${told && own !== undefined ? m.math(mathml`<mi>ℓ</mi><mo>=</mo>${told.numbers}<mo>=</mo>${m.result(own)}`) : ''}`,
    value: own ?? null,
    note: notes.filter(Boolean).join(' ') || undefined,
  };
}

/** @param {Scene} scene @param {string} name @returns {Told} */
function cost({ trace }, name) {
  const { terms, rows, loss } = trace;
  const some = Array.from(terms.subarray(0, 3));
  const list = some.map((v, i) => mathml`${i ? m.op('+') : ''}${m.number(v)}`);
  const more = terms.length > some.length ? mathml`<mo>+</mo><mo>…</mo>` : '';
  const mean = terms.reduce((sum, v) => sum + v, 0) / rows.length;
  const rest = loss - mean;
  const added = terms.length > 0 && Math.abs(rest) > 1e-5 * Math.abs(loss) + 1e-7;
  return {
    title: `The cost: the mean of all losses${added ? ', and what is added' : ''}`,
    formula: m.math(
      mathml`<mi>L</mi><mo>=</mo><mfrac><mn>1</mn><mi>m</mi></mfrac>${m.sum('i')}<msub><mi>ℓ</mi><mi>i</mi></msub>${added ? mathml`<mo>+</mo><mi>R</mi>` : ''}`,
    ),
    numbers: m.math(
      mathml`<mi>L</mi><mo>=</mo>${some.length ? mathml`<mfrac><mrow>${list}${more}</mrow><mn>${rows.length}</mn></mfrac>${added ? mathml`<mo>+</mo>${m.number(Math.fround(rest))}` : ''}<mo>=</mo>` : ''}${m.number(loss)}`,
    ),
    value: loss,
    note: `${name} of ${rows.length} rows${added ? '; R: what regularizers, or weights of rows and classes, add' : ''}.`,
  };
}

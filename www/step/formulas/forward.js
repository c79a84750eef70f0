// Forward: products, sums and activations.
import { html, mathml } from 'lit-html';
import { figure } from './figure.js';
import { factorOf, inputAt, sumOf, tracedOf } from '../numbers.js';
import { placeOf, termsOf } from '../stages.js';
import { linesOf, evaluate } from './expression.js';
import * as m from './math.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../stages.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function forward(place, scene, layer) {
  return place.from < 0 ? unit(place, scene, layer) : term(place, scene, layer);
}

/**
 * Returns the first terms of a unit's sum in one row, each with its two factors.
 * @param {Scene} scene
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} unit
 * @param {number} [count]
 */
function terms({ trace }, layer, row, unit, count = termsOf(layer)) {
  return Array.from({ length: count }, (_, t) => {
    const [w, x] = [factorOf(trace, layer, row, unit, t), inputAt(trace, layer, row, unit, t)];
    return { w, x, product: Math.fround(w * x) };
  });
}

/** The formula of a unit's sum. @param {StepLayer} layer @param {string} j */
function rule(layer, j) {
  const bias = layer.biasAt < 0 ? '' : mathml`<mo>+</mo>${m.sub('b', j)}`;
  switch (layer.stage?.factor) {
    case 'weight':
      return mathml`${m.sum('i')}${m.sub('w', `i,${j}`)}${m.sub('x', 'i')}${bias}`;
    case 'mean':
      return mathml`<mfrac><mn>1</mn><mi>k</mi></mfrac>${m.sum('i')}${m.sub('x', 'i')}`;
    case 'largest':
    case 'first largest':
      return mathml`<munder><mi>max</mi><mi>i</mi></munder>${m.sub('x', 'i')}`;
    case 'kept':
      return mathml`${m.sub('m', j)}${m.sub('x', j)}`;
    default:
      return m.sub('x', j);
  }
}

/** The note for the whole batch. */
const MEANS = 'Means of the batch: f of a mean is not the mean of f.';
/** @type {Record<string, unknown>} */
const NOTES = {
  'first largest': 'Only the largest input of the window is passed on.',
  mean: 'k is the number of inputs in the window, without padding.',
  largest: 'Only the largest input of the window is passed on.',
  kept: 'm is 0 for a dropped input. Otherwise it scales the input up to make up for the dropped ones.',
};

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function unit(place, scene, layer) {
  if (layer.stage?.program) return expression(place, scene, layer);
  const { channel, position, part } = place;
  const traced = tracedOf(scene.trace, layer);
  const at = position * layer.channels + channel;
  const j = String(channel + 1);
  const of = (/** @type {Float32Array} */ all) => m.mean(scene, (r) => all[r * layer.n + at]);
  const title = `${m.nameOfUnit(layer, channel, position)}: output${m.batchSuffix(scene)}`;
  const [single, a] = [scene.row >= 0, of(traced.a)];
  const note = NOTES[layer.stage?.factor ?? ''];
  const written = () => {
    const all = terms(scene, layer, scene.row, at);
    return m.products(all.map(({ w, x }, t) => (t === layer.terms ? [w] : [w, x])));
  };
  if (!traced.z.length) {
    return {
      title,
      formula: m.math(mathml`${m.sub('a', j)}<mo>=</mo>${rule(layer, j)}`),
      numbers: m.math(
        mathml`${m.sub('a', j)}<mo>=</mo>${single ? mathml`${written()}<mo>=</mo>` : ''}${m.result(a)}`,
      ),
      value: a,
      note,
    };
  }
  const z = of(traced.z);
  const own = traced.slope.length > 0;
  const sum = mathml`${m.sub('z', j)}<mo>=</mo>${single ? mathml`${written()}<mo>=</mo>` : ''}${m.result(z)}`;
  // The first of two parts is the sum, the second its activation.
  const out = mathml`${m.sub('a', j)}<mo>=</mo>${single ? mathml`${m.activated(layer, own, j, m.result(z))}<mo>=</mo>` : ''}${m.result(a)}`;
  return {
    title,
    formula: m.math(
      mathml`${m.sub('z', j)}<mo>=</mo>${rule(layer, j)}${part ? mathml`${m.and}${m.sub('a', j)}<mo>=</mo>${m.activated(layer, own, j, m.sub('z', j))}` : ''}`,
    ),
    numbers: html`<p>${m.math(sum)}</p>
      ${part ? html`<p>${m.math(out)}</p>` : ''}`,
    value: part ? a : z,
    note: single || !layer.activation ? note : MEANS,
  };
}

/**
 * Explains a number that is an expression of others.
 * @param {Place} place
 * @param {Scene} scene
 * @param {StepLayer} layer
 * @returns {Explanation}
 */
function expression({ channel, position }, scene, layer) {
  const { trace, row } = scene;
  const program = /** @type {import('../../types.js').Program} */ (layer.stage?.program);
  const at = position * layer.channels + channel;
  const value = m.mean(scene, (r) => tracedOf(trace, layer).a[r * layer.n + at]);
  const taken = Array.from({ length: layer.terms }, (_, t) =>
    inputAt(trace, layer, Math.max(0, row), at, t),
  );
  const lines = linesOf(program, evaluate(program, taken));
  return {
    title: `${m.nameOfUnit(layer, channel, position)}${m.batchSuffix(scene)}`,
    formula: lines.map(({ formula }) => html`<p>${m.math(formula)}</p>`),
    numbers: row < 0 ? '' : lines.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`),
    value,
    note: row < 0 ? MEANS : undefined,
  };
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function term({ channel, position, from, part }, scene, layer) {
  const at = position * layer.channels + channel;
  const isBias = from === layer.terms;
  const mean = (/** @type {(row: number) => number} */ of) => m.mean(scene, of);
  const last = (/** @type {number} */ row) => terms(scene, layer, row, at, from + 1)[from];
  const x = mean((r) => inputAt(scene.trace, layer, r, at, from));
  const own = layer.stage?.factor === 'weight' || scene.row >= 0;
  const w = own ? factorOf(scene.trace, layer, Math.max(0, scene.row), at, from) : NaN;
  const product = mean((r) => last(r).product);
  const sum = mean((r) => sumOf(terms(scene, layer, r, at, from + 1)));
  const [i, j] = [String(from + 1), String(channel + 1)];
  const letter = layer.stage?.factor === 'weight' ? m.sub('w', `${i},${j}`) : m.sub('m', i);
  const written = isBias ? m.sub('b', j) : mathml`${letter}<mo>×</mo>${m.sub('x', i)}`;
  const name = m.nameOfTerm(layer, from, scene.opened.info.data.image);
  const factors = isBias ? m.number(w) : own ? m.product([w, x]) : m.number(product);
  const beyond = !isBias && placeOf(layer, at, from) < 0;
  return {
    title: `${m.nameOfUnit(layer, channel, position)}: ${name}${part ? ' is added' : ''}${m.batchSuffix(scene)}`,
    formula: m.math(part ? mathml`<mtext>sum so far</mtext><mo>+</mo>${written}` : written),
    numbers: m.math(
      part
        ? mathml`<mn>${figure(Math.fround(sum - product))}</mn><mo>+</mo>${factors}<mo>=</mo>${m.result(sum)}`
        : mathml`${factors}${isBias ? '' : mathml`<mo>=</mo>${m.result(product)}`}`,
    ),
    value: part ? sum : product,
    note: beyond ? html`This input is in the padding, which is 0.` : undefined,
  };
}

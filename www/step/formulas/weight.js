// One weight through the four stages of a step: its product in the forward pass, the loss of the example, its gradient,
// and its update.
import { html, mathml, nothing } from 'lit-html';
import { paramAt, sharesOf, sumOf, tracedOf } from '../numbers.js';
import { delta, REGULARIZED } from './backward.js';
import { forward } from './forward.js';
import { figure } from './figure.js';
import { loss } from './loss.js';
import * as m from './math.js';
import { updateOf } from './update.js';
import { whole } from './whole.js';

/** @typedef {import('../chosen.js').ChosenWeight} ChosenWeight */
/** @typedef {import('../program.js').Stage} Stage */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */

/**
 * Names a weight: its unit and its input, or its array and its index.
 * @param {Scene} scene
 * @param {ChosenWeight} chosen
 */
export function nameOfWeight({ opened: { info } }, { layer, ref, at, opens }) {
  if (!opens) {
    const param = paramAt(info, at);
    return `${param.path} [${at - param.at}]`;
  }
  const term = m.nameOfTerm(layer, ref.from, info.data.image);
  return `${m.nameOfUnit(layer, ref.unit, -1)}: ${ref.from === layer.terms ? 'bias' : `weight of ${term}`}`;
}

/**
 * Explains what a stage does with a weight.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {ChosenWeight} chosen
 * @returns {Explanation}
 */
export function explainWeight(stage, scene, chosen) {
  if (stage === 'loss') return lossOf(scene);
  const name = nameOfWeight(scene, chosen);
  const { trainable } = paramAt(scene.opened.info, chosen.at);
  if (stage === 'update')
    return trainable ? updateOf(scene, chosen.at, `Update of ${name}`, 1) : frozen(name);
  if (!chosen.opens) return inWhole(stage, scene, chosen, name, trainable);
  if (stage === 'forward') return forwardOf(scene, chosen);
  return trainable ? gradientOf(scene, chosen, name) : frozen(name);
}

/** @param {string} name @returns {Explanation} */
const frozen = (name) => ({
  title: name,
  formula: nothing,
  numbers: 'This weight is not trainable, so it has no gradient and is not updated.',
  value: null,
});

/** A place with all of its properties. @param {Stage} stage @param {ChosenWeight} chosen @param {number} position */
const placeOf = (stage, { layer, ref }, position) => ({
  ...{ stage, layer: layer.index, channel: ref.unit, position },
  ...{ from: -1, to: -1, part: 1, weights: false },
});

/**
 * The position of a unit at which the weight matters most in the example: 0 where there is only one.
 * @param {Scene} scene
 * @param {ChosenWeight} chosen
 */
function positionOf({ trace, row }, { layer, ref }) {
  const shares = sharesOf(trace, layer, ref.unit, ref.from, Math.max(0, row));
  const sizes = shares.map(({ product }) => Math.abs(product) || 0);
  return sizes.indexOf(Math.max(...sizes));
}

/** The sum of the unit, with the product of the weight apart. @param {Scene} scene @param {ChosenWeight} chosen @returns {Explanation} */
function forwardOf(scene, chosen) {
  const { trace, row } = scene;
  const { layer, ref, at } = chosen;
  const position = positionOf(scene, chosen);
  const plain = forward(placeOf('forward', chosen, position), scene, layer);
  if (row < 0) return plain;
  const unit = row * layer.n + position * layer.channels + ref.unit;
  const { z: sums, a: outputs, slope } = tracedOf(trace, layer);
  const [z, a, w] = [(sums.length ? sums : outputs)[unit], outputs[unit], trace.before[at]];
  const isBias = ref.from === layer.terms;
  const isActivated = sums.length > 0 && m.letterOf(layer) !== '';
  const { x } = sharesOf(trace, layer, ref.unit, ref.from, row)[position];
  const product = Math.fround(w * x);
  const [i, j] = [String(ref.from + 1), String(ref.unit + 1)];
  const letter = m.sub(isActivated ? 'z' : 'a', j);
  const own = isBias ? m.sub('b', j) : mathml`${m.sub('w', `${i},${j}`)}${m.sub('x', i)}`;
  const others = mathml`${m.sum(isBias ? 'inputs' : 'other inputs')}<mi>w</mi><mi>x</mi>${isBias || layer.biasAt < 0 ? '' : mathml`<mo>+</mo>${m.sub('b', j)}`}`;
  const numbers = isBias ? m.number(w) : m.product([w, x]);
  const activated = (/** @type {unknown} */ z) =>
    mathml`${m.sub('a', j)}<mo>=</mo>${m.activated(layer, slope.length > 0, j, z)}`;
  const term = isBias ? 'It is the bias.' : `It contributes w · x = ${figure(product)}.`;
  return {
    title: plain.title,
    formula: m.math(
      mathml`${letter}<mo>=</mo>${marked(own)}<mo>+</mo>${others}${isActivated ? mathml`${m.and}${activated(m.sub('z', j))}` : ''}`,
    ),
    numbers: html`<p>
        ${m.math(mathml`${letter}<mo>=</mo>${marked(numbers)}<mo>+</mo>${m.number(Math.fround(z - product))}<mo>=</mo>${m.result(z)}`)}
      </p>
      ${isActivated ? html`<p>${m.math(mathml`${activated(m.result(z))}<mo>=</mo>${m.result(a)}`)}</p>` : nothing}`,
    value: a,
    note:
      x === 0
        ? 'The marked part is this weight’s. Its input is 0 in this example, so it contributes nothing.'
        : `The marked part is this weight’s. ${term}`,
  };
}

/** The marked part of a formula. @param {unknown} inner */
const marked = (inner) => mathml`<mrow class="own">${inner}</mrow>`;

/** The loss of the example and the cost of the batch. @param {Scene} scene @returns {Explanation} */
function lossOf(scene) {
  const { row, trace } = scene;
  const told = loss({ channel: row }, scene);
  if (row < 0) return told;
  return {
    ...told,
    note: html`${told.note ? html`${told.note}<br />` : nothing}The cost J of this batch, over its
    ${trace.rows.length} examples, is ${figure(trace.loss)}.`,
  };
}

/** The gradient: the share of the example, the sum over the batch, and δ. @param {Scene} scene @param {ChosenWeight} chosen @param {string} name @returns {Explanation} */
function gradientOf(scene, chosen, name) {
  const { trace, row } = scene;
  const { layer, ref, at } = chosen;
  const [count, g] = [trace.rows.length, trace.gradients[at]];
  const isBias = ref.from === layer.terms;
  const [i, j] = [String(ref.from + 1), String(ref.unit + 1)];
  const positions = layer.n / layer.channels;
  const letter = isBias ? m.slope('b', j) : m.slope('w', `${i},${j}`);
  const x = isBias ? '' : m.sub('x', i);
  const over = positions > 1 ? 'examples, positions' : 'examples';
  const all = Array.from({ length: count }, (_, r) =>
    sumOf(sharesOf(trace, layer, ref.unit, ref.from, r)),
  );
  const sum = all.reduce((a, b) => a + b, 0);
  const added = Math.abs(g - sum) > 1e-5 * Math.abs(sum) + 1e-8;
  const shares = row < 0 ? [] : sharesOf(trace, layer, ref.unit, ref.from, row);
  const factors = shares.map(({ x, delta }) => (isBias ? [delta] : [x, delta]));
  const written = positions > 1 || row < 0 ? m.products(factors) : m.product(factors[0]);
  const source =
    row < 0 || all[row] === 0
      ? null
      : delta(placeOf('backward', chosen, positionOf(scene, chosen)), scene, layer);
  return {
    title: `Gradient of ${name}`,
    formula: m.math(mathml`${letter}<mo>=</mo>${m.sum(over)}${x}${m.sub('δ', j)}`),
    numbers: html`${
        row < 0
          ? nothing
          : html`<p>
              This example:
              ${m.math(mathml`${x}${m.sub('δ', j)}<mo>=</mo>${written}<mo>=</mo>${m.result(all[row])}`)}
            </p>`
      }
      <p>All ${count} examples: ${m.math(mathml`${letter}<mo>=</mo>${m.result(g)}`)}</p>`,
    value: g,
    note: html`${row >= 0 && all[row] === 0 ? 'This example contributes 0 to the gradient. ' : nothing}${added ? `${REGULARIZED} ` : nothing}δ
    contains the factor 1/m of the mean over the batch. No weight has changed yet.`,
    more: source
      ? {
          summary: 'Where δ comes from',
          content: html`<p>${source.title}</p>
            <div>${source.formula}</div>
            <div>${source.numbers}</div>
            ${source.note ? html`<p>${source.note}</p>` : nothing}`,
        }
      : undefined,
  };
}

/**
 * A weight of a layer that is shown as a whole.
 * @param {Stage} stage
 * @param {Scene} scene
 * @param {ChosenWeight} chosen
 * @param {string} name
 * @param {boolean} trainable
 * @returns {Explanation}
 */
function inWhole(stage, scene, { layer, at }, name, trainable) {
  const told = whole({ stage }, scene, layer);
  if (stage !== 'backward') return told;
  const value = trainable ? scene.trace.gradients[at] : null;
  return { ...told, title: `${told.title}, to ${name}`, value };
}

// Update: gradient descent with the numbers of a weight, how the step of another optimizer differs, and its whole rule.
import { html, mathml, nothing } from 'lit-html';
import { entryNamed } from '../../forms/choices.js';
import { signed } from '../../app/figures.js';
import { weightAt } from '../numbers.js';
import { evaluate, linesOf } from './expression.js';
import { figure, inStep } from './figure.js';
import * as m from './math.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../stages.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */

/** The note where the rule does not give the numbers of the step. */
const MORE =
  'More than this rule acts here: clipping, gradients of several batches, averages or a constraint.';

/** Whether two numbers are equal, but for rounding. @param {number} value @param {number} wanted */
const near = (value, wanted) => Math.abs(value - wanted) <= 2e-7 * Math.abs(wanted) + 1e-12;

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function update(place, scene, layer) {
  if (place.from < 0) return ofChannel(place, scene, layer);
  const { channel, from, part } = place;
  const name = m.nameOfTerm(layer, from, scene.opened.info.data.image);
  const what = from === layer.terms ? 'bias' : `weight of ${name}`;
  const title = `${m.nameOfUnit(layer, channel, -1)}: ${what} (${part ? 'new value' : 'update'})`;
  return updateOf(scene, weightAt(layer, channel, from), title, part);
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function ofChannel({ channel }, { trace }, layer) {
  const places = Array.from({ length: layer.terms }, (_, t) => weightAt(layer, channel, t));
  const step = (/** @type {number} */ at) => Math.fround(trace.after[at] - trace.before[at]);
  const bias = layer.biasAt + channel;
  return {
    title: `${m.nameOfUnit(layer, channel, -1)}: all weights of this unit`,
    formula: m.math(mathml`${NEW}<mo>=</mo><mi>w</mi><mo>+</mo><mi>Δw</mi>`),
    numbers: html`Δw from ${m.range(places.map(step))}; w from
    ${m.range(places.map((at) => trace.after[at]))}${
      layer.biasAt < 0
        ? ''
        : html`; bias ${figure(trace.before[bias])} → ${figure(trace.after[bias])}`
    }`,
    value: null,
    note: `Update ${trace.update} of this optimizer, learning rate ${figure(trace.learning_rate)}.`,
  };
}

const NEW = mathml`<msub><mi>w</mi><mtext>new</mtext></msub>`;
const SLOPE = mathml`<mfrac><mrow><mo>∂</mo><mi>J</mi></mrow><mrow><mo>∂</mo><mi>w</mi></mrow></mfrac>`;
const DESCENT = mathml`${NEW}<mo>=</mo><mi>w</mi><mo>−</mo><mi>α</mi><mo>·</mo>${SLOPE}`;

/** A number's text, in brackets where it is negative. @param {string} text */
const inBrackets = (text) =>
  text.startsWith('−')
    ? mathml`<mrow><mo>(</mo><mn>${text}</mn><mo>)</mo></mrow>`
    : mathml`<mn>${text}</mn>`;

/**
 * Explains the update of one weight.
 * @param {Scene} scene
 * @param {number} at index in `get_weights()`
 * @param {string} title
 * @param {number} part 0: the step, 1: the new value
 * @returns {Explanation}
 */
export function updateOf(scene, at, title, part) {
  const { trace, catalog, opened } = scene;
  const { optimizer } = opened.experiment.compile;
  const name = nameOf(optimizer);
  const [w, g, after] = [trace.before[at], trace.gradients[at], trace.after[at]];
  const [step, plain] = [Math.fround(after - w), Math.fround(-trace.learning_rate * g)];
  const descended = Math.fround(w + plain);
  const rule = ruleOf(scene, at);
  const slots = trace.slots.slice(trace.rule_slots);
  const isPlain = slots.length === 0 && near(after, descended);
  return {
    title,
    formula: html`${isPlain ? nothing : html`<p class="caption">Plain gradient descent with this learning rate:</p>`}
      <p>${m.math(DESCENT)}</p>`,
    numbers: html`<p data-n="descent">${descent(w, g, trace.learning_rate, descended)}</p>
      ${
        isPlain
          ? nothing
          : html`<p class="caption">${comparison(name, step, plain, slots)}</p>
              <p data-n="step">${stepLine(w, step, after)}</p>`
      }`,
    value: part ? after : step,
    note: html`Learning rate α = ${figure(trace.learning_rate)}, update ${trace.update} of this
    optimizer.${rule?.holds === false ? html` ${MORE}` : nothing}
    ${after === w && g !== 0 ? 'The step is smaller than the resolution of a float32.' : nothing}`,
    more: isPlain
      ? undefined
      : {
          summary: `How ${name} computes its step`,
          content: html`${ruleLines(rule, entryNamed(catalog.optimizers, optimizer.class_name)?.formula ?? '')}
          ${trace.slots.map(({ name, before, after }) => html`<p>${name}: ${figure(before[at])} → ${figure(after[at])}</p>`)}`,
        },
  };
}

/**
 * The name of an optimizer with its options that differ from the defaults.
 * @param {import('../../types.js').ClassConfig} optimizer
 */
function nameOf({ class_name, config }) {
  const { learning_rate: _, ...others } = config ?? {};
  const options = Object.entries(others).map(([option, value]) =>
    value === true ? option : `${option} ${typeof value === 'object' ? '…' : value}`,
  );
  return options.length ? `${class_name} (${options.join(', ')})` : class_name;
}

/** @param {number} w @param {number} g @param {number} rate @param {number} descended */
function descent(w, g, rate, descended) {
  const [from, to] = inStep([w, descended], descended - w);
  const gradient = inBrackets(figure(g));
  return m.math(
    mathml`${NEW}<mo>=</mo><mn>${from}</mn><mo>−</mo><mn>${figure(rate)}</mn><mo>×</mo>${gradient}<mo>=</mo><mn>${to}</mn>`,
  );
}

/** @param {number} w @param {number} step @param {number} after */
function stepLine(w, step, after) {
  const [from, to] = inStep([w, after], step);
  return m.math(
    mathml`${NEW}<mo>=</mo><mn>${from}</mn><mo>${step < 0 ? '−' : '+'}</mo><mn>${figure(Math.abs(step))}</mn><mo>=</mo><mn>${to}</mn>`,
  );
}

/**
 * Says how the step of the optimizer differs from that of plain gradient descent.
 * @param {string} name of the optimizer
 * @param {number} step
 * @param {number} plain the step of plain gradient descent
 * @param {{ name: string }[]} slots the values that the optimizer keeps of each weight
 */
export function comparison(name, step, plain, slots) {
  if (step === 0 && plain === 0) return `${name} does not move this weight either.`;
  if (plain === 0) {
    const kept = slots.map((slot) => slot.name).join(', ');
    const why = kept ? ` because of the values that it keeps of earlier steps (${kept})` : '';
    return html`${name} moves it by <b>${figure(step)}</b> although its gradient is 0${why}.`;
  }
  if (step === 0) return `${name} does not move this weight in this step.`;
  const ratio = step / plain;
  if (Math.abs(ratio - 1) < 1e-3) return `${name} makes the same step here.`;
  const size = Math.abs(ratio);
  const times = (/** @type {number} */ r) =>
    r < 100 ? signed(r.toPrecision(2)) : Math.round(r).toLocaleString('en');
  const length = size >= 1 ? `${times(size)} times as long` : `${times(1 / size)} times shorter`;
  const turned = ratio < 0 ? ', in the opposite direction' : '';
  return html`The step of ${name} is <b>${figure(step)}</b> instead of <b>${figure(plain)}</b>:
    ${length}${turned}.`;
}

/**
 * Returns the rule of the optimizer with the numbers of one weight, and whether it gives the numbers of the step. Null for
 * an optimizer in which weights depend on one another.
 * @param {import('./math.js').Scene} scene
 * @param {number} at place in `get_weights()`
 */
export function ruleOf({ trace }, at) {
  const { rule } = trace;
  if (!rule) return null;
  const slots = trace.slots.slice(trace.rule_slots);
  const given = [trace.before[at], trace.gradients[at], ...slots.map(({ before }) => before[at])];
  const values = evaluate(rule, given);
  const wanted = [trace.after[at], ...slots.map(({ after }) => after[at])];
  const holds = rule.results.every((node, i) => near(values[node], wanted[i]));
  return { lines: linesOf(rule, values), holds };
}

/** @param {ReturnType<typeof ruleOf>} rule @param {string} formula of the catalog, where the rule is not known */
function ruleLines(rule, formula) {
  if (!rule) return html`<p>${formula}</p>`;
  return html`<p class="caption">g is the gradient ∂J/∂w.</p>
    ${rule.lines.map(
      ({ formula, numbers }) =>
        html`<p>${m.math(formula)}</p>
          ${rule.holds ? html`<p>${m.math(numbers)}</p>` : nothing}`,
    )}`;
}

// Update: the state of the optimizer, the step and the new weight.
import { html, mathml, nothing } from 'lit-html';
import { entryNamed } from '../../forms/choices.js';
import { digits } from '../../app/figures.js';
import { weightAt } from '../numbers.js';
import { evaluate, linesOf } from './expression.js';
import * as m from './math.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../stages.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */

/** The note where the rule does not give the numbers of the step. */
const MORE =
  'More than this rule acts here: clipping, gathered gradients, averages or a constraint.';

/** Whether two numbers are equal, but for rounding. @param {number} value @param {number} wanted */
const near = (value, wanted) => Math.abs(value - wanted) <= 2e-7 * Math.abs(wanted) + 1e-12;

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

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function update(place, scene, layer) {
  return place.from < 0 ? ofChannel(place, scene, layer) : ofWeight(place, scene, layer);
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function ofChannel({ channel }, { trace }, layer) {
  const places = Array.from({ length: layer.terms }, (_, t) => weightAt(layer, channel, t));
  const step = (/** @type {number} */ at) => Math.fround(trace.after[at] - trace.before[at]);
  const bias = layer.biasAt + channel;
  return {
    title: `${m.nameOfUnit(layer, channel, -1)}: all weights of this unit`,
    formula: m.math(mathml`<mi>w</mi><mo>←</mo><mi>w</mi><mo>+</mo><mi>Δw</mi>`),
    numbers: html`Δw from ${m.range(places.map(step))}; w from
    ${m.range(places.map((at) => trace.after[at]))}${
      layer.biasAt < 0
        ? ''
        : html`; bias ${digits(trace.before[bias])} → ${digits(trace.after[bias])}`
    }`,
    value: null,
    note: `Update ${trace.update} of this optimizer, learning rate ${digits(trace.learning_rate)}.`,
  };
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function ofWeight({ channel, from, part }, scene, layer) {
  const { trace, catalog, opened } = scene;
  const { optimizer } = opened.experiment.compile;
  const at = weightAt(layer, channel, from);
  const [w, after] = [trace.before[at], trace.after[at]];
  const step = Math.fround(after - w);
  const name = m.nameOfTerm(layer, from, opened.info.data.image);
  const title = `${m.nameOfUnit(layer, channel, -1)}: ${from === layer.terms ? 'its bias' : `the weight of ${name}`}`;
  const rule = ruleOf(scene, at);
  // The last line of a rule is the new weight.
  const lines = part ? rule?.lines : rule?.lines.filter(({ symbol }) => symbol !== 'w');
  const moved = mathml`${m.number(w)}<mo>${step < 0 ? '−' : '+'}</mo>${m.number(Math.abs(step))}<mo>=</mo>${m.result(after)}`;
  const slots = trace.slots.map(
    ({ name, before, after }) => html`<br />${name}: ${digits(before[at])} → ${digits(after[at])}`,
  );
  const plain = entryNamed(catalog.optimizers, optimizer.class_name)?.formula;
  return {
    title: `${title} ${part ? '(new value)' : '(update)'}`,
    formula: lines
      ? lines.map(({ formula }) => html`<p>${m.math(formula)}</p>`)
      : html`<p>${plain ?? `by the rule of ${optimizer.class_name}`}</p>`,
    numbers: html`${rule?.holds ? lines?.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`) : nothing}
      <p>Δw = ${digits(step)}</p>
      ${part ? html`<p>${m.math(moved)}</p>` : nothing}`,
    value: part ? after : step,
    note: html`gradient ${digits(trace.gradients[at])}, learning rate
    ${digits(trace.learning_rate)}, update
    ${trace.update}${slots}${rule?.holds === false ? html`<br />${MORE}` : ''}`,
  };
}

// Update: what the optimizer remembers, the step that follows from it, and the new weight.
import { html, mathml } from 'lit-html';
import { entryNamed, optionOf } from '../../choices.js';
import { digits } from '../../figures.js';
import { weightAt } from '../numbers.js';
import * as m from './math.js';
import { linesOf } from './rules.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../program.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Told} Told */

/** Where a rule's numbers are not those of the step. */
const MORE =
  'More than this rule acts here: clipping, gathered gradients, averages or a constraint.';

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
export function update(place, scene, layer) {
  return place.from < 0 ? ofChannel(place, scene, layer) : ofWeight(place, scene, layer);
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function ofChannel({ channel }, { trace }, layer) {
  const places = Array.from({ length: layer.terms }, (_, t) => weightAt(layer, channel, t));
  const step = (/** @type {number} */ at) => Math.fround(trace.after[at] - trace.before[at]);
  const bias = layer.biasAt + channel;
  return {
    title: `${m.nameOfUnit(layer, channel, -1)}: all its weights move`,
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

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function ofWeight({ channel, from, part }, scene, layer) {
  const { trace, catalog, opened } = scene;
  const { optimizer } = opened.experiment.compile;
  const at = weightAt(layer, channel, from);
  const [w, after] = [trace.before[at], trace.after[at]];
  const step = Math.fround(after - w);
  const name = m.nameOfTerm(layer, from, opened.info.data.image);
  const who = `${m.nameOfUnit(layer, channel, -1)}: ${from === layer.terms ? 'its bias' : `the weight of ${name}`}`;
  const option = (/** @type {string} */ key) => optionOf(catalog.optimizers, optimizer, key);
  const lines = linesOf(optimizer.class_name, option, scene, at);
  const moved = mathml`${m.number(w)}<mo>${step < 0 ? '−' : '+'}</mo>${m.number(Math.abs(step))}<mo>=</mo>${m.result(after)}`;
  const slots = trace.slots.map(
    ({ name, before, after }) => html`<br />${name}: ${digits(before[at])} → ${digits(after[at])}`,
  );
  const plain = entryNamed(catalog.optimizers, optimizer.class_name)?.formula;
  const set = mathml`<mi>w</mi><mo>←</mo><mi>w</mi><mo>+</mo><mi>Δw</mi>`;
  const off = lines?.some(({ holds }) => !holds);
  const shown = lines?.filter(({ holds }) => holds) ?? [];
  const rest = lines?.[lines.length - 1].holds || part ? '' : html`<p>Δw = ${digits(step)}</p>`;
  return {
    title: `${who} ${part ? 'moves' : 'is to move by'}`,
    formula: html`${lines ? lines.map(({ formula }) => html`<p>${m.math(formula)}</p>`) : html`<p>${plain ?? `by the rule of ${optimizer.class_name}`}</p>`}
    ${part ? html`<p>${m.math(set)}</p>` : ''}`,
    numbers: html`${shown.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`)} ${rest}
    ${part ? html`<p>${m.math(moved)}</p>` : ''}`,
    value: part ? after : step,
    note: html`gradient ${digits(trace.gradients[at])}, learning rate
    ${digits(trace.learning_rate)}, update ${trace.update}${slots}${off ? html`<br />${MORE}` : ''}`,
  };
}

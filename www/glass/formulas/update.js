// Update: what the optimizer remembers, the step that follows from it, and the new weight.
import { html, mathml } from 'lit-html';
import { entryNamed, optionOf } from '../../choices.js';
import { digits } from '../../figures.js';
import { weightAt } from '../numbers.js';
import * as m from './math.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../program.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Told} Told */

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
  const { optimizer } = JSON.parse(opened.text).compile;
  const at = weightAt(layer, channel, from);
  const [w, after] = [trace.before[at], trace.after[at]];
  const step = Math.fround(after - w);
  const name = m.nameOfTerm(layer, from, opened.info.data.image);
  const who = `${m.nameOfUnit(layer, channel, -1)}: ${from === layer.terms ? 'its bias' : `the weight of ${name}`}`;
  const option = (/** @type {string} */ key) => optionOf(catalog.optimizers, optimizer, key);
  const rule = ruleOf(optimizer.class_name, option, scene, at);
  const moved = mathml`${m.number(w)}<mo>${step < 0 ? '−' : '+'}</mo>${m.number(Math.abs(step))}<mo>=</mo>${m.result(after)}`;
  const slots = trace.slots.map(
    ({ name, before, after }) => html`<br />${name}: ${digits(before[at])} → ${digits(after[at])}`,
  );
  const close =
    rule &&
    Math.abs(rule.step - (after - w)) <= 1e-4 * Math.abs(rule.step) + 1.2e-7 * Math.abs(w) + 1e-12;
  const plain = entryNamed(catalog.optimizers, optimizer.class_name)?.formula;
  const set = mathml`<mi>w</mi><mo>←</mo><mi>w</mi><mo>+</mo><mi>Δw</mi>`;
  return {
    title: `${who} ${part ? 'moves' : 'is to move by'}`,
    formula: html`${rule ? rule.lines.map(({ formula }) => html`<p>${m.math(formula)}</p>`) : html`<p>${plain ?? `by the rule of ${optimizer.class_name}`}</p>`}
    ${part ? html`<p>${m.math(set)}</p>` : ''}`,
    numbers: html`${close ? rule.lines.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`) : ''}
    ${part ? html`<p>${m.math(moved)}</p>` : close ? '' : html`<p>Δw = ${digits(step)}</p>`}`,
    value: part ? after : step,
    note: html`gradient ${digits(trace.gradients[at])}, learning rate
    ${digits(trace.learning_rate)}, update
    ${trace.update}${slots}${
      rule && !close
        ? html`<br />More than this rule acts here: weight decay, clipping, gathered gradients,
            averages or a constraint.`
        : ''
    }`,
  };
}

/**
 * An optimizer's rule with the numbers of one weight; null for those that are told by the catalog's formula.
 * @param {string} name Keras' class
 * @param {(key: string) => any} option
 * @param {Scene} scene
 * @param {number} at
 */
function ruleOf(name, option, { trace }, at) {
  const [g, rate] = [trace.gradients[at], trace.learning_rate];
  const slots = trace.slots.map(({ before, after }) => [before[at], after[at]]);
  const [alpha, delta] = [mathml`<mi>α</mi>`, mathml`<mi>Δw</mi>`];
  const squared = mathml`<msup><mi>g</mi><mn>2</mn></msup>`;
  const square = mathml`<msup>${m.number(g)}<mn>2</mn></msup>`;
  const over = (/** @type {unknown} */ top, /** @type {unknown} */ below) =>
    mathml`<mfrac><mrow>${top}</mrow><mrow>${below}</mrow></mfrac>`;
  const root = (/** @type {unknown} */ of) => mathml`<msqrt>${of}</msqrt>`;
  /** @param {unknown} formula @param {unknown} numbers @param {number} value */
  const final = (formula, numbers, value) => ({
    formula: mathml`${delta}<mo>=</mo>${formula}`,
    numbers: mathml`${delta}<mo>=</mo>${numbers}<mo>=</mo>${m.result(Math.fround(value))}`,
  });
  /**
   * A running mean: how it stands, and its numbers.
   * @param {string} letter
   * @param {unknown} beta
   * @param {number} keep
   * @param {number[]} slot
   * @param {unknown} formula of what goes in
   * @param {unknown} numbers likewise
   */
  const running = (letter, beta, keep, [before, after], formula, numbers) => ({
    formula: mathml`<mi>${letter}</mi><mo>←</mo>${beta}<mi>${letter}</mi><mo>+</mo><mo>(</mo><mn>1</mn><mo>−</mo>${beta}<mo>)</mo>${formula}`,
    numbers: mathml`<mi>${letter}</mi><mo>=</mo><mn>${keep}</mn><mo>×</mo>${m.number(before)}<mo>+</mo><mn>${digits(1 - keep)}</mn><mo>×</mo>${numbers}<mo>=</mo>${m.result(after)}`,
  });
  if (name === 'SGD' && !option('momentum')) {
    const value = -rate * g;
    const numbers = mathml`<mo>−</mo>${m.product([rate, g])}`;
    return { step: value, lines: [final(mathml`<mo>−</mo>${alpha}<mi>g</mi>`, numbers, value)] };
  }
  if (name === 'SGD') {
    const [mu, nesterov, [before, after]] = [option('momentum'), option('nesterov'), slots[0]];
    const letter = mathml`<mi>m</mi>`;
    const memory = {
      formula: mathml`${letter}<mo>←</mo><mi>μ</mi>${letter}<mo>−</mo>${alpha}<mi>g</mi>`,
      numbers: mathml`${letter}<mo>=</mo>${m.product([mu, before])}<mo>−</mo>${m.product([rate, g])}<mo>=</mo>${m.result(after)}`,
    };
    const value = nesterov ? mu * after - rate * g : after;
    const formula = nesterov ? mathml`<mi>μ</mi>${letter}<mo>−</mo>${alpha}<mi>g</mi>` : letter;
    const numbers = nesterov
      ? mathml`${m.product([mu, after])}<mo>−</mo>${m.product([rate, g])}`
      : letter;
    return { step: value, lines: [memory, final(formula, numbers, value)] };
  }
  const epsilon = option('epsilon');
  const e = mathml`<mi>ε</mi>`;
  if (/^Adam(W)?$/.test(name) && !option('amsgrad')) {
    const [b1, b2] = [option('beta_1'), option('beta_2')];
    const [mean, spread] = [slots[0], slots[1]];
    const t = trace.update;
    const power = (/** @type {string} */ of) =>
      mathml`<msubsup><mi>β</mi><mn>${of}</mn><mi>t</mi></msubsup>`;
    const less = (/** @type {unknown} */ of) => mathml`<mn>1</mn><mo>−</mo>${of}`;
    const raised = (/** @type {number} */ of) => mathml`<msup><mn>${of}</mn><mn>${t}</mn></msup>`;
    const value =
      (-rate * Math.sqrt(1 - b2 ** t) * mean[1]) / (1 - b1 ** t) / (Math.sqrt(spread[1]) + epsilon);
    return {
      step: value,
      lines: [
        running('m', m.sub('β', '1'), b1, mean, mathml`<mi>g</mi>`, m.number(g)),
        running('v', m.sub('β', '2'), b2, spread, squared, square),
        final(
          mathml`<mo>−</mo>${alpha}${over(root(less(power('2'))), less(power('1')))}${over(mathml`<mi>m</mi>`, mathml`${root(mathml`<mi>v</mi>`)}<mo>+</mo>${e}`)}`,
          mathml`<mo>−</mo>${m.number(rate)}<mo>×</mo>${over(root(less(raised(b2))), less(raised(b1)))}<mo>×</mo>${over(m.number(mean[1]), mathml`${root(m.number(spread[1]))}<mo>+</mo><mn>${epsilon}</mn>`)}`,
          value,
        ),
      ],
    };
  }
  const gathers =
    name === 'Adagrad' || (name === 'RMSprop' && !option('momentum') && !option('centered'));
  if (!gathers) return null;
  const [before, after] = slots[0];
  const value = (-rate * g) / Math.sqrt(after + epsilon);
  const memory =
    name === 'RMSprop'
      ? running('v', mathml`<mi>ρ</mi>`, option('rho'), slots[0], squared, square)
      : {
          formula: mathml`<mi>v</mi><mo>←</mo><mi>v</mi><mo>+</mo>${squared}`,
          numbers: mathml`<mi>v</mi><mo>=</mo>${m.result(before)}<mo>+</mo>${square}<mo>=</mo>${m.result(after)}`,
        };
  const last = final(
    mathml`<mo>−</mo>${over(mathml`${alpha}<mi>g</mi>`, root(mathml`<mi>v</mi><mo>+</mo>${e}`))}`,
    mathml`<mo>−</mo>${over(m.product([rate, g]), root(mathml`${m.number(after)}<mo>+</mo><mn>${epsilon}</mn>`))}`,
    value,
  );
  return { step: value, lines: [memory, last] };
}

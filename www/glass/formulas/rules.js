// The rules of the optimizers that a course begins with, line by line: as they stand in a book, with the numbers of one
// weight, and whether these give what the step has.
import { mathml } from 'lit-html';
import { digits } from '../../figures.js';
import * as m from './math.js';

/** @typedef {{ formula: unknown, numbers: unknown, holds: boolean }} Line */

const [ALPHA, STEP, GRADIENT] = ['α', 'Δw', 'g'].map((name) => mathml`<mi>${name}</mi>`);
const SQUARED = mathml`<msup>${GRADIENT}<mn>2</mn></msup>`;
const EPSILON = mathml`<mi>ε</mi>`;

const over = (/** @type {unknown} */ top, /** @type {unknown} */ below) =>
  mathml`<mfrac><mrow>${top}</mrow><mrow>${below}</mrow></mfrac>`;
const root = (/** @type {unknown} */ of) => mathml`<msqrt>${of}</msqrt>`;
const square = (/** @type {number} */ of) => mathml`<msup>${m.number(of)}<mn>2</mn></msup>`;
/** Whether a number comes out, but for rounding. @param {number} value @param {number} wanted @param {number} [size] of what it is made from */
const near = (value, wanted, size = 0) =>
  Math.abs(value - wanted) <= 1e-4 * Math.abs(value) + 1.2e-7 * size + 1e-12;

/**
 * A number that the optimizer remembers, before and after.
 * @param {string} letter
 * @param {unknown} formula
 * @param {unknown} numbers
 * @param {number} value what these give
 * @param {number} after
 * @returns {Line}
 */
const memory = (letter, formula, numbers, value, after) => ({
  formula: mathml`<mi>${letter}</mi><mo>←</mo>${formula}`,
  numbers: mathml`<mi>${letter}</mi><mo>=</mo>${numbers}<mo>=</mo>${m.result(after)}`,
  holds: near(value, after),
});

/**
 * A running mean of the gradient, or of its square.
 * @param {string} letter
 * @param {unknown} beta
 * @param {number} keep
 * @param {number[]} slot
 * @param {number} g
 * @param {boolean} squared
 */
function running(letter, beta, keep, [before, after], g, squared) {
  return memory(
    letter,
    mathml`${beta}<mi>${letter}</mi><mo>+</mo><mo>(</mo><mn>1</mn><mo>−</mo>${beta}<mo>)</mo>${squared ? SQUARED : GRADIENT}`,
    mathml`<mn>${keep}</mn><mo>×</mo>${m.number(before)}<mo>+</mo><mn>${digits(1 - keep)}</mn><mo>×</mo>${squared ? square(g) : m.number(g)}`,
    keep * before + (1 - keep) * (squared ? g * g : g),
    after,
  );
}

/**
 * An optimizer's rule with the numbers of one weight; null for those that are told by the catalog's formula.
 * @param {string} name Keras' class
 * @param {(key: string) => any} option
 * @param {import('./math.js').Scene} scene
 * @param {number} at
 * @returns {Line[] | null}
 */
export function linesOf(name, option, { trace }, at) {
  const [g, rate, w] = [trace.gradients[at], trace.learning_rate, trace.before[at]];
  const moved = trace.after[at] - w;
  const slots = trace.slots.map(({ before, after }) => [before[at], after[at]]);
  const decay = option('weight_decay') ?? 0;
  /** @param {unknown} formula @param {unknown} numbers @param {number} value @returns {Line} */
  const step = (formula, numbers, value) => {
    const whole = value - rate * decay * w;
    const [lambda, off] = [mathml`<mi>λ</mi>`, mathml`<mo>−</mo>${m.product([rate, decay, w])}`];
    return {
      formula: mathml`${STEP}<mo>=</mo>${formula}${decay ? mathml`<mo>−</mo>${ALPHA}${lambda}<mi>w</mi>` : ''}`,
      numbers: mathml`${STEP}<mo>=</mo>${numbers}${decay ? off : ''}<mo>=</mo>${m.result(Math.fround(whole))}`,
      holds: near(whole, moved, Math.abs(w)),
    };
  };
  if (name === 'SGD' && !option('momentum')) {
    const numbers = mathml`<mo>−</mo>${m.product([rate, g])}`;
    return [step(mathml`<mo>−</mo>${ALPHA}${GRADIENT}`, numbers, -rate * g)];
  }
  if (name === 'SGD') {
    const [mu, [before, after]] = [option('momentum'), slots[0]];
    const [letter, downhill] = [mathml`<mi>m</mi>`, mathml`<mo>−</mo>${ALPHA}${GRADIENT}`];
    const numbers = (/** @type {number} */ of) =>
      mathml`${m.product([mu, of])}<mo>−</mo>${m.product([rate, g])}`;
    const formula = mathml`<mi>μ</mi>${letter}${downhill}`;
    const last = option('nesterov')
      ? step(formula, numbers(after), mu * after - rate * g)
      : step(letter, m.number(after), after);
    return [memory('m', formula, numbers(before), mu * before - rate * g, after), last];
  }
  const epsilon = option('epsilon');
  if (/^Adam(W)?$/.test(name) && !option('amsgrad')) {
    const [b1, b2, t] = [option('beta_1'), option('beta_2'), trace.update];
    const [mean, spread] = slots;
    const power = (/** @type {string} */ of) =>
      mathml`<msubsup><mi>β</mi><mn>${of}</mn><mi>t</mi></msubsup>`;
    const less = (/** @type {unknown} */ of) => mathml`<mn>1</mn><mo>−</mo>${of}`;
    const raised = (/** @type {number} */ of) => mathml`<msup><mn>${of}</mn><mn>${t}</mn></msup>`;
    const value =
      (-rate * Math.sqrt(1 - b2 ** t) * mean[1]) / (1 - b1 ** t) / (Math.sqrt(spread[1]) + epsilon);
    return [
      running('m', m.sub('β', '1'), b1, mean, g, false),
      running('v', m.sub('β', '2'), b2, spread, g, true),
      step(
        mathml`<mo>−</mo>${ALPHA}${over(root(less(power('2'))), less(power('1')))}${over(mathml`<mi>m</mi>`, mathml`${root(mathml`<mi>v</mi>`)}<mo>+</mo>${EPSILON}`)}`,
        mathml`<mo>−</mo>${m.number(rate)}<mo>×</mo>${over(root(less(raised(b2))), less(raised(b1)))}<mo>×</mo>${over(m.number(mean[1]), mathml`${root(m.number(spread[1]))}<mo>+</mo><mn>${epsilon}</mn>`)}`,
        value,
      ),
    ];
  }
  const plain = name === 'RMSprop' && !option('momentum') && !option('centered');
  if (name !== 'Adagrad' && !plain) return null;
  const [before, after] = slots[0];
  const gathered = plain
    ? running('v', mathml`<mi>ρ</mi>`, option('rho'), slots[0], g, true)
    : memory(
        'v',
        mathml`<mi>v</mi><mo>+</mo>${SQUARED}`,
        mathml`${m.number(before)}<mo>+</mo>${square(g)}`,
        before + g * g,
        after,
      );
  return [
    gathered,
    step(
      mathml`<mo>−</mo>${over(mathml`${ALPHA}${GRADIENT}`, root(mathml`<mi>v</mi><mo>+</mo>${EPSILON}`))}`,
      mathml`<mo>−</mo>${over(m.product([rate, g]), root(mathml`${m.number(after)}<mo>+</mo><mn>${epsilon}</mn>`))}`,
      (-rate * g) / Math.sqrt(after + epsilon),
    ),
  ];
}

// A layer as a whole: matrices and their sizes. Layers without described terms are explained only here.
import { html, mathml, nothing } from 'lit-html';
import { entryNamed } from '../../forms/choices.js';
import { figure } from './figure.js';
import { tracedOf } from '../numbers.js';
import { applied, and, math, range } from './math.js';

/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */
/** @typedef {import('../stages.js').StepLayer} StepLayer */

/** @param {Pick<import('../program.js').Place, 'stage'>} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function whole({ stage }, { trace, row, catalog }, layer) {
  const rows = row < 0 ? trace.rows.length : 1;
  const { n, inputs, n_params, name, class_name } = layer;
  const traced = tracedOf(trace, layer);
  // One matrix takes all inputs.
  const dense = layer.weights && n === layer.channels && layer.terms === inputs;
  const size = (/** @type {number} */ a, /** @type {number} */ b) => `[${a} × ${b}]`;
  const own = (/** @type {Float32Array} */ all) =>
    range(row < 0 ? all : all.subarray(row * n, (row + 1) * n));
  const [X, W] = [mathml`<mi>X</mi>`, mathml`<mi>W</mi>`];
  if (stage === 'forward') {
    const formula = entryNamed(catalog.layers, class_name)?.formula;
    return {
      title: `Forward through ${name}`,
      formula: dense
        ? math(
            mathml`<mi>Z</mi><mo>=</mo>${X}${W}${layer.biasAt < 0 ? '' : mathml`<mo>+</mo><mi>b</mi>`}${and}<mi>A</mi><mo>=</mo>${applied(layer, mathml`<mi>Z</mi>`)}`,
          )
        : html`<p>${formula ?? `A = ${name}(X)`}</p>`,
      numbers: html`${size(rows, inputs)}
      ${dense ? html`· ${size(inputs, n)}${layer.biasAt < 0 ? '' : ` + [${n}]`}` : nothing} →
      ${size(rows, n)}`,
      value: null,
      note: html`${traced.z.length ? html`z from ${own(traced.z)}; ` : nothing}a from
      ${own(traced.a)}.`,
    };
  }
  if (stage === 'backward') {
    const letter = traced.z.length ? 'δ' : '∂J/∂a';
    return {
      title: `Backward through ${name}`,
      formula: dense
        ? math(
            mathml`<mi>Δ</mi><mo>=</mo><mo>(</mo><msub><mi>Δ</mi><mtext>next</mtext></msub><msubsup><mi>W</mi><mtext>next</mtext><mi>T</mi></msubsup><mo>)</mo><mo>∘</mo><msup><mi>f</mi><mo>′</mo></msup><mo>(</mo><mi>Z</mi><mo>)</mo>${and}<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi>W</mi></mrow></mfrac><mo>=</mo><msup><mi>X</mi><mi>T</mi></msup><mi>Δ</mi>`,
          )
        : html`<p>The chain rule through ${name}, as its own code has it.</p>`,
      numbers: dense
        ? html`${size(inputs, trace.rows.length)} · ${size(trace.rows.length, n)} →
          ${size(inputs, n)}`
        : html`${size(trace.rows.length, n)} → ${size(trace.rows.length, inputs)}`,
      value: null,
      note: html`${traced.delta.length ? html`${letter} from ${own(traced.delta)}. ` : nothing}No
      weight has changed yet: all gradients are computed before the first update.`,
    };
  }
  return {
    title: `Update of ${name}`,
    formula: math(mathml`${W}<mo>←</mo>${W}<mo>+</mo><mi>ΔW</mi>`),
    numbers: html`${n_params.toLocaleString('en')} numbers, learning rate
    ${figure(trace.learning_rate)}`,
    value: null,
    note: html`Update ${trace.update} of this optimizer.`,
  };
}

// Loss: the loss of each row, and the cost, which is their mean.
import { html, mathml } from 'lit-html';
import { entryNamed } from '../../forms/choices.js';
import { figure } from './figure.js';
import { tracedOf } from '../numbers.js';
import { evaluate, linesOf } from './expression.js';
import * as m from './math.js';

/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */
/** @typedef {import('../../types.js').Program} Program */

/** Maximum number of listed numbers of a row. */
const LISTED = 10;
/** Maximum number of terms of a row that are written out. */
const WRITTEN = 2;

/**
 * The numbers of one row of an array `[rows, n]`.
 * @param {Scene} scene
 * @param {Float32Array} all
 * @param {number} row
 */
function rowOf({ trace }, all, row) {
  const width = all.length / trace.rows.length;
  return all.subarray(row * width, (row + 1) * width);
}

/**
 * The target, the prediction and the logit of an output.
 * @param {Scene} scene
 * @param {number} row
 * @param {number} unit
 * @returns {Record<string, number>}
 */
function given(scene, row, unit) {
  const { trace, layers } = scene;
  const { y, p } = trace.cost;
  const top = layers.findLast((own) => own.inner < 0 && tracedOf(trace, own).delta.length);
  // The loss takes the logits before the last activation, or the outputs are logits themselves.
  const { z, a } = top ? tracedOf(trace, top) : { z: p, a: p };
  const logits = trace.at_logits && z.length ? z : a;
  const of = (/** @type {Float32Array} */ all) => rowOf(scene, all, row)[unit];
  return { y: of(y), p: of(p), z: of(logits) };
}

/**
 * Evaluates a program for an output. Its inputs are the target, the prediction and the logit.
 * @param {Program} program
 * @param {Record<string, number>} inputs
 */
function evaluated(program, inputs) {
  const symbols = program.nodes.filter(({ input }) => input !== null).map(({ symbol }) => symbol);
  return evaluate(
    program,
    symbols.map((symbol) => inputs[symbol]),
  );
}

/**
 * Returns the derivative of the loss at an output or its logit; null for a loss that is not a sum of terms.
 * @param {Scene} scene
 * @param {number} row
 * @param {number} unit
 */
export function slopeOfLoss(scene, row, unit) {
  const { cost, rows, terms } = scene.trace;
  const program = cost.logit_term ?? cost.term;
  if (!program) return null;
  const values = evaluated(program, given(scene, row, unit));
  // A row may have a loss for each of its steps.
  const count = (cost.is_mean ? cost.width : 1) * Math.max(rows.length, terms.length);
  const slope = { ...program, results: [program.results[1]] };
  const value = values[program.results[1]];
  return { value: Math.fround(value / count), slope: value, count, lines: linesOf(slope, values) };
}

/**
 * Returns the terms of a row: the value for each output, and the formulas of the first ones that are not 0.
 * @param {Scene} scene
 * @param {number} row
 */
function termsOf(scene, row) {
  const { term, is_mean, p } = scene.trace.cost;
  if (!term) return null;
  const program = { ...term, results: [term.results[0]] };
  const n = rowOf(scene, p, row).length;
  const all = Array.from({ length: n }, (_, unit) => evaluated(program, given(scene, row, unit)));
  const values = all.map((own) => own[program.results[0]]);
  const shown = all.filter((_, i) => n === 1 || values[i] !== 0).slice(0, WRITTEN);
  const sum = values.reduce((a, b) => a + b, 0);
  return {
    value: is_mean ? sum / n : sum,
    lines: (shown.length ? shown : all.slice(0, 1)).map((own) => linesOf(program, own)),
    several: n > 1,
    values,
  };
}

/** @param {Pick<import('../program.js').Place, 'channel'>} place the example; -1: the cost @param {Scene} scene @returns {Explanation} */
export function loss({ channel }, scene) {
  const { trace, catalog, opened } = scene;
  const { class_name } = opened.experiment.compile.loss;
  if (channel < 0) return cost(scene, class_name);
  const row = scene.row < 0 ? channel : scene.row;
  const { cost: traced } = trace;
  const own = trace.terms[row];
  const terms = termsOf(scene, row);
  // Near 0 and 1, p has fewer significant digits than z.
  const holds = terms && Math.abs(terms.value - own) <= 1e-3 * Math.abs(own) + 1e-5;
  const told = holds ? terms : null;
  const formula = entryNamed(catalog.losses, class_name)?.formula;
  const list = (/** @type {Float32Array} */ all) =>
    `${Array.from(all.subarray(0, LISTED), figure).join(', ')}${all.length > LISTED ? ', …' : ''}`;
  const part = (/** @type {Float32Array} */ all) => list(rowOf(scene, all, row));
  const outputs = trace.layers[trace.layers.length - 1].a;
  const logits = traced.logit_term && !trace.at_logits;
  const notes = [
    logits ? 'The model returns logits z, and the loss computes their sigmoid or softmax p.' : '',
    terms && !holds && own !== undefined && Number.isFinite(terms.value)
      ? 'More than this formula acts here: label smoothing, or weights of examples and classes.'
      : '',
    trace.at_logits
      ? 'Computed from z, as in Keras where a sigmoid or softmax comes last, because the logarithm of a p near 0 would lose digits.'
      : '',
    own === undefined
      ? 'This loss compares the examples of a batch, so no example has its own loss.'
      : '',
  ];
  const mean = traced.is_mean ? mathml`<mfrac><mn>1</mn><mi>n</mi></mfrac>` : '';
  const whole = mathml`<mtext>loss</mtext><mo>=</mo>${mean}${m.sum('i')}${m.sub('ℓ', 'i')}`;
  const some = told ? told.values.filter((v) => v !== 0) : [];
  const listed = some.slice(0, 3).map((v, i) => mathml`${i ? m.op('+') : ''}${m.number(v)}`);
  const more = some.length > listed.length ? mathml`<mo>+</mo><mo>…</mo>` : '';
  const added = listed.length ? mathml`${listed}${more}` : mathml`<mn>0</mn>`;
  const divided = traced.is_mean
    ? mathml`<mfrac><mrow>${added}</mrow><mn>${told?.values.length}</mn></mfrac>`
    : added;
  return {
    title: `Loss of example ${row + 1} of the batch (${class_name})`,
    formula: told
      ? html`${told.several ? html`<p>${m.math(whole)}</p>` : ''}
        ${told.lines[0].map(({ formula }) => html`<p>${m.math(formula)}</p>`)}`
      : html`<p>${formula ?? `ℓ = ${class_name}(y, p)`}</p>`,
    numbers: html`<p>
        y = ${part(traced.y)}; ${logits ? `z = ${part(outputs)}; ` : ''}p = ${part(traced.p)}
      </p>
      ${told?.lines.map((lines) => lines.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`))}
      ${told?.several && own !== undefined && (some.length !== 1 || traced.is_mean) ? html`<p>${m.math(mathml`<mtext>loss</mtext><mo>=</mo>${divided}<mo>=</mo>${m.result(own)}`)}</p>` : ''}`,
    value: own ?? null,
    note: notes.filter(Boolean).join(' ') || undefined,
  };
}

/** @param {Scene} scene @param {string} name @returns {Explanation} */
function cost({ trace }, name) {
  const { terms, rows, loss } = trace;
  const some = Array.from(terms.subarray(0, 3));
  const list = some.map((v, i) => mathml`${i ? m.op('+') : ''}${m.number(v)}`);
  const more = terms.length > some.length ? mathml`<mo>+</mo><mo>…</mo>` : '';
  const mean = terms.reduce((sum, v) => sum + v, 0) / rows.length;
  const rest = loss - mean;
  const added = terms.length > 0 && Math.abs(rest) > 1e-5 * Math.abs(loss) + 1e-7;
  return {
    title: `The cost: the mean of all losses${added ? ', and the penalties' : ''}`,
    formula: m.math(
      mathml`<mi>J</mi><mo>=</mo><mfrac><mn>1</mn><mi>m</mi></mfrac>${m.sum('i')}<msub><mi>ℓ</mi><mi>i</mi></msub>${added ? mathml`<mo>+</mo><mi>R</mi>` : ''}`,
    ),
    numbers: m.math(
      mathml`<mi>J</mi><mo>=</mo>${some.length ? mathml`<mfrac><mrow>${list}${more}</mrow><mn>${rows.length}</mn></mfrac>${added ? mathml`<mo>+</mo>${m.number(Math.fround(rest))}` : ''}<mo>=</mo>` : ''}${m.number(loss)}`,
    ),
    value: loss,
    note: `${name} of ${rows.length} examples${added ? '. R is what regularizers, or weights of examples and classes, add' : ''}.`,
  };
}

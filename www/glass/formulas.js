// A small step in formulas: as it stands in a book, with the numbers in it, and what comes out.
import { html, mathml, nothing } from 'lit-html';
import { digits } from '../figures.js';
import { inputsOf, sentBack, takerOf, weightAt } from './numbers.js';

/** @typedef {import('./program.js').Place} Place */
/** @typedef {import('./program.js').StepLayer} StepLayer */
/** @typedef {import('./worker.js').Trace} Trace */

/**
 * @typedef {object} Scene
 * @property {import('../types.js').Opened} opened
 * @property {StepLayer[]} layers
 * @property {Trace} trace
 * @property {number} row of the batch; -1: all of them together
 */

/**
 * @typedef {object} Told
 * @property {string} title
 * @property {unknown} formula
 * @property {unknown} numbers
 * @property {number | null} value what comes out, where it is one number
 * @property {unknown} [note]
 */

const number = (/** @type {number} */ value) =>
  value < 0
    ? mathml`<mrow><mo>(</mo><mn>${digits(value)}</mn><mo>)</mo></mrow>`
    : mathml`<mn>${digits(value)}</mn>`;
/** A letter or a number of an index. @param {string} part */
const token = (part) => (/^\d/.test(part) ? mathml`<mn>${part}</mn>` : mathml`<mi>${part}</mi>`);
/** A letter with its index; two indices stand with a comma between them. @param {string} letter @param {string} below */
const sub = (letter, below) =>
  mathml`<msub><mi>${letter}</mi><mrow>${below.split(',').map((part, i) => (i ? mathml`<mo separator="true">,</mo>${token(part)}` : token(part)))}</mrow></msub>`;
/** Between two formulas on a line. */
const and = mathml`<mo separator="true">,</mo><mspace width="0.8em"></mspace>`;
const math = (/** @type {unknown} */ inner) => html`<math>${inner}</math>`;
const part = (/** @type {string} */ below) =>
  mathml`<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>${sub(below[0], below.slice(1))}</mrow></mfrac>`;

/** How an activation is written. @type {Record<string, string>} */
const LETTERS = { sigmoid: 'σ', tanh: 'tanh', relu: 'relu', softmax: 'softmax' };
const letterOf = (/** @type {StepLayer} */ { activation }) =>
  activation ? (LETTERS[activation] ?? activation) : '';

/** @param {Place} place @param {Scene} scene @returns {Told} */
export function tell(place, scene) {
  if (place.stage === 'loss') return loss(place, scene);
  const layer = scene.layers[place.layer];
  if (!layer.dense || place.unit < 0) return whole(place, scene, layer);
  if (place.stage === 'forward') return forward(place, scene, layer);
  return place.stage === 'backward' ? backward(place, scene, layer) : update(place, scene, layer);
}

/** The rows that are looked at. @param {Scene} scene */
const rowsOf = ({ row, trace }) => (row < 0 ? [...trace.rows.keys()] : [row]);

/** The mean over the rows that are looked at. @param {Scene} scene @param {(row: number) => number} of */
function mean(scene, of) {
  const rows = rowsOf(scene);
  return rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function whole({ stage }, { trace, row }, layer) {
  const rows = row < 0 ? trace.rows.length : 1;
  const { n, inputs, dense, n_params } = layer;
  const f = letterOf(layer);
  const traced = trace.layers[layer.index];
  const size = (/** @type {number} */ a, /** @type {number} */ b) => `[${a} × ${b}]`;
  const range = (/** @type {Float32Array} */ values) => spread(values, row, n);
  if (stage === 'forward') {
    return {
      title: `Forward through ${layer.name}`,
      formula: dense
        ? math(
            mathml`<mi>Z</mi><mo>=</mo><mi>X</mi><mi>W</mi><mo>+</mo><mi>b</mi>${and}<mi>A</mi><mo>=</mo>${f ? mathml`<mi>${f}</mi><mo>(</mo><mi>Z</mi><mo>)</mo>` : mathml`<mi>Z</mi>`}`,
          )
        : html`<p>A = ${layer.name}(X)</p>`,
      numbers: html`${size(rows, inputs)} ${dense ? html`· ${size(inputs, n)} + [${n}]` : nothing} →
      ${size(rows, n)}`,
      value: null,
      note: html`${traced.z.length ? html`z from ${range(traced.z)}; ` : nothing}a from
      ${range(traced.a)}.`,
    };
  }
  if (stage === 'backward') {
    return {
      title: `Backward through ${layer.name}`,
      formula: dense
        ? math(
            mathml`<mi>Δ</mi><mo>=</mo><mo>(</mo><msub><mi>Δ</mi><mtext>next</mtext></msub><msubsup><mi>W</mi><mtext>next</mtext><mi>T</mi></msubsup><mo>)</mo><mo>∘</mo><msup><mi>f</mi><mo>′</mo></msup><mo>(</mo><mi>Z</mi><mo>)</mo>${and}<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><mi>W</mi></mrow></mfrac><mo>=</mo><msup><mi>X</mi><mi>T</mi></msup><mi>Δ</mi>`,
          )
        : html`<p>The chain rule through ${layer.name}, as its own code has it.</p>`,
      numbers: html`[${inputs} × ${trace.rows.length}] · ${size(trace.rows.length, n)} →
      ${size(inputs, n)}`,
      value: null,
      note: html`${traced.delta.length ? html`δ from ${range(traced.delta)}. ` : nothing}No weight
      has moved yet: all gradients are there before the first update.`,
    };
  }
  return {
    title: `Update of ${layer.name}`,
    formula: math(mathml`<mi>W</mi><mo>←</mo><mi>W</mi><mo>+</mo><mi>ΔW</mi>`),
    numbers: html`${n_params.toLocaleString('en')} numbers, learning rate
    ${digits(trace.learning_rate)}`,
    value: null,
    note: html`Update ${trace.update} of this optimizer.`,
  };
}

/** From the least to the most of a row's numbers, or of all. @param {Float32Array} values @param {number} row @param {number} n */
function spread(values, row, n) {
  const own = row < 0 ? values : values.subarray(row * n, (row + 1) * n);
  let [least, most] = [Infinity, -Infinity];
  for (const v of own) [least, most] = [Math.min(least, v), Math.max(most, v)];
  return `${digits(least)} to ${digits(most)}`;
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function forward({ unit, from, part }, scene, layer) {
  const { trace } = scene;
  const traced = trace.layers[layer.index];
  const at = (/** @type {number} */ row) => row * layer.n + unit;
  const [j, f] = [String(unit + 1), letterOf(layer)];
  const who = scene.row < 0 ? ', mean of the batch' : '';
  if (from < 0) {
    const [z, a] = [mean(scene, (r) => traced.z[at(r)]), mean(scene, (r) => traced.a[at(r)])];
    return {
      title: `${layer.name}, unit ${j}: what goes out${who}`,
      formula: math(
        mathml`${sub('z', j)}<mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder>${sub('w', `i,${j}`)}${sub('x', 'i')}<mo>+</mo>${sub('b', j)}${and}${sub('a', j)}<mo>=</mo>${f ? mathml`<mi>${f}</mi><mo>(</mo>${sub('z', j)}<mo>)</mo>` : sub('z', j)}`,
      ),
      numbers: math(
        mathml`${sub('z', j)}<mo>=</mo>${number(z)}${and}${sub('a', j)}<mo>=</mo>${number(a)}`,
      ),
      value: a,
    };
  }
  const isBias = from === layer.inputs;
  const w = trace.before[weightAt(layer, unit, from)];
  const x = isBias ? 1 : mean(scene, (r) => inputsOf(trace, layer, r)[from]);
  const product = Math.fround(w * x);
  const i = String(from + 1);
  const sum = mean(scene, (r) => sumTo(trace, layer, unit, from, r));
  return {
    title: `${layer.name}, unit ${j}: ${isBias ? 'the bias' : `input ${i}`}${part ? ' is added' : ''}${who}`,
    formula: isBias
      ? math(mathml`<mi>z</mi><mo>+</mo>${sub('b', j)}`)
      : math(
          part
            ? mathml`<mtext>sum so far</mtext><mo>+</mo>${sub('w', `${i},${j}`)}${sub('x', i)}`
            : mathml`${sub('w', `${i},${j}`)}<mo>×</mo>${sub('x', i)}`,
        ),
    numbers: part
      ? math(
          mathml`<mo>…</mo><mo>+</mo>${isBias ? number(w) : mathml`${number(w)}<mo>×</mo>${number(x)}`}<mo>=</mo>${number(sum)}`,
        )
      : math(mathml`${number(w)}<mo>×</mo>${number(x)}<mo>=</mo>${number(product)}`),
    value: part ? sum : product,
  };
}

/**
 * z up to and with an input, as the engine sums it: from the first to the last, the bias at the end.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} unit
 * @param {number} last
 * @param {number} row
 */
function sumTo(trace, layer, unit, last, row) {
  const x = inputsOf(trace, layer, row);
  let sum = 0;
  for (let i = 0; i <= Math.min(last, layer.inputs - 1); i++) {
    sum = Math.fround(sum + Math.fround(trace.before[weightAt(layer, unit, i)] * x[i]));
  }
  return last === layer.inputs ? Math.fround(sum + trace.before[layer.biasAt + unit]) : sum;
}

/** @param {Place} place @param {Scene} scene @returns {Told} */
function loss({ unit }, scene) {
  const { trace, opened } = scene;
  const { loss: chosen } = JSON.parse(opened.text).compile;
  const last = trace.layers[trace.layers.length - 1];
  const n = opened.info.n_outputs;
  if (unit < 0) {
    return {
      title: 'The cost: the mean of all losses',
      formula: math(
        mathml`<mi>L</mi><mo>=</mo><mfrac><mn>1</mn><mi>m</mi></mfrac><munder><mo>∑</mo><mi>i</mi></munder><msub><mi>ℓ</mi><mi>i</mi></msub>`,
      ),
      numbers: math(mathml`<mi>L</mi><mo>=</mo>${number(trace.loss)}`),
      value: trace.loss,
      note: html`${chosen.class_name} of ${trace.rows.length} rows, and what regularizers add.`,
    };
  }
  const row = scene.row < 0 ? unit : scene.row;
  const t = trace.t.subarray(
    (row * trace.t.length) / trace.rows.length,
    ((row + 1) * trace.t.length) / trace.rows.length,
  );
  const p = last.a.subarray(row * n, (row + 1) * n);
  const own = trace.terms[row];
  const yes = chosen.class_name === 'BinaryCrossentropy' && n === 1;
  return {
    title: `The loss of row ${row + 1} of the batch`,
    formula: yes
      ? math(
          mathml`<mi>ℓ</mi><mo>=</mo><mo>−</mo><mi>y</mi><mi>ln</mi><mi>p</mi><mo>−</mo><mo>(</mo><mn>1</mn><mo>−</mo><mi>y</mi><mo>)</mo><mi>ln</mi><mo>(</mo><mn>1</mn><mo>−</mo><mi>p</mi><mo>)</mo>`,
        )
      : html`<p>ℓ = ${chosen.class_name}(y, p)</p>`,
    numbers: html`y = ${[...t].map(digits).join(', ')}; p =
    ${[...p].slice(0, 10).map(digits).join(', ')}; ℓ =
    ${own === undefined ? 'a matter of the whole batch' : digits(own)}`,
    value: own ?? null,
    note: trace.at_logits
      ? html`Computed from z, as Keras does where a sigmoid or softmax comes last: so that the
        logarithm of a p near 0 keeps its digits.`
      : nothing,
  };
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function backward({ unit, from }, scene, layer) {
  const { trace, layers } = scene;
  const traced = trace.layers[layer.index];
  const at = (/** @type {number} */ row) => row * layer.n + unit;
  const j = String(unit + 1);
  if (from < 0) {
    const delta = mean(scene, (r) => traced.delta[at(r)]);
    const above = takerOf(layers, layer.index);
    if (!above) {
      const direct = trace.at_logits && layer.index === layers.length - 1;
      return {
        title: `${layer.name}, unit ${j}: delta, where the loss takes hold`,
        formula: direct
          ? math(
              mathml`${sub('δ', j)}<mo>=</mo><mfrac><mrow>${sub('p', j)}<mo>−</mo>${sub('y', j)}</mrow><mi>m</mi></mfrac>`,
            )
          : math(
              mathml`${sub('δ', j)}<mo>=</mo>${part(`a${j}`)}<msup><mi>f</mi><mo>′</mo></msup><mo>(</mo>${sub('z', j)}<mo>)</mo>`,
            ),
        numbers: math(mathml`${sub('δ', j)}<mo>=</mo>${number(delta)}`),
        value: delta,
        note: direct ? html`m = ${trace.rows.length} rows share one mean.` : nothing,
      };
    }
    const sent = mean(scene, (r) => sentBack(trace, above, unit, r));
    const slope = mean(scene, (r) => traced.slope[at(r)]);
    return {
      title: `${layer.name}, unit ${j}: delta, from the layer above`,
      formula: math(
        mathml`${sub('δ', j)}<mo>=</mo><mo>(</mo><munder><mo>∑</mo><mi>k</mi></munder>${sub('w', `${j},k`)}${sub('δ', 'k')}<mo>)</mo><msup><mi>f</mi><mo>′</mo></msup><mo>(</mo>${sub('z', j)}<mo>)</mo>`,
      ),
      numbers: math(mathml`${number(sent)}<mo>×</mo>${number(slope)}<mo>=</mo>${number(delta)}`),
      value: delta,
      note:
        scene.row < 0
          ? html`Means of the batch: a mean of products is not the product of means.`
          : nothing,
    };
  }
  const i = from === layer.inputs ? 'b' : String(from + 1);
  const gradient = trace.gradients[weightAt(layer, unit, from)];
  const share = (/** @type {number} */ r) =>
    Math.fround(
      (from === layer.inputs ? 1 : inputsOf(trace, layer, r)[from]) * traced.delta[at(r)],
    );
  const row = scene.row < 0 ? null : scene.row;
  const x = row === null || from === layer.inputs ? 1 : inputsOf(trace, layer, row)[from];
  return {
    title: `${layer.name}, unit ${j}: dL/dw of ${from === layer.inputs ? 'the bias' : `input ${i}`}`,
    formula: math(
      mathml`${part(`w${i},${j}`)}<mo>=</mo><munder><mo>∑</mo><mtext>rows</mtext></munder>${sub('x', i)}${sub('δ', j)}`,
    ),
    numbers:
      row === null
        ? math(mathml`<mi>Σ</mi><mo>=</mo>${number(gradient)}`)
        : math(
            mathml`${number(x)}<mo>×</mo>${number(traced.delta[at(row)])}<mo>=</mo>${number(share(row))}`,
          ),
    value: row === null ? gradient : share(row),
    note:
      row === null
        ? html`What a regularizer adds is in it.`
        : html`This row's share; all rows: ${digits(gradient)}.`,
  };
}

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Told} */
function update({ unit, from }, { trace, opened }, layer) {
  const { optimizer } = JSON.parse(opened.text).compile;
  const at = from < 0 ? layer.biasAt + unit : weightAt(layer, unit, from);
  const [g, w, after] = [trace.gradients[at], trace.before[at], trace.after[at]];
  const remembered = trace.slots.map(
    ({ name, before, after }) => html`<br />${name}: ${digits(before[at])} → ${digits(after[at])}`,
  );
  return {
    title: `${layer.name}, unit ${unit + 1}: the update of ${from === layer.inputs || from < 0 ? 'its bias' : `the weight of input ${from + 1}`}`,
    formula: html`${ruleOf(optimizer.class_name)}`,
    numbers: math(
      mathml`${number(w)}<mo>${after < w ? '−' : '+'}</mo>${number(Math.abs(after - w))}<mo>=</mo>${number(after)}`,
    ),
    value: after,
    note: html`gradient ${digits(g)}, learning rate ${digits(trace.learning_rate)}${remembered}`,
  };
}

/** @param {string} name Keras' class */
function ruleOf(name) {
  const step = (/** @type {unknown} */ by) =>
    math(mathml`<mi>w</mi><mo>←</mo><mi>w</mi><mo>−</mo>${by}`);
  if (name === 'SGD') return step(mathml`<mi>α</mi><mi>g</mi>`);
  if (/^Adam(W)?$/.test(name)) {
    return html`${math(mathml`<mi>m</mi><mo>←</mo>${sub('β', '1')}<mi>m</mi><mo>+</mo><mo>(</mo><mn>1</mn><mo>−</mo>${sub('β', '1')}<mo>)</mo><mi>g</mi>`)}
    ${math(mathml`<mi>v</mi><mo>←</mo>${sub('β', '2')}<mi>v</mi><mo>+</mo><mo>(</mo><mn>1</mn><mo>−</mo>${sub('β', '2')}<mo>)</mo><msup><mi>g</mi><mn>2</mn></msup>`)}
    ${step(mathml`<mi>α</mi><mfrac><msqrt><mn>1</mn><mo>−</mo><msubsup><mi>β</mi><mn>2</mn><mi>t</mi></msubsup></msqrt><mrow><mn>1</mn><mo>−</mo><msubsup><mi>β</mi><mn>1</mn><mi>t</mi></msubsup></mrow></mfrac><mfrac><mi>m</mi><mrow><msqrt><mi>v</mi></msqrt><mo>+</mo><mi>ε</mi></mrow></mfrac>`)}`;
  }
  return html`<p>w ← w + Δw, by the rule of ${name}</p>`;
}

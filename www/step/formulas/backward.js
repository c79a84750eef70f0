// Backward: the deltas (backward terms times the derivative of the activation) and the gradients.
import { html, mathml } from 'lit-html';
import { figure } from './figure.js';
import {
  aboveOf,
  backwardTerms,
  sharesOf,
  slopeAt,
  sumOf,
  tracedOf,
  weightAt,
} from '../numbers.js';
import { slopeOfLoss } from './loss.js';
import * as m from './math.js';

/** @typedef {import('../program.js').Place} Place */
/** @typedef {import('../stages.js').StepLayer} StepLayer */
/** @typedef {import('./math.js').Scene} Scene */
/** @typedef {import('./math.js').Explanation} Explanation */

/** @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function backward(place, scene, layer) {
  if (place.weights)
    return place.from < 0 ? gradients(place, scene, layer) : gradient(place, scene, layer);
  return place.to < 0 ? delta(place, scene, layer) : backwardTerm(place, scene, layer);
}

/** A delta. @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
export function delta({ channel, position, part }, scene, layer) {
  const { trace, row } = scene;
  const traced = tracedOf(trace, layer);
  const unit = position * layer.channels + channel;
  const at = (/** @type {number} */ r) => r * layer.n + unit;
  const j = String(channel + 1);
  const value = m.mean(scene, (r) => traced.delta[at(r)]);
  const name = m.nameOfUnit(layer, channel, position);
  const above = aboveOf(trace, layer);
  if (!above) return outputDelta(name, j, unit, value, scene, layer);
  const slope = m.mean(scene, (r) => slopeAt(trace, layer, at(r)));
  const back = m.mean(scene, (r) => sumOf(backwardTerms(trace, above, unit, r)));
  const weighs = above.every(({ to }) => to.weights);
  const from = above.map(({ to }) => to.name).join(' and ');
  const total = mathml`${m.sum('k')}${weighs ? m.sub('w', `${j},k`) : m.sub('m', 'k')}${m.sub('δ', 'k')}`;
  const terms = row < 0 ? [] : backwardTerms(trace, above, unit, row);
  const written = m.products(terms.map((t) => [t.factor, t.delta]));
  const equals = row < 0 ? '' : mathml`${written}<mo>=</mo>`;
  const dropped =
    row < 0 ? html`Means of the batch: a mean of products is not the product of means.` : undefined;
  const title = `${name}: delta, from ${from}${m.batchSuffix(scene)}`;
  if (!part || !traced.slope.length) {
    return {
      title,
      formula: m.math(mathml`${m.slope('a', j)}<mo>=</mo>${total}`),
      numbers: m.math(mathml`${equals}${m.result(back)}`),
      value: back,
      note: dropped,
    };
  }
  return {
    title,
    formula: m.math(
      mathml`${m.sub('δ', j)}<mo>=</mo><mo>(</mo>${total}<mo>)</mo><msup><mi>f</mi><mo>′</mo></msup><mo>(</mo>${m.sub('z', j)}<mo>)</mo>`,
    ),
    numbers: m.math(
      row < 0
        ? mathml`${m.slope('a', j)}<mo>=</mo>${m.result(back)}${m.and}<msup><mi>f</mi><mo>′</mo></msup><mo>=</mo>${m.result(slope)}${m.and}${m.sub('δ', j)}<mo>=</mo>${m.result(value)}`
        : mathml`${terms.length > 1 ? mathml`<mo>(</mo>${written}<mo>)</mo><mo>×</mo>${m.number(slope)}<mo>=</mo>` : ''}${m.product([back, slope])}<mo>=</mo>${m.result(value)}`,
    ),
    value,
    note: dropped,
  };
}

/**
 * Explains a delta at the output, or below a layer that is shown as a whole.
 * @param {string} name
 * @param {string} j
 * @param {number} unit
 * @param {number} value
 * @param {Scene} scene
 * @param {StepLayer} layer
 * @returns {Explanation}
 */
function outputDelta(name, j, unit, value, scene, layer) {
  const { trace, layers, row } = scene;
  const top = layers.findLast((own) => own.inner < 0 && tracedOf(trace, own).delta.length);
  const { slope } = tracedOf(trace, layer);
  const sloped = mathml`${m.slope('a', j)}${slope.length ? mathml`<msup><mi>f</mi><mo>′</mo></msup><mo>(</mo>${m.sub('z', j)}<mo>)</mo>` : ''}`;
  const plain = {
    title: `${name}: delta${m.batchSuffix(scene)}`,
    formula: m.math(mathml`${m.sub('δ', j)}<mo>=</mo>${sloped}`),
    numbers: m.math(mathml`${m.sub('δ', j)}<mo>=</mo>${m.result(value)}`),
    value,
  };
  if (top !== layer) {
    const takers = layers
      .filter(({ source, inner }) => source === layer.layer && inner < 0)
      .map((taker) => taker.name);
    return {
      ...plain,
      note: `Passed back by ${takers.join(' and ') || 'the next layer'}, which is not opened here.`,
    };
  }
  const title = `${name}: δ at the output (from the loss)${m.batchSuffix(scene)}`;
  if (row < 0) return { ...plain, title };
  const own = slopeOfLoss(scene, row, unit);
  const logits = Boolean(trace.cost.logit_term);
  const f = logits ? 1 : slopeAt(trace, layer, row * layer.n + unit);
  const near = (/** @type {number} */ to) => Math.abs(to - value) <= 1e-5 * Math.abs(value) + 1e-8;
  if (!own || !near(own.value * f)) {
    // Here ∂J/∂a is the number that the loss has computed.
    const slopes = trace.cost.slopes;
    const at = slopes[row * layer.n + unit];
    if (!slopes.length || !slope.length || !near(at * f)) return { ...plain, title };
    const numbers = mathml`${m.slope('a', j)}<mo>=</mo>${m.result(at)}${m.and}${m.sub('δ', j)}<mo>=</mo>${m.product([at, f])}<mo>=</mo>${m.result(value)}`;
    return { ...plain, title, numbers: m.math(numbers) };
  }
  const over = (/** @type {unknown} */ top, /** @type {unknown} */ below) =>
    mathml`<mfrac><mrow>${top}</mrow><mrow>${below}</mrow></mfrac>`;
  const divisor =
    trace.cost.is_mean && trace.cost.width > 1 ? mathml`<mi>n</mi><mi>m</mi>` : mathml`<mi>m</mi>`;
  const letter = logits ? m.sub('δ', j) : m.slope('a', j);
  return {
    title,
    formula: html`${logits ? '' : html`<p>${m.math(mathml`${m.sub('δ', j)}<mo>=</mo>${sloped}`)}</p>`}
      <p>${m.math(mathml`${letter}<mo>=</mo>${over(mathml`<mi>ℓ′</mi>`, divisor)}`)}</p>
      ${own.lines.map(({ formula }) => html`<p>${m.math(formula)}</p>`)}`,
    numbers: html`${own.lines.map(({ numbers }) => html`<p>${m.math(numbers)}</p>`)}
      <p>
        ${m.math(mathml`${letter}<mo>=</mo>${over(m.number(own.slope), mathml`<mn>${own.count}</mn>`)}<mo>=</mo>${m.result(own.value)}`)}
      </p>
      ${logits || !slope.length ? '' : html`<p>${m.math(mathml`${m.sub('δ', j)}<mo>=</mo>${m.product([own.value, f])}<mo>=</mo>${m.result(value)}`)}</p>`}`,
    value,
    note: logits
      ? `m = ${trace.rows.length} examples share one mean. The slope of the sigmoid or softmax and that of the logarithm cancel.`
      : undefined,
  };
}

/** One backward term. @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function backwardTerm({ channel, position, to, part }, scene, layer) {
  const { trace, row } = scene;
  const above = aboveOf(trace, layer) ?? [];
  const unit = position * layer.channels + channel;
  const all = (/** @type {number} */ r) => backwardTerms(trace, above, unit, r);
  const j = String(channel + 1);
  const one = all(Math.max(0, row))[to];
  const name = m.nameOfUnit(layer, channel, position);
  if (!one) return whole(name, scene);
  const product = m.mean(scene, (r) => all(r)[to].product);
  const sum = m.mean(scene, (r) => sumOf(all(r).slice(0, to + 1)));
  const k = String((one.taker % one.to.channels) + 1);
  const letter = one.to.weights ? m.sub('w', `${j},${k}`) : m.sub('m', k);
  const factors = row < 0 ? m.number(product) : m.product([one.factor, one.delta]);
  const written = mathml`${letter}<mo>×</mo>${m.sub('δ', k)}`;
  const from = m.nameOfUnit(
    one.to,
    one.taker % one.to.channels,
    Math.floor(one.taker / one.to.channels),
  );
  return {
    title: `${name}: what ${from} sends back${part ? ' is added' : ''}${m.batchSuffix(scene)}`,
    formula: m.math(part ? mathml`<mtext>sum so far</mtext><mo>+</mo>${written}` : written),
    numbers: m.math(
      part
        ? mathml`<mn>${figure(Math.fround(sum - product))}</mn><mo>+</mo>${factors}<mo>=</mo>${m.result(sum)}`
        : mathml`${factors}<mo>=</mo>${m.result(product)}`,
    ),
    value: part ? sum : product,
  };
}

/** A delta whose terms are unknown in this step. @param {string} name @param {Scene} scene @returns {Explanation} */
const whole = (name, scene) => ({
  title: `${name}: gradient from the next layer${m.batchSuffix(scene)}`,
  formula: html`<p>
    The next layer passes no gradient back: the loss is computed from the logits below it.
  </p>`,
  numbers: '',
  value: null,
});

/** The note where the gradient is not the sum of the shares alone. */
export const REGULARIZED = 'It includes the gradient of a regularizer.';

/** All gradients of a channel. @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function gradients({ channel }, { trace }, layer) {
  const j = String(channel + 1);
  const own = Array.from(
    { length: layer.terms },
    (_, t) => trace.gradients[weightAt(layer, channel, t)],
  );
  const bias =
    layer.biasAt < 0 ? '' : html`, of the bias ${figure(trace.gradients[layer.biasAt + channel])}`;
  return {
    title: `${m.nameOfUnit(layer, channel, -1)}: ∂J/∂w of all its weights`,
    formula: m.math(
      mathml`${m.slope('w', `i,${j}`)}<mo>=</mo>${m.sum(layer.n > layer.channels ? 'examples, positions' : 'examples')}${m.sub('x', 'i')}${m.sub('δ', j)}`,
    ),
    numbers: html`${layer.terms} gradients, from ${m.range(own)}${bias}`,
    value: null,
    note: 'No weight has changed yet: all gradients are computed before the first update.',
  };
}

/** One gradient, or the contribution of a row. @param {Place} place @param {Scene} scene @param {StepLayer} layer @returns {Explanation} */
function gradient({ channel, position, from, part }, scene, layer) {
  const { trace, row, opened } = scene;
  const isBias = from === layer.terms;
  const [i, j] = [String(from + 1), String(channel + 1)];
  const g = trace.gradients[weightAt(layer, channel, from)];
  const shares = (/** @type {number} */ r) => sharesOf(trace, layer, channel, from, r);
  const name = m.nameOfTerm(layer, from, opened.info.data.image);
  const title = `${m.nameOfUnit(layer, channel, -1)}: ∂J/∂w of ${isBias ? 'the bias' : name}`;
  const letter = isBias ? m.slope('b', j) : m.slope('w', `${i},${j}`);
  const x = isBias ? '' : m.sub('x', i);
  const over = layer.n > layer.channels ? 'examples, positions' : 'examples';
  const formula = m.math(mathml`${letter}<mo>=</mo>${m.sum(over)}${x}${m.sub('δ', j)}`);
  const written = (/** @type {ReturnType<typeof shares>} */ all) =>
    m.products(all.map(({ x, delta }) => (isBias ? [delta] : [x, delta])));
  if (row < 0) {
    const all = m.rowsOf(scene).flatMap(shares);
    const sum = sumOf(all);
    const value = part ? g : sum;
    const added = Math.abs(g - sum) > 1e-5 * Math.abs(sum) + 1e-8;
    return {
      title: `${title}${part ? '' : ': the sum over the batch'}`,
      formula,
      numbers: m.math(mathml`${written(all)}<mo>=</mo>${m.result(value)}`),
      value,
      note: part && added ? REGULARIZED : undefined,
    };
  }
  const own = shares(row);
  const here = position < 0 ? sumOf(own) : own[position].product;
  // The second of two parts adds it to the sum of earlier rows and positions.
  const before = m
    .rowsOf({ ...scene, row: -1 })
    .slice(0, row)
    .flatMap(shares);
  const sum = sumOf([...before, ...own.slice(0, position + 1)]);
  const adds = part === 1 && position >= 0;
  const place =
    position >= 0 && own.length > 1 ? ` at position ${position + 1} of ${own.length}` : '';
  return {
    title: `${title}: share of this example${place}${adds ? ' is added' : ''}`,
    formula,
    numbers: m.math(
      adds
        ? mathml`<mn>${figure(Math.fround(sum - here))}</mn><mo>+</mo>${m.number(here)}<mo>=</mo>${m.result(sum)}`
        : mathml`${written(position < 0 ? own : [own[position]])}<mo>=</mo>${m.result(here)}`,
    ),
    value: adds ? sum : here,
    note: adds
      ? html`The sum over examples 1 to ${row + 1} so far. Over all of them: ${figure(g)}.`
      : html`All examples together: ${figure(g)}.`,
  };
}

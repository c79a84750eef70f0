// Access to the numbers of a traced step by stage, unit, row and weight.
import { placeOf, consumersAt } from './stages.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./stages.js').StepLayer} StepLayer */

/** The numbers of a stage. @param {Trace} trace @param {StepLayer} layer */
export const tracedOf = (trace, { layer, inner }) =>
  inner < 0 ? trace.layers[layer] : trace.inner[layer][inner];

/**
 * Returns the inputs of a layer for one row: `[inputs]`.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 */
function inputsOf(trace, { source, inputs }, row) {
  const from = source < 0 ? trace.x : trace.layers[source].a;
  return from.subarray(row * inputs, (row + 1) * inputs);
}

/**
 * Returns the number at a place of the layer's input or of one of its stages; 0 in the padding.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} place
 */
function numberAt(trace, layer, row, place) {
  if (place < 0) return 0;
  if (place < layer.inputs) return inputsOf(trace, layer, row)[place];
  const from = layer.siblings.findLast(({ at }) => at <= place) ?? layer;
  return tracedOf(trace, from).a[row * from.n + place - from.at];
}

/**
 * Returns the input of one term of a unit: a number of the stage below, 1 for the bias, 0 in the padding.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} unit
 * @param {number} term
 */
export function inputAt(trace, layer, row, unit, term) {
  if (term === layer.terms) return 1;
  return numberAt(trace, layer, row, placeOf(layer, unit, term));
}

/**
 * Returns the index in `get_weights()` of the weight of a term; of the bias where `term` is the number of terms.
 * @param {StepLayer} layer
 * @param {number} channel
 * @param {number} term
 */
export function weightAt({ weights, terms, biasAt }, channel, term) {
  return (term === terms ? biasAt : (weights?.[term] ?? NaN)) + channel;
}

/**
 * Returns the factor of an input in a unit's sum; for an expression, its derivative.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} unit
 * @param {number} term
 */
export function factorOf(trace, layer, row, unit, term) {
  const { stage, terms, n, channels } = layer;
  if (!stage) return NaN;
  const { factor } = stage;
  if (factor === 'weight') return trace.before[weightAt(layer, unit % channels, term)];
  if (factor === 'one') return 1;
  const { a, factors } = tracedOf(trace, layer);
  if (factor === 'kept' || factor === 'expression') return factors[(row * n + unit) * terms + term];
  // The mean counts all inputs outside the padding; the maximum, those that equal the output.
  const counts = (/** @type {number} */ t) => {
    const place = placeOf(layer, unit, t);
    if (place < 0) return false;
    return factor === 'mean' || numberAt(trace, layer, row, place) === a[row * n + unit];
  };
  if (!counts(term)) return 0;
  const all = Array.from({ length: terms }, (_, t) => t).filter(counts);
  return factor === 'first largest' ? Number(term === all[0]) : Math.fround(1 / all.length);
}

/**
 * Returns the array that contains a weight.
 * @param {import('../types.js').RunInfo} info
 * @param {number} at in `get_weights()`
 */
export function paramAt({ layers }, at) {
  const all = layers.flatMap(({ params }) => params);
  return all.find((p) => at >= p.at && at < p.at + p.length) ?? all[0];
}

/**
 * Returns the stages whose deltas determine those of a stage; undefined for the output, or where one of them is shown as
 * a whole.
 * @param {Trace} trace
 * @param {StepLayer} layer
 */
export function aboveOf(trace, layer) {
  const { z, slope } = tracedOf(trace, layer);
  // An activation of several numbers, such as softmax, has no slope per number.
  if (z.length && !slope.length) return undefined;
  const { consumers } = layer;
  const known = consumers.every(({ to }) => tracedOf(trace, to).delta.length);
  return consumers.length && known ? consumers : undefined;
}

/**
 * Returns the terms of dL/da of a unit for one row, one for each number of the stages above that takes it.
 * @param {Trace} trace
 * @param {import('./stages.js').Consumer[]} above
 * @param {number} unit of the stage below
 * @param {number} row
 */
export function backwardTerms(trace, above, unit, row) {
  return above.flatMap(({ to, at }) => {
    const { delta } = tracedOf(trace, to);
    return consumersAt(to, at + unit).map(({ unit: taker, term }) => {
      const factor = factorOf(trace, to, row, taker, term);
      const sent = delta[row * to.n + taker];
      return { to, taker, term, factor, delta: sent, product: Math.fround(factor * sent) };
    });
  });
}

/** The sum of terms in float32, in the order of the engine. @param {{ product: number }[]} terms */
export function sumOf(terms) {
  return terms.reduce((sum, { product }) => Math.fround(sum + product), 0);
}

/** f'(z) of a unit; 1 where there is no activation. @param {Trace} trace @param {StepLayer} layer @param {number} at */
export function slopeAt(trace, layer, at) {
  const { slope } = tracedOf(trace, layer);
  return slope.length ? slope[at] : 1;
}

/**
 * Returns the share of an example in the gradient of a weight, by position: the input times δ.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} channel
 * @param {number} term
 * @param {number} row
 */
export function sharesOf(trace, layer, channel, term, row) {
  const { delta } = tracedOf(trace, layer);
  return Array.from({ length: layer.n / layer.channels }, (_, p) => {
    const unit = p * layer.channels + channel;
    const x = inputAt(trace, layer, row, unit, term);
    const d = delta[row * layer.n + unit];
    return { x, delta: d, product: Math.fround(x * d) };
  });
}

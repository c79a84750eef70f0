// What a traced step holds, by layer, unit, row and weight.
import { takerOf } from './program.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./program.js').StepLayer} StepLayer */

/**
 * What reaches a layer of one row: `[inputs]`.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 */
export function inputsOf(trace, layer, row) {
  const from = layer.source < 0 ? trace.x : trace.layers[layer.source].a;
  return from.subarray(row * layer.inputs, (row + 1) * layer.inputs);
}

/**
 * What one term of a unit takes: a number below, 1 for the bias, 0 beyond the edge.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} unit
 * @param {number} term
 */
export function inputAt(trace, layer, row, unit, term) {
  if (term === layer.terms) return 1;
  const place = layer.wiring ? layer.wiring.input(unit, term) : -1;
  return place < 0 ? 0 : inputsOf(trace, layer, row)[place];
}

/**
 * The weight of a term of a channel, as a place in `get_weights()`; the bias for a term equal to their number.
 * @param {StepLayer} layer
 * @param {number} channel
 * @param {number} term
 */
export function weightAt(layer, channel, term) {
  return term === layer.terms
    ? layer.biasAt + channel
    : layer.kernelAt + term * layer.channels + channel;
}

/**
 * What stands before an input in a unit's sum.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} row
 * @param {number} unit
 * @param {number} term
 */
export function factorOf(trace, layer, row, unit, term) {
  const { wiring, terms, n, channels } = layer;
  if (!wiring) return NaN;
  if (wiring.factor === 'weight') return trace.before[weightAt(layer, unit % channels, term)];
  if (wiring.factor === 'same') return 1;
  const a = trace.layers[layer.index].a[row * n + unit];
  const x = inputAt(trace, layer, row, unit, term);
  if (wiring.factor === 'mask')
    return x === 0 ? maskBack(trace, layer, row * n + unit) : Math.fround(a / x);
  const inputs = inputsOf(trace, layer, row);
  // Those that count: of the window's inputs all that there are, or those that are as large as what came out.
  let [count, first] = [0, -1];
  for (let t = 0; t < terms; t++) {
    const place = wiring.input(unit, t);
    if (place < 0 || (wiring.factor === 'max' && inputs[place] !== a)) continue;
    if (count === 0) first = t;
    count++;
  }
  const own = wiring.input(unit, term);
  if (own < 0 || (wiring.factor === 'max' && inputs[own] !== a)) return 0;
  if (wiring.factor === 'max' && !wiring.shares) return Number(term === first);
  return Math.fround(1 / count);
}

/**
 * What a mask multiplied a 0 with, which goes without a trace: from the deltas above and below. 0 where neither tells.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} at
 */
function maskBack(trace, { index, source }, at) {
  const above = trace.layers[index].delta[at];
  if (source < 0 || !above) return 0;
  const { delta, slope, z } = trace.layers[source];
  // Where f is flat nothing comes back, whatever the mask is.
  const back = z.length ? delta[at] / (slope[at] || Infinity) : delta[at];
  return back / above || 0;
}

/**
 * The array that a weight stands in.
 * @param {import('../types.js').RunInfo} info
 * @param {number} at in `get_weights()`
 */
export function paramAt({ layers }, at) {
  const all = layers.flatMap(({ params }) => params);
  return all.find((p) => at >= p.at && at < p.at + p.length) ?? all[0];
}

/**
 * The layer whose deltas make those of a layer; undefined where it is not opened, or where the loss takes hold.
 * @param {Trace} trace
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 */
export function aboveOf(trace, layers, layer) {
  const { z, slope } = trace.layers[layer.index];
  // An activation that looks at several numbers, as softmax does, has no slope of its own.
  if (z.length && !slope.length) return undefined;
  const above = takerOf(layers, layer);
  return above && trace.layers[above.index].delta.length ? above : undefined;
}

/**
 * The terms of dL/da of a unit for one row: what the layer above sends back to it.
 * @param {Trace} trace
 * @param {StepLayer} above
 * @param {number} unit of the layer below
 * @param {number} row
 */
export function sentBack(trace, above, unit, row) {
  const { delta } = trace.layers[above.index];
  return (above.wiring?.takers(unit) ?? []).map(({ unit: taker, term }) => {
    const factor = factorOf(trace, above, row, taker, term);
    const sent = delta[row * above.n + taker];
    return { taker, term, factor, delta: sent, product: Math.fround(factor * sent) };
  });
}

/** Their sum, from the first to the last as the engine does. @param {{ product: number }[]} terms */
export function sumOf(terms) {
  return terms.reduce((sum, { product }) => Math.fround(sum + product), 0);
}

/** f'(z) of a unit; 1 where there is no activation. @param {Trace} trace @param {StepLayer} layer @param {number} at */
export function slopeAt(trace, layer, at) {
  const { slope } = trace.layers[layer.index];
  return slope.length ? slope[at] : 1;
}

// What a traced step holds, by layer, unit, row and weight; and the chain rule through it.
import { takerOf } from './program.js';

/** @typedef {import('./worker.js').Trace} Trace */
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
  // A number that was dropped is 0 now; one that was 0 before tells nothing, and nothing depends on it.
  if (wiring.factor === 'mask') return x === 0 ? 0 : Math.fround(a / x);
  const places = Array.from({ length: terms }, (_, t) => wiring.input(unit, t));
  if (wiring.factor === 'mean') {
    return places[term] < 0 ? 0 : Math.fround(1 / places.filter((place) => place >= 0).length);
  }
  const inputs = inputsOf(trace, layer, row);
  const largest = places.flatMap((place, t) => (place >= 0 && inputs[place] === a ? [t] : []));
  if (!largest.includes(term)) return 0;
  return wiring.shares ? Math.fround(1 / largest.length) : Number(term === largest[0]);
}

/**
 * The path of a weight's array, and its place in it, as an edit of the experiment names it.
 * @param {import('../types.js').RunInfo} info
 * @param {number} at in `get_weights()`
 */
export function nameOf(info, at) {
  for (const { params } of info.layers) {
    const param = params.find((p) => at >= p.at && at < p.at + p.length);
    if (param) return { path: param.path, at: at - param.at };
  }
  return { path: '', at: 0 };
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

/**
 * @typedef {object} Path
 * @property {{ layer: number, unit: number }[]} hops the weight's own unit, then one of each layer that is gone through
 * @property {number[]} factors f'(z) and what stands before each input, one after another
 * @property {number} product of all of them, with the input and the last delta
 */

/**
 * The chain rule of dL/dw for one row: a path through the layers for each way that a term reaches the loss, those that
 * carry most first. Ways on which something is 0 are left out. `complete`: no other is.
 * @param {Trace} trace
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 * @param {number[]} units that have the weight
 * @param {number} term
 * @param {number} row
 * @param {number} most
 * @returns {{ paths: Path[], sum: number, complete: boolean }}
 */
export function pathsOf(trace, layers, layer, units, term, row, most) {
  /** @type {Path[]} */
  const paths = [];
  let [sum, complete] = [0, true];
  /** @param {StepLayer} here @param {number} unit @param {Path} so */
  const walk = (here, unit, so) => {
    if (paths.length >= most) {
      complete = false;
      return;
    }
    const at = row * here.n + unit;
    const hops = [...so.hops, { layer: here.index, unit }];
    const above = aboveOf(trace, layers, here);
    if (!above) {
      const last = trace.layers[here.index].delta[at];
      const product = so.product * last;
      paths.push({ hops, factors: [...so.factors, last], product });
      sum += product;
      return;
    }
    const slope = slopeAt(trace, here, at);
    const sloped = trace.layers[here.index].slope.length ? [...so.factors, slope] : so.factors;
    if (slope === 0) return;
    for (const { unit: taker, term } of above.wiring?.takers(unit) ?? []) {
      const factor = factorOf(trace, above, row, taker, term);
      if (factor === 0) continue;
      // What is only handed on is no factor.
      const factors = above.wiring?.factor === 'same' ? sloped : [...sloped, factor];
      walk(above, taker, { hops, factors, product: so.product * slope * factor });
    }
  };
  for (const unit of units) {
    const x = inputAt(trace, layer, row, unit, term);
    if (units.length > 1 && x === 0) continue;
    walk(layer, unit, { hops: [], factors: [x], product: x });
  }
  paths.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return { paths, sum, complete };
}

/**
 * The hops of paths, each with what goes along it of all that the paths carry; by channels, which is what the picture
 * shows.
 * @param {Path[]} paths
 * @param {StepLayer[]} layers
 * @returns {import('../types.js').Hop[]}
 */
export function hopsOf(paths, layers) {
  const whole = paths.reduce((sum, { product }) => sum + Math.abs(product), 0) || 1;
  /** @type {Map<string, import('../types.js').Hop>} */
  const hops = new Map();
  const shown = (/** @type {{ layer: number, unit: number }} */ { layer, unit }) => ({
    layer,
    unit: unit % layers[layer].channels,
  });
  for (const { hops: own, product } of paths) {
    for (let i = 1; i < own.length; i++) {
      const [from, to] = [shown(own[i - 1]), shown(own[i])];
      const key = JSON.stringify([from, to]);
      const known = hops.get(key) ?? { from, to, share: 0 };
      known.share += product / whole;
      hops.set(key, known);
    }
  }
  return [...hops.values()];
}

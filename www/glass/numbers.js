// What a traced step holds, by layer, unit, row and weight.

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
 * The weight that leads from an input into a unit, as a place in `get_weights()`; the bias for `from` equal to the
 * number of inputs.
 * @param {StepLayer} layer
 * @param {number} unit
 * @param {number} from
 */
export function weightAt(layer, unit, from) {
  return from === layer.inputs ? layer.biasAt + unit : layer.kernelAt + from * layer.n + unit;
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
 * dL/da of a unit for one row: what the layers above send back to it, summed from the first to the last as the engine
 * does.
 * @param {Trace} trace
 * @param {StepLayer} above
 * @param {number} unit of the layer below
 * @param {number} row
 */
export function sentBack(trace, above, unit, row) {
  const { delta } = trace.layers[above.index];
  let sum = 0;
  for (let k = 0; k < above.n; k++) {
    const w = trace.before[weightAt(above, k, unit)];
    sum = Math.fround(sum + Math.fround(w * delta[row * above.n + k]));
  }
  return sum;
}

/**
 * The one dense layer that takes what a layer gives; undefined where there are others, or none.
 * @param {StepLayer[]} layers
 * @param {number} index
 */
export function takerOf(layers, index) {
  const takers = layers.filter(({ source }) => source === index);
  return takers.length === 1 && takers[0].dense ? takers[0] : undefined;
}

/**
 * @typedef {object} Path
 * @property {number[]} units one of each layer, from the weight's own on
 * @property {number[]} factors f'(z) and weights, one after another
 * @property {number} product of all of them, with delta of the last layer and the input
 */

/**
 * The chain rule of dL/dw for one row: a path through the layers for each way that the weight reaches the loss, those
 * that carry most first. `complete`: none is left out.
 * @param {Trace} trace
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 * @param {number} unit
 * @param {number} input what the weight is multiplied with: x, a, or 1 for a bias
 * @param {number} row
 * @param {number} most
 * @returns {{ paths: Path[], sum: number, complete: boolean }}
 */
export function pathsOf(trace, layers, layer, unit, input, row, most) {
  /** @type {Path[]} */
  const paths = [];
  let [sum, complete] = [0, true];
  /** @param {StepLayer} here @param {number} j @param {number[]} units @param {number[]} factors @param {number} product */
  const walk = (here, j, units, factors, product) => {
    if (paths.length >= most) {
      complete = false;
      return;
    }
    const above = takerOf(layers, here.index);
    const { delta, slope } = trace.layers[here.index];
    if (!above) {
      const last = delta[row * here.n + j];
      paths.push({ units: [...units, j], factors: [...factors, last], product: product * last });
      sum += product * last;
      return;
    }
    const own = slope[row * here.n + j];
    for (let k = 0; k < above.n; k++) {
      const w = trace.before[weightAt(above, k, j)];
      walk(above, k, [...units, j], [...factors, own, w], product * own * w);
    }
  };
  walk(layer, unit, [], [input], input);
  paths.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
  return { paths, sum, complete };
}

/**
 * The hops of paths, each with what goes along it of all that the paths carry.
 * @param {Path[]} paths
 * @param {number[]} layers indices of the layers that they go through
 * @returns {import('../types.js').Hop[]}
 */
export function hopsOf(paths, layers) {
  const whole = paths.reduce((sum, { product }) => sum + Math.abs(product), 0) || 1;
  /** @type {Map<string, import('../types.js').Hop>} */
  const hops = new Map();
  for (const { units, product } of paths) {
    for (let i = 1; i < units.length; i++) {
      const key = `${i} ${units[i - 1]} ${units[i]}`;
      const known = hops.get(key) ?? {
        from: { layer: layers[i - 1], unit: units[i - 1] },
        to: { layer: layers[i], unit: units[i] },
        share: 0,
      };
      known.share += product / whole;
      hops.set(key, known);
    }
  }
  return [...hops.values()];
}

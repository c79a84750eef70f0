// The chain rule of one weight as paths through the network: their number, the largest ones, their sum, and those that
// contribute 0.
import { aboveOf, factorOf, inputAt, slopeAt, tracedOf } from './numbers.js';
import { consumersAt } from './stages.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./stages.js').StepLayer} StepLayer */

/** Maximum number of paths that are all computed. Beyond it, only the largest `STRONGEST` are. */
export const MOST = 4000;
const STRONGEST = 100;
/** Number of paths with a product of 0 that are computed. */
const ZEROS = 8;
/** Minimum share of the gradient for an edge that is drawn. */
const LEAST = 1e-3;

/**
 * @typedef {object} Path
 * @property {{ layer: number, unit: number }[]} units the weight's own unit, then one of each stage on the path
 * @property {number[]} factors f'(z) and the factor of each input, in order
 * @property {number} product of all factors, including the input and the last delta
 */

/** The paths from a unit to the loss: their number and the largest product. @typedef {{ count: number, best: number }} Onward */

/**
 * Returns the paths of ∂J/∂w for one example whose product is not 0, largest first. `count`: their number, including those
 * that are not computed. `zeros`: number of paths with a product of 0, of which `zeroPaths` are the first.
 * @param {Trace} trace
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 * @param {number[]} units that have the weight
 * @param {number} term
 * @param {number} row
 * @param {number} [most]
 * @returns {{ paths: Path[], sum: number, count: number, zeros: number, zeroPaths: Path[] }}
 */
export function pathsOf(trace, layers, layer, units, term, row, most = MOST) {
  const above = new Map(layers.map((layer) => [layer, aboveOf(trace, layer)]));
  /** @type {Map<StepLayer, Map<number, Onward>>} */
  const known = new Map(layers.map((layer) => [layer, new Map()]));
  const deltaAt = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    tracedOf(trace, here).delta[row * here.n + unit];
  const slopeOf = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    slopeAt(trace, here, row * here.n + unit);

  /** All next steps from a unit, each with its factor. @param {StepLayer} here @param {number} unit */
  const nextOf = (here, unit) =>
    (above.get(here) ?? []).flatMap(({ to, at }) =>
      consumersAt(to, at + unit).map(({ unit: taker, term }) => {
        return { to, unit: taker, factor: factorOf(trace, to, row, taker, term) };
      }),
    );
  /** Those whose factor is not 0. @param {StepLayer} here @param {number} unit */
  const next = (here, unit) => nextOf(here, unit).filter(({ factor }) => factor !== 0);

  /** @param {StepLayer} here @param {number} unit @returns {Onward} */
  const onwardFrom = (here, unit) => {
    const memory = /** @type {Map<number, Onward>} */ (known.get(here));
    const found = memory.get(unit);
    if (found) return found;
    const last = Math.abs(deltaAt(here, unit));
    let onward = { count: last === 0 ? 0 : 1, best: last };
    if (above.get(here)) {
      const slope = slopeOf(here, unit);
      const nextSteps =
        slope === 0
          ? []
          : next(here, unit).map((step) => ({ ...step, ...onwardFrom(step.to, step.unit) }));
      onward = {
        count: nextSteps.reduce((sum, { count }) => sum + count, 0),
        best: nextSteps.reduce(
          (most, { factor, best }) => Math.max(most, Math.abs(slope * factor) * best),
          0,
        ),
      };
    }
    memory.set(unit, onward);
    return onward;
  };

  const all = units.map((unit) => ({ unit, x: inputAt(trace, layer, row, unit, term) }));
  const starts = all.filter(({ x }) => x !== 0);
  const count = starts.reduce((sum, { unit }) => sum + onwardFrom(layer, unit).count, 0);
  const isComplete = count <= most;
  /** @type {Path[]} */
  let paths = [];
  /** Minimum product of a path among the largest. */
  let least = -1;

  /** @param {StepLayer} here @param {number} unit @param {Path} path */
  const walk = (here, unit, path) => {
    const units = [...path.units, { layer: here.index, unit }];
    if (!above.get(here)) {
      const last = deltaAt(here, unit);
      if (last === 0) return;
      paths.push({ units, factors: [...path.factors, last], product: path.product * last });
      if (isComplete || paths.length < 2 * STRONGEST) return;
      paths = strongest(paths).slice(0, STRONGEST);
      least = Math.abs(paths[paths.length - 1].product);
      return;
    }
    const slope = slopeOf(here, unit);
    if (slope === 0) return;
    const factors = tracedOf(trace, here).slope.length ? [...path.factors, slope] : path.factors;
    const steps = next(here, unit).map((step) => {
      const product = path.product * slope * step.factor;
      return { ...step, product, best: Math.abs(product) * onwardFrom(step.to, step.unit).best };
    });
    if (!isComplete) steps.sort((a, b) => b.best - a.best);
    for (const { to, unit, factor, product, best } of steps) {
      if (!isComplete && best <= least) break;
      // A factor of 1 is not listed.
      const own = to.stage?.factor === 'one' ? factors : [...factors, factor];
      walk(to, unit, { units, factors: own, product });
    }
  };
  for (const { unit, x } of starts) walk(layer, unit, { units: [], factors: [x], product: x });
  paths = strongest(paths).slice(0, isComplete ? most : STRONGEST);
  const sum = paths.reduce((sum, { product }) => sum + product, 0);

  /** Number of all paths from a unit to the loss. @type {Map<StepLayer, Map<number, number>>} */
  const counted = new Map(layers.map((layer) => [layer, new Map()]));
  /** @param {StepLayer} here @param {number} unit @returns {number} */
  const total = (here, unit) => {
    const memory = /** @type {Map<number, number>} */ (counted.get(here));
    let found = memory.get(unit);
    if (found !== undefined) return found;
    const consumers = above.get(here);
    found = consumers ? 0 : 1;
    for (const { to, at } of consumers ?? [])
      for (const taker of consumersAt(to, at + unit)) found += total(to, taker.unit);
    memory.set(unit, found);
    return found;
  };
  /** @type {Path[]} */
  const zeroPaths = [];
  /** Collects paths with a product of 0. @param {StepLayer} here @param {number} unit @param {Path} path */
  const walkZeros = (here, unit, path) => {
    const isZero = path.product === 0;
    if (zeroPaths.length === ZEROS) return;
    if (!isZero && total(here, unit) === onwardFrom(here, unit).count) return;
    const units = [...path.units, { layer: here.index, unit }];
    if (!above.get(here)) {
      zeroPaths.push({ units, factors: [...path.factors, deltaAt(here, unit)], product: 0 });
      return;
    }
    const slope = slopeOf(here, unit);
    const factors = tracedOf(trace, here).slope.length ? [...path.factors, slope] : path.factors;
    for (const { to, unit: taker, factor } of nextOf(here, unit)) {
      const own = to.stage?.factor === 'one' ? factors : [...factors, factor];
      walkZeros(to, taker, { units, factors: own, product: path.product * slope * factor });
    }
  };
  for (const { unit, x } of all) walkZeros(layer, unit, { units: [], factors: [x], product: x });
  const zeros = all.reduce((sum, { unit }) => sum + total(layer, unit), 0) - count;
  return { paths, sum, count, zeros, zeroPaths };
}

/** @param {Path[]} paths */
function strongest(paths) {
  return paths.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

/**
 * Returns the edges of paths, each with its share of the sum, merged by channel as in the picture.
 * @param {Path[]} paths
 * @param {StepLayer[]} layers
 * @returns {import('../types.js').PathEdge[]}
 */
export function edgesOf(paths, layers) {
  const whole = paths.reduce((sum, { product }) => sum + Math.abs(product), 0) || 1;
  /** @type {Map<string, import('../types.js').PathEdge>} */
  const edges = new Map();
  const shown = (/** @type {{ layer: number, unit: number }} */ { layer, unit }) => ({
    layer: layers[layer].layer,
    unit: unit % layers[layer].channels,
  });
  for (const { units: all, product } of paths) {
    // The picture has no intermediate values.
    const own = all.filter(({ layer }) => layers[layer].inner < 0);
    for (let i = 1; i < own.length; i++) {
      const [from, to] = [shown(own[i - 1]), shown(own[i])];
      const key = [from.layer, from.unit, to.layer, to.unit].join();
      const known = edges.get(key) ?? { from, to, share: 0 };
      known.share += product / whole;
      edges.set(key, known);
    }
  }
  // Negligible edges would hide the others.
  return [...edges.values()].filter(({ share }) => Math.abs(share) > LEAST);
}

// The chain rule of one weight as paths through the network: their number, the largest ones and their sum.
import { aboveOf, factorOf, inputAt, slopeAt, tracedOf } from './numbers.js';
import { consumersAt } from './stages.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./stages.js').StepLayer} StepLayer */

/** Maximum number of paths that are all computed. Beyond it, only the largest `STRONGEST` are. */
export const MOST = 4000;
const STRONGEST = 100;
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
 * Returns the paths of dL/dw for one row, largest first. Paths through a flat activation or a factor of 0 are omitted.
 * `count`: number of all paths, including those that are not computed.
 * @param {Trace} trace
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 * @param {number[]} units that have the weight
 * @param {number} term
 * @param {number} row
 * @param {number} [most]
 * @returns {{ paths: Path[], sum: number, count: number }}
 */
export function pathsOf(trace, layers, layer, units, term, row, most = MOST) {
  const above = new Map(layers.map((layer) => [layer, aboveOf(trace, layer)]));
  /** @type {Map<StepLayer, Map<number, Onward>>} */
  const known = new Map(layers.map((layer) => [layer, new Map()]));
  const deltaAt = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    tracedOf(trace, here).delta[row * here.n + unit];
  const slopeOf = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    slopeAt(trace, here, row * here.n + unit);

  /** The next steps from a unit, each with its factor. @param {StepLayer} here @param {number} unit */
  const next = (here, unit) => {
    return (above.get(here) ?? []).flatMap(({ to, at }) =>
      consumersAt(to, at + unit).flatMap(({ unit: taker, term }) => {
        const factor = factorOf(trace, to, row, taker, term);
        return factor !== 0 ? [{ to, unit: taker, factor }] : [];
      }),
    );
  };

  /** @param {StepLayer} here @param {number} unit @returns {Onward} */
  const onwardFrom = (here, unit) => {
    const memory = /** @type {Map<number, Onward>} */ (known.get(here));
    const found = memory.get(unit);
    if (found) return found;
    let onward = { count: 1, best: Math.abs(deltaAt(here, unit)) };
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

  const starts = units
    .map((unit) => ({ unit, x: inputAt(trace, layer, row, unit, term) }))
    .filter(({ x }) => units.length === 1 || x !== 0);
  const count = starts.reduce((sum, { unit }) => sum + onwardFrom(layer, unit).count, 0);
  const all = count <= most;
  /** @type {Path[]} */
  let paths = [];
  /** Minimum product of a path among the largest. */
  let least = -1;

  /** @param {StepLayer} here @param {number} unit @param {Path} path */
  const walk = (here, unit, path) => {
    const units = [...path.units, { layer: here.index, unit }];
    if (!above.get(here)) {
      const last = deltaAt(here, unit);
      paths.push({ units, factors: [...path.factors, last], product: path.product * last });
      if (all || paths.length < 2 * STRONGEST) return;
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
    if (!all) steps.sort((a, b) => b.best - a.best);
    for (const { to, unit, factor, product, best } of steps) {
      if (!all && best <= least) break;
      // A factor of 1 is not listed.
      const own = to.stage?.factor === 'one' ? factors : [...factors, factor];
      walk(to, unit, { units, factors: own, product });
    }
  };
  for (const { unit, x } of starts) walk(layer, unit, { units: [], factors: [x], product: x });
  paths = strongest(paths).slice(0, all ? most : STRONGEST);
  return { paths, sum: paths.reduce((sum, { product }) => sum + product, 0), count };
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

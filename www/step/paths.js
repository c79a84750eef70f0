// The chain rule of one weight as paths through the network: how many there are, which carry most, and their sum.
import { aboveOf, factorOf, inputAt, slopeAt, tracedOf } from './numbers.js';
import { takersAt } from './stages.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./stages.js').StepLayer} StepLayer */

/** Of more paths than this, only the strongest are made: so many. */
export const MOST = 4000;
const STRONGEST = 100;
/** The least share of what all paths carry that is drawn. */
const LEAST = 1e-3;

/**
 * @typedef {object} Path
 * @property {{ layer: number, unit: number }[]} hops the weight's own unit, then one of each stage that is gone through
 * @property {number[]} factors f'(z) and what stands before each input, one after another
 * @property {number} product of all of them, with the input and the last delta
 */

/** What can still come of a path that has reached a unit. @typedef {{ count: number, best: number }} Ways */

/**
 * The paths of dL/dw for one row, one for each way that a term reaches the loss; those that carry most first. Ways on
 * which an activation is flat, or nothing is handed on, are none. `count`: of all of them, also where not all are made.
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
  /** @type {Map<StepLayer, Map<number, Ways>>} */
  const known = new Map(layers.map((layer) => [layer, new Map()]));
  const deltaAt = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    tracedOf(trace, here).delta[row * here.n + unit];
  const slopeOf = (/** @type {StepLayer} */ here, /** @type {number} */ unit) =>
    slopeAt(trace, here, row * here.n + unit);

  /** The next steps from a unit, each with its factor. @param {StepLayer} here @param {number} unit */
  const next = (here, unit) => {
    return (above.get(here) ?? []).flatMap(({ to, at }) =>
      takersAt(to, at + unit).flatMap(({ unit: taker, term }) => {
        const factor = factorOf(trace, to, row, taker, term);
        return factor !== 0 ? [{ to, unit: taker, factor }] : [];
      }),
    );
  };

  /** @param {StepLayer} here @param {number} unit @returns {Ways} */
  const waysFrom = (here, unit) => {
    const memory = /** @type {Map<number, Ways>} */ (known.get(here));
    const found = memory.get(unit);
    if (found) return found;
    let ways = { count: 1, best: Math.abs(deltaAt(here, unit)) };
    if (above.get(here)) {
      const slope = slopeOf(here, unit);
      const on =
        slope === 0
          ? []
          : next(here, unit).map((step) => ({ ...step, ...waysFrom(step.to, step.unit) }));
      ways = {
        count: on.reduce((sum, { count }) => sum + count, 0),
        best: on.reduce(
          (most, { factor, best }) => Math.max(most, Math.abs(slope * factor) * best),
          0,
        ),
      };
    }
    memory.set(unit, ways);
    return ways;
  };

  const begins = units
    .map((unit) => ({ unit, x: inputAt(trace, layer, row, unit, term) }))
    .filter(({ x }) => units.length === 1 || x !== 0);
  const count = begins.reduce((sum, { unit }) => sum + waysFrom(layer, unit).count, 0);
  const all = count <= most;
  /** @type {Path[]} */
  let paths = [];
  /** What a path must carry to be among the strongest. */
  let least = -1;

  /** @param {StepLayer} here @param {number} unit @param {Path} so */
  const walk = (here, unit, so) => {
    const hops = [...so.hops, { layer: here.index, unit }];
    if (!above.get(here)) {
      const last = deltaAt(here, unit);
      paths.push({ hops, factors: [...so.factors, last], product: so.product * last });
      if (all || paths.length < 2 * STRONGEST) return;
      paths = strongest(paths).slice(0, STRONGEST);
      least = Math.abs(paths[paths.length - 1].product);
      return;
    }
    const slope = slopeOf(here, unit);
    if (slope === 0) return;
    const factors = tracedOf(trace, here).slope.length ? [...so.factors, slope] : so.factors;
    const steps = next(here, unit).map((step) => {
      const product = so.product * slope * step.factor;
      return { ...step, product, best: Math.abs(product) * waysFrom(step.to, step.unit).best };
    });
    if (!all) steps.sort((a, b) => b.best - a.best);
    for (const { to, unit, factor, product, best } of steps) {
      if (!all && best <= least) break;
      // What is only handed on is no factor.
      const own = to.stage?.factor === 'one' ? factors : [...factors, factor];
      walk(to, unit, { hops, factors: own, product });
    }
  };
  for (const { unit, x } of begins) walk(layer, unit, { hops: [], factors: [x], product: x });
  paths = strongest(paths).slice(0, all ? most : STRONGEST);
  return { paths, sum: paths.reduce((sum, { product }) => sum + product, 0), count };
}

/** @param {Path[]} paths */
function strongest(paths) {
  return paths.sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
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
    layer: layers[layer].layer,
    unit: unit % layers[layer].channels,
  });
  for (const { hops: all, product } of paths) {
    // The picture has no intermediate values.
    const own = all.filter(({ layer }) => layers[layer].inner < 0);
    for (let i = 1; i < own.length; i++) {
      const [from, to] = [shown(own[i - 1]), shown(own[i])];
      const key = [from.layer, from.unit, to.layer, to.unit].join();
      const known = hops.get(key) ?? { from, to, share: 0 };
      known.share += product / whole;
      hops.set(key, known);
    }
  }
  // What carries next to nothing would only hide the others.
  return [...hops.values()].filter(({ share }) => Math.abs(share) > LEAST);
}

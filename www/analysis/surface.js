// A plane through the weight space: a centre and two directions, the projection of weights onto it, and the order in which
// its losses are computed. Pure functions.
import { paramAt, weightAt } from '../step/numbers.js';
import { mainStage, stepLayers } from '../step/stages.js';

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * An axis: its name, and the number added to its coordinates for display.
 * @typedef {{ name: string, zero: number }} Axis
 */

/**
 * The weights are `middle + a u + b v`, with `a` and `b` in their ranges.
 * @typedef {object} Plane
 * @property {[Axis, Axis]} axes
 * @property {Float32Array} middle
 * @property {Float32Array} u
 * @property {Float32Array} v
 * @property {[number, number]} a
 * @property {[number, number]} b
 */

/**
 * @typedef {{ kind: 'random', seed: number, span: number } | { kind: 'weights', first: number, second: number, span: number }
 *   | { kind: 'path' }} PlaneRequest
 */

/**
 * Returns the requested plane.
 * @param {PlaneRequest} request
 * @param {RunInfo} info
 * @param {Float32Array} now the viewed weights
 * @param {Float32Array[]} path weights along the run, from its first step
 * @returns {Plane}
 */
export function planeOf(request, info, now, path) {
  if (request.kind === 'path' && path.length > 2) return alongPath(path);
  const span = request.kind === 'path' ? 1 : request.span;
  /** @type {[number, number]} */
  const range = [-span, span];
  if (request.kind === 'weights') {
    const [u, v] = [request.first, request.second].map((at) => {
      const direction = new Float32Array(now.length);
      direction[at] = 1;
      return direction;
    });
    const axis = (/** @type {number} */ at) => ({ name: writtenOf(info, at), zero: now[at] });
    return {
      middle: now,
      u,
      v,
      a: range,
      b: range,
      axes: [axis(request.first), axis(request.second)],
    };
  }
  const normal = normals(request.kind === 'random' ? request.seed : 1);
  const [u, v] = [0, 1].map(() => filterNormalised(info, now, normal));
  const axis = (/** @type {number} */ n) => ({
    name: `random direction ${n}, scaled to the norm of each unit’s weights`,
    zero: 0,
  });
  return { middle: now, u, v, a: range, b: range, axes: [axis(1), axis(2)] };
}

/**
 * Returns the index of the selected weight in `get_weights()`; for a unit, that of its first weight; -1 for none. In a layer
 * that is shown as a whole, `from` is an index in its arrays.
 * @param {RunInfo} info
 * @param {import('../types.js').UnitRef} chosen
 */
function placeOf(info, { layer: index, unit: chosen, from }) {
  const layer = mainStage(stepLayers(info), index);
  const params = info.layers[index]?.params ?? [];
  if (!layer || params.length === 0) return -1;
  // A whole layer stands for its first unit.
  const unit = Math.max(0, chosen);
  const units = params[0].shape[params[0].shape.length - 1] ?? 1;
  const last = layer.biasAt >= 0 ? layer.terms : layer.terms - 1;
  return layer.weights
    ? weightAt(layer, unit % layer.channels, Math.min(from ?? 0, last))
    : params[0].at + (from ?? unit % units);
}

/**
 * Returns the two weights that were selected last. With only one, the second is the bias of its unit; for a bias, the first
 * weight of the unit; in a layer that is shown as a whole, the number beside it in another array. Null where there are no
 * two.
 * @param {RunInfo} info
 * @param {import('../types.js').UnitRef} selection
 * @param {import('../types.js').UnitRef | null} [previous] the previous selection
 * @returns {{ first: number, second: number } | null}
 */
export function twoWeights(info, selection, previous = null) {
  const first = placeOf(info, selection);
  if (first < 0) return null;
  const second = previous ? placeOf(info, previous) : -1;
  if (second >= 0 && second !== first) return { first, second };
  const layer = mainStage(stepLayers(info), selection.layer);
  const { params } = info.layers[selection.layer];
  const array = params.find(({ at, length }) => first >= at && first < at + length);
  if (!array) return null;
  const place = first - array.at;
  const cell = (/** @type {{ path: string }} */ { path }) => path.slice(0, path.lastIndexOf('/'));
  const beside = params.filter(
    (p) =>
      p !== array &&
      cell(p) === cell(array) &&
      (p.length % array.length === 0 || array.length % p.length === 0),
  );
  const other = beside.find(({ name }) => name === 'bias') ?? beside[0];
  if (other) return { first, second: other.at + (place % other.length) };
  if (array.length < 2) return null;
  // The next weight of the unit.
  const step = layer.weights ? layer.channels : (array.shape[array.shape.length - 1] ?? 1);
  return { first, second: array.at + ((place + (step < array.length ? step : 1)) % array.length) };
}

/** Formats a weight as numpy would index it: `dense/kernel[0, 3]`. @param {RunInfo} info @param {number} place */
export function writtenOf(info, place) {
  const { path, shape, at } = paramAt(info, place);
  let rest = place - at;
  const indices = [...shape].reverse().map((size) => {
    const index = rest % size;
    rest = Math.floor(rest / size);
    return index;
  });
  return `${path}[${indices.reverse().join(', ')}]`;
}

/**
 * Returns the cells of a grid of `side` by `side` (a power of two plus one), coarse first: every 16th cell of every 16th
 * row, then the further cells of every 8th, and so on.
 * @param {number} side
 */
export function coarseFirst(side) {
  // The coarsest stride that reaches a cell is the lowest set bit of its row and column.
  const stride = (/** @type {number} */ cell) => {
    const bits = (cell % side) | Math.floor(cell / side) | COARSEST;
    return bits & -bits;
  };
  const cells = Array.from({ length: side * side }, (_, i) => i);
  return cells.sort((a, b) => stride(b) - stride(a));
}

const COARSEST = 16;

/**
 * Returns the finest grid that is complete after the first `done` cells of `coarseFirst`, row by row.
 * @param {Float64Array} values of all cells
 * @param {number} side
 * @param {number} done
 * @returns {{ values: Float64Array, side: number } | null} null where the coarsest is incomplete
 */
export function finestOf(values, side, done) {
  for (let stride = 1; stride <= COARSEST; stride *= 2) {
    const n = (side - 1) / stride + 1;
    if (done < n * n) continue;
    const at = (/** @type {number} */ i) => (Math.floor(i / n) * side + (i % n)) * stride;
    return { values: Float64Array.from({ length: n * n }, (_, i) => values[at(i)]), side: n };
  }
  return null;
}

/**
 * Returns a random direction with the norm of each unit's weights, and zero for biases and moments (Li et al., Visualizing
 * the Loss Landscape of Neural Nets, 2018).
 * @param {RunInfo} info
 * @param {Float32Array} weights
 * @param {() => number} normal
 */
function filterNormalised({ layers }, weights, normal) {
  const direction = new Float32Array(weights.length);
  for (const { at, length, shape } of layers.flatMap(({ params }) => params)) {
    if (shape.length < 2) continue;
    // The last axis counts the units.
    const units = shape[shape.length - 1];
    for (let unit = 0; unit < units; unit++) {
      let [own, drawn] = [0, 0];
      for (let i = at + unit; i < at + length; i += units) {
        direction[i] = normal();
        own += weights[i] ** 2;
        drawn += direction[i] ** 2;
      }
      const scale = drawn > 0 ? Math.sqrt(own / drawn) : 0;
      for (let i = at + unit; i < at + length; i += units) direction[i] *= scale;
    }
  }
  return direction;
}

/** The plane along the path: u leads from the initial weights to the current ones, v is the perpendicular direction of the farthest step. @param {Float32Array[]} path @returns {Plane} */
function alongPath(path) {
  const [first, last] = [path[0], path[path.length - 1]];
  const u = minus(last, first);
  const long = dot(u, u) || 1;
  let [v, most] = [new Float32Array(u.length), 0];
  for (const weights of path) {
    const way = minus(weights, first);
    const share = dot(way, u) / long;
    const aside = way.map((x, i) => x - share * u[i]);
    const size = dot(aside, aside);
    if (size > most) [v, most] = [aside, size];
  }
  const axes = /** @type {[Axis, Axis]} */ ([
    { name: 'from the initial weights (0) to the current ones (1)', zero: 0 },
    { name: 'the perpendicular direction in which the run strayed furthest (1)', zero: 0 },
  ]);
  return { middle: first, u, v, a: [-0.25, 1.25], b: [-0.75, 1.75], axes };
}

/**
 * Projects weights onto the plane.
 * @param {Plane} plane
 * @param {Float32Array} weights
 * @returns {[number, number]}
 */
export function project({ middle, u, v }, weights) {
  const way = minus(weights, middle);
  const [uu, vv, uv] = [dot(u, u), dot(v, v), dot(u, v)];
  const [wu, wv] = [dot(way, u), dot(way, v)];
  const area = uu * vv - uv * uv;
  if (!(area > 0)) return [uu > 0 ? wu / uu : 0, 0];
  return [(wu * vv - wv * uv) / area, (wv * uu - wu * uv) / area];
}

/**
 * Returns the weights at a cell of a grid of `side` by `side`, row by row, the first row at the lowest b.
 * @param {Plane} plane
 * @param {number} side
 * @param {number} cell
 * @param {Float32Array} into
 */
export function weightsAt({ middle, u, v, a, b }, side, cell, into) {
  const along = (/** @type {[number, number]} */ [from, to], /** @type {number} */ i) =>
    from + ((to - from) * i) / (side - 1);
  const [x, y] = [along(a, cell % side), along(b, Math.floor(cell / side))];
  for (let i = 0; i < into.length; i++) into[i] = middle[i] + x * u[i] + y * v[i];
  return into;
}

/** @param {Float32Array} a @param {Float32Array} b */
const minus = (a, b) => a.map((x, i) => x - b[i]);

/** @param {Float32Array} a @param {Float32Array} b */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Seeded normal numbers (mulberry32, Box-Muller) for directions; training does not use them. @param {number} seed */
function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/**
 * Returns the experiment with the mean squared error; for one that has it already, with the mean absolute error.
 * @param {Experiment} experiment
 * @returns {Experiment}
 */
export function otherLoss({ compile, ...rest }) {
  const squared = compile.loss.class_name === 'MeanSquaredError';
  const class_name = squared ? 'MeanAbsoluteError' : 'MeanSquaredError';
  return { ...rest, compile: { ...compile, loss: { class_name, config: {} } } };
}

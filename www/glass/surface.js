// A plane through the space of all weights: two directions from a middle, and where weights lie on it. Pure.

/** @typedef {import('../types.js').RunInfo} RunInfo */

/**
 * Weights are `middle + a u + b v`; `a` and `b` go from the first to the last of their range.
 * @typedef {object} Plane
 * @property {Float32Array} middle
 * @property {Float32Array} u
 * @property {Float32Array} v
 * @property {[number, number]} a
 * @property {[number, number]} b
 */

/**
 * @typedef {{ kind: 'random', seed: number, span: number } | { kind: 'weights', first: number, second: number, span: number }
 *   | { kind: 'path' }} Wish
 */

/**
 * @param {Wish} wish
 * @param {RunInfo} info
 * @param {Float32Array} now the weights that are looked at
 * @param {Float32Array[]} path weights along the run, from its first moment on
 * @returns {Plane}
 */
export function planeOf(wish, info, now, path) {
  if (wish.kind === 'path' && path.length > 2) return alongPath(path);
  const span = wish.kind === 'path' ? 1 : wish.span;
  /** @type {[number, number]} */
  const range = [-span, span];
  if (wish.kind === 'weights') {
    const [u, v] = [wish.first, wish.second].map((at) => {
      const direction = new Float32Array(now.length);
      direction[at] = 1;
      return direction;
    });
    return { middle: now, u, v, a: range, b: range };
  }
  const normal = normals(wish.kind === 'random' ? wish.seed : 1);
  const [u, v] = [0, 1].map(() => filterNormalised(info, now, normal));
  return { middle: now, u, v, a: range, b: range };
}

/**
 * Drawn at random, and as long for every unit as the unit's own weights are; biases and moments stay (Li et al.,
 * Visualizing the Loss Landscape of Neural Nets, 2018).
 * @param {RunInfo} info
 * @param {Float32Array} weights
 * @param {() => number} normal
 */
function filterNormalised({ layers }, weights, normal) {
  const direction = new Float32Array(weights.length);
  for (const { at, length, shape } of layers.flatMap(({ params }) => params)) {
    if (shape.length < 2) continue;
    // A unit's weights are those of one place of the last axis.
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

/** u leads from the first moment to the last; v, at a right angle, to the moment that strays farthest. @param {Float32Array[]} path @returns {Plane} */
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
  return { middle: first, u, v, a: [-0.25, 1.25], b: [-0.75, 1.75] };
}

/**
 * Where weights lie when they are brought onto the plane by the shortest way.
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
 * The weights at a cell of a grid of `side` by `side`, row after row, the first row at the least b.
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

/** Normal numbers from a seed (mulberry32, Box and Muller): directions to look along, nothing that trains. @param {number} seed */
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

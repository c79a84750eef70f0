// Which unit, or which single weight, lies at a point of the picture: a pixel of a weight image, a link. Pure functions
// of the layout that is drawn.
import { curve } from './geometry.js';
import { BARRED, boxAt } from './layout.js';
import { eachLink, imageOf, kernelOf, sourceOf } from './links.js';

/** @typedef {import('./geometry.js').Area} Area */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Box} Box */
/** @typedef {import('./pointing.js').Mark} Mark */
/** @typedef {import('./types.js').RunInfo} RunInfo */

/** A link this many pixels away is still pointed at. */
const NEAR = 6;

/**
 * What lies at a point. A unit goes before the links; of these the nearest is meant.
 * @param {RunInfo} info
 * @param {Layout} layout
 * @param {Float32Array} weights those that are drawn
 * @param {import('./links.js').Strong[]} strong the links of the unit looked at
 * @param {number} x
 * @param {number} y
 * @returns {Mark | null}
 */
export function markAt(info, layout, weights, strong, x, y) {
  const box = boxAt(layout, x, y);
  if (box) return { column: box.column, box, from: weightIn(info, layout, box, x, y) };
  /** @type {Mark | null} */
  let mark = null;
  let near = NEAR;
  const measure = (
    /** @type {import('./geometry.js').Area} */ area,
    /** @type {Box} */ to,
    /** @type {number} */ from,
  ) => {
    const far = distance(area, to, x, y, near);
    if (far > near) return;
    near = far;
    mark = { column: to.column, box: to, from };
  };
  for (const { area, to, from } of strong) measure(area, to, from);
  for (const column of layout.columns) {
    const before = sourceOf(layout, column);
    if (before && x > before.x && x < column.x + column.w)
      eachLink(info, weights, column, before, (from, to) => measure(from, to, from.unit));
  }
  return mark;
}

/**
 * The weight of a unit that lies at a point of its box: a pixel of its image, or the bias below its disc.
 * @param {RunInfo} info
 * @param {Layout} layout
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
function weightIn(info, layout, box, x, y) {
  const column = layout.columns[box.column];
  const image = imageOf(info, layout, column);
  if (image) return cellAt(box, image.height, image.width, x, y);
  if (column.kind !== 'discs' || box.w < BARRED || y <= box.y + box.h) return -1;
  const kernel = kernelOf(info, column, sourceOf(layout, column));
  return kernel && kernel.biasAt >= 0 ? kernel.inputs : -1;
}

/** A curve is measured as this many straight parts: the steepest in the picture is then right to half a pixel. */
const PARTS = 24;
/** What each of the four points weighs where two parts meet. */
const SHARES = Array.from({ length: PARTS + 1 }, (_, i) => {
  const [t, u] = [i / PARTS, 1 - i / PARTS];
  return [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
});

/**
 * How far a point is from the link between two boxes; Infinity where that is further than `most`.
 * @param {Area} from
 * @param {Area} to
 * @param {number} x
 * @param {number} y
 * @param {number} most
 */
export function distance(from, to, x, y, most) {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = curve(from, to);
  // Most links are elsewhere: they are left out before anything is measured.
  if (y < Math.min(y0, y3) - most || y > Math.max(y0, y3) + most) return Infinity;
  if (x < x0 - most || x > x3 + most) return Infinity;
  let least = most * most;
  let found = Infinity;
  let [ax, ay] = [x0, y0];
  for (let i = 1; i <= PARTS; i++) {
    const [a, b, c, d] = SHARES[i];
    const bx = a * x0 + b * x1 + c * x2 + d * x3;
    const by = a * y0 + b * y1 + c * y2 + d * y3;
    const [dx, dy] = [bx - ax, by - ay];
    const along = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = along < 0 ? 0 : along > 1 ? 1 : along;
    const [ex, ey] = [ax + t * dx - x, ay + t * dy - y];
    const square = ex * ex + ey * ey;
    if (square <= least) found = least = square;
    [ax, ay] = [bx, by];
  }
  return Math.sqrt(found);
}

/**
 * Which number of a little picture lies at a point; the nearest, where that is just outside.
 * @param {Area} box
 * @param {number} height
 * @param {number} width
 * @param {number} x
 * @param {number} y
 */
export function cellAt(box, height, width, x, y) {
  const place = (/** @type {number} */ part, /** @type {number} */ n) =>
    Math.min(n - 1, Math.max(0, Math.floor(part * n)));
  return place((y - box.y) / box.h, height) * width + place((x - box.x) / box.w, width);
}

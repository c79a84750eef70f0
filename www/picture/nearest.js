// Hit-testing: the unit or the weight (a pixel of a weight image or a link) at a point of the picture. Pure functions of
// the layout.
import { curve } from './geometry.js';
import { BARRED, boxAt } from './layout.js';
import { eachLink, imageOf, kernelOf, sourceOf } from './links.js';

/** @typedef {import('./geometry.js').Area} Area */
/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Box} Box */
/** @typedef {import('./pointing.js').PictureRef} PictureRef */
/** @typedef {import('../types.js').RunInfo} RunInfo */

/** Maximum distance in pixels from the pointer to a link. */
const NEAR = 6;

/**
 * Returns the unit or weight at a point: a unit before links, and the nearest of the links.
 * @param {RunInfo} info
 * @param {Layout} layout
 * @param {Float32Array} weights the drawn weights
 * @param {import('./links.js').StrongLink[]} strong strongest links of the highlighted unit
 * @param {number} x
 * @param {number} y
 * @returns {PictureRef | null}
 */
export function pictureRefAt(info, layout, weights, strong, x, y) {
  const box = boxAt(layout, x, y);
  if (box) return { column: box.column, box, from: weightIn(info, layout, box, x, y) };
  /** @type {PictureRef | null} */
  let ref = null;
  let near = NEAR;
  const measure = (
    /** @type {import('./geometry.js').Area} */ area,
    /** @type {Box} */ to,
    /** @type {number} */ from,
  ) => {
    const far = distance(area, to, x, y, near);
    if (far > near) return;
    near = far;
    ref = { column: to.column, box: to, from };
  };
  for (const { area, to, from } of strong) measure(area, to, from);
  for (const column of layout.columns) {
    const before = sourceOf(layout, column);
    if (before && x > before.x && x < column.x + column.w)
      eachLink(info, weights, column, before, (from, to) => measure(from, to, from.unit));
  }
  return ref;
}

/**
 * Returns the index of the weight at a point of a unit's box: a pixel of its image, or the bias below its disc; -1 for none.
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

/** Number of line segments that approximate a curve. The error is below half a pixel for the steepest curve. */
const PARTS = 24;
/** Bernstein coefficients of the four points at the ends of the segments. */
const SHARES = Array.from({ length: PARTS + 1 }, (_, i) => {
  const [t, u] = [i / PARTS, 1 - i / PARTS];
  return [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
});

/**
 * Returns the distance of a point from the link between two boxes; Infinity where it exceeds `most`.
 * @param {Area} from
 * @param {Area} to
 * @param {number} x
 * @param {number} y
 * @param {number} most
 */
export function distance(from, to, x, y, most) {
  const [x0, y0, x1, y1, x2, y2, x3, y3] = curve(from, to);
  // A bounding box test skips most links.
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
 * Returns the index of the pixel of an image at a point; outside the image, that of the nearest pixel.
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

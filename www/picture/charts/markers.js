// The markers of compared runs, which differ in shape where colours are hard to tell apart. As SVG paths of radius 1.

/** Shapes; the second half of the runs has them hollow. */
const SHAPES = [
  'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z',
  'M-.88 -.88H.88V.88H-.88Z',
  'M0 -1.2L1.1 .8H-1.1Z',
  'M0 -1.25L1.25 0L0 1.25L-1.25 0Z',
];

/** The marker of a run by the index of its colour. @param {number} k */
export function markerOf(k) {
  return { path: SHAPES[k % SHAPES.length], hollow: k % (2 * SHAPES.length) >= SHAPES.length };
}

/**
 * Draws a marker.
 * @param {CanvasRenderingContext2D} context
 * @param {number} k
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {string} hue
 * @param {string} paper
 */
export function drawMarker(context, k, x, y, r, hue, paper) {
  const { path, hollow } = markerOf(k);
  context.save();
  context.translate(x, y);
  context.scale(r, r);
  const shape = new Path2D(path);
  context.fillStyle = hollow ? paper : hue;
  context.strokeStyle = hue;
  context.lineWidth = 0.45;
  context.setLineDash([]);
  context.fill(shape);
  context.stroke(shape);
  context.restore();
}

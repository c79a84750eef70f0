// Ink on a grid: strokes of a round pen, with values from 0 (paper) to 1 (ink).

/** Side of the grid of a drawing. */
export const SIDE = 56;
/** Radius of the pen, in cells. */
const PEN = 2.6;

/** Returns an empty drawing. @returns {Float32Array} */
export function paper() {
  return new Float32Array(SIDE * SIDE);
}

/**
 * Draws a line between two points, in cells from the top left.
 * @param {Float32Array} ink
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
export function stroke(ink, x0, y0, x1, y1) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const clip = (/** @type {number} */ v) => Math.min(SIDE - 1, Math.max(0, v));
  const [left, right] = [
    clip(Math.floor(Math.min(x0, x1) - PEN - 1)),
    clip(Math.ceil(Math.max(x0, x1) + PEN + 1)),
  ];
  const [top, bottom] = [
    clip(Math.floor(Math.min(y0, y1) - PEN - 1)),
    clip(Math.ceil(Math.max(y0, y1) + PEN + 1)),
  ];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = length > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length)) : 0;
      const [ax, ay] = [px - along * dx, py - along * dy];
      // Unlike hypot, the square root has the same bits in every browser.
      const distance = Math.sqrt(ax * ax + ay * ay);
      const value = Math.min(1, Math.max(0, PEN + 0.5 - distance));
      if (value > ink[y * SIDE + x]) ink[y * SIDE + x] = value;
    }
  }
}

// Geometry of links and pixels in the picture, shared by drawing and hit-testing.

/** @typedef {{ x: number, y: number, w: number, h: number }} Area */

/**
 * Returns the link from the right side of one box to the left side of another: the four points of a cubic curve.
 * @param {Area} from
 * @param {Area} to
 * @returns {[x0: number, y0: number, x1: number, y1: number, x2: number, y2: number, x3: number, y3: number]}
 */
export function curve(from, to) {
  const [x0, y0] = [from.x + from.w, from.y + from.h / 2];
  const [x3, y3] = [to.x, to.y + to.h / 2];
  const bend = (x3 - x0) / 2;
  return [x0, y0, x0 + bend, y0, x3 - bend, y3, x3, y3];
}

/**
 * Returns the area of one pixel of an image.
 * @param {Area} box
 * @param {number} height
 * @param {number} width
 * @param {number} at
 * @returns {Area}
 */
export function cellOf(box, height, width, at) {
  const [w, h] = [box.w / width, box.h / height];
  return { x: box.x + (at % width) * w, y: box.y + Math.floor(at / width) * h, w, h };
}

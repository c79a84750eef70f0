// Arrays as pixels: digits, weight images and response maps are drawn small and then enlarged.
import { shade } from '../colour.js';

/**
 * A small canvas that is enlarged onto another one. Views share one for each size.
 * @typedef {{ canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, image: ImageData, pixels: Uint32Array }} Pad
 */

/** @type {Map<string, Pad>} */
const pads = new Map();

/**
 * Returns the small canvas of a size.
 * @param {number} width
 * @param {number} height
 * @returns {Pad}
 */
export function pad(width, height) {
  const key = `${width} ${height}`;
  const kept = pads.get(key);
  if (kept) return kept;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(width, height);
  const made = { canvas, context, image, pixels: new Uint32Array(image.data.buffer) };
  pads.set(key, made);
  return made;
}

/**
 * Paints signed numbers: `values[first + i * step]` for pixel i; `top` is the end of the scale.
 * @param {Pad} pad
 * @param {Float32Array} values
 * @param {number} first
 * @param {number} step
 * @param {number} top
 * @param {Uint32Array} packed the colour scale
 */
export function paintSigned({ context, image, pixels }, values, first, step, top, packed) {
  for (let i = 0, at = first; i < pixels.length; i++, at += step) {
    pixels[i] = packed[shade(values[at] / top)];
  }
  context.putImageData(image, 0, 0);
}

/**
 * Paints ink on paper: 0 is paper, 1 is ink.
 * @param {Pad} pad
 * @param {Float32Array} values
 * @param {boolean} dark
 */
export function paintInk({ context, image, pixels }, values, dark) {
  const [paper, ink] = dark ? [0x10, 0xf2] : [0xff, 0x14];
  for (let i = 0; i < pixels.length; i++) {
    const value = Math.min(1, Math.max(0, values[i] || 0));
    const grey = Math.round(paper + (ink - paper) * value);
    pixels[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  context.putImageData(image, 0, 0);
}

/**
 * Resizes a canvas to device pixels and clears it. Returns its context, scaled to CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {[left: number, right: number]} [strip] what is cleared
 * @returns {CanvasRenderingContext2D}
 */
export function clearCanvas(canvas, width, height, [left, right] = [0, width]) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(left, 0, right - left, height);
  return context;
}

/**
 * Enlarges a small canvas onto another one, with sharp pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {Pad} pad
 */
export function enlarge(canvas, { canvas: small }) {
  const { clientWidth, clientHeight } = canvas;
  const context = clearCanvas(canvas, clientWidth, clientHeight);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, clientWidth, clientHeight);
}

// Drawing primitives of the picture: curves, rings and labels.
import { curve } from '../geometry.js';
import { font } from './type.js';

/** @typedef {import('../geometry.js').Area} Area */

/** Pixels between two columns below which links are straight. */
const SHORT = 30;

/**
 * Draws curves from the right side of one box to the left side of another, all in one stroke.
 * @param {CanvasRenderingContext2D} context
 * @param {[from: Area, to: Area][]} links
 * @param {string} colour
 * @param {number} width
 * @param {number} alpha
 */
export function drawCurves(context, links, colour, width, alpha) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  for (const [from, to] of links) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = curve(from, to);
    context.moveTo(x0, y0);
    // Over a short way a line looks the same, and is drawn faster.
    if (x3 - x0 < SHORT) context.lineTo(x3, y3);
    else context.bezierCurveTo(x1, y1, x2, y2, x3, y3);
  }
  context.stroke();
}

/**
 * Draws a text.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {number} [size]
 * @param {CanvasTextAlign} [align]
 * @param {number} [weight]
 */
export function label(context, text, x, y, colour, size = 12, align = 'center', weight = 400) {
  context.font = font(size, weight);
  context.textAlign = align;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * Draws a rounded rectangle.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {string} colour
 */
export function ring(context, x, y, w, h, colour) {
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.beginPath();
  context.roundRect(x, y, w, h, Math.min(5, w / 3));
  context.stroke();
}

// Data with two inputs: the output over their plane (the decision boundary or the fitted surface), and the examples as
// points.
import { brief } from '../../app/figures.js';
import { shade } from '../colour.js';
import { label } from './marks.js';
import { pad } from './pixels.js';

/** @typedef {import('../../types.js').Rows} Rows */
/** @typedef {import('../../types.js').RunInfo} RunInfo */
/** @typedef {import('../colour.js').Colours} Colours */
/** @typedef {{ x: number, y: number, w: number, h: number }} Area */

/**
 * Paints the outputs `at .. at + n` of a frame's grid: values on the colour scale, or classes.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {{ grid: Float32Array, side: number, at: number, n: number, logits: boolean, top: number }} answers `top`: end
 *   of the scale of values; 0 for probabilities
 * @param {Colours} colours
 */
export function drawDecision(context, area, { grid, side, at, n, logits, top }, colours) {
  const { context: small, image, pixels, canvas } = pad(side, side);
  const size = side * side;
  const hues = colours.classes.map((hex) => parseInt(hex.slice(1), 16));
  const paper = colours.dark ? 28 : 250;
  for (let i = 0; i < size; i++) {
    if (n === 1) {
      const value = grid[at * size + i];
      const p = logits ? 1 / (1 + Math.exp(-value)) : value;
      pixels[i] = colours.packed[shade(top ? value / top : p * 0.9 - 0.45)];
      continue;
    }
    let best = 0;
    for (let k = 1; k < n; k++) {
      if (grid[(at + k) * size + i] > grid[(at + best) * size + i]) best = k;
    }
    const hue = hues[best % hues.length];
    const [r, g, b] = [hue >> 16, (hue >> 8) & 255, hue & 255].map(
      (c) => paper + (c - paper) * 0.4,
    );
    pixels[i] = 0xff000000 | (b << 16) | (g << 8) | r;
  }
  small.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = n === 1;
  context.drawImage(canvas, area.x, area.y, area.w, area.h);
}

/**
 * Draws the examples of a set. Colour and marker show the class, and validation examples are hollow.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {Rows} rows
 * @param {RunInfo} info
 * @param {Colours} colours
 * @param {{ hollow: boolean, size: number, top: number }} look `top`: end of the scale of values; 0 for classes
 */
export function drawPoints(context, area, rows, info, colours, { hollow, size, top }) {
  const [x0, x1, y0, y1] = info.data.bounds ?? [0, 1, 0, 1];
  const two = info.data.class_names.length <= 2;
  context.save();
  context.beginPath();
  context.rect(area.x, area.y, area.w, area.h);
  context.clip();
  context.lineWidth = 1;
  for (let i = 0; i < rows.n; i++) {
    const px = area.x + ((rows.x[2 * i] - x0) / (x1 - x0)) * area.w;
    const py = area.y + ((y1 - rows.x[2 * i + 1]) / (y1 - y0)) * area.h;
    const label = top ? 0 : Math.round(rows.y[i]);
    const colour = top
      ? colours.css(rows.y[i] / top)
      : two
        ? colours.css(label > 0 ? 0.72 : -0.62)
        : colours.classes[label % 10];
    marker(context, label, px, py, size);
    context.fillStyle = hollow ? colours.ink.paper : colour;
    // A value has the colour of the surface below it where the model fits.
    context.strokeStyle = hollow ? colour : top ? colours.ink.soft : colours.ink.paper;
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** Width and height of the colour scale in pixels. */
const [SCALE_WIDTH, SCALE_HEIGHT] = [72, 8];

/**
 * Draws the colour scale of values into the lower right corner of the plane.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {number} top end of the scale
 * @param {Colours} colours
 */
export function drawScale(context, area, top, colours) {
  const width = Math.min(SCALE_WIDTH, area.w - 12);
  const [x, y] = [area.x + area.w - width - 6, area.y + area.h - 24];
  context.fillStyle = colours.ink.paper;
  context.globalAlpha = 0.85;
  context.fillRect(x - 3, y - 3, width + 6, SCALE_HEIGHT + 18);
  context.globalAlpha = 1;
  for (let i = 0; i < width; i++) {
    context.fillStyle = colours.css((2 * i) / (width - 1) - 1);
    context.fillRect(x + i, y, 1.5, SCALE_HEIGHT);
  }
  const { ink } = colours.ink;
  label(context, brief(-top), x, y + SCALE_HEIGHT + 11, ink, 11, 'left');
  label(context, 'target', x + width / 2, y + SCALE_HEIGHT + 11, ink, 11, 'center');
  label(context, brief(top), x + width, y + SCALE_HEIGHT + 11, ink, 11, 'right');
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} label
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function marker(context, label, x, y, r) {
  context.beginPath();
  if (label % 4 === 0) {
    context.arc(x, y, r, 0, 2 * Math.PI);
  } else if (label % 4 === 1) {
    context.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r);
  } else if (label % 4 === 2) {
    context.moveTo(x, y - 1.2 * r);
    context.lineTo(x + 1.1 * r, y + 0.8 * r);
    context.lineTo(x - 1.1 * r, y + 0.8 * r);
    context.closePath();
  } else {
    context.moveTo(x, y - 1.25 * r);
    context.lineTo(x + 1.25 * r, y);
    context.lineTo(x, y + 1.25 * r);
    context.lineTo(x - 1.25 * r, y);
    context.closePath();
  }
}

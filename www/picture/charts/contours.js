// Contours of a square grid of values (lighter is lower), with axes, a colour scale and a path.
import { contours } from 'd3-contour';
import { signed } from '../../app/figures.js';
import { font } from './type.js';

const LEVELS = 14;
/** Margins in pixels: labels of the vertical axis; labels of the horizontal axis and the colour scale. */
const [LEFT, BELOW] = [44, 48];

/**
 * Returns logarithmic levels between the minimum and the maximum finite value. Where the minimum is not positive, the
 * logarithm is taken of the height above a base slightly below the minimum.
 * @param {Float64Array} values
 */
export function levelsOf(values) {
  const finite = values.filter(Number.isFinite);
  const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const most = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const base = least > 0 ? 0 : least - ((most - least) / 100 || 1);
  const height = (/** @type {number} */ v) => Math.log(v - base);
  const step = (height(most) - height(least)) / LEVELS;
  const at = Array.from({ length: LEVELS }, (_, i) => height(least) + step * i);
  const value = (/** @type {number} */ level) => Math.exp(height(least) + step * level) + base;
  return { least, most, n: finite.length, at, height, value };
}

/** Returns the number of digits that distinguish the values of a range. @param {{ least: number, most: number }} range */
export function figuresOf({ least, most }) {
  const size = Math.max(Math.abs(least), Math.abs(most));
  return Math.min(9, Math.max(2, Math.ceil(Math.log10(size / (most - least))) + 2)) || 2;
}

/** Returns about five round numbers in a range. @param {[number, number]} range */
export function ticksOf([from, to]) {
  const rough = (to - from) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((n) => n * power >= rough) ?? 10);
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  // Without the last digits of 0.1 + 0.2.
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * @typedef {object} Square
 * @property {[number, number]} a range of the horizontal axis
 * @property {[number, number]} b range of the vertical axis
 * @property {{ zero: number }[]} axes numbers added to a and b for display
 * @property {[number, number][]} path the path of training
 * @property {Float64Array} values row by row, the first row at the lowest b
 * @property {number} side
 */

/**
 * Draws the contours.
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {Square} square
 * @param {import('../colour.js').Colours} colours
 */
export function paintContours(context, width, height, square, { ink, dark }) {
  const { a, b, axes, path, values, side } = square;
  const levels = levelsOf(values);
  const [w, h] = [width - LEFT - 8, height - BELOW - 6];
  const fill = (/** @type {number} */ i) => {
    const light = dark ? 16 + (40 * i) / LEVELS : 97 - (38 * i) / LEVELS;
    return `hsl(212 45% ${light}%)`;
  };
  context.save();
  context.translate(LEFT, 6);
  context.save();
  context.beginPath();
  context.rect(0, 0, w, h);
  context.clip();
  const cell = [w / (side - 1), h / (side - 1)];
  if (levels.n > 0) {
    const made = contours().size([side, side]).thresholds(levels.at)(
      Array.from(values, (v) => levels.height(Number.isFinite(v) ? v : levels.most)),
    );
    made.forEach(({ coordinates }, i) => {
      context.beginPath();
      // d3 places values at the centres of cells, and this grid places them on its lines.
      for (const ring of coordinates.flat()) {
        ring.forEach(([px, py], k) =>
          context[k ? 'lineTo' : 'moveTo']((px - 0.5) * cell[0], h - (py - 0.5) * cell[1]),
        );
      }
      context.fillStyle = fill(i);
      context.fill('evenodd');
      context.strokeStyle = dark ? 'rgb(255 255 255 / 18%)' : 'rgb(0 0 0 / 14%)';
      context.stroke();
    });
  }
  // Cells without a finite value get a red overlay, all in one path.
  context.beginPath();
  values.forEach((v, i) => {
    if (Number.isFinite(v)) return;
    const [x, y] = [(i % side) - 0.5, Math.floor(i / side) + 0.5];
    context.rect(x * cell[0], h - y * cell[1], cell[0] + 0.5, cell[1] + 0.5);
  });
  context.globalAlpha = 0.4;
  context.fillStyle = ink.bad;
  context.fill();
  context.globalAlpha = 1;
  const px = (/** @type {number} */ at) => ((at - a[0]) / (a[1] - a[0])) * w;
  const py = (/** @type {number} */ at) => h - ((at - b[0]) / (b[1] - b[0])) * h;
  context.strokeStyle = context.fillStyle = ink.loss;
  context.lineWidth = 2;
  context.beginPath();
  path.forEach(([u, v]) => context.lineTo(px(u), py(v)));
  context.stroke();
  context.beginPath();
  const [u, v] = path[path.length - 1];
  context.arc(px(u), py(v), 5, 0, 7);
  context.fill();
  context.restore();
  context.lineWidth = 1;
  context.strokeStyle = ink.soft;
  context.strokeRect(0, 0, w, h);
  context.fillStyle = ink.soft;
  context.font = font(10.5);
  const mark = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) =>
    context.fillText(signed(text), x, y);
  const shown = (/** @type {[number, number]} */ [from, to], /** @type {number} */ zero) =>
    ticksOf([from + zero, to + zero]);
  context.textAlign = 'center';
  for (const tick of shown(a, axes[0].zero)) {
    const x = px(tick - axes[0].zero);
    context.fillRect(x, h, 1, 3);
    mark(String(tick), x, h + 14);
  }
  context.textAlign = 'right';
  for (const tick of shown(b, axes[1].zero)) {
    const y = py(tick - axes[1].zero);
    context.fillRect(-3, y, 3, 1);
    mark(String(tick), -6, y + 4);
  }
  // The lowest value of each shade.
  const figures = figuresOf(levels);
  context.textAlign = 'center';
  for (let i = 0; i < LEVELS && levels.most > levels.least; i++) {
    const x = (i * w) / LEVELS;
    context.fillStyle = fill(i);
    context.fillRect(x, h + 23, w / LEVELS, 8);
    context.fillStyle = ink.soft;
    const value = Number(levels.value(i).toPrecision(figures));
    const text = Math.abs(value) < 1e5 ? String(value) : value.toExponential(1);
    if (i % 4 === 0) mark(text, x, h + 43);
  }
  if (levels.most > levels.least) context.strokeRect(0, h + 23, w, 8);
  context.restore();
}

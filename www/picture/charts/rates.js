// Small charts of a classifier's outputs: their histogram, a curve of two rates from 0 to 1, and predictions against targets.
import { brief } from '../../app/figures.js';
import { label } from './marks.js';
import { clearCanvas } from './pixels.js';

/** Pixels around the plot. */
const MARGIN = 8;
/** The same around predictions against targets, with the ends of the axes. */
const WIDE = 18;

/**
 * Bars of two classes, one above the other, and the threshold.
 * @param {HTMLCanvasElement} canvas
 * @param {number[][]} counts
 * @param {number} threshold
 * @param {import('../colour.js').Colours} colours
 */
export function drawHistogram(canvas, counts, threshold, { ink, classes }) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const context = clearCanvas(canvas, width, height);
  const bins = counts[0].length;
  const most = Math.max(1, ...counts[0].map((n, i) => n + counts[1][i]));
  const [w, h] = [(width - 2 * MARGIN) / bins, height - 2 * MARGIN];
  for (let i = 0; i < bins; i++) {
    let y = height - MARGIN;
    counts.forEach((own, label) => {
      const high = (own[i] / most) * h;
      y -= high;
      context.fillStyle = classes[label];
      context.fillRect(MARGIN + i * w + 0.5, y, Math.max(1, w - 1), high);
    });
  }
  const x = MARGIN + threshold * (width - 2 * MARGIN);
  context.strokeStyle = ink.ink;
  context.lineWidth = 1.5;
  context.setLineDash([4, 3]);
  line(context, [
    [x, MARGIN],
    [x, height - MARGIN],
  ]);
  context.setLineDash([]);
  context.strokeStyle = ink.soft;
  context.lineWidth = 1;
  line(context, [
    [MARGIN, height - MARGIN],
    [width - MARGIN, height - MARGIN],
  ]);
}

/**
 * A curve of two rates, with the point of the current threshold.
 * @param {HTMLCanvasElement} canvas
 * @param {{ x: number, y: number }[]} points
 * @param {{ x: number, y: number }} now
 * @param {import('../colour.js').Colours} colours
 * @param {boolean} diagonal whether to draw the line of guessing
 */
export function drawRate(canvas, points, now, { ink }, diagonal) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const context = clearCanvas(canvas, width, height);
  /** @param {{ x: number, y: number }} point @returns {[number, number]} */
  const place = ({ x, y }) => [
    MARGIN + x * (width - 2 * MARGIN),
    height - MARGIN - y * (height - 2 * MARGIN),
  ];
  context.strokeStyle = ink.faint;
  context.strokeRect(MARGIN, MARGIN, width - 2 * MARGIN, height - 2 * MARGIN);
  if (diagonal) line(context, [place({ x: 0, y: 0 }), place({ x: 1, y: 1 })]);
  context.strokeStyle = ink.metric;
  context.lineWidth = 2;
  line(context, points.filter(({ x, y }) => Number.isFinite(x + y)).map(place));
  if (!Number.isFinite(now.x + now.y)) return;
  context.fillStyle = ink.ink;
  context.beginPath();
  context.arc(...place(now), 4, 0, 2 * Math.PI);
  context.fill();
}

/**
 * Predictions against targets, with the line on which both are equal.
 * @param {HTMLCanvasElement} canvas
 * @param {{ x: number, y: number }[]} points
 * @param {import('../colour.js').Colours} colours
 */
export function drawScatter(canvas, points, { ink, classes }) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const context = clearCanvas(canvas, width, height);
  const all = points.flatMap(({ x, y }) => [x, y]).filter(Number.isFinite);
  const low = all.reduce((a, b) => Math.min(a, b), Infinity);
  const high = all.reduce((a, b) => Math.max(a, b), -Infinity);
  const span = high - low || 1;
  /** @param {{ x: number, y: number }} point @returns {[number, number]} */
  const place = ({ x, y }) => [
    WIDE + ((x - low) / span) * (width - 2 * WIDE),
    height - WIDE - ((y - low) / span) * (height - 2 * WIDE),
  ];
  context.strokeStyle = ink.soft;
  line(context, [place({ x: low, y: low }), place({ x: high, y: high })]);
  const [left, bottom] = place({ x: low, y: low });
  const [right, top] = place({ x: high, y: high });
  label(context, brief(low), left, bottom + 13, ink.soft, 11, 'left');
  label(context, brief(high), right, bottom + 13, ink.soft, 11, 'right');
  label(context, brief(high), left, top - 4, ink.soft, 11, 'left');
  context.fillStyle = classes[1];
  for (const point of points) {
    if (!Number.isFinite(point.y)) continue;
    context.beginPath();
    context.arc(...place(point), 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} points */
function line(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}

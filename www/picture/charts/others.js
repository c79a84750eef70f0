// The lines of other runs in a chart, with the bands over their seeds.
import { drawMarker } from './markers.js';
import { smoothed } from './series.js';

/** @typedef {import('uplot')} uPlot */
/** @typedef {import('./series.js').OtherRun} OtherRun */

/** Opacity of dimmed lines, of raw lines behind smoothed ones, of validation, and of bands. */
const [DIMMED, RAW, VALIDATION, BAND] = [0.25, 0.25, 0.6, 0.22];

/**
 * Draws the lines of other runs.
 * @param {uPlot} plot
 * @param {OtherRun[]} others
 * @param {boolean} smooth
 * @param {string} paper
 */
export function drawOtherRuns(plot, others, smooth, paper) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineJoin = 'round';
  const bright = others.filter(({ dimmed }) => !dimmed);
  for (const one of [...others.filter(({ dimmed }) => dimmed), ...bright]) {
    const { values, hue, dashed, dimmed, low, high } = one;
    const alpha = (dimmed ? DIMMED : 1) * (dashed ? VALIDATION : 1);
    ctx.strokeStyle = ctx.fillStyle = hue;
    if (low && high && !dimmed) {
      ctx.globalAlpha = BAND;
      ctx.beginPath();
      for (const [x, y] of points(plot, one.at, high)) ctx.lineTo(x, y);
      for (const [x, y] of points(plot, one.at, low).reverse()) ctx.lineTo(x, y);
      ctx.fill();
    }
    ctx.lineWidth = (dashed ? 1.1 : 1.6) * devicePixelRatio;
    ctx.setLineDash(dashed ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
    if (smooth) draw(plot, { ...one, marker: undefined }, values, alpha * RAW, paper);
    draw(plot, one, smooth ? smoothed(values) : values, alpha, paper);
  }
  ctx.restore();
}

/**
 * @param {uPlot} plot
 * @param {OtherRun} run
 * @param {(number | null)[]} values
 * @param {number} alpha
 * @param {string} paper
 */
function draw(plot, { at, hue, marker, dashed }, values, alpha, paper) {
  const { ctx } = plot;
  ctx.globalAlpha = alpha;
  const line = points(plot, at, values);
  ctx.beginPath();
  for (const [x, y] of line) ctx.lineTo(x, y);
  ctx.stroke();
  const end = line.at(-1);
  if (!end) return;
  const r = 3.2 * devicePixelRatio;
  // Fewer than three points make no visible line.
  if (line.length < 3 || (marker !== undefined && !dashed))
    for (const [x, y] of line.length < 3 ? line : [end])
      drawMarker(ctx, marker ?? 0, x, y, dashed ? r / 2 : r, hue, paper);
}

/** Positions of the values that are there. @param {uPlot} plot @param {number[]} at @param {(number | null)[]} values */
function points({ valToPos, scales }, at, values) {
  const log = scales.y.distr === 3;
  return at.flatMap((epoch, i) => {
    const value = values[i];
    const isThere = value !== null && Number.isFinite(value) && (!log || value > 0);
    return isThere ? [[valToPos(epoch, 'x', true), valToPos(value, 'y', true)]] : [];
  });
}

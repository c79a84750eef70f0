// The lines of other runs in a chart.

/** @typedef {import('uplot')} uPlot */
/** @typedef {import('./series.js').OtherRun} OtherRun */
/** @typedef {import('../colour.js').Colours['ink']} Ink */

/**
 * Draws the lines of other runs.
 * @param {uPlot} plot
 * @param {OtherRun[]} others
 * @param {Ink} ink
 */
export function drawOtherRuns({ ctx, bbox, valToPos }, others, ink) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { at, values, hue, dashed } of others) {
    ctx.strokeStyle = hue ?? ink.soft;
    ctx.lineWidth = (hue ? 2 : 1.25) * devicePixelRatio;
    ctx.setLineDash(dashed ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
    ctx.beginPath();
    const points = at.flatMap((epoch, i) =>
      Number.isFinite(values[i])
        ? [[valToPos(epoch, 'x', true), valToPos(values[i], 'y', true)]]
        : [],
    );
    for (const [x, y] of points) ctx.lineTo(x, y);
    // Fewer than three points make no visible line.
    if (points.length < 3) {
      for (const [x, y] of points) {
        ctx.moveTo(x + 2 * devicePixelRatio, y);
        ctx.arc(x, y, 2 * devicePixelRatio, 0, 2 * Math.PI);
      }
    }
    ctx.stroke();
  }
  ctx.restore();
}

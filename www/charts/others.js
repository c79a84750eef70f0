// Other runs on a curve: their lines, behind its own. Fetched with the glass box.

/** @typedef {import('uplot')} uPlot */
/** @typedef {import('../colour.js').Colours['ink']} Ink */

/** Points of one line that are drawn at most. */
const MOST = 800;

/**
 * What a curve draws of other runs.
 * @param {Other[]} others
 * @param {import('../colour.js').Colours} colours
 */
export function beside(others, { ink }) {
  return {
    highest: Math.max(0, ...others.flatMap((o) => o.values.filter(Number.isFinite))),
    behind: (/** @type {uPlot} */ plot) => drawOthers(plot, others, ink),
  };
}

/**
 * The lines of other runs.
 * @param {uPlot} plot
 * @param {Other[]} others
 * @param {Ink} ink
 */
function drawOthers({ ctx, bbox, valToPos }, others, ink) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { at, values, hue, dashed } of others) {
    ctx.strokeStyle = hue ?? ink.soft;
    ctx.lineWidth = (hue ? 2 : 1.25) * devicePixelRatio;
    ctx.setLineDash(dashed ? [5 * devicePixelRatio, 4 * devicePixelRatio] : []);
    ctx.beginPath();
    at.forEach((epoch, i) => {
      if (!Number.isFinite(values[i])) return;
      ctx.lineTo(valToPos(epoch, 'x', true), valToPos(values[i], 'y', true));
    });
    ctx.stroke();
  }
  ctx.restore();
}

/**
 * Another run's line: epochs, and its values after them; thin and grey where it has no hue.
 * @typedef {{ label: string, at: number[], values: number[], hue?: string, dashed?: boolean }} Other
 */

/**
 * The line of another run in one column, of `MOST` points at most.
 * @param {Omit<Other, 'at' | 'values'>} look
 * @param {{ first: number, names: string[], epochs: ArrayLike<number>[] }} run `first`: epochs before its own
 * @param {string} name
 * @returns {Other[]} none, where the run has no such column or no epoch
 */
export function lineOf(look, { first, names, epochs }, name) {
  const column = names.indexOf(name);
  if (column < 0) return [];
  const stride = Math.max(1, Math.ceil(epochs.length / MOST));
  const at = epochs.map((_, i) => i).filter((i) => i % stride === 0 || i === epochs.length - 1);
  if (!at.length) return [];
  return [{ ...look, at: at.map((i) => first + i + 1), values: at.map((i) => epochs[i][column]) }];
}

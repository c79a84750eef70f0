// Labels of the lines in a chart, placed so that none overlaps another.

/** @typedef {import('uplot')} uPlot */
/** @typedef {import('./series.js').OtherRun} OtherRun */
/** @typedef {import('../colour.js').Colours['ink']} Ink */

/**
 * Draws the labels of other runs at the ends of their lines, on a background that covers lines.
 * @param {uPlot} plot
 * @param {OtherRun[]} others
 * @param {Ink} ink
 */
export function labelOtherRuns({ ctx, bbox, valToPos }, others, ink) {
  ctx.save();
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  const labels = others.flatMap(({ label, at, values }) => {
    const end = values.findLastIndex(Number.isFinite);
    if (!label || end < 0) return [];
    const [x, y] = [valToPos(at[end], 'x', true), valToPos(values[end], 'y', true)];
    return [{ label, x, y, width: ctx.measureText(label).width }];
  });
  const row = 12 * devicePixelRatio;
  for (const { label, x, y, width } of placeLabels(labels, bbox, row)) {
    ctx.globalAlpha = 0.8;
    ctx.fillStyle = ink.paper;
    ctx.fillRect(x - width, y - 0.8 * row, width, row);
    ctx.globalAlpha = 1;
    ctx.fillStyle = ink.soft;
    ctx.fillText(label, x, y);
  }
  ctx.restore();
}

/**
 * Places labels: each with its right end at the end of its line, moved into the box, and moved up or down by whole rows
 * until it overlaps no other.
 * @template {{ x: number, y: number, width: number }} L
 * @param {L[]} labels `x`, `y`: end of a line
 * @param {{ left: number, top: number, width: number, height: number }} box
 * @param {number} row height of a row of text
 * @returns {L[]} `x`: right end of the text, `y`: its baseline
 */
export function placeLabels(labels, box, row) {
  /** @type {L[]} */
  const done = [];
  const [top, bottom] = [box.top + row, box.top + box.height - row / 3];
  const within = (/** @type {number} */ v, /** @type {number} */ a, /** @type {number} */ b) =>
    Math.max(a, Math.min(b, v));
  for (const label of labels) {
    const x = within(label.x, box.left + label.width, box.left + box.width);
    const y = within(label.y - row / 3, top, bottom);
    const free = (/** @type {number} */ at) =>
      at >= top &&
      at <= bottom &&
      !done.some((o) => Math.abs(o.y - at) < row && x - label.width < o.x && o.x - o.width < x);
    const rows = Array.from({ length: 2 * labels.length + 1 }, (_, i) => Math.ceil(i / 2));
    const shift = rows.map((n, i) => y + (i % 2 ? n : -n) * row).find(free);
    done.push({ ...label, x, y: shift ?? y });
  }
  return done;
}

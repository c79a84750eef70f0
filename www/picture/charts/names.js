// Labels of the lines in a chart, placed so that none overlaps another.

import { number } from '../../app/figures.js';
import { drawMarker } from './markers.js';
import { font, typeScale } from './type.js';

/** @typedef {import('uplot')} uPlot */
/** @typedef {import('./series.js').OtherRun} OtherRun */
/** @typedef {import('../colour.js').Colours['ink']} Ink */

/**
 * Draws the labels of other runs at the ends of their lines, on a background that covers lines. Under the pointer each
 * label has the value there.
 * @param {uPlot} plot
 * @param {OtherRun[]} others
 * @param {Ink} ink
 * @param {number | null} epoch under the pointer
 */
export function labelOtherRuns({ ctx, bbox, valToPos }, others, ink, epoch) {
  ctx.save();
  ctx.font = font(10 * devicePixelRatio);
  ctx.textAlign = 'right';
  const size = 9 * devicePixelRatio;
  const labels = others.flatMap(({ label, at, values, hue, marker, dimmed }) => {
    const end = values.findLastIndex(Number.isFinite);
    if (!label || end < 0 || dimmed) return [];
    const [x, y] = [valToPos(at[end], 'x', true), valToPos(values[end], 'y', true)];
    if (!Number.isFinite(y)) return []; // 0 on a log scale
    const there = epoch === null ? undefined : values[at.findLastIndex((e) => e <= epoch)];
    const value = there === undefined ? '' : ` ${number(there)}`;
    const text = `${shortened(label, (t) => ctx.measureText(t).width, 0.6 * bbox.width)}${value}`;
    const space = marker === undefined ? 0 : size;
    return [{ label: text, x, y, hue, marker, width: ctx.measureText(text).width + space }];
  });
  const [row, gap] = [12 * typeScale() * devicePixelRatio, 5 * devicePixelRatio];
  // The end of each line stays free, for its marker.
  const box = { ...bbox, width: bbox.width - gap };
  for (const { label, x, y, hue, marker, width } of placeLabels(labels, box, row)) {
    ctx.globalAlpha = 0.7;
    ctx.fillStyle = ink.paper;
    ctx.fillRect(x - width, y - 0.8 * row, width, row);
    ctx.globalAlpha = 1;
    ctx.fillStyle = ink.ink;
    ctx.fillText(label, x, y);
    if (marker !== undefined)
      drawMarker(ctx, marker, x - width + size / 2 - 1, y - row / 3, size / 3, hue, ink.paper);
  }
  ctx.restore();
}

/** A text that is cut at its end where it is wider than `most`. @param {string} text @param {(text: string) => number} width @param {number} most */
function shortened(text, width, most) {
  let cut = text;
  while (cut.length > 1 && width(cut) > most) cut = cut.slice(0, -1);
  return cut === text ? text : `${cut.trimEnd()}…`;
}

/**
 * Places labels: each with its right end at the end of its line, moved into the box, and moved up or down by whole rows
 * until it overlaps no other. A label for which there is no room is left out.
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
    if (shift !== undefined) done.push({ ...label, x, y: shift });
  }
  return done;
}

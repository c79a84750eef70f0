// The links between units: all of them where they are few enough, and the strongest ones of one unit.
import { STEPS, eachLink, imageOf, kernelOf, sourceOf } from '../links.js';
import { cellOf } from '../geometry.js';
import { drawCurves, ring } from './marks.js';

/** @typedef {import('./network.js').Scene} Scene */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/** Opacity of links outside the highlight. */
const FAINT = 0.07;

/**
 * Draws all links between two columns.
 * @param {Scene} scene
 * @param {Column} column
 * @param {Column} before
 * @param {boolean} dim
 */
export function drawLinks({ context, opened, frame, colours }, column, before, dim) {
  // Links of about the same weight share one path, which keeps the number of strokes small.
  /** @type {Map<number, [Box, Box][]>} */
  const bundles = new Map();
  eachLink(opened.info, frame.weights, column, before, (from, to, step) => {
    const bundle = bundles.get(step);
    if (bundle) bundle.push([from, to]);
    else bundles.set(step, [[from, to]]);
  });
  const weakFirst = [...bundles].sort(([a], [b]) => Math.abs(a) - Math.abs(b));
  for (const [step, bundle] of weakFirst) {
    const share = step / STEPS;
    const alpha = dim ? FAINT : 0.1 + 0.62 * Math.abs(share);
    drawCurves(context, bundle, colours.css(share), 0.5 + 1.7 * Math.abs(share), alpha);
  }
  context.globalAlpha = 1;
}

/**
 * Draws an arrow from each source of a column. An arrow that skips columns runs below them.
 * @param {Scene} scene
 * @param {Column} column
 * @param {number} index
 * @param {boolean} dim
 */
export function drawFlow({ context, layout, colours }, column, index, dim) {
  context.globalAlpha = dim ? 0.3 : 0.8;
  context.strokeStyle = colours.ink.soft;
  context.lineWidth = 1.25;
  for (const from of column.from) {
    const source = layout.columns[from];
    const [x0, x1] = [source.x + source.w + 5, column.x - 5];
    const y = middle(source);
    const end = middle(column);
    context.beginPath();
    context.moveTo(x0, y);
    if (from === index - 1) {
      const bend = (x1 - x0) / 2;
      context.bezierCurveTo(x0 + bend, y, x1 - bend, end, x1, end);
    } else {
      const low = layout.height - 4;
      context.bezierCurveTo(x0 + 12, low, x0 + 12, low, x0 + 30, low);
      context.lineTo(x1 - 30, low);
      context.bezierCurveTo(x1 - 12, low, x1 - 12, end, x1, end);
    }
    context.moveTo(x1 - 5, end - 4);
    context.lineTo(x1, end);
    context.lineTo(x1 - 5, end + 4);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** Returns the vertical centre of a column. @param {Column} column */
function middle({ boxes }) {
  const last = boxes[boxes.length - 1];
  return (boxes[0].y + last.y + last.h) / 2;
}

/**
 * Draws the links with the largest contributions to the highlighted unit. A highlighted weight fades the others.
 * @param {Scene} scene
 */
export function drawStrongest({ context, layout, colours, highlight, strong }) {
  const top = Math.max(1e-9, ...strong.map((l) => Math.abs(l.weight)));
  const from = highlight?.from ?? -1;
  for (const link of strong) {
    const own = from < 0 || link.from === from;
    const colour = colours.css((Math.sign(link.weight) || 1) * 0.75);
    const width = 1 + 2.2 * Math.abs(link.weight / top);
    const alpha = own ? 0.9 : FAINT;
    drawCurves(context, [[link.area, link.to]], colour, own && from >= 0 ? 3 : width, alpha);
    const { x, y, w, h } = link.area;
    const { kind } = layout.columns[link.source.column];
    if (own && kind !== 'discs' && kind !== 'tiles') ring(context, x, y, w, h, colour);
  }
  context.globalAlpha = 1;
}

/** Marks a highlighted weight at both ends: its pixel in the unit's image and its input; or the bias bar. @param {Scene} scene */
export function drawWeight({ context, opened, layout, colours, highlight, strong }) {
  if (!highlight?.box || highlight.from < 0) return;
  const { box, from } = highlight;
  const column = layout.columns[highlight.column];
  const areas = strong.filter((link) => link.from === from).map(({ area }) => area);
  const image = imageOf(opened.info, layout, column);
  const kernel = kernelOf(opened.info, column, sourceOf(layout, column));
  if (kernel && from >= kernel.inputs)
    areas.push({ x: box.x + 2, y: box.y + box.h + 3, w: box.w - 4, h: 0 });
  else if (image) areas.push(cellOf(box, image.height, image.width, from));
  for (const { x, y, w, h } of areas) {
    // Two rings, visible on light and on dark pixels.
    ring(context, x - 2, y - 2, w + 4, h + 4, colours.ink.paper);
    ring(context, x - 4, y - 4, w + 8, h + 8, colours.ink.ink);
  }
}

/** Draws the paths from a weight to the loss. A wider line is a larger share of the gradient. @param {Scene} scene */
export function drawGradientPaths({ context, colours, gradientPaths }) {
  for (const { from, to, share } of gradientPaths) {
    const size = Math.abs(share);
    drawCurves(
      context,
      [[from, to]],
      colours.css(Math.sign(share)),
      1 + 5 * size,
      0.35 + 0.6 * size,
    );
  }
  context.globalAlpha = 1;
}

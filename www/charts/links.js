// The links between the units: all of them where they can be told apart, the strongest of one unit.
import { STEPS, eachLink, imageOf, kernelOf, sourceOf } from '../links.js';
import { cellOf } from '../geometry.js';
import { drawCurves, ring } from './marks.js';

/** @typedef {import('./network.js').Scene} Scene */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/** Of what is not looked at, where something else is. */
const FAINT = 0.07;

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Column} before
 * @param {boolean} dim
 */
export function drawLinks({ context, opened, frame, colours }, column, before, dim) {
  // Links of about the same weight are one path: few strokes, however many links.
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
 * Where a column's numbers come from, as a whole: past columns in between it goes below them.
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

/** The height of a column's middle. @param {Column} column */
function middle({ boxes }) {
  const last = boxes[boxes.length - 1];
  return (boxes[0].y + last.y + last.h) / 2;
}

/**
 * The links that carry most into the unit looked at; of a weight that is meant its own, the others faintly.
 * @param {Scene} scene
 */
export function drawStrongest({ context, layout, colours, lit, strong }) {
  const top = Math.max(1e-9, ...strong.map((l) => Math.abs(l.weight)));
  const from = lit?.from ?? -1;
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

/** The weight that is meant, at both its ends: a pixel of the unit's image, the number that comes in; or the bias. @param {Scene} scene */
export function drawWeight({ context, opened, layout, colours, lit, strong }) {
  if (!lit?.box || lit.from < 0) return;
  const { box, from } = lit;
  const column = layout.columns[lit.column];
  const areas = strong.filter((link) => link.from === from).map(({ area }) => area);
  const image = imageOf(opened.info, layout, column);
  const kernel = kernelOf(opened.info, column, sourceOf(layout, column));
  if (kernel && from >= kernel.inputs)
    areas.push({ x: box.x + 2, y: box.y + box.h + 3, w: box.w - 4, h: 0 });
  else if (image) areas.push(cellOf(box, image.height, image.width, from));
  for (const { x, y, w, h } of areas) {
    // Twice, so that it stands out from light and dark pixels alike.
    ring(context, x - 2, y - 2, w + 4, h + 4, colours.ink.paper);
    ring(context, x - 4, y - 4, w + 8, h + 8, colours.ink.ink);
  }
}

/** The paths of a weight to the loss: the broader, the more goes along. @param {Scene} scene */
export function drawTrail({ context, colours, trail }) {
  for (const { from, to, share } of trail) {
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

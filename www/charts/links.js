// The links between the units: all of them where they can be told apart, the strongest of one unit.
import { reach } from '../colour.js';
import { kernelOf, linksInto, sourceOf, valuesOf } from '../links.js';
import { drawCurves, ring } from './marks.js';

/** @typedef {import('./network.js').Scene} Scene */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/** Between two columns all links are drawn up to this number; beyond, only those of the unit looked at. */
const MOST_LINKS = 700;
/** Links of the unit looked at. */
const STRONGEST = 12;
/** Strengths that are told apart on each side of zero. */
const STEPS = 7;

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Column} before
 * @param {boolean} dim
 */
export function drawLinks({ context, opened, frame, colours }, column, before, dim) {
  const kernel = kernelOf(opened.info, column, before);
  const units = before.kind === 'discs' || before.kind === 'tiles';
  if (!kernel || !units || kernel.inputs * kernel.units > MOST_LINKS) return;
  const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
  const top = reach(weights);
  // Links of about the same weight are one path: few strokes, however many links.
  /** @type {Map<number, [Box, Box][]>} */
  const bundles = new Map();
  for (const to of column.kind === 'plane' ? column.boxes.slice(0, 1) : column.boxes) {
    for (const from of before.boxes) {
      const share = weights[from.unit * kernel.units + to.unit] / top;
      const step = Math.round(share * STEPS);
      if (step === 0) continue; // nothing to be seen
      const bundle = bundles.get(step);
      if (bundle) bundle.push([from, to]);
      else bundles.set(step, [[from, to]]);
    }
  }
  const weakFirst = [...bundles].sort(([a], [b]) => Math.abs(a) - Math.abs(b));
  for (const [step, bundle] of weakFirst) {
    const share = step / STEPS;
    const alpha = dim ? 0.12 : 0.1 + 0.62 * Math.abs(share);
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
 * The links that carry most into the unit looked at.
 * @param {Scene} scene
 * @param {Box} lit
 */
export function drawStrongest({ context, opened, frame, layout, colours, input }, lit) {
  const column = layout.columns[lit.column];
  const before = sourceOf(layout, column);
  const kernel = kernelOf(opened.info, column, before);
  if (!before || !kernel) return;
  const values = valuesOf(opened.info, frame, before, input);
  const links = linksInto(kernel, frame.weights, values, lit.unit).slice(0, STRONGEST);
  const top = Math.max(1e-9, ...links.map((l) => Math.abs(l.weight)));
  for (const { from, weight } of links) {
    const source = sourceBox(before, from);
    if (!source) continue;
    const pixel = before.kind !== 'discs' && before.kind !== 'tiles';
    drawCurves(
      context,
      [[source, lit]],
      colours.css(Math.sign(weight) * 0.75),
      1 + 2.2 * Math.abs(weight / top),
      0.9,
    );
    if (pixel)
      ring(context, source.x, source.y, source.w, source.h, colours.css(Math.sign(weight) * 0.75));
  }
  context.globalAlpha = 1;
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

/**
 * The place of one number of a column.
 * @param {Column} column
 * @param {number} from
 */
function sourceBox({ kind, boxes, shape: [height, width, channels = 1] }, from) {
  if (kind === 'discs' || kind === 'tiles') return boxes[from];
  const box = boxes[from % channels];
  if (!box) return null;
  const at = Math.floor(from / channels);
  const [w, h] = [box.w / width, box.h / height];
  return { x: box.x + (at % width) * w, y: box.y + Math.floor(at / width) * h, w, h };
}

// The links between the units: all of them where they can be told apart, the strongest of one unit.
import { reach } from '../colour.js';
import { kernelOf, linksInto, valuesOf } from '../links.js';
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
  if (!kernel || before.kind === 'image' || kernel.inputs * kernel.units > MOST_LINKS) return;
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
 * The links that carry most into the unit looked at.
 * @param {Scene} scene
 * @param {Box} lit
 */
export function drawStrongest({ context, opened, frame, layout, colours, input }, lit) {
  const column = layout.columns[lit.column];
  const before = layout.columns[lit.column - 1];
  const kernel = before && kernelOf(opened.info, column, before);
  if (!kernel) return;
  const values = valuesOf(opened.info, frame, before, input);
  const links = linksInto(kernel, frame.weights, values, lit.unit).slice(0, STRONGEST);
  const top = Math.max(1e-9, ...links.map((l) => Math.abs(l.weight)));
  for (const { from, weight } of links) {
    const source =
      before.kind === 'image'
        ? pixelBox(before.boxes[0], opened.info.data.image, from)
        : before.boxes[from];
    if (!source) continue;
    drawCurves(
      context,
      [[source, lit]],
      colours.css(Math.sign(weight) * 0.75),
      1 + 2.2 * Math.abs(weight / top),
      0.9,
    );
    if (before.kind === 'image')
      ring(context, source.x, source.y, source.w, source.h, colours.css(Math.sign(weight) * 0.75));
  }
  context.globalAlpha = 1;
}

/**
 * @param {Box} box
 * @param {{ width: number, height: number } | null} image
 * @param {number} pixel
 */
function pixelBox(box, image, pixel) {
  if (!image) return null;
  const [w, h] = [box.w / image.width, box.h / image.height];
  return {
    x: box.x + (pixel % image.width) * w,
    y: box.y + Math.floor(pixel / image.width) * h,
    w,
    h,
  };
}

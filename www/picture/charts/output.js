// The output of the model over the space of its inputs, with the examples: decision boundary, fitted surface or curve.
import { shownSet } from '../../engine/frame.js';
import { scaleEnd } from '../colour.js';
import { mapLength, spaceOf } from '../space.js';
import { drawFit } from './line.js';
import { ring } from './marks.js';
import { drawDecision, drawPoints, drawScale } from './plane.js';

/** @typedef {import('./network.js').Scene} Scene */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/** @param {Scene} scene @param {Column} column */
export function drawOutput(scene, column) {
  if (spaceOf(scene.opened.info) === 'line') drawLine(scene, column);
  else drawPlane(scene, column);
}

/** @param {Scene} scene @param {Column} column */
function drawPlane({ context, opened, frame, colours, input, hoveredRow, highlight }, column) {
  const { info, data } = opened;
  const [area] = column.boxes;
  const top = info.task === 'regression' ? scaleEnd(data.train.y) : 0;
  if (frame.side > 0) {
    const layer = info.layers[column.shown];
    const answers = {
      grid: frame.grid,
      side: frame.side,
      at: layer.at,
      n: layer.length,
      logits: info.outputs_are_logits,
      top,
    };
    drawDecision(context, area, answers, colours);
  }
  const size = area.w < 200 ? 2.2 : 3;
  drawPoints(context, area, data.validation, info, colours, { hollow: true, size, top });
  drawPoints(context, area, data.train, info, colours, { hollow: false, size, top });
  if (top) drawScale(context, area, top, colours);
  drawBorder(context, area, highlight, colours);
  const [x0, x1, y0, y1] = info.data.bounds ?? [0, 1, 0, 1];
  context.lineWidth = 2;
  context.strokeStyle = colours.ink.ink;
  /** @param {Float32Array} row @param {number} radius */
  const mark = ([u, v], radius) => {
    const [x, y] = [(u - x0) / (x1 - x0), (y1 - v) / (y1 - y0)];
    context.beginPath();
    context.arc(area.x + x * area.w, area.y + y * area.h, radius, 0, 2 * Math.PI);
    context.stroke();
  };
  mark(input, 7);
  context.setLineDash([3, 3]);
  if (hoveredRow) mark(hoveredRow, 11);
  context.setLineDash([]);
}

/** Draws the fitted curve of data with one input. @param {Scene} scene @param {Column} column */
function drawLine({ context, opened, frame, colours, input, hoveredRow, highlight }, column) {
  const { info, data } = opened;
  const [area] = column.boxes;
  const points = mapLength(info, frame.side);
  const { at } = info.layers[column.shown];
  const fit = {
    curve: frame.grid.subarray(at * points, (at + 1) * points),
    train: data.train,
    validation: data.validation,
    example: {
      x: input[0],
      target: data[shownSet(info).set].y[frame.example],
      output: frame.activations[at],
    },
    hovered: hoveredRow && hoveredRow[0],
    bounds: info.data.bounds ?? [0, 1, 0, 1],
    name: info.data.feature_names[0] ?? 'input',
  };
  drawFit(context, area, fit, colours);
  drawBorder(context, area, highlight, colours);
}

/**
 * Draws the border of the plane, and a ring around it where it is highlighted.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} area
 * @param {Scene['highlight']} highlight
 * @param {Scene['colours']} colours
 */
function drawBorder(context, area, highlight, { ink }) {
  context.lineWidth = 1;
  context.strokeStyle = ink.soft;
  context.strokeRect(area.x - 0.5, area.y - 0.5, area.w + 1, area.h + 1);
  if (highlight?.box === area)
    ring(context, area.x - 4, area.y - 4, area.w + 8, area.h + 8, ink.ink);
}

// Data with one input: the model's output over it as a curve, the examples as points (input, target), and the output of
// each unit as a small curve.
import { brief } from '../../app/figures.js';
import { label } from './marks.js';

/** @typedef {import('./plane.js').Area} Area */
/** @typedef {import('../colour.js').Colours} Colours */
/** @typedef {import('../../types.js').Rows} Rows */

/** Pixels between the frame and the texts of the axes. */
const PADDING = 5;

/**
 * Returns the places of a value in an area: x from left to right, y upwards.
 * @param {Area} area
 * @param {number[]} bounds x0, x1, y0, y1
 */
function scales({ x, y, w, h }, [x0, x1, y0, y1]) {
  return {
    px: (/** @type {number} */ value) => x + ((value - x0) / (x1 - x0)) * w,
    py: (/** @type {number} */ value) => y + ((y1 - value) / (y1 - y0)) * h,
  };
}

/**
 * Adds the curve of a response map to the path of a context.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {Float32Array} values at the middles of equal parts, from left to right
 * @param {(value: number) => number} py
 */
function traceCurve(context, { x, w }, values, py) {
  context.beginPath();
  values.forEach((value, i) => {
    if (Number.isFinite(value)) context.lineTo(x + ((i + 0.5) / values.length) * w, py(value));
  });
}

/** @param {CanvasRenderingContext2D} context @param {Area} area @param {() => void} draw */
function clipped(context, { x, y, w, h }, draw) {
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  draw();
  context.restore();
}

/**
 * Draws the fitted curve with the examples. Validation examples are hollow.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {object} fit
 * @param {Float32Array} fit.curve output of the model over the input; empty where it is not known
 * @param {Rows} fit.train
 * @param {Rows} fit.validation
 * @param {{ x: number, target: number, output: number } | null} fit.example the shown example
 * @param {number | null} fit.hovered input of the hovered example
 * @param {number[]} fit.bounds
 * @param {string} fit.name of the input
 * @param {Colours} colours
 */
export function drawFit(context, area, fit, colours) {
  const { bounds, example, hovered } = fit;
  const { px, py } = scales(area, bounds);
  const { ink } = colours;
  context.fillStyle = ink.paper;
  context.fillRect(area.x, area.y, area.w, area.h);
  clipped(context, area, () => {
    context.lineWidth = 1;
    context.strokeStyle = ink.faint;
    context.beginPath();
    context.moveTo(px(0), area.y);
    context.lineTo(px(0), area.y + area.h);
    context.moveTo(area.x, py(0));
    context.lineTo(area.x + area.w, py(0));
    context.stroke();
    const r = area.w < 200 ? 2.2 : 3;
    const blue = colours.css(0.62);
    for (const [rows, hollow] of /** @type {const} */ ([
      [fit.validation, true],
      [fit.train, false],
    ])) {
      context.fillStyle = hollow ? ink.paper : blue;
      context.strokeStyle = hollow ? blue : ink.paper;
      for (let i = 0; i < rows.n; i++) {
        context.beginPath();
        context.arc(px(rows.x[i]), py(rows.y[i]), r, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    }
    context.lineWidth = 2.5;
    context.lineJoin = 'round';
    context.strokeStyle = colours.css(-0.75);
    traceCurve(context, area, fit.curve, py);
    context.stroke();
    if (hovered !== null) {
      context.lineWidth = 1.5;
      context.strokeStyle = ink.ink;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(px(hovered), area.y);
      context.lineTo(px(hovered), area.y + area.h);
      context.stroke();
      context.setLineDash([]);
    }
    if (example) drawExample(context, px(example.x), py(example.target), py(example.output), ink);
  });
  const [x0, x1, y0, y1] = bounds;
  const [right, bottom] = [area.x + area.w - PADDING, area.y + area.h - PADDING];
  /** @param {number | string} text @param {number} x @param {number} y @param {CanvasTextAlign} align */
  const write = (text, x, y, align) => {
    label(context, typeof text === 'number' ? brief(text) : text, x, y, ink.soft, 11, align);
  };
  write(y1, area.x + PADDING, area.y + 10 + PADDING, 'left');
  write(y0, area.x + PADDING, bottom - 14, 'left');
  write(x0, area.x + PADDING, bottom, 'left');
  write(x1, right, bottom, 'right');
  write(fit.name, area.x + area.w / 2, bottom, 'center');
  write('target', area.x + area.w / 2, area.y + 10 + PADDING, 'center');
}

/**
 * Marks an example: its target in a ring, the output as a disc, and the error between them as a line.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} target
 * @param {number} output
 * @param {Colours['ink']} ink
 */
function drawExample(context, x, target, output, ink) {
  context.strokeStyle = context.fillStyle = ink.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, target);
  context.lineTo(x, output);
  context.stroke();
  context.beginPath();
  context.arc(x, target, 7, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  context.arc(x, output, 4, 0, 2 * Math.PI);
  context.fill();
}

/**
 * Draws the output of a unit over the input as a small curve.
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {Float32Array} values
 * @param {number} top end of the scale
 * @param {Colours} colours
 */
export function drawUnitCurve(context, area, values, top, colours) {
  const { py } = scales(area, [0, 1, -1.1 * top, 1.1 * top]);
  context.fillStyle = colours.ink.paper;
  context.fillRect(area.x, area.y, area.w, area.h);
  clipped(context, area, () => {
    context.lineWidth = 1;
    context.strokeStyle = colours.ink.faint;
    context.beginPath();
    context.moveTo(area.x, py(0));
    context.lineTo(area.x + area.w, py(0));
    context.stroke();
    context.lineWidth = 1.5;
    context.strokeStyle = colours.ink.ink;
    traceCurve(context, area, values, py);
    context.stroke();
  });
}

// Draws the network: the input, the units with their weights or response maps, the links and the prediction.
import { scaleEnd } from '../colour.js';
import { imageOf, kernelOf, sourceOf, valuesOf } from '../links.js';
import { drawPrediction } from './answer.js';
import { drawFlow, drawLinks, drawStrongest, drawGradientPaths, drawWeight } from './links.js';
import { label, ring } from './marks.js';
import { pad, paintInk, paintSigned } from './pixels.js';
import { drawUnitCurve } from './line.js';
import { drawOutput } from './output.js';
import { BARRED, FEW } from '../layout.js';
import { mapLength, spaceOf } from '../space.js';

/** @typedef {import('../layout.js').Layout} Layout */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/**
 * All inputs of the picture.
 * @typedef {object} Scene
 * @property {CanvasRenderingContext2D} context
 * @property {import('../../types.js').Opened} opened
 * @property {import('../../types.js').Frame} frame
 * @property {Float32Array} input the example, or the drawing
 * @property {Layout} layout
 * @property {import('../colour.js').Colours} colours
 * @property {import('../pointing.js').PictureRef | null} highlight highlighted part
 * @property {import('../links.js').StrongLink[]} strong strongest links of the highlighted unit
 * @property {Set<Box> | null} bright boxes that do not dim; null: all
 * @property {Float32Array | null} hoveredRow hovered example
 * @property {{ from: Box, to: Box, share: number }[]} gradientPaths paths from a weight to the loss
 */

/**
 * Draws the layer of links below the units. It is the slowest part and changes least often.
 * @param {Scene} scene
 * @param {import('../layout.js').Part} part the columns to which links are drawn
 */
export function drawLinkLayer(scene, { first, end }) {
  const { layout, highlight } = scene;
  layout.columns.slice(first, end).forEach((column, nth) => {
    const i = first + nth;
    const before = sourceOf(layout, column);
    const own = highlight?.column === i;
    const dim = highlight !== null && !(own && !highlight.box);
    const shaped = before?.kind === 'maps' || before?.kind === 'grid';
    if (shaped || !kernelOf(scene.opened.info, column, before)) drawFlow(scene, column, i, dim);
    // `drawStrongest` draws the links of a highlighted unit. For a highlighted weight all links stay, faintly.
    else if (before && !(own && highlight.box && highlight.from < 0))
      drawLinks(scene, column, before, dim);
  });
  // Dimmed units are transparent, so the links below them are erased.
  if (highlight)
    for (const { x, y, w, h } of layout.columns.flatMap(({ boxes }) => boxes))
      scene.context.clearRect(x, y, w, h);
}

/** Draws the layer of units. @param {Scene} scene */
export function drawNetwork(scene) {
  const { layout } = scene;
  layout.columns.forEach((column) => drawColumn(scene, column, sourceOf(layout, column)));
  scene.context.globalAlpha = 1;
  drawStrongest(scene);
  drawGradientPaths(scene);
  drawWeight(scene);
  drawPrediction(scene);
}

/** Opacity of units outside the highlight. */
const DIM = 0.3;

/** @param {Scene} scene @param {Column} column @param {Column | undefined} before */
function drawColumn(scene, column, before) {
  const { context, opened, frame, layout, colours, input, bright } = scene;
  const { info } = opened;
  const [first] = column.boxes;
  context.globalAlpha = !bright || bright.has(first) ? 1 : DIM;
  if (column.kind === 'image' && info.data.image) {
    const { width, height } = info.data.image;
    const digit = pad(width, height);
    paintInk(digit, input, colours.dark);
    drawTile(scene, first, digit.canvas, colours.ink.soft, 1);
    return;
  }
  if (column.kind === 'plane') return drawOutput(scene, column);
  const values = valuesOf(info, frame, column, input);
  const top = column.layer < 0 ? scaleEnd(values) : outputScale(info, frame, column);
  const kernel = kernelOf(info, column, before);
  const image = imageOf(info, layout, column);
  const weightTop =
    kernel && image
      ? scaleEnd(frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units))
      : 1;
  for (const box of column.boxes) {
    if (bright) context.globalAlpha = bright.has(box) ? 1 : DIM;
    const colour = colours.css(values[box.unit] / top);
    if (column.kind === 'maps' || column.kind === 'grid') {
      // Rows and columns of one channel, or steps and features of a sequence.
      const [height, width, channels = 1] = column.shape;
      const tile = pad(width, height);
      paintSigned(tile, values, box.unit, channels, top, colours.packed);
      drawTile(scene, box, tile.canvas, colours.ink.soft, 1);
    } else if (kernel && image) {
      const tile = pad(image.width, image.height);
      paintSigned(
        tile,
        frame.weights,
        kernel.at + box.unit,
        kernel.units,
        weightTop,
        colours.packed,
      );
      drawTile(scene, box, tile.canvas, colour, 2);
    } else if (column.kind === 'tiles' && info.data.bounds && frame.side > 0) {
      drawResponse(scene, column, box, colour, top);
    } else {
      drawDisc(
        scene,
        box,
        colour,
        kernel && kernel.biasAt >= 0 ? frame.weights[kernel.biasAt + box.unit] : null,
      );
    }
  }
  if (column.units > column.boxes.length) {
    const last = column.boxes[column.boxes.length - 1];
    label(
      context,
      `+ ${column.units - column.boxes.length} more`,
      column.x + column.w / 2,
      last.y + last.h + 14,
      colours.ink.soft,
    );
  }
}

/**
 * Returns the end of the colour scale for a layer's outputs.
 * @param {string | null} activation
 * @param {Float32Array} values
 */
function topOf(activation, values) {
  return activation === 'sigmoid' || activation === 'tanh' || activation === 'softmax'
    ? 1
    : scaleEnd(values);
}

/**
 * Returns the end of the colour scale for a column's outputs: over the plane for response maps, else for the example.
 * @param {import('../../types.js').RunInfo} info
 * @param {import('../../types.js').Frame} frame
 * @param {Column} column
 */
export function outputScale(info, frame, { shown, kind }) {
  const { at, length, activation } = info.layers[shown];
  const cells = mapLength(info, frame.side);
  const maps = kind === 'tiles' && cells > 0;
  const values = maps
    ? frame.grid.subarray(at * cells, (at + length) * cells)
    : frame.activations.subarray(at, at + length);
  return topOf(activation, values);
}

/**
 * @param {Scene} scene
 * @param {Box} box
 * @param {HTMLCanvasElement} picture
 * @param {string} colour of the frame around it
 * @param {number} width
 */
function drawTile(scene, box, picture, colour, width) {
  const { x, y, w, h } = box;
  scene.context.imageSmoothingEnabled = false;
  scene.context.drawImage(picture, x, y, w, h);
  drawFrame(scene, box, colour, width);
}

/** Draws the frame around a tile. @param {Scene} scene @param {Box} box @param {string} colour @param {number} width */
function drawFrame({ context, colours, highlight }, box, colour, width) {
  const { x, y, w, h } = box;
  context.lineWidth = 1;
  context.strokeStyle = colours.ink.faint;
  context.strokeRect(x - 0.5, y - 0.5, w + 1, h + 1);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.strokeRect(x - 0.5 - width / 2, y - 0.5 - width / 2, w + 1 + width, h + 1 + width);
  if (highlight?.box === box) ring(context, x - 4, y - 4, w + 8, h + 8, colours.ink.ink);
}

/**
 * Draws the response map of a unit: its output over the plane, or over the one input.
 * @param {Scene} scene
 * @param {Column} column
 * @param {Box} box
 * @param {string} colour
 * @param {number} top end of the scale
 */
function drawResponse(scene, column, box, colour, top) {
  const { frame, opened, colours } = scene;
  const { side, grid } = frame;
  const points = mapLength(opened.info, side);
  if (spaceOf(opened.info) === 'line') {
    // The map of the input is a slope from left to right.
    const at = column.layer < 0 ? 0 : (opened.info.layers[column.shown].at + box.unit) * points;
    const slope = () => Float32Array.from({ length: side }, (_, i) => (2 * i) / (side - 1) - 1);
    const values = column.layer < 0 ? slope() : grid.subarray(at, at + points);
    drawUnitCurve(scene.context, box, values, column.layer < 0 ? 1 : top, colours);
    return drawFrame(scene, box, colour, 2);
  }
  const tile = pad(side, side);
  if (column.layer < 0) {
    // The map of an input is a slope from left to right, or from bottom to top.
    const slope = new Float32Array(points);
    for (let i = 0; i < slope.length; i++) {
      slope[i] =
        box.unit === 0
          ? ((i % side) / (side - 1)) * 2 - 1
          : 1 - (Math.floor(i / side) / (side - 1)) * 2;
    }
    paintSigned(tile, slope, 0, 1, 1, colours.packed);
  } else {
    const layer = opened.info.layers[column.shown];
    const first = (layer.at + box.unit) * points;
    const map = grid.subarray(first, first + points);
    paintSigned(tile, map, 0, 1, top, colours.packed);
  }
  drawTile(scene, box, tile.canvas, colour, 2);
}

/** @param {Scene} scene @param {Box} box @param {string} colour @param {number | null} bias */
function drawDisc({ context, layout, colours, highlight }, box, colour, bias) {
  const { x, y, w, h, column } = box;
  const r = w / 2;
  if (layout.columns[column].units > FEW) {
    context.fillStyle = colour;
    context.fillRect(x, y, w, h);
    if (highlight?.box === box) ring(context, x - 2, y - 2, w + 4, h + 4, colours.ink.ink);
    return;
  }
  context.beginPath();
  context.arc(x + r, y + h / 2, r, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.25;
  context.strokeStyle = colours.ink.soft;
  context.stroke();
  if (bias !== null && w >= BARRED) {
    // The bias is a bar below the disc, to the right for positive values and to the left for negative ones.
    const length = Math.max(-1, Math.min(1, bias)) * r;
    context.fillStyle = colours.css(bias > 0 ? 0.8 : -0.7);
    context.fillRect(x + r + Math.min(0, length), y + h + 1.5, Math.abs(length), 2.5);
    context.fillStyle = colours.ink.soft;
    context.fillRect(x + r - 0.5, y + h + 0.5, 1, 4);
  }
  if (highlight?.box === box) ring(context, x - 3, y - 3, w + 6, h + 6, colours.ink.ink);
}

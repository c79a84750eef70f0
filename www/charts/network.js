// Draws the network: the input, the units with their weights or responses, the links, the answer.
import { reach } from '../colour.js';
import { kernelOf, linksInto, percent, probabilities, valuesOf, verdict } from '../links.js';
import { pad, paintInk, paintSigned } from './pixels.js';
import { drawDecision, drawPoints } from './plane.js';

/** @typedef {import('../layout.js').Layout} Layout */
/** @typedef {import('../layout.js').Column} Column */
/** @typedef {import('../layout.js').Box} Box */

/**
 * All that the picture depends on.
 * @typedef {object} Scene
 * @property {CanvasRenderingContext2D} context
 * @property {import('../types.js').Opened} opened
 * @property {import('../types.js').Frame} frame
 * @property {Float32Array} input the example, or the drawing
 * @property {Layout} layout
 * @property {import('../colour.js').Colours} colours
 * @property {Box | null} lit the unit that is looked at
 */

/** Between two columns all links are drawn up to this number; beyond, only those of the unit looked at. */
const MOST_LINKS = 700;
/** Links of the unit looked at. */
const STRONGEST = 12;

/** @param {Scene} scene */
export function drawNetwork(scene) {
  const { layout, lit } = scene;
  layout.columns.forEach((column, i) => {
    const before = layout.columns[i - 1];
    if (before && !(lit && lit.column === i)) drawLinks(scene, column, before, lit !== null);
  });
  layout.columns.forEach((column, i) => drawColumn(scene, column, layout.columns[i - 1]));
  if (lit) drawStrongest(scene, lit);
  drawAnswer(scene);
}

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Column} before
 * @param {boolean} dim
 */
function drawLinks({ context, opened, frame, colours }, column, before, dim) {
  const kernel = kernelOf(opened.info, column, before);
  if (!kernel || before.kind === 'image' || kernel.inputs * kernel.units > MOST_LINKS) return;
  const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
  const top = reach(weights);
  for (const to of column.kind === 'plane' ? column.boxes.slice(0, 1) : column.boxes) {
    for (const from of before.boxes) {
      const share = weights[from.unit * kernel.units + to.unit] / top;
      drawLink(
        context,
        from,
        to,
        colours.css(share),
        0.4 + 1.8 * Math.abs(share),
        dim ? 0.12 : 0.12 + 0.6 * Math.abs(share),
      );
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, w: number, h: number }} from
 * @param {{ x: number, y: number, w: number, h: number }} to
 * @param {string} colour
 * @param {number} width
 * @param {number} alpha
 */
function drawLink(context, from, to, colour, width, alpha) {
  const [x0, y0] = [from.x + from.w, from.y + from.h / 2];
  const [x1, y1] = [to.x, to.y + to.h / 2];
  const bend = (x1 - x0) / 2;
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.bezierCurveTo(x0 + bend, y0, x1 - bend, y1, x1, y1);
  context.stroke();
}

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Column | undefined} before
 */
function drawColumn(scene, column, before) {
  const { context, opened, frame, colours, input } = scene;
  const { info } = opened;
  const [first] = column.boxes;
  if (column.kind === 'image' && info.data.image) {
    const { width, height } = info.data.image;
    const digit = pad(width, height);
    paintInk(digit, input, 0, colours.dark);
    drawTile(scene, first, digit.canvas, colours.ink.soft, 1);
    return;
  }
  if (column.kind === 'plane') return drawPlane(scene, column);
  const values = valuesOf(info, frame, column, input);
  const top = topOf(info.layers[column.shown]?.activation ?? null, values);
  const kernel = before ? kernelOf(info, column, before) : null;
  const image = info.data.image;
  const weightTop =
    kernel && image
      ? reach(frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units))
      : 1;
  for (const box of column.boxes) {
    const colour = colours.css(values[box.unit] / top);
    if (column.kind === 'tiles' && kernel && image) {
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
      drawResponse(scene, column, box, colour);
    } else {
      drawDisc(
        scene,
        box,
        colour,
        kernel && kernel.biasAt >= 0 ? frame.weights[kernel.biasAt + box.unit] : null,
      );
    }
  }
  if (column.n > column.boxes.length) {
    const last = column.boxes[column.boxes.length - 1];
    label(
      context,
      `+ ${column.n - column.boxes.length} more`,
      column.x + column.w / 2,
      last.y + last.h + 14,
      colours.ink.soft,
    );
  }
}

/**
 * The end of the scale for a layer's numbers.
 * @param {string | null} activation
 * @param {Float32Array} values
 */
export function topOf(activation, values) {
  return activation === 'sigmoid' || activation === 'tanh' || activation === 'softmax'
    ? 1
    : reach(values);
}

/**
 * @param {Scene} scene
 * @param {Box} box
 * @param {HTMLCanvasElement} picture
 * @param {string} colour of the frame around it
 * @param {number} width
 */
function drawTile({ context, colours, lit }, { x, y, w, h, column, unit }, picture, colour, width) {
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, x, y, w, h);
  context.lineWidth = 1;
  context.strokeStyle = colours.ink.faint;
  context.strokeRect(x - 0.5, y - 0.5, w + 1, h + 1);
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.strokeRect(x - 0.5 - width / 2, y - 0.5 - width / 2, w + 1 + width, h + 1 + width);
  if (lit && lit.column === column && lit.unit === unit)
    ring(context, x - 4, y - 4, w + 8, h + 8, colours.ink.ink);
}

/**
 * What one unit answers everywhere on the plane.
 * @param {Scene} scene
 * @param {Column} column
 * @param {Box} box
 * @param {string} colour
 */
function drawResponse(scene, column, box, colour) {
  const { frame, opened, colours } = scene;
  const { side, grid } = frame;
  const tile = pad(side, side);
  if (column.layer < 0) {
    // An input answers with itself: a slope from left to right, or from bottom to top.
    const slope = new Float32Array(side * side);
    for (let i = 0; i < slope.length; i++) {
      slope[i] =
        box.unit === 0
          ? ((i % side) / (side - 1)) * 2 - 1
          : 1 - (Math.floor(i / side) / (side - 1)) * 2;
    }
    paintSigned(tile, slope, 0, 1, 1, colours.packed);
  } else {
    const layer = opened.info.layers[column.shown];
    const first = (layer.at + box.unit) * side * side;
    const map = grid.subarray(first, first + side * side);
    paintSigned(tile, map, 0, 1, topOf(layer.activation, map), colours.packed);
  }
  drawTile(scene, box, tile.canvas, colour, 2);
}

/**
 * @param {Scene} scene
 * @param {Box} box
 * @param {string} colour
 * @param {number | null} bias
 */
function drawDisc({ context, colours, lit }, { x, y, w, h, column, unit }, colour, bias) {
  const r = w / 2;
  context.beginPath();
  context.arc(x + r, y + h / 2, r, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.25;
  context.strokeStyle = colours.ink.soft;
  context.stroke();
  if (bias !== null && w >= 14) {
    // The bias: a bar that leaves the disc's foot to the right above zero, to the left below.
    const length = Math.max(-1, Math.min(1, bias)) * r;
    context.fillStyle = colours.css(bias > 0 ? 0.8 : -0.7);
    context.fillRect(x + r + Math.min(0, length), y + h + 1.5, Math.abs(length), 2.5);
    context.fillStyle = colours.ink.soft;
    context.fillRect(x + r - 0.5, y + h + 0.5, 1, 4);
  }
  if (lit && lit.column === column && lit.unit === unit)
    ring(context, x - 3, y - 3, w + 6, h + 6, colours.ink.ink);
}

/**
 * @param {Scene} scene
 * @param {Column} column
 */
function drawPlane({ context, opened, frame, colours, input, lit }, column) {
  const { info, data } = opened;
  const [area] = column.boxes;
  if (frame.side > 0) {
    const layer = info.layers[column.shown];
    const answers = {
      grid: frame.grid,
      side: frame.side,
      at: layer.at,
      n: layer.length,
      logits: info.outputs_are_logits,
    };
    drawDecision(context, area, answers, colours);
  }
  const size = area.w < 200 ? 2.2 : 3;
  drawPoints(context, area, data.validation, info, colours, { hollow: true, size });
  drawPoints(context, area, data.train, info, colours, { hollow: false, size });
  context.lineWidth = 1;
  context.strokeStyle = colours.ink.soft;
  context.strokeRect(area.x - 0.5, area.y - 0.5, area.w + 1, area.h + 1);
  const [x0, x1, y0, y1] = info.data.bounds ?? [0, 1, 0, 1];
  context.lineWidth = 2;
  context.strokeStyle = colours.ink.ink;
  context.beginPath();
  context.arc(
    area.x + ((input[0] - x0) / (x1 - x0)) * area.w,
    area.y + ((y1 - input[1]) / (y1 - y0)) * area.h,
    7,
    0,
    2 * Math.PI,
  );
  context.stroke();
  if (lit && lit.column === area.column)
    ring(context, area.x - 4, area.y - 4, area.w + 8, area.h + 8, colours.ink.ink);
}

/**
 * The links that carry most into the unit looked at.
 * @param {Scene} scene
 * @param {Box} lit
 */
function drawStrongest({ context, opened, frame, layout, colours, input }, lit) {
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
    drawLink(
      context,
      source,
      lit,
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

/** The answer beside the last column, in words. @param {Scene} scene */
function drawAnswer({ context, opened, frame, layout, colours }) {
  const { info } = opened;
  const column = layout.columns[layout.columns.length - 1];
  if (column.kind === 'plane' || column.layer < 0) return;
  const { at, length } = info.layers[column.shown];
  const p = probabilities(frame.activations.subarray(at, at + length), info.outputs_are_logits);
  const names = info.data.class_names;
  const { label: best, sure } = verdict(p);
  const small = layout.width < 560;
  if (p.length === 1) {
    const [box] = column.boxes;
    const [x, y] = [box.x + box.w + 10, box.y + box.h / 2];
    label(context, percent(p[0]), x, y + 1, colours.ink.ink, small ? 15 : 20, 'left', 600);
    label(
      context,
      `for “${names[1] ?? 1}”`,
      x,
      y + (small ? 16 : 20),
      colours.ink.soft,
      small ? 11 : 12,
      'left',
    );
    return;
  }
  for (const box of column.boxes) {
    const x = box.x + box.w + 8;
    const y = box.y + box.h / 2 + 4;
    const bold = box.unit === best;
    label(
      context,
      names[box.unit] ?? String(box.unit),
      x,
      y,
      bold ? colours.ink.ink : colours.ink.soft,
      12,
      'left',
      bold ? 700 : 400,
    );
    const room = layout.tail - (small ? 24 : 36);
    context.fillStyle = bold ? colours.ink.ink : colours.ink.soft;
    context.fillRect(x + 14, y - 7, Math.max(1, room * p[box.unit]), 6);
  }
  const last = column.boxes[column.boxes.length - 1];
  label(
    context,
    percent(sure),
    last.x + last.w + 8,
    last.y + last.h + 18,
    colours.ink.ink,
    13,
    'left',
    600,
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {number} [size]
 * @param {CanvasTextAlign} [align]
 * @param {number} [weight]
 */
function label(context, text, x, y, colour, size = 12, align = 'center', weight = 400) {
  context.font = `${weight} ${size}px system-ui, sans-serif`;
  context.textAlign = align;
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {string} colour
 */
function ring(context, x, y, w, h, colour) {
  context.lineWidth = 2;
  context.strokeStyle = colour;
  context.beginPath();
  context.roundRect(x, y, w, h, Math.min(5, w / 3));
  context.stroke();
}

// The layout of the picture, a pure function of the network's shape: the place of each box. Drawing, hit-testing and
// labels use it.

import { columnsOf } from './columns.js';

/** @typedef {import('../types.js').RunInfo} RunInfo */

/**
 * One unit, or the input, in the picture. In CSS pixels.
 * @typedef {object} Box
 * @property {number} column
 * @property {number} unit
 * @property {number} x left
 * @property {number} y top
 * @property {number} w
 * @property {number} h
 */

/**
 * A column of the picture: the input, or a layer with weights and the layers without weights that follow it.
 * @typedef {object} Column
 * @property {'image' | 'tiles' | 'discs' | 'maps' | 'grid' | 'plane'} kind `image`: the input's pixels; `tiles`: an
 *   image per unit (weights or response map); `maps`: the channels of a 2-D layer; `grid`: steps by features of a
 *   sequence; `plane`: the output over the space of the inputs (decision boundary, fitted curve or surface)
 * @property {string} title
 * @property {string} note
 * @property {number} x
 * @property {number} w
 * @property {number} layer index of the layer with the weights; -1: the input
 * @property {number} shown index of the layer whose outputs are shown
 * @property {number[]} layers indices of all layers of the column
 * @property {number[]} from indices of the source columns
 * @property {number} n number of outputs
 * @property {number} units number of boxes without a limit
 * @property {number[]} shape of the outputs for one example
 * @property {Box[]} boxes of the shown units
 */

/**
 * @typedef {object} Layout
 * @property {number} width at least the requested width; a deep network may need more
 * @property {number} height
 * @property {number} tail space for the prediction to the right of the last column
 * @property {Column[]} columns
 */

/** Maximum number of images in a layer. With more units, each is drawn as a disc or block. */
const IMAGES = 64;
const MOST = { tiles: IMAGES, discs: 512, maps: 8, grid: 1, image: 1, plane: 1 };
/** Maximum number of discs. More units are drawn as a dense block. */
export const FEW = 40;
/** Minimum size of a disc that shows its bias as a bar. */
export const BARRED = 14;
/** Height of the heads of the columns. */
const HEAD = 56;
const FOOT = 14;
const SIDE = 7;
/** Minimum gap between columns. */
const LEAST_GAP = 14;

/**
 * Computes the layout.
 * @param {RunInfo} info
 * @param {number} width
 * @param {number} height
 * @param {number} [type] size of type beside the usual one
 * @returns {Layout}
 */
export function layout(info, width, height, type = 1) {
  const columns = columnsOf(info);
  for (const column of columns)
    if (column.kind === 'tiles' && column.units > IMAGES) column.kind = 'discs';
  const last = columns[columns.length - 1];
  const several = last.n > 1;
  const tail =
    last.kind === 'plane' ? 0 : (width < 560 ? (several ? 88 : 58) : several ? 122 : 76) * type;
  const head = HEAD * type;
  const room = height - head - FOOT * type;
  const inner = width - 2 * SIDE;
  const small = width < 560;
  const gap = Math.max(small ? 18 : 28, Math.min(96, (width / (columns.length + 1)) * 0.46));
  // Find the largest scale at which all columns fit side by side.
  for (let scale = 1; ; scale *= 0.94) {
    const shapes = columns.map((column) => shape(column, room, scale, width));
    const total = shapes.reduce((sum, { w }) => sum + w, tail) + gap * (columns.length - 1);
    if (total > inner && scale > 0.08) continue;
    const spread = Math.min(columns.length > 1 ? (inner - total) / (columns.length - 1) : 0, 60);
    const step = gap + Math.max(LEAST_GAP - gap, spread);
    const used = total + (step - gap) * (columns.length - 1);
    let x = Math.max(SIDE, (width - used) / 2);
    columns.forEach((column, i) => {
      place(column, i, shapes[i], x, head, room);
      x += shapes[i].w + step;
    });
    return { width: Math.max(width, used + 2 * SIDE), height, tail, columns };
  }
}

/** @typedef {{ w: number, size: number, high?: number, rows: number, shown: number, gap: number }} Shape */

/**
 * Computes the size and the number of rows of a column's boxes.
 * @param {Column} column
 * @param {number} room
 * @param {number} scale
 * @param {number} width
 * @returns {Shape}
 */
function shape({ kind, units, shape: [long, wide] }, room, scale, width) {
  if (kind === 'image') {
    const size = Math.max(48, Math.min(room, 190, width * 0.25) * scale);
    return { w: size, size, rows: 1, shown: 1, gap: 0 };
  }
  if (kind === 'plane') {
    const size = Math.max(96, Math.min(room, 460, width * 0.48) * scale);
    return { w: size, size, rows: 1, shown: 1, gap: 0 };
  }
  if (kind === 'grid') {
    // A cell is at most 12 pixels wide; a long or wide sequence has smaller ones.
    const [w, size] = [wide, long].map(
      (n) => Math.min(12 * n, room * 0.8, 150, width * 0.2) * scale,
    );
    return {
      w: Math.max(14, w),
      size: Math.max(14, w),
      high: Math.max(14, size),
      rows: 1,
      shown: 1,
      gap: 0,
    };
  }
  const shown = Math.min(units, MOST[kind]);
  if (kind === 'discs' && units > FEW) {
    const across = Math.ceil(Math.sqrt(shown / 2));
    const rows = Math.ceil(shown / across);
    const size = Math.max(4, Math.min(10, (room / rows) * 0.84) * scale);
    return { w: across * size * 1.16 - size * 0.16, size, rows, shown, gap: size * 0.16 };
  }
  const discs = kind === 'discs';
  const least = discs ? 7 : 12;
  const most = discs ? 34 : 64;
  const share = discs ? 0.28 : 0.16;
  // As few columns of boxes as possible with a readable size; images form a square.
  const square = kind === 'tiles' && units > 12 ? Math.ceil(Math.sqrt(shown)) : 1;
  let across = square;
  const narrow = discs ? 12 : kind === 'maps' ? 52 : 38;
  while (across < 4 && room / Math.ceil(shown / across) < narrow) across++;
  const rows = Math.ceil(shown / across);
  const size = Math.max(least, Math.min(most, (room / rows) * (1 - share)) * scale);
  const gap = Math.min(size * 0.5, discs ? size * 0.42 : Math.max(3, size * 0.14));
  return { w: across * size + (across - 1) * gap, size, rows, shown, gap };
}

/**
 * Places the boxes of a column.
 * @param {Column} column
 * @param {number} index
 * @param {Shape} shape
 * @param {number} x
 * @param {number} head
 * @param {number} room
 */
function place(column, index, { w, size, high = size, rows, shown, gap }, x, head, room) {
  const step = Math.min(high + gap, (room - high) / Math.max(1, rows - 1));
  const top = head + Math.max(0, (room - (high + (rows - 1) * step)) / 2);
  const across = Math.ceil(shown / rows);
  column.x = x;
  column.w = w;
  column.boxes = Array.from({ length: shown }, (_, unit) => ({
    column: index,
    unit,
    x: x + (unit % across) * (size + gap),
    y: top + Math.floor(unit / across) * step,
    w: size,
    h: high,
  }));
}

/**
 * Returns the box at a point or within 3 pixels of it; null for none.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
export function boxAt({ columns }, x, y) {
  /** @type {Box | null} */
  let found = null;
  let near = 3;
  for (const { boxes } of columns) {
    for (const box of boxes) {
      const dx = Math.max(box.x - x, x - box.x - box.w, 0);
      const dy = Math.max(box.y - y, y - box.y - box.h, 0);
      const far = Math.max(dx, dy);
      if (far === 0) return box;
      if (far > near) continue;
      near = far;
      found = box;
    }
  }
  return found;
}

/**
 * Returns the box of a unit; null where the picture does not show it.
 * @param {Layout} layout
 * @param {import('../types.js').UnitRef | null} ref
 */
export function boxOf(layout, ref) {
  if (!ref) return null;
  const column = layout.columns.find(({ layer }) => layer === ref.layer);
  return column?.boxes.find(({ unit }) => unit === ref.unit) ?? null;
}

/** Returns all boxes, column by column. @param {Layout} layout */
export function boxesOf({ columns }) {
  return columns.flatMap((column) => column.boxes);
}

/** Columns to which links are drawn, and the strip of the picture in which these links lie. @typedef {{ first: number, end: number, strip: [left: number, right: number] }} Part */

/** Whether each column takes the outputs of the one before it, so that its links lie between the two. @param {Layout} layout */
export function isChain({ columns }) {
  return columns.every(({ from }, i) => i === 0 || (from.length === 1 && from[0] === i - 1));
}

/**
 * Returns one of `count` parts of a picture, which are at most as many as its columns.
 * @param {Layout} layout
 * @param {number} part
 * @param {number} count
 * @returns {Part}
 */
export function partOf({ columns, width }, part, count) {
  const bound = (/** @type {number} */ at) => Math.round((at * columns.length) / count);
  const [first, end] = [bound(part), bound(part + 1)];
  const left = first > 0 ? columns[first - 1].x + columns[first - 1].w : 0;
  return { first, end, strip: [left, end < columns.length ? columns[end - 1].x : width] };
}

// The picture of a network as a pure function of its shape: which boxes lie where. Drawing, hit-testing
// and labels read it.

/** @typedef {import('./types.js').RunInfo} RunInfo */

/**
 * One unit, or the input, on the picture. In the unit of CSS pixels.
 * @typedef {object} Box
 * @property {number} column
 * @property {number} unit
 * @property {number} x left
 * @property {number} y top
 * @property {number} w
 * @property {number} h
 */

/**
 * A step of the picture: the input, or a layer with weights and what follows it without any.
 * @typedef {object} Column
 * @property {'image' | 'tiles' | 'discs' | 'plane'} kind `image`: the input's pixels; `tiles`: a little
 *   picture per unit (weights or response); `plane`: the decision boundary
 * @property {string} title
 * @property {string} note
 * @property {number} x
 * @property {number} w
 * @property {number} layer index of the layer with the weights; -1: the input
 * @property {number} shown index of the layer whose numbers are shown
 * @property {number} n units in all
 * @property {Box[]} boxes the units that have room
 */

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} tail room right of the last column, for the answers
 * @property {Column[]} columns
 */

const MOST = { tiles: 64, discs: 40, image: 1, plane: 1 };
const HEAD = 40;
const FOOT = 14;
const SIDE = 7;

/**
 * @param {RunInfo} info
 * @param {number} width
 * @param {number} height
 * @returns {Layout}
 */
export function layout(info, width, height) {
  const columns = columnsOf(info);
  const tail = columns[columns.length - 1].kind === 'plane' ? 0 : width < 560 ? 58 : 76;
  const room = height - HEAD - FOOT;
  const inner = width - 2 * SIDE;
  const small = width < 560;
  const gap = Math.max(small ? 18 : 28, Math.min(90, (width / (columns.length + 1)) * 0.36));
  // The largest scale at which all columns stand side by side.
  for (let scale = 1; ; scale *= 0.94) {
    const shapes = columns.map((column) => shape(column, room, scale, width));
    const total = shapes.reduce((sum, { w }) => sum + w, tail) + gap * (columns.length - 1);
    if (total > inner && scale > 0.08) continue;
    const spread = Math.min(columns.length > 1 ? (inner - total) / (columns.length - 1) : 0, 60);
    const used = total + Math.max(0, spread) * (columns.length - 1);
    let x = Math.max(SIDE, (width - used) / 2);
    columns.forEach((column, i) => {
      place(column, i, shapes[i], x, room);
      x += shapes[i].w + gap + Math.max(0, spread);
    });
    return { width, height, tail, columns };
  }
}

/**
 * @param {RunInfo} info
 * @returns {Column[]}
 */
function columnsOf(info) {
  const { image, bounds, feature_names } = info.data;
  const inputs = info.input_shape.reduce((a, b) => a * b, 1);
  /** @type {Column[]} */
  const columns = [
    column(
      image ? 'image' : bounds ? 'tiles' : 'discs',
      -1,
      image ? 1 : inputs,
      'Input',
      inputNote(),
    ),
  ];
  info.layers.forEach((layer, i) => {
    const last = columns[columns.length - 1];
    if (layer.params.length === 0 && last.layer >= 0 && layer.length === last.n) {
      last.shown = i;
      last.note += `, ${layer.activation ?? layer.class_name.toLowerCase()}`;
      return;
    }
    if (layer.params.length === 0 && layer.class_name === 'Flatten') return;
    const seesPixels = image !== null && last.layer < 0 && layer.params[0]?.shape.length === 2;
    const kind = bounds || seesPixels ? 'tiles' : 'discs';
    const note = [layer.length, layer.activation].filter((part) => part !== null).join(' ');
    columns.push(column(kind, i, layer.length, layer.name, note));
  });
  if (bounds && columns.length > 1) {
    const last = columns[columns.length - 1];
    const plane = column('plane', last.layer, last.n, 'Decision', '');
    plane.shown = last.shown;
    // One output is the decision itself; several are shown beside it.
    if (last.n === 1)
      columns[columns.length - 1] = { ...plane, title: last.title, note: last.note };
    else columns.push({ ...plane, note: `the largest of ${last.n}` });
  }
  return columns;

  function inputNote() {
    if (image) return `${image.height} × ${image.width} pixels`;
    return bounds ? feature_names.join(', ') : `${inputs} numbers`;
  }
}

/**
 * @param {Column['kind']} kind
 * @param {number} layer
 * @param {number} n
 * @param {string} title
 * @param {string} note
 * @returns {Column}
 */
function column(kind, layer, n, title, note) {
  return { kind, title, note, x: 0, w: 0, layer, shown: layer, n, boxes: [] };
}

/** @typedef {{ w: number, size: number, rows: number, shown: number, gap: number }} Shape */

/**
 * How large a column's boxes are and how many rows they stand in.
 * @param {Column} column
 * @param {number} room
 * @param {number} scale
 * @param {number} width
 * @returns {Shape}
 */
function shape({ kind, n }, room, scale, width) {
  if (kind === 'image') {
    const size = Math.max(48, Math.min(room, 190, width * 0.25) * scale);
    return { w: size, size, rows: 1, shown: 1, gap: 0 };
  }
  if (kind === 'plane') {
    const size = Math.max(96, Math.min(room, 330, width * 0.5) * scale);
    return { w: size, size, rows: 1, shown: 1, gap: 0 };
  }
  const shown = Math.min(n, MOST[kind]);
  const least = kind === 'tiles' ? 12 : 7;
  const most = kind === 'tiles' ? 64 : 34;
  const share = kind === 'tiles' ? 0.16 : 0.28;
  // As few columns of boxes as let each have a decent size; images like to stand in a square.
  const square = kind === 'tiles' && n > 12 ? Math.ceil(Math.sqrt(shown)) : 1;
  let across = square;
  const narrow = kind === 'tiles' ? 38 : 14;
  while (across < 4 && room / Math.ceil(shown / across) < narrow) across++;
  const rows = Math.ceil(shown / across);
  const size = Math.max(least, Math.min(most, (room / rows) * (1 - share)) * scale);
  const gap = Math.min(size * 0.5, kind === 'tiles' ? Math.max(3, size * 0.14) : size * 0.42);
  return { w: across * size + (across - 1) * gap, size, rows, shown, gap };
}

/**
 * @param {Column} column
 * @param {number} index
 * @param {Shape} shape
 * @param {number} x
 * @param {number} room
 */
function place(column, index, { w, size, rows, shown, gap }, x, room) {
  const step = Math.min(size + gap, (room - size) / Math.max(1, rows - 1));
  const top = HEAD + Math.max(0, (room - (size + (rows - 1) * step)) / 2);
  const across = Math.ceil(shown / rows);
  column.x = x;
  column.w = w;
  column.boxes = Array.from({ length: shown }, (_, unit) => ({
    column: index,
    unit,
    x: x + (unit % across) * (size + gap),
    y: top + Math.floor(unit / across) * step,
    w: size,
    h: size,
  }));
}

/**
 * The box at a point, if any.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
export function boxAt({ columns }, x, y) {
  const near = 3;
  for (const { boxes } of columns) {
    for (const box of boxes) {
      const inside = x >= box.x - near && x <= box.x + box.w + near;
      if (inside && y >= box.y - near && y <= box.y + box.h + near) return box;
    }
  }
  return null;
}

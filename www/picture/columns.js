// The columns of the picture: the input, and each layer with weights together with the layers without weights that follow
// it. A pure function of the model's description.

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').LayerInfo} LayerInfo */
/** @typedef {import('./layout.js').Column} Column */

/**
 * Returns the columns of a model.
 * @param {RunInfo} info
 * @returns {Column[]}
 */
export function columnsOf(info) {
  const { image, bounds } = info.data;
  const inputs = info.input_shape.reduce((a, b) => a * b, 1);
  const kind = image ? 'image' : bounds ? 'tiles' : 'discs';
  const columns = [column(kind, -1, info.input_shape, 'Input', inputNote(info, inputs), [])];
  if (image) columns[0].units = 1;
  info.layers.forEach((layer, i) => {
    const from = layer.inputs.map((j) => columns.findIndex((c) => c.layers.includes(j)));
    const source = columns[from[0]];
    if (from.length === 1 && joins(info, layer, source)) {
      source.layers.push(i);
      const same = String(layer.output_shape) === String(source.shape);
      if (source.layer < 0) return;
      source.note += `, ${layer.activation ?? layer.class_name.toLowerCase()}`;
      // A layer that only changes the shape is shown in the previous shape.
      if (same) source.shown = i;
      return;
    }
    const note = [layer.output_shape.join(' × '), layer.activation].filter(Boolean).join(' ');
    const last = i === info.layers.length - 1;
    columns.push(
      column(kindOf(info, layer, source, last), i, layer.output_shape, layer.name, note, [
        ...new Set(from),
      ]),
    );
  });
  if (bounds && columns.length > 1) {
    const last = columns[columns.length - 1];
    const plane = { ...last, kind: /** @type {const} */ ('plane'), units: 1 };
    // A single output is the decision itself. Several outputs have a column before it.
    if (last.n === 1) columns[columns.length - 1] = plane;
    else
      columns.push({
        ...plane,
        title: 'Decision',
        note: `largest of ${last.n}`,
        from: [columns.length - 1],
      });
  }
  return columns;
}

/**
 * Whether a layer joins the column of its source: it has no weights and keeps the shape of its input.
 * @param {RunInfo} info
 * @param {LayerInfo} layer
 * @param {Column} source
 */
function joins({ data: { image } }, { params, length, class_name, output_shape }, source) {
  if (params.length > 0) return false;
  if (class_name === 'Flatten') return true;
  if (source.layer >= 0)
    return length === source.n && String(output_shape) === String(source.shape);
  const [height, width, channels = 1] = output_shape;
  return image !== null && height === image.height && width === image.width && channels === 1;
}

/**
 * Returns the kind of a layer's column.
 * @param {RunInfo} info
 * @param {LayerInfo} layer
 * @param {Column} source
 * @param {boolean} last
 * @returns {Column['kind']}
 */
function kindOf({ data: { image, bounds } }, { params, length, output_shape }, source, last) {
  if (bounds) return 'tiles';
  const kernel = params.find((p) => p.name === 'kernel' && p.shape.length === 2);
  const dense = kernel?.shape[0] === source.n && kernel.shape[1] === length;
  if (image && source.layer < 0 && dense) return 'tiles';
  if (last && length <= 40) return 'discs';
  if (output_shape.length === 3) return 'maps';
  return output_shape.length === 2 ? 'grid' : 'discs';
}

/**
 * Describes the input.
 * @param {RunInfo} info
 * @param {number} inputs
 */
function inputNote({ data: { image, bounds, feature_names } }, inputs) {
  if (image) return `${image.height} × ${image.width} pixels`;
  return bounds ? feature_names.join(', ') : `${inputs} number${inputs === 1 ? '' : 's'}`;
}

/**
 * @param {Column['kind']} kind
 * @param {number} layer
 * @param {number[]} shape
 * @param {string} title
 * @param {string} note
 * @param {number[]} from
 * @returns {Column}
 */
function column(kind, layer, shape, title, note, from) {
  const n = shape.reduce((a, b) => a * b, 1);
  const units = kind === 'maps' ? shape[2] : kind === 'grid' ? 1 : n;
  return {
    kind,
    title,
    note,
    x: 0,
    w: 0,
    layer,
    shown: layer,
    layers: [layer],
    from,
    n,
    units,
    shape,
    boxes: [],
  };
}

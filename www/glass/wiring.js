// How the numbers of a layer are made of those below it: which term takes which, and who takes a number further up.
// Pure functions of shapes and options; what cannot be said in these words stays a whole (recurrent layers, attention,
// normalization, transposed and separable convolutions).

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').LayerInfo} LayerInfo */

/**
 * Each number of a layer is a sum of terms, a factor times a number below. Numbers stand channel by channel at each
 * position; all positions share the weights.
 * @typedef {object} Wiring
 * @property {number} channels
 * @property {number} terms of each number, its bias aside
 * @property {'weight' | 'same' | 'mean' | 'max' | 'mask'} factor what stands before the number below
 * @property {boolean} shares of equal largest ones all count, and not the first
 * @property {{ width: number, depth: number } | null} window columns of it, and channels of each place in it
 * @property {(unit: number, term: number) => number} input its place; -1: beyond the edge, where zeros are
 * @property {(input: number) => { unit: number, term: number }[]} takers
 * @property {(input: number) => number} count of them
 */

/**
 * The wiring of each layer; null where it is not made of such sums.
 * @param {RunInfo} info
 * @param {import('../types.js').Experiment} experiment
 * @returns {(Wiring | null)[]}
 */
export function wirings(info, experiment) {
  const { layers } = experiment.model.config;
  const asked = layers.filter(({ class_name }) => class_name !== 'InputLayer');
  const built = info.layers.filter(({ class_name }) => class_name !== 'InputLayer');
  // Where a model's text and what was built of it do not stand side by side, nothing is opened.
  if (built.some(({ class_name }, i) => asked[i]?.class_name !== class_name)) {
    return info.layers.map(() => null);
  }
  // The mean of a masked sequence leaves steps out.
  const masked = asked.some(
    ({ class_name, config }) => class_name === 'Masking' || config?.mask_zero,
  );
  return info.layers.map((layer) => {
    if (layer.inputs.length !== 1 || layer.class_name === 'InputLayer') return null;
    const [source] = layer.inputs;
    const below = source < 0 ? info.input_shape : info.layers[source].output_shape;
    return wiringOf(layer, below, asked[built.indexOf(layer)].config ?? {}, masked);
  });
}

/**
 * @param {LayerInfo} layer
 * @param {number[]} below shape of what it takes
 * @param {Record<string, any>} config
 * @param {boolean} masked
 */
function wiringOf({ class_name, output_shape, length, params }, below, config, masked) {
  const kernel = params.find(({ name }) => name === 'kernel')?.shape;
  const channels = output_shape[output_shape.length - 1] ?? 1;
  const rank = below.length - 1;
  if (class_name === 'Dense' && kernel) return dense(kernel[0], channels);
  if (/^Conv[12]D$/.test(class_name) && kernel) {
    const given = { size: kernel.slice(0, rank), strides: config.strides ?? 1 };
    return windows('weight', below, output_shape, { ...config, ...given });
  }
  if (/^(Max|Average)Pooling[12]D$/.test(class_name)) {
    const size = config.pool_size ?? 2;
    const given = { size, strides: config.strides ?? size };
    return windows(class_name[0] === 'M' ? 'max' : 'mean', below, output_shape, {
      ...config,
      ...given,
    });
  }
  if (/^Global(Max|Average)Pooling[12]D$/.test(class_name)) {
    if (masked && class_name === 'GlobalAveragePooling1D') return null;
    const all = { size: below.slice(0, rank), strides: 1, shares: true };
    const shape = [...below.slice(0, rank).map(() => 1), channels];
    return windows(class_name[6] === 'M' ? 'max' : 'mean', below, shape, all);
  }
  if (/^(Flatten|Reshape)$/.test(class_name)) return one('same', length);
  if (/^((Spatial|Gaussian)?Dropout([12]D)?)$/.test(class_name)) return one('mask', channels);
  if (/^(Activation|Softmax|ReLU|LeakyReLU|ELU)$/.test(class_name)) return one('same', channels);
  return null;
}

/** Each number from the one at its place. @param {Wiring['factor']} factor @param {number} channels @returns {Wiring} */
function one(factor, channels) {
  return {
    channels,
    terms: 1,
    factor,
    shares: false,
    window: null,
    input: (unit) => unit,
    takers: (input) => [{ unit: input, term: 0 }],
    count: () => 1,
  };
}

/** @param {number} terms @param {number} channels @returns {Wiring} */
function dense(terms, channels) {
  return {
    channels,
    terms,
    factor: 'weight',
    shares: false,
    window: null,
    input: (unit, term) => Math.floor(unit / channels) * terms + term,
    takers(input) {
      const first = Math.floor(input / terms) * channels;
      return Array.from({ length: channels }, (_, c) => ({ unit: first + c, term: input % terms }));
    },
    count: () => channels,
  };
}

/** A number for each of two axes: a sequence is an image of one row. @param {any} value @param {number} rank @param {number} rest */
function pair(value, rank, rest) {
  const own = Array.isArray(value) ? value : Array(rank).fill(value);
  return rank === 1 ? [rest, own[0]] : own;
}

/**
 * Windows that slide over an image or a sequence: with weights over all channels of a group, without them over one.
 * @param {'weight' | 'max' | 'mean'} factor
 * @param {number[]} below shape
 * @param {number[]} above shape
 * @param {Record<string, any>} options
 * @returns {Wiring}
 */
function windows(
  factor,
  below,
  above,
  { size, strides, dilation_rate = 1, groups = 1, padding, shares = false },
) {
  const rank = below.length - 1;
  const [span, stride, dilation] = [size, strides, dilation_rate].map((v) => pair(v, rank, 1));
  const [into, out] = [below, above].map((shape) => pair(shape.slice(0, rank), rank, 1));
  const [channelsBelow, channels] = [below[rank], above[rank]];
  // Channels below that one number takes, and channels that take the same ones.
  const depth = factor === 'weight' ? channelsBelow / groups : 1;
  const mates = factor === 'weight' ? channels / groups : 1;
  const before = [0, 1].map((axis) => {
    const reach = (span[axis] - 1) * dilation[axis];
    if (padding === 'causal') return reach;
    if (padding !== 'same') return 0;
    return Math.floor(Math.max(0, (out[axis] - 1) * stride[axis] + reach + 1 - into[axis]) / 2);
  });
  const terms = span[0] * span[1] * depth;
  const lists = [0, 1].map((a) => {
    const axis = { span: span[a], stride: stride[a], dilation: dilation[a], before: before[a] };
    return Array.from({ length: into[a] }, (_, i) => windowsAt(i, { ...axis, out: out[a] }));
  });
  const around = (/** @type {number} */ input) => {
    const position = Math.floor(input / channelsBelow);
    return [lists[0][Math.floor(position / into[1])], lists[1][position % into[1]]];
  };
  return {
    channels,
    terms,
    factor,
    shares,
    window: { width: span[1], depth },
    input(unit, term) {
      const [channel, position] = [unit % channels, Math.floor(unit / channels)];
      const [tap, inner] = [Math.floor(term / depth), term % depth];
      const place = [Math.floor(position / out[1]), position % out[1]];
      const taps = [Math.floor(tap / span[1]), tap % span[1]];
      const [y, x] = [0, 1].map((a) => place[a] * stride[a] + taps[a] * dilation[a] - before[a]);
      if (y < 0 || x < 0 || y >= into[0] || x >= into[1]) return -1;
      return (y * into[1] + x) * channelsBelow + Math.floor(channel / mates) * depth + inner;
    },
    takers(input) {
      const channel = input % channelsBelow;
      const [rows, columns] = around(input);
      const [group, inner] = [Math.floor(channel / depth), channel % depth];
      const found = [];
      for (const row of rows) {
        for (const column of columns) {
          const unit = (row.place * out[1] + column.place) * channels + group * mates;
          const term = (row.tap * span[1] + column.tap) * depth + inner;
          for (let mate = 0; mate < mates; mate++) found.push({ unit: unit + mate, term });
        }
      }
      return found;
    },
    count(input) {
      const [rows, columns] = around(input);
      return rows.length * columns.length * mates;
    },
  };
}

/**
 * The windows along one axis that a place lies in, each with which of its taps that is; those with the first taps first.
 * @param {number} place
 * @param {{ span: number, stride: number, dilation: number, before: number, out: number }} axis
 */
function windowsAt(place, { span, stride, dilation, before, out }) {
  const found = [];
  for (let tap = 0; tap < span; tap++) {
    const at = (place + before - tap * dilation) / stride;
    if (at >= 0 && at < out && Number.isInteger(at)) found.push({ place: at, tap });
  }
  return found;
}

// One training step as a list of small ones, at four grains. A pure function of the model's shape: nothing is computed
// here, and a place in a list of a million costs no more than the first.
import { wirings } from './wiring.js';

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('./wiring.js').Wiring} Wiring */
/** @typedef {'forward' | 'loss' | 'backward' | 'update'} Stage */
/** @typedef {'layer' | 'unit' | 'term' | 'product'} Grain */

/**
 * A layer as the views of a step see it.
 * @typedef {object} StepLayer
 * @property {number} index
 * @property {string} name
 * @property {string} class_name
 * @property {string | null} activation
 * @property {number[]} shape of what it gives of one row
 * @property {number} n numbers of it
 * @property {number} channels numbers at one position, each with weights of its own
 * @property {number} inputs numbers that it takes
 * @property {number[]} below their shape
 * @property {number} source index of the layer below; -1: the model's input
 * @property {Wiring | null} wiring null: it is only shown as a whole
 * @property {number} terms of each number, its bias aside
 * @property {number} kernelAt place of its kernel in `get_weights()`; -1: none
 * @property {number} biasAt likewise
 * @property {boolean} trained whether an optimizer moves any of its weights
 * @property {number} n_params
 * @property {Int32Array | null} sent how many terms of delta all numbers before one have, from each to the next
 */

/**
 * One small step. `channel`, `position`, `from`: -1 where all of them are meant; `from` equal to the number of terms:
 * the bias; `to`: which of the terms that the layer above sends back, -1: their sum. `part`: 0 the product, 1 the sum
 * that it is added to.
 * @typedef {object} Place
 * @property {Stage} stage
 * @property {number} layer of the loss: -1
 * @property {number} channel of the loss: the row
 * @property {number} position
 * @property {number} from
 * @property {number} to
 * @property {number} part
 * @property {boolean} weights the gradient of weights is meant, and not a delta
 */

/** @typedef {{ length: number, at: (i: number) => Place, find: (lit: import('../types.js').Lit) => number }} Program */

/** @type {Stage[]} */
export const STAGES = ['forward', 'loss', 'backward', 'update'];
/** @type {Grain[]} */
export const GRAINS = ['layer', 'unit', 'term', 'product'];

/** @type {WeakMap<RunInfo, StepLayer[]>} */
const made = new WeakMap();

/** @param {RunInfo} info @param {import('../types.js').Experiment} experiment @returns {StepLayer[]} */
export function stepLayers(info, experiment) {
  const known = made.get(info);
  if (known) return known;
  const wired = wirings(info, experiment);
  const layers = info.layers.map((layer, index) => {
    const wiring = wired[index];
    const [source] = layer.inputs;
    const below = source < 0 ? info.input_shape : (info.layers[source]?.output_shape ?? []);
    const param = (/** @type {string} */ name) => layer.params.find((p) => p.name === name);
    const weighs = wiring?.factor === 'weight';
    return {
      index,
      name: layer.name,
      class_name: layer.class_name,
      activation: layer.activation,
      shape: layer.output_shape,
      n: layer.length,
      channels: wiring?.channels ?? layer.length,
      inputs: below.reduce((a, b) => a * b, 1),
      below,
      source,
      wiring,
      terms: wiring?.terms ?? 0,
      kernelAt: weighs ? (param('kernel')?.at ?? -1) : -1,
      biasAt: weighs ? (param('bias')?.at ?? -1) : -1,
      trained: layer.params.some(({ trainable }) => trainable),
      n_params: layer.n_params,
      sent: /** @type {Int32Array | null} */ (null),
    };
  });
  for (const layer of layers) layer.sent = sentOf(layers, layer);
  made.set(info, layers);
  return layers;
}

/**
 * The one layer that takes what a layer gives; undefined where there are others, none, or one that is not opened.
 * @param {StepLayer[]} layers
 * @param {StepLayer} layer
 */
export function takerOf(layers, { index }) {
  const takers = layers.filter(({ source }) => source === index);
  return takers.length === 1 && takers[0].wiring ? takers[0] : undefined;
}

/** @param {StepLayer[]} layers @param {StepLayer} layer */
function sentOf(layers, layer) {
  const wiring = takerOf(layers, layer)?.wiring;
  if (!wiring || !layer.wiring) return null;
  const sums = new Int32Array(layer.n + 1);
  for (let i = 0; i < layer.n; i++) sums[i + 1] = sums[i] + wiring.count(i);
  return sums;
}

/**
 * The small steps of a stage: how many, the one at a place, and where the one stands that is about a unit or a weight.
 * @param {StepLayer[]} layers
 * @param {Stage} stage
 * @param {Grain} grain
 * @param {number} rows of the batch that are looked at
 * @returns {Program}
 */
export function program(layers, stage, grain, rows) {
  if (stage === 'loss') {
    const whole = grain === 'layer';
    const at = (/** @type {number} */ i) => place('loss', -1, { channel: whole ? -1 : i });
    return { length: whole ? 1 : rows, at, find: () => -1 };
  }
  const order = stage === 'backward' ? [...layers].reverse() : layers;
  const parts = order
    .filter((layer) => stage !== 'update' || layer.trained)
    .map((layer) => ({ layer, list: inLayer(layer, stage, grain, rows === 1) }));
  return {
    length: parts.reduce((sum, { list }) => sum + list.length, 0),
    at(i) {
      for (const { list } of parts) {
        if (i < list.length) return list.at(i);
        i -= list.length;
      }
      return place(stage, -1, {});
    },
    find(lit) {
      let first = 0;
      for (const { layer, list } of parts) {
        if (layer.index === lit.layer) return first + Math.max(0, list.find(lit));
        first += list.length;
      }
      return -1;
    },
  };
}

/**
 * @param {StepLayer} layer
 * @param {Exclude<Stage, 'loss'>} stage
 * @param {Grain} grain
 * @param {boolean} alone one row is looked at, and not all
 * @returns {Program}
 */
function inLayer(layer, stage, grain, alone) {
  const { index, n, channels, wiring } = layer;
  const copies = wiring?.factor === 'same' && !layer.activation;
  if (grain === 'layer' || !wiring || copies) {
    return { length: 1, at: () => place(stage, index, {}), find: () => 0 };
  }
  const halves = grain === 'product' ? 2 : 1;
  const fine = grain === 'term' || grain === 'product';
  const part = (/** @type {number} */ i) => (halves === 2 ? i % 2 : 1);
  const unit = (/** @type {number} */ u) => ({
    channel: u % channels,
    position: Math.floor(u / channels),
  });
  if (stage === 'forward') {
    // Each number ends with its activation.
    const own = fine ? (termsOf(layer) + 1) * halves : 1;
    return {
      length: n * own,
      at(i) {
        const within = Math.floor((i % own) / halves);
        const from = fine && within < termsOf(layer) ? within : -1;
        return place(stage, index, { ...unit(Math.floor(i / own)), from, part: part(i) });
      },
      find: ({ unit, from = -1 }) =>
        unit * own + (fine ? (from < 0 ? termsOf(layer) : from) * halves : 0),
    };
  }
  const weights = ofWeights(layer, stage, fine, halves, alone);
  if (stage === 'update') return weights;
  // All deltas of a layer, then the gradients that are made of them; each delta after its terms.
  const { sent } = layer;
  const before = (/** @type {number} */ u) => (fine ? (u + (sent?.[u] ?? 0)) * halves : u);
  const deltas = before(n);
  return {
    length: deltas + weights.length,
    at(i) {
      if (i >= deltas) return weights.at(i - deltas);
      const u = fine ? lastAtMost(before, n, i) : i;
      const within = Math.floor((i - before(u)) / halves);
      const to = fine && within < before(u + 1) / halves - before(u) / halves - 1 ? within : -1;
      return place(stage, index, { ...unit(u), to, part: part(i) });
    },
    find: (lit) =>
      lit.from === undefined || !weights.length
        ? before(Math.min(n, lit.unit + 1)) - halves
        : deltas + weights.find(lit),
  };
}

/**
 * The steps about a layer's weights: by channel, then by term; and where products of one row are looked at, by position.
 * @param {StepLayer} layer
 * @param {Stage} stage
 * @param {boolean} fine
 * @param {number} halves
 * @param {boolean} alone
 * @returns {Program}
 */
function ofWeights(layer, stage, fine, halves, alone) {
  const { index, n, channels } = layer;
  const products = stage === 'backward' && halves === 2 && alone;
  const positions = products ? n / channels : 1;
  const own = fine ? termsOf(layer) * positions * halves : 1;
  return {
    length: layer.kernelAt < 0 || !layer.trained ? 0 : channels * own,
    at(i) {
      const channel = Math.floor(i / own);
      const within = Math.floor((i % own) / halves);
      const from = fine ? Math.floor(within / positions) : -1;
      const position = products ? within % positions : -1;
      const part = halves === 2 ? i % 2 : 1;
      return place(stage, index, { channel, from, position, part, weights: true });
    },
    find: ({ unit, from = 0 }) => (unit % channels) * own + (fine ? from * positions * halves : 0),
  };
}

/** Terms of one number: a product with each input, and the bias. @param {StepLayer} layer */
export const termsOf = (layer) => layer.terms + (layer.biasAt < 0 ? 0 : 1);

/** The last unit that begins at `i` or before. @param {(u: number) => number} before @param {number} n @param {number} i */
function lastAtMost(before, n, i) {
  let [low, high] = [0, n - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (before(middle) <= i) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param {Stage} stage @param {number} layer @param {Partial<Place>} rest @returns {Place} */
function place(stage, layer, rest) {
  const all = { channel: -1, position: -1, from: -1, to: -1, part: 1, weights: false };
  return { stage, layer, ...all, ...rest };
}

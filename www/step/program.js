// One training step as a list of parts, at four levels of detail. A pure function of the model's shape that finds any
// part in constant time.
import { termsOf } from './stages.js';

/** @typedef {import('./stages.js').StepLayer} StepLayer */
/** @typedef {'forward' | 'loss' | 'backward' | 'update'} Stage */
/** @typedef {'layer' | 'unit' | 'term' | 'product'} Detail */

/**
 * One part. `channel`, `position`, `from`: -1 for all of them; `from` equal to the number of terms: the bias; `to`: index
 * of a backward term, -1: their sum. `part`: 0 the product, 1 the sum including it.
 * @typedef {object} Place
 * @property {Stage} stage
 * @property {number} layer index of the stage; of the loss: -1
 * @property {number} channel of the loss: the row
 * @property {number} position
 * @property {number} from
 * @property {number} to
 * @property {number} part
 * @property {boolean} weights whether it is about the gradient of weights and not about a delta
 */

/** @typedef {{ length: number, at: (i: number) => Place, find: (ref: import('../types.js').UnitRef) => number }} Program */

/** @type {Stage[]} */
export const STAGES = ['forward', 'loss', 'backward', 'update'];
/** @type {Detail[]} */
export const DETAILS = ['layer', 'unit', 'term', 'product'];

/**
 * Returns the parts of a stage: their number, the part at an index, and the index of the part about a unit or weight.
 * @param {StepLayer[]} layers
 * @param {Stage} stage
 * @param {Detail} detail
 * @param {number} rows number of viewed rows of the batch
 * @returns {Program}
 */
export function program(layers, stage, detail, rows) {
  if (stage === 'loss') {
    const whole = detail === 'layer';
    const at = (/** @type {number} */ i) => place('loss', -1, { channel: whole ? -1 : i });
    return { length: whole ? 1 : rows, at, find: () => -1 };
  }
  const order = stage === 'backward' ? [...layers].reverse() : layers;
  const parts = order
    .filter((layer) => stage !== 'update' || layer.trained)
    .map((layer) => ({ layer, list: inLayer(layer, stage, detail, rows === 1) }));
  return {
    length: parts.reduce((sum, { list }) => sum + list.length, 0),
    at(i) {
      for (const { list } of parts) {
        if (i < list.length) return list.at(i);
        i -= list.length;
      }
      return place(stage, -1, {});
    },
    find(ref) {
      let [first, found] = [0, -1];
      for (const { layer, list } of parts) {
        if (layer.layer === ref.layer) {
          const meant = ref.from === undefined ? layer.inner < 0 : main(layer);
          if (meant) return first + Math.max(0, list.find(ref));
          if (found < 0) found = first;
        }
        first += list.length;
      }
      return found;
    },
  };
}

/**
 * @param {StepLayer} layer
 * @param {Exclude<Stage, 'loss'>} stage
 * @param {Detail} detail
 * @param {boolean} singleRow whether one row is viewed and not the batch
 * @returns {Program}
 */
function inLayer(layer, stage, detail, singleRow) {
  const { index, n, channels, stage: described } = layer;
  const copies = described?.factor === 'one' && !layer.activation;
  if (detail === 'layer' || !described || copies) {
    return { length: 1, at: () => place(stage, index, {}), find: () => 0 };
  }
  const halves = detail === 'product' ? 2 : 1;
  const byTerm = detail === 'term' || detail === 'product';
  const part = (/** @type {number} */ i) => (halves === 2 ? i % 2 : 1);
  const unit = (/** @type {number} */ u) => ({
    channel: u % channels,
    position: Math.floor(u / channels),
  });
  if (stage === 'forward') {
    // Each number ends with its activation. An expression is one step.
    const sum = described.factor !== 'expression';
    const own = byTerm && sum ? (termsOf(layer) + 1) * halves : 1;
    return {
      length: n * own,
      at(i) {
        const within = Math.floor((i % own) / halves);
        const from = own > 1 && within < termsOf(layer) ? within : -1;
        const half = own > 1 ? part(i) : 1;
        return place(stage, index, { ...unit(Math.floor(i / own)), from, part: half });
      },
      find: ({ unit, from = -1 }) =>
        unit * own + (own > 1 ? (from < 0 ? termsOf(layer) : from) * halves : 0),
    };
  }
  const weights = ofWeights(layer, stage, byTerm, halves, singleRow);
  if (stage === 'update') return weights;
  // All deltas of a layer, each after its terms, and then the gradients that follow from them.
  const { termsBefore } = layer;
  const before = (/** @type {number} */ u) => (byTerm ? (u + (termsBefore?.[u] ?? 0)) * halves : u);
  const deltas = before(n);
  return {
    length: deltas + weights.length,
    at(i) {
      if (i >= deltas) return weights.at(i - deltas);
      const u = byTerm ? lastAtMost(before, n, i) : i;
      const within = Math.floor((i - before(u)) / halves);
      const to = byTerm && within < before(u + 1) / halves - before(u) / halves - 1 ? within : -1;
      return place(stage, index, { ...unit(u), to, part: part(i) });
    },
    find: (ref) =>
      ref.from === undefined || !weights.length
        ? before(Math.min(n, ref.unit + 1)) - halves
        : deltas + weights.find(ref),
  };
}

/**
 * Returns the parts about a layer's weights by channel and term, and for the products of one row also by position.
 * @param {StepLayer} layer
 * @param {Stage} stage
 * @param {boolean} byTerm
 * @param {number} halves
 * @param {boolean} singleRow
 * @returns {Program}
 */
function ofWeights(layer, stage, byTerm, halves, singleRow) {
  const { index, n, channels } = layer;
  const products = stage === 'backward' && halves === 2 && singleRow;
  const positions = products ? n / channels : 1;
  const own = byTerm ? termsOf(layer) * positions * halves : 1;
  return {
    length: !layer.weights || !layer.trained ? 0 : channels * own,
    at(i) {
      const channel = Math.floor(i / own);
      const within = Math.floor((i % own) / halves);
      const from = byTerm ? Math.floor(within / positions) : -1;
      const position = products ? within % positions : -1;
      const part = halves === 2 ? i % 2 : 1;
      return place(stage, index, { channel, from, position, part, weights: true });
    },
    find: ({ unit, from = 0 }) =>
      (unit % channels) * own + (byTerm ? from * positions * halves : 0),
  };
}

/** Whether a stage has its layer's weights, or represents a layer without weights. @param {StepLayer} layer */
const main = ({ weights, inner, siblings }) =>
  weights ? true : inner < 0 && !siblings.some((stage) => stage.weights);

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

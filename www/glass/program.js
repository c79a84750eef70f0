// One training step as a list of small ones, at four grains. A pure function of the model's shape: nothing is computed
// here, and a place in a list of a million costs no more than the first.

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {'forward' | 'loss' | 'backward' | 'update'} Stage */
/** @typedef {'layer' | 'unit' | 'term' | 'product'} Grain */

/**
 * A layer as the views of a step see it. `dense`: its units are sums of weighted inputs, one after another.
 * @typedef {object} StepLayer
 * @property {number} index
 * @property {string} name
 * @property {string | null} activation
 * @property {number} n numbers that it gives of one row
 * @property {number} inputs numbers that it takes
 * @property {number} source index of the layer below; -1: the model's input
 * @property {boolean} dense
 * @property {number} kernelAt place of its kernel in `get_weights()`; -1: none
 * @property {number} biasAt likewise
 * @property {number} n_params
 */

/**
 * One small step. `unit`, `from`: -1 where the whole layer, or all of a unit, is meant; `from` equal to the number of
 * inputs: the bias. `part`: 0 the product, 1 the sum that it is added to.
 * @typedef {{ stage: Stage, layer: number, unit: number, from: number, part: number }} Place
 */

/** @type {Stage[]} */
export const STAGES = ['forward', 'loss', 'backward', 'update'];
/** @type {Grain[]} */
export const GRAINS = ['layer', 'unit', 'term', 'product'];

/** @param {RunInfo} info @returns {StepLayer[]} */
export function stepLayers(info) {
  const width = info.input_shape.reduce((a, b) => a * b, 1);
  return info.layers.map((layer, index) => {
    const kernel = layer.params.find((p) => p.name === 'kernel' && p.shape.length === 2);
    const bias = layer.params.find((p) => p.name === 'bias');
    const [source] = layer.inputs;
    const inputs = source < 0 ? width : info.layers[source].length;
    const dense =
      layer.class_name === 'Dense' &&
      layer.inputs.length === 1 &&
      kernel?.shape[0] === inputs &&
      kernel.shape[1] === layer.length;
    return {
      index,
      name: layer.name,
      activation: layer.activation,
      n: layer.length,
      inputs,
      source,
      dense,
      kernelAt: dense ? kernel.at : -1,
      biasAt: dense && bias ? bias.at : -1,
      n_params: layer.n_params,
    };
  });
}

/**
 * The small steps of a stage: how many, and the one at a place.
 * @param {StepLayer[]} layers
 * @param {Stage} stage
 * @param {Grain} grain
 * @param {number} rows of the batch that are looked at
 * @returns {{ length: number, at: (i: number) => Place }}
 */
export function program(layers, stage, grain, rows) {
  if (stage === 'loss') {
    const length = grain === 'layer' ? 1 : rows;
    return {
      length,
      at: (i) => place('loss', -1, grain === 'layer' ? -1 : i, -1, 0),
    };
  }
  const order = stage === 'backward' ? [...layers].reverse() : layers;
  const parts = order
    .filter((layer) => stage !== 'update' || layer.n_params > 0)
    .map((layer) => ({ layer, length: lengthOf(layer, stage, grain) }));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return {
    length,
    at(i) {
      for (const part of parts) {
        if (i < part.length) return inLayer(part.layer, stage, grain, i);
        i -= part.length;
      }
      return place(stage, -1, -1, -1, 0);
    },
  };
}

/** Terms of one unit: a weight from each input, and the bias. @param {StepLayer} layer */
const terms = (layer) => layer.inputs + (layer.biasAt < 0 ? 0 : 1);

/** @param {StepLayer} layer @param {Stage} stage @param {Grain} grain */
function lengthOf(layer, stage, grain) {
  if (grain === 'layer' || !layer.dense) return 1;
  if (grain === 'unit') return layer.n;
  // Forward and backward end each unit with its activation, or its delta.
  const own = terms(layer) + (stage === 'update' ? 0 : 1);
  return layer.n * own * (grain === 'product' ? 2 : 1);
}

/**
 * @param {StepLayer} layer
 * @param {Stage} stage
 * @param {Grain} grain
 * @param {number} i
 */
function inLayer(layer, stage, grain, i) {
  if (grain === 'layer' || !layer.dense) return place(stage, layer.index, -1, -1, 0);
  if (grain === 'unit') return place(stage, layer.index, i, -1, 0);
  const halves = grain === 'product' ? 2 : 1;
  const own = (terms(layer) + (stage === 'update' ? 0 : 1)) * halves;
  const unit = Math.floor(i / own);
  const within = Math.floor((i % own) / halves);
  const part = halves === 2 ? i % 2 : 1;
  if (stage === 'update') return place(stage, layer.index, unit, within, part);
  // Backward a unit's delta comes first, forward its activation last.
  const whole = stage === 'backward' ? 0 : terms(layer);
  if (within === whole) return place(stage, layer.index, unit, -1, part);
  return place(stage, layer.index, unit, stage === 'backward' ? within - 1 : within, part);
}

/**
 * Where the small step stands that is about a unit, or about one of its weights; the nearest there is at this grain.
 * @param {ReturnType<typeof program>} steps
 * @param {{ layer: number, unit: number, from?: number }} lit
 */
export function find(steps, { layer, unit, from = -1 }) {
  // Lists are long: a search of a million places would be felt.
  const most = Math.min(steps.length, 200_000);
  let near = -1;
  for (let i = 0; i < most; i++) {
    const at = steps.at(i);
    if (at.layer !== layer || (at.unit >= 0 && at.unit !== unit)) continue;
    if (at.from === from) return i;
    if (near < 0) near = i;
  }
  return near;
}

/**
 * @param {Stage} stage
 * @param {number} layer
 * @param {number} unit
 * @param {number} from
 * @param {number} part
 * @returns {Place}
 */
function place(stage, layer, unit, from, part) {
  return { stage, layer, unit, from, part };
}

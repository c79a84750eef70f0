// The stages of all layers, as the engine describes them: the inputs and the consumers of each number.

/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Stage} Stage */

/**
 * A stage of a layer as the step view reads it: the layer's output, or an intermediate value of it.
 * @typedef {object} StepLayer
 * @property {number} index among all stages
 * @property {number} layer index of the layer
 * @property {number} inner index among the layer's intermediate values; -1: the output
 * @property {string} name
 * @property {string} class_name
 * @property {string | null} activation
 * @property {number[]} shape of the numbers of one example
 * @property {number} n numbers
 * @property {number} channels numbers at one position, each with its own weights
 * @property {number} inputs number of inputs of the layer
 * @property {number} source index of the layer below; -1: the model's input
 * @property {Stage | null} stage null: the layer is only shown as a whole
 * @property {number} terms number of terms of each number, without the bias
 * @property {number[] | null} weights indices in `get_weights()` of the weights of channel 0; null: none
 * @property {number} biasAt index in `get_weights()`; -1: none
 * @property {boolean} trained whether an optimizer moves any of its weights
 * @property {number} n_params of the layer
 * @property {number} first index in `get_weights()` of the first weight of the layer
 * @property {StepLayer[]} siblings the stages of the same layer
 * @property {number} at place of its first number among the possible inputs of its siblings
 * @property {Consumer[]} consumers the stages that take its numbers; empty where one of them is shown as a whole
 * @property {Int32Array | null} termsBefore for each number, how many terms take the numbers before it
 */

/** A stage that takes the numbers of another one, from its place `at` on. @typedef {{ to: StepLayer, at: number }} Consumer */

/** @type {WeakMap<RunInfo, StepLayer[]>} */
const cache = new WeakMap();

/** @param {RunInfo} info @returns {StepLayer[]} */
export function stepLayers(info) {
  const known = cache.get(info);
  if (known) return known;
  /** @type {StepLayer[]} */
  const all = [];
  info.layers.forEach((layer, i) => {
    const [source] = layer.inputs;
    const below = source < 0 ? info.input_shape : (info.layers[source]?.output_shape ?? []);
    const inputs = below.reduce((a, b) => a * b, 1);
    const first = layer.params[0]?.at ?? 0;
    const described = layer.stages.length ? layer.stages : [null];
    /** @type {StepLayer[]} */
    const siblings = [];
    let at = inputs;
    described.forEach((stage, k) => {
      const shape = stage?.shape ?? layer.output_shape;
      const n = shape.reduce((a, b) => a * b, 1);
      const weights = stage?.factor === 'weight' ? stage.weights.map((w) => first + w) : null;
      const moves = layer.params.some(({ trainable }) => trainable);
      siblings.push({
        index: all.length + k,
        layer: i,
        inner: k === described.length - 1 ? -1 : k,
        name: stage?.name ? `${layer.name}, ${stage.name}` : layer.name,
        class_name: layer.class_name,
        activation: stage ? stage.activation : layer.activation,
        shape,
        n,
        channels: stage?.channels ?? n,
        inputs,
        source,
        stage,
        terms: stage ? termsOfParts(stage) : 0,
        weights,
        biasAt: weights && stage?.bias !== null ? first + (stage?.bias ?? 0) : -1,
        trained: moves && (!stage || Boolean(weights)),
        n_params: layer.n_params,
        first,
        siblings,
        at,
        consumers: [],
        termsBefore: null,
      });
      at += n;
    });
    all.push(...siblings);
  });
  for (const layer of all) layer.consumers = consumersOf(all, layer);
  for (const layer of all) layer.termsBefore = termsBeforeOf(layer);
  cache.set(info, all);
  return all;
}

/** @param {Stage} stage */
const termsOfParts = ({ parts }) =>
  parts.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** Number of terms of one number, including the bias. @param {StepLayer} layer */
export const termsOf = (layer) => layer.terms + (layer.biasAt < 0 ? 0 : 1);

/**
 * The stage of a layer that has its weights, or its output.
 * @param {StepLayer[]} layers
 * @param {number} layer
 */
export function mainStage(layers, layer) {
  const own = layers.filter((stage) => stage.layer === layer);
  return own.find(({ weights }) => weights) ?? own[own.length - 1];
}

/**
 * Returns the place of a term's input; -1: in the padding.
 * @param {StepLayer} layer
 * @param {number} unit
 * @param {number} term
 */
export function placeOf({ stage, channels, terms }, unit, term) {
  if (!stage) return -1;
  const group = Math.floor(((unit % channels) * stage.groups) / channels);
  const row = Math.floor(unit / channels) * stage.groups + group;
  return stage.inputs[row * terms + term];
}

/** The terms that take each place, sorted by place. @typedef {{ starts: Int32Array, entries: Int32Array }} Inverse */
/** @type {WeakMap<Stage, Inverse>} */
const inverses = new WeakMap();

/** @param {StepLayer} layer @param {Stage} stage @returns {Inverse} */
function inverseOf({ siblings }, stage) {
  const known = inverses.get(stage);
  if (known) return known;
  const last = siblings[siblings.length - 1];
  const starts = new Int32Array(last.at + last.n + 1);
  for (const place of stage.inputs) if (place >= 0) starts[place + 1]++;
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const entries = new Int32Array(starts[starts.length - 1]);
  const next = starts.slice();
  stage.inputs.forEach((place, i) => {
    if (place >= 0) entries[next[place]++] = i;
  });
  const inverse = { starts, entries };
  inverses.set(stage, inverse);
  return inverse;
}

/**
 * Returns the numbers of a stage that take a place, each with its term.
 * @param {StepLayer} layer
 * @param {number} place
 */
export function consumersAt(layer, place) {
  const { stage, channels, terms } = layer;
  if (!stage) return [];
  const { starts, entries } = inverseOf(layer, stage);
  const mates = channels / stage.groups;
  const found = [];
  for (const entry of entries.subarray(starts[place], starts[place + 1])) {
    const unit = Math.floor(entry / terms) * mates;
    for (let mate = 0; mate < mates; mate++) {
      found.push({ unit: unit + mate, term: entry % terms });
    }
  }
  return found;
}

/** Number of terms that take a place. @param {StepLayer} layer @param {number} place */
function countAt(layer, place) {
  const { stage, channels } = layer;
  if (!stage) return 0;
  const { starts } = inverseOf(layer, stage);
  return ((starts[place + 1] - starts[place]) * channels) / stage.groups;
}

/**
 * The stages that take numbers of a stage: of its own layer for an intermediate value, else of the one layer above.
 * @param {StepLayer[]} all
 * @param {StepLayer} layer
 * @returns {Consumer[]}
 */
function consumersOf(all, layer) {
  const takes = (/** @type {StepLayer} */ to, /** @type {number} */ at) => {
    if (!to.stage) return false;
    const { starts } = inverseOf(to, to.stage);
    return starts[at + layer.n] > starts[at];
  };
  if (layer.inner >= 0) {
    return layer.siblings.flatMap((to) => (takes(to, layer.at) ? [{ to, at: layer.at }] : []));
  }
  const above = all.filter(({ source }) => source === layer.layer);
  const one = above.every((to) => to.siblings === above[0].siblings && to.stage);
  return one ? above.flatMap((to) => (takes(to, 0) ? [{ to, at: 0 }] : [])) : [];
}

/** @param {StepLayer} layer */
function termsBeforeOf({ stage, consumers, n }) {
  if (!consumers.length || !stage) return null;
  const sums = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) {
    sums[i + 1] = consumers.reduce((sum, { to, at }) => sum + countAt(to, at + i), sums[i]);
  }
  return sums;
}

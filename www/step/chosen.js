// The weight and the example that the step view is about: unless a student chooses others, those with the largest
// gradient. Pure functions of the trace and the selection.
import { sharesOf, sumOf, weightAt } from './numbers.js';
import { mainStage, termsOf } from './stages.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('../types.js').UnitRef} UnitRef */
/** @typedef {import('./stages.js').StepLayer} StepLayer */

/**
 * A weight of the step. `ref.from` of a layer that is shown as a whole: index among all weights of the layer.
 * @typedef {object} ChosenWeight
 * @property {Required<UnitRef>} ref
 * @property {StepLayer} layer
 * @property {number} at index in `get_weights()`
 * @property {boolean} opens whether the terms of its layer are known
 */

/** Number of weights of a layer among which “Another weight” turns. */
const TURNS = 3;
/** Maximum number of products that are compared to find an example. */
const MOST_SHARES = 50_000;

/**
 * Returns the weight with the largest gradient among those that the selection allows: all, or those of a layer or a
 * unit, or one. Weights of inputs go before biases. Null where the selected layer, or the model, has no weights.
 * @param {StepLayer[]} layers
 * @param {Trace} trace
 * @param {UnitRef | null} selection
 * @returns {ChosenWeight | null}
 */
export function chosenWeight(layers, trace, selection) {
  if (selection && selection.layer >= 0) {
    const layer = mainStage(layers, selection.layer);
    if (!layer?.n_params) return null;
    const unit = selection.unit < 0 || !layer.weights ? null : selection.unit % layer.channels;
    if (selection.from === undefined) return largestOf(trace, layer, 1, unit)[0];
    const last = (layer.weights ? termsOf(layer) : layer.n_params) - 1;
    return weightOf(layer, unit ?? 0, Math.min(selection.from, last));
  }
  return byGradient(
    trace,
    candidates(layers).flatMap((layer) => largestOf(trace, layer, 1)),
  )[0];
}

/**
 * Returns the next weight for “Another weight”: in the order of their gradients, the largest of each layer.
 * @param {StepLayer[]} layers
 * @param {Trace} trace
 * @param {ChosenWeight} chosen
 */
export function nextWeight(layers, trace, chosen) {
  const all = candidates(layers).flatMap((layer) => largestOf(trace, layer, TURNS));
  const list = byGradient(trace, all);
  return list[(list.findIndex(({ at }) => at === chosen.at) + 1) % list.length];
}

/**
 * Returns the rank of a weight by the size of its gradient, in its layer and in the step, and the number of compared
 * weights. Biases are not compared. Null for a bias.
 * @param {StepLayer[]} layers
 * @param {Trace} trace
 * @param {ChosenWeight} chosen
 */
export function rankOf(layers, trace, { layer: own, ref, at, opens }) {
  if (opens && ref.from >= own.terms) return null;
  const { gradients } = trace;
  const size = Math.abs(gradients[at]);
  const rank = { inLayer: 1, inStep: 1, of: 0 };
  for (const layer of new Set([...candidates(layers), own])) {
    eachWeight(layer, null, (at) => {
      rank.of++;
      if (!(Math.abs(gradients[at]) > size)) return;
      rank.inStep++;
      if (layer === own) rank.inLayer++;
    });
  }
  return rank;
}

/**
 * Returns the example of the batch with the largest share of a weight's gradient; 0 where the shares are not known.
 * @param {Trace} trace
 * @param {ChosenWeight | null} chosen
 */
export function mainExample(trace, chosen) {
  if (!chosen?.opens || !chosen.layer.trained) return 0;
  const { layer, ref } = chosen;
  const rows = Math.min(trace.rows.length, Math.ceil((MOST_SHARES * layer.channels) / layer.n));
  let [best, most] = [0, 0];
  for (let row = 0; row < rows; row++) {
    const size = Math.abs(sumOf(sharesOf(trace, layer, ref.unit, ref.from, row)));
    if (size > most) [best, most] = [row, size];
  }
  return best;
}

/** The layers whose weights are compared: those that can be opened, or else all. @param {StepLayer[]} layers */
function candidates(layers) {
  const main = layers.filter((layer) => layer.n_params && layer === mainStage(layers, layer.layer));
  for (const kind of [
    main.filter(({ weights, trained }) => weights && trained),
    main.filter(({ trained }) => trained),
  ])
    if (kind.length) return kind;
  return main;
}

/** @param {StepLayer} layer @param {number} unit @param {number} from @returns {ChosenWeight} */
function weightOf(layer, unit, from) {
  const opens = layer.weights !== null;
  const at = opens ? weightAt(layer, unit, from) : layer.first + from;
  return { ref: { layer: layer.layer, unit, from }, layer, at, opens };
}

/**
 * Calls `visit` with each weight of a layer, or of one of its units. Biases only where there are no other weights.
 * @param {StepLayer} layer
 * @param {number | null} unit
 * @param {(at: number, unit: number, from: number) => void} visit
 */
function eachWeight(layer, unit, visit) {
  const { weights, terms, channels, first, n_params } = layer;
  if (!weights) {
    for (let from = 0; from < n_params; from++) visit(first + from, 0, from);
    return;
  }
  const [start, end] = unit === null ? [0, channels] : [unit, unit + 1];
  for (let from = 0; from < Math.max(1, terms); from++) {
    const base = weightAt(layer, 0, from);
    for (let channel = start; channel < end; channel++) visit(base + channel, channel, from);
  }
}

/**
 * Returns the weights of a layer or a unit with the largest gradients, largest first. Of equal ones the first comes first.
 * @param {Trace} trace
 * @param {StepLayer} layer
 * @param {number} count
 * @param {number | null} [unit]
 */
function largestOf({ gradients }, layer, count, unit = null) {
  /** @type {{ size: number, unit: number, from: number }[]} */
  const best = [];
  eachWeight(layer, unit, (at, unit, from) => {
    const size = Math.abs(gradients[at]) || 0;
    if (best.length === count && size <= best[count - 1].size) return;
    const place = best.findIndex((other) => size > other.size);
    best.splice(place < 0 ? best.length : place, 0, { size, unit, from });
    best.length = Math.min(best.length, count);
  });
  return best.map(({ unit, from }) => weightOf(layer, unit, from));
}

/** @param {Trace} trace @param {ChosenWeight[]} all */
function byGradient({ gradients }, all) {
  const size = (/** @type {ChosenWeight} */ { at }) => Math.abs(gradients[at]) || 0;
  return all.sort((a, b) => size(b) - size(a));
}

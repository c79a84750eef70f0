// Distribution of a layer's numbers: quantiles, and the fraction of saturated or dead units. Pure functions.

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('../types.js').RunInfo} RunInfo */

/** The measured quantiles. */
export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Maximum number of values. Above it, every n-th value is measured. */
const MOST = 20_000;
/** Outputs beyond which sigmoid and tanh count as saturated: those at |z| = 5. @type {Record<string, [number, number]>} */
const FLAT = { sigmoid: [0.0066928509, 0.9933071491], tanh: [-0.9999092043, 0.9999092043] };
/** Number of training examples on which outputs are measured: the same at each step, so that steps can be compared. */
export const MEASURED_ROWS = 64;
/** Maximum number of measured outputs of all layers. */
const MOST_OUTPUTS = 4e6;

/**
 * Distributions of one layer at one step. `stuck`: fraction of |z| > 5 for sigmoid and tanh, of zeros for relu; NaN for
 * other activations.
 * @typedef {{ activations: number[], weights: number[], gradients: number[], updates: number[], stuck: number }} Spread
 */

/**
 * @param {ArrayLike<number>} values
 * @returns {number[]} the quantiles; empty where there are no values
 */
export function quantiles(values) {
  const every = Math.max(1, Math.ceil(values.length / MOST));
  const some = new Float64Array(Math.ceil(values.length / every));
  for (let i = 0; i < some.length; i++) some[i] = values[i * every];
  if (some.length === 0) return [];
  some.sort();
  return QUANTILES.map((share) => some[Math.min(some.length - 1, Math.floor(share * some.length))]);
}

/**
 * Returns the outputs of each layer on a fixed selection of training examples, spread evenly over them.
 * @param {RunInfo} info
 * @param {(row: number, into: Float32Array) => void} read outputs of all layers for a training example
 * @returns {Float32Array[]}
 */
export function outputsOf({ n_train, n_activations, layers }, read) {
  const most = Math.max(1, Math.floor(MOST_OUTPUTS / Math.max(1, n_activations)));
  const rows = Math.min(n_train, MEASURED_ROWS, most);
  const into = new Float32Array(n_activations);
  const outputs = layers.map(({ length }) => new Float32Array(rows * length));
  for (let i = 0; i < rows; i++) {
    read(Math.floor((i * n_train) / rows), into);
    layers.forEach(({ at, length }, l) =>
      outputs[l].set(into.subarray(at, at + length), i * length),
    );
  }
  return outputs;
}

/**
 * @param {Trace} trace
 * @param {RunInfo} info
 * @param {Float32Array[]} outputs of each layer
 * @returns {Spread[]} one for each layer
 */
export function spreads(trace, info, outputs) {
  return info.layers.map((layer, i) => {
    const at = layer.params[0]?.at ?? 0;
    const weights = trace.before.subarray(at, at + layer.n_params);
    // Moving statistics and frozen weights have no gradient and no update.
    const learned = layer.params.filter(({ trainable }) => trainable);
    const part = (/** @type {Float32Array} */ all) => {
      const own = new Float32Array(learned.reduce((n, { length }) => n + length, 0));
      let n = 0;
      for (const { at, length } of learned) {
        own.set(all.subarray(at, at + length), n);
        n += length;
      }
      return own;
    };
    const [before, after] = [part(trace.before), part(trace.after)];
    const ratios = before.map((w, k) => Math.abs(after[k] - w) / Math.max(Math.abs(w), 1e-12));
    return {
      activations: quantiles(outputs[i]),
      weights: quantiles(weights),
      gradients: quantiles(part(trace.gradients)),
      updates: quantiles(ratios),
      stuck: stuck(layer.activation, outputs[i]),
    };
  });
}

/** Returns the share of outputs that are saturated, or 0 behind relu. @param {string | null} activation @param {Float32Array} a */
function stuck(activation, a) {
  const share = (/** @type {(v: number) => boolean} */ is) =>
    a.length ? a.reduce((n, v) => n + (is(v) ? 1 : 0), 0) / a.length : NaN;
  const flat = FLAT[activation ?? ''];
  if (flat) return share((v) => v < flat[0] || v > flat[1]);
  return activation === 'relu' ? share((v) => v === 0) : NaN;
}

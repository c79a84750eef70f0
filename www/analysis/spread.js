// Distribution of a layer's numbers: quantiles, and the fraction of saturated or dead units. Pure functions.

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('../types.js').RunInfo} RunInfo */

/** The measured quantiles. */
export const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];
/** Maximum number of values. Above it, every n-th value is measured. */
const MOST = 20_000;
/** |z| above which sigmoid and tanh count as saturated. */
const FLAT = 5;

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
 * @param {Trace} trace
 * @param {RunInfo} info
 * @returns {Spread[]} one for each layer
 */
export function spreads(trace, info) {
  return info.layers.map((layer, i) => {
    const { z, a } = trace.layers[i];
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
      activations: quantiles(a),
      weights: quantiles(weights),
      gradients: quantiles(part(trace.gradients)),
      updates: quantiles(ratios),
      stuck: stuck(layer.activation, z, a),
    };
  });
}

/** @param {string | null} activation @param {Float32Array} z @param {Float32Array} a */
function stuck(activation, z, a) {
  const share = (/** @type {Float32Array} */ all, /** @type {(v: number) => boolean} */ is) =>
    all.length ? all.reduce((n, v) => n + (is(v) ? 1 : 0), 0) / all.length : NaN;
  if (activation === 'sigmoid' || activation === 'tanh') return share(z, (v) => Math.abs(v) > FLAT);
  return activation === 'relu' ? share(a, (v) => v === 0) : NaN;
}

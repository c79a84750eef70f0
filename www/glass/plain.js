// The same experiment with no hidden layer: logistic regression (or softmax regression, or a line). Pure.

/** Layers that only bring the input into shape, or prepare it. */
const SHAPING = /^(InputLayer|Flatten|Reshape|Rescaling|Normalization|Permute)$/;
/** Layers that only alter the rows while training. */
const ALTERING = /^(Random|Gaussian|.*Dropout)/;

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * @param {Experiment} experiment
 * @param {number[]} shape of an input
 * @returns {Experiment | null} without hidden layers; null where it has none, or where the last layer is no Dense
 */
export function withoutHidden({ start: _, ...experiment }, shape) {
  if (experiment.model.class_name !== 'Sequential') return null;
  const { layers } = experiment.model.config;
  const last = layers.findLastIndex(({ class_name }) => class_name === 'Dense');
  const after = layers.slice(last + 1);
  if (last < 0 || after.some(({ class_name }) => class_name !== 'Activation')) return null;
  const before = layers.slice(0, last);
  const shapes = (/** @type {import('../types.js').Choice} */ { class_name }) =>
    SHAPING.test(class_name);
  // What shapes the numbers of a hidden layer goes with it.
  const hidden = before.findIndex((layer) => !shapes(layer) && !ALTERING.test(layer.class_name));
  if (hidden < 0) return null;
  const kept = before.slice(0, hidden).filter(shapes);
  // An image or a sequence is laid out in one row.
  const axes = kept.reduce((n, { class_name, config }) => {
    if (class_name === 'Flatten') return 1;
    return class_name === 'Reshape' ? [config.target_shape].flat().length : n;
  }, shape.length);
  if (axes > 1) kept.push({ class_name: 'Flatten', config: {} });
  const model = { ...experiment.model, config: { layers: [...kept, layers[last], ...after] } };
  return { ...experiment, model };
}

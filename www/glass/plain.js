// The same experiment with no hidden layer: logistic regression (or softmax regression, or a line). Pure.

/** Layers that only bring the input into shape, or prepare it. */
const SHAPING = /^(InputLayer|Flatten|Reshape|Rescaling|Normalization|Permute)$/;

/**
 * @param {string} text of an experiment
 * @returns {string | null} its text without hidden layers; null where it has none, or where the last layer is no Dense
 */
export function withoutHidden(text) {
  const experiment = JSON.parse(text);
  if (experiment.model.class_name !== 'Sequential') return null;
  /** @type {import('../types.js').Choice[]} */
  const layers = experiment.model.config.layers;
  const last = layers.findLastIndex(({ class_name }) => class_name === 'Dense');
  const after = layers.slice(last + 1);
  if (last < 0 || after.some(({ class_name }) => class_name !== 'Activation')) return null;
  const before = layers.slice(0, last);
  const kept = before.filter(({ class_name }) => SHAPING.test(class_name));
  if (kept.length === before.length) return null;
  // An image or a sequence in the middle is laid out in one row.
  const flat = kept.some(({ class_name }) => class_name === 'Flatten');
  const reshaped = kept.some(({ class_name }) => /Reshape|InputLayer/.test(class_name));
  if (!flat && reshaped) kept.push({ class_name: 'Flatten', config: {} });
  experiment.model.config.layers = [...kept, layers[last], ...after];
  delete experiment.start;
  return JSON.stringify(experiment);
}

// The same experiment without hidden layers: logistic, softmax or linear regression. Pure functions.
import { entryNamed } from '../forms/choices.js';

/** Groups of the catalog whose layers only prepare the input. */
const SHAPING = ['reshaping', 'preprocessing'];
/** Groups whose layers only alter the examples in training. */
const ALTERING = ['augmentation', 'regularization and noise'];

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * @param {Experiment} experiment
 * @param {number[]} shape of an input
 * @param {import('../types.js').Catalog} catalog
 * @returns {Experiment | null} null where it has no hidden layer, or where its last layer is not Dense
 */
export function withoutHidden({ start: _, ...experiment }, shape, catalog) {
  if (experiment.model.class_name !== 'Sequential') return null;
  const { layers } = experiment.model.config;
  const last = layers.findLastIndex(({ class_name }) => class_name === 'Dense');
  const after = layers.slice(last + 1);
  if (last < 0 || after.some(({ class_name }) => class_name !== 'Activation')) return null;
  const before = layers.slice(0, last);
  // The input layer is not in the catalog.
  const group = (/** @type {import('../types.js').ClassConfig} */ { class_name }) =>
    entryNamed(catalog.layers, class_name)?.group ?? SHAPING[0];
  const shapes = (/** @type {import('../types.js').ClassConfig} */ layer) =>
    SHAPING.includes(group(layer));
  // Reshaping layers after a hidden layer are removed with it.
  const hidden = before.findIndex((layer) => !shapes(layer) && !ALTERING.includes(group(layer)));
  if (hidden < 0) return null;
  const kept = before.slice(0, hidden).filter(shapes);
  // An image or a sequence is flattened.
  if (shape.length > 1 || kept.length) kept.push({ class_name: 'Flatten', config: {} });
  const model = { ...experiment.model, config: { layers: [...kept, layers[last], ...after] } };
  return { ...experiment, model };
}

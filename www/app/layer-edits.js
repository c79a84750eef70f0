// Edits of an experiment's layers: add, move, remove, resize. Pure functions of the experiment.
import { entryNamed, startOf } from '../forms/choices.js';
import { withChange } from './store.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').ClassConfig} ClassConfig */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */

/** Path of the layers in an experiment. */
export const LAYERS = ['model', 'config', 'layers'];

/** The layers of an experiment. @param {Experiment} experiment */
export function layersOf(experiment) {
  return experiment.model.config.layers;
}

/** Whether the order of the layers is their connection. The layers of a Functional model name their inputs. @param {Experiment} experiment */
export function isSequential({ model }) {
  return model.class_name === 'Sequential';
}

/**
 * Index in the experiment of a layer of the open run, which does not list input layers.
 * @param {Experiment} experiment
 * @param {number} layer
 */
export function indexOf(experiment, layer) {
  return layersOf(experiment).filter((l) => l.class_name === 'InputLayer').length + layer;
}

/**
 * Inserts a layer of a class before another layer; at the end where there is none.
 * @param {Experiment} experiment
 * @param {number} at
 * @param {ClassSpec} entry
 */
export function addLayer(experiment, at, entry) {
  const layers = [...layersOf(experiment)];
  layers.splice(at, 0, { class_name: entry.class_name, config: startOf(entry) });
  return withChange(experiment, LAYERS, layers);
}

/**
 * Moves some layers that follow one another.
 * @param {Experiment} experiment
 * @param {number} from index of the first
 * @param {number} count
 * @param {number} by number of places; negative: towards the input
 */
export function moveLayers(experiment, from, count, by) {
  const layers = [...layersOf(experiment)];
  const moved = layers.splice(from, count);
  layers.splice(Math.max(0, Math.min(layers.length, from + by)), 0, ...moved);
  return withChange(experiment, LAYERS, layers);
}

/** Removes a layer, unless it is the only one. @param {Experiment} experiment @param {number} at */
export function removeLayer(experiment, at) {
  const layers = layersOf(experiment);
  return layers.length > 1 ? withChange(experiment, LAYERS, layers.toSpliced(at, 1)) : experiment;
}

/**
 * The option that sets the size of a layer: `units` of a dense layer, `filters` of a convolution. Undefined for a layer
 * without one.
 * @param {ClassSpec | undefined} entry
 * @returns {OptionSpec | undefined}
 */
export function sizeOption(entry) {
  return entry?.options.find(({ name, kind }) => kind === 'int' && /^(units|filters)$/.test(name));
}

/**
 * Changes the size of a layer by a number of units.
 * @param {import('../types.js').Catalog} catalog
 * @param {Experiment} experiment
 * @param {number} at
 * @param {number} by
 */
export function resizeLayer(catalog, experiment, at, by) {
  const layer = layersOf(experiment)[at];
  const option = sizeOption(entryNamed(catalog.layers, layer?.class_name));
  const now = option && layer.config[option.name];
  if (!option || typeof now !== 'number') return experiment;
  return withChange(experiment, [...LAYERS, at, 'config', option.name], Math.max(1, now + by));
}

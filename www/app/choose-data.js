// The choice of a data set: its preset replaces the experiment.
import { preset } from './presets.js';

/**
 * @param {import('./store.js').Store} store
 * @param {import('./runner.js').Runner} runner
 * @param {string} className
 */
export function chooseData({ state }, runner, className) {
  const { draft, catalog } = state;
  const set = catalog.datasets.find((d) => d.class_name === className);
  const description = `Data changed to ${set?.label ?? className}`;
  return runner.edit(preset(className, draft.seed, draft), description);
}

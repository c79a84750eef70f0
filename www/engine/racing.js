// The calls of a racing worker: it trains one run after another, and returns nothing but their logged numbers.
import { Run } from '../../pkg/glassbox.js';
import { assetOf } from './asset.js';

/** @typedef {import('../types.js').Experiment} Experiment */

/** @type {Run | undefined} */
let entered;

export const racing = {
  /**
   * Builds the run of an experiment, in the place of the last one.
   * @param {Experiment} experiment
   * @param {string} base address of the page
   */
  async enter(experiment, base) {
    const run = new Run(experiment, await assetOf(experiment, base));
    entered?.free();
    entered = run;
    const { log_names, n_weights, epochs } = run.info();
    return {
      experiment: run.experiment(),
      names: log_names,
      parameters: n_weights,
      epochs,
    };
  },

  /**
   * Trains for some milliseconds. Returns what has changed since `n` epochs were finished.
   * @param {number} ms
   * @param {number} n
   */
  lap(ms, n) {
    if (!entered) throw new Error('No run has been entered.');
    const began = performance.now();
    if (!entered.done) entered.run(ms);
    return {
      epochs: entered.epochs_since(n),
      steps: entered.steps,
      done: entered.done,
      trouble: entered.trouble(),
      seconds: (performance.now() - began) / 1000,
    };
  },
};

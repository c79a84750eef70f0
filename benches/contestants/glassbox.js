// This engine, as a user of the package calls it.
import * as engine from '../../pkg/glassbox.js';
import { version } from '../../package.json';

export { version };

/** Maximum number of epochs of `fit`. */
const EPOCHS = 100_000;

export const prepare = by(engine);

/**
 * How a package of this engine prepares a workload.
 * @param {typeof import('../../pkg/glassbox.js')} engine
 * @returns {import('../worker.js').Prepare}
 */
export function by({ default: init, Sequential }) {
  return async ({ model: config, compile, fit: options }, { x, y }) => {
    await init();
    const model = new Sequential(config, 42);
    model.compile(compile);
    const begin = () => model.fit(x, y, { ...options, epochs: EPOCHS });
    let fit = begin();
    return {
      train(epochs) {
        const start = performance.now();
        for (let i = 0; i < epochs; i++) {
          if (fit.done) fit = begin();
          fit.epoch();
        }
        return performance.now() - start;
      },
      loss: () => Number(fit.history().loss.at(-1)),
      predict(x) {
        const start = performance.now();
        model.predict(x);
        return performance.now() - start;
      },
      free() {
        fit.free();
        model.free();
      },
    };
  };
}

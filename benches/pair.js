// Two packages of this engine in turn: in each sample both train the same epochs from the same initial weights.

/** Milliseconds of training before anything is timed: the browser compiles wasm a second time when it is hot. */
const WARM = 500;
/** Milliseconds that a sample takes at least. */
const SAMPLE = 150;

/**
 * @typedef {{ before: number[], now: number[], sameLoss: boolean }} Pair milliseconds of an epoch in each round, and
 *   whether both ended at the same loss
 * @param {{ before: import('./worker.js').Prepare, now: import('./worker.js').Prepare }} packages
 * @param {import('./workloads.js').Workload} workload
 * @param {import('./data.js').Rows} rows
 * @param {number} rounds
 * @returns {Promise<Pair>}
 */
export async function pair(packages, workload, rows, rounds) {
  const names = /** @type {const} */ (['before', 'now']);
  /** @param {'before' | 'now'} name @param {number} epochs */
  const train = async (name, epochs) => {
    const prepared = await packages[name](workload, rows);
    const ms = (await prepared.train(epochs)) / epochs;
    const loss = await prepared.loss();
    await prepared.free();
    return { ms, loss };
  };
  let epochs = 1;
  for (const name of names) {
    // The last of the doubled trainings is long enough for a coarse clock.
    for (let [spent, n] = [0, 1]; spent < WARM; n *= 2) {
      const { ms } = await train(name, n);
      spent += ms * n;
      epochs = Math.ceil(SAMPLE / ms);
    }
  }
  const found = /** @type {Pair} */ ({ before: [], now: [], sameLoss: true });
  for (let round = 0; round < rounds; round++) {
    const losses = [];
    // Each goes first in every second round.
    for (const name of round % 2 ? names.toReversed() : names) {
      const { ms, loss } = await train(name, epochs);
      found[name].push(ms);
      losses.push(loss);
    }
    found.sameLoss &&= losses[0] === losses[1];
  }
  return found;
}

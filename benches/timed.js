// Timing of a contestant: the number of epochs of a sample, the warm-up, and milliseconds per epoch.

/**
 * A contestant's prepared workload. Times are in milliseconds.
 * @typedef {{ train: (epochs: number) => number | Promise<number>, loss: () => number | Promise<number>,
 *   predict: (x: Float32Array) => number | Promise<number>, free: () => unknown }} Prepared
 */

/** Minimum milliseconds of a sample, which limits the effect of a coarse clock and of short interruptions. */
const SAMPLE = 300;
/** Steps on one batch, after which the losses of all contestants are compared. Adam's first ones raise that of `wide`. */
export const STEPS = 20;

/** One contestant on one workload. */
export class Timed {
  /** @type {Prepared | undefined} */
  #prepared;
  #epochs = 1;
  #share = 1;
  #predictRows = 0;

  /**
   * @param {import('./workloads.js').Workload} workload
   * @param {(rows: number) => Promise<Prepared>} make prepares the first `rows` examples
   * @param {number} [sampleMs] minimum milliseconds of a sample
   */
  constructor(workload, make, sampleMs = SAMPLE) {
    this.workload = workload;
    this.make = make;
    this.sampleMs = sampleMs;
  }

  /**
   * Warms up. Where an epoch takes longer than `limit`, a sample is a part of its batches, and its time is scaled to an
   * epoch; where a batch does, the contestant takes no part.
   * @param {number} limit milliseconds
   * @returns {Promise<{ ms: number, batches: number, of: number, losses: number[] }>} first estimate; number of batches of
   *   a sample and of an epoch; losses of the first and of the last step of `STEPS` on the first batch alone
   */
  async ready(limit) {
    const { rows, fit } = this.workload;
    const of = Math.ceil(rows / fit.batch_size);
    const one = await this.make(Math.min(rows, fit.batch_size));
    await one.train(1);
    const first = await one.loss();
    const batch = await one.train(1);
    if (batch > limit) throw new Error(`A batch takes it ${Math.round(batch / 1000)} seconds.`);
    await one.train(STEPS - 2);
    const losses = [first, await one.loss()];
    await one.free();
    if (!(losses[1] < losses[0])) throw new Error(`Its loss went from ${losses.join(' to ')}.`);
    const batches = batch * of <= limit ? of : Math.max(2, Math.min(of, Math.floor(limit / batch)));
    const used = Math.min(rows, batches * fit.batch_size);
    this.#share = used / rows;
    this.#prepared = await this.make(used);
    let ms = await this.#prepared.train(1);
    if (used === rows) ms = await this.#prepared.train(1);
    // Just-in-time compilers need some time to optimize the code.
    for (let left = Math.min(400, limit) - ms, n = 1; left > 0; n *= 2) {
      const took = await this.#prepared.train(n);
      [ms, left] = [took / n, left - Math.max(1, took)];
    }
    this.#epochs = Math.max(1, Math.ceil(this.sampleMs / Math.max(ms, 0.01)));
    return { ms: ms / this.#share, batches, of, losses };
  }

  /** Returns milliseconds per epoch. */
  async sample() {
    const ms = this.perEpoch(await this.#need().train(this.#epochs));
    const loss = await this.#need().loss();
    if (!Number.isFinite(loss)) throw new Error(`its loss became ${loss}`);
    return ms;
  }

  /** Scales the milliseconds of a sample to an epoch. @param {number} ms */
  perEpoch(ms) {
    return ms / this.#epochs / this.#share;
  }

  /**
   * Returns the milliseconds of a prediction. A slow contestant predicts fewer examples, and the time is scaled.
   * @param {(rows: number) => Float32Array} some returns the given number of examples
   * @param {number} rows
   * @param {number} limit milliseconds
   */
  async predict(some, rows, limit) {
    const prepared = this.#need();
    if (!this.#predictRows) {
      const few = Math.min(100, rows);
      await prepared.predict(some(few));
      const took = await prepared.predict(some(few));
      this.#predictRows = Math.min(rows, Math.max(few, Math.floor((few * limit) / took)));
    }
    const ms = await prepared.predict(some(this.#predictRows));
    return (ms * rows) / this.#predictRows;
  }

  async free() {
    await this.#prepared?.free();
    this.#prepared = undefined;
  }

  #need() {
    if (!this.#prepared) throw new Error('It is not ready.');
    return this.#prepared;
  }
}

// Checkpoints of a run within a limit of bytes. Above the limit, those closest to their neighbours are deleted.

/** @typedef {{ step: number, bytes: Uint8Array }} Checkpoint */

export class Checkpoints {
  /** Sorted by step. @type {Checkpoint[]} */
  #sorted = [];
  #bytes = 0;

  /** @param {number} limit limit of bytes */
  constructor(limit) {
    this.limit = limit;
  }

  /** Number of bytes. */
  get bytes() {
    return this.#bytes;
  }

  /** Number of checkpoints. */
  get length() {
    return this.#sorted.length;
  }

  /**
   * Adds a checkpoint, unless one of the same step exists.
   * @param {number} step
   * @param {Uint8Array} bytes
   */
  add(step, bytes) {
    const at = this.#after(step);
    if (this.#sorted[at - 1]?.step === step) return;
    this.#sorted.splice(at, 0, { step, bytes });
    this.#bytes += bytes.byteLength;
    while (this.#bytes > this.limit && this.#sorted.length > 1) this.#deleteOne();
  }

  /**
   * Returns the last checkpoint at or before a step.
   * @param {number} step
   * @returns {Checkpoint | undefined}
   */
  before(step) {
    return this.#sorted[this.#after(step) - 1];
  }

  /** Deletes all checkpoints after a step, from which another run continues. @param {number} step */
  deleteAfter(step) {
    for (const { bytes } of this.#sorted.splice(this.#after(step))) this.#bytes -= bytes.byteLength;
  }

  clear() {
    this.#sorted = [];
    this.#bytes = 0;
  }

  /** Index behind all checkpoints at or before a step. @param {number} step */
  #after(step) {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Deletes the checkpoint that leaves the smallest gap. The first and the last stay. */
  #deleteOne() {
    const last = this.#sorted.length - 1;
    let [least, at] = [Infinity, last];
    for (let i = 1; i < last; i++) {
      const gap = this.#sorted[i + 1].step - this.#sorted[i - 1].step;
      if (gap < least) [least, at] = [gap, i];
    }
    // Where only the first and the last are left, the first goes: its step can be recomputed from the start.
    if (at === last) at = 0;
    const [{ bytes }] = this.#sorted.splice(at, 1);
    this.#bytes -= bytes.byteLength;
  }
}

/**
 * Returns at most `most` evenly spaced steps from the first to the last.
 * @param {number} first
 * @param {number} last
 * @param {number} most
 */
export function evenSteps(first, last, most) {
  const count = Math.max(1, Math.min(most, last - first + 1));
  return Array.from({ length: count }, (_, i) =>
    Math.round(first + ((last - first) * i) / Math.max(1, count - 1)),
  );
}

// Checkpoints of a run within a limit of bytes. Above the limit, those closest to their neighbours are deleted.

/** @typedef {{ step: number, bytes: Uint8Array }} Moment */

export class Moments {
  /** Sorted by step. @type {Moment[]} */
  #kept = [];
  #bytes = 0;

  /** @param {number} room limit of bytes */
  constructor(room) {
    this.room = room;
  }

  /** Number of bytes. */
  get bytes() {
    return this.#bytes;
  }

  /** Number of checkpoints. */
  get length() {
    return this.#kept.length;
  }

  /**
   * Adds a checkpoint, unless one of the same step exists.
   * @param {number} step
   * @param {Uint8Array} bytes
   */
  add(step, bytes) {
    const at = this.#after(step);
    if (this.#kept[at - 1]?.step === step) return;
    this.#kept.splice(at, 0, { step, bytes });
    this.#bytes += bytes.byteLength;
    while (this.#bytes > this.room && this.#kept.length > 1) this.#thin();
  }

  /**
   * Returns the last checkpoint at or before a step.
   * @param {number} step
   * @returns {Moment | undefined}
   */
  before(step) {
    return this.#kept[this.#after(step) - 1];
  }

  /** Deletes all checkpoints after a step, from which another run continues. @param {number} step */
  cut(step) {
    for (const { bytes } of this.#kept.splice(this.#after(step))) this.#bytes -= bytes.byteLength;
  }

  clear() {
    this.#kept = [];
    this.#bytes = 0;
  }

  /** Index behind all checkpoints at or before a step. @param {number} step */
  #after(step) {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Deletes the checkpoint that leaves the smallest gap. The first and the last stay. */
  #thin() {
    const last = this.#kept.length - 1;
    let [least, at] = [Infinity, last];
    for (let i = 1; i < last; i++) {
      const gap = this.#kept[i + 1].step - this.#kept[i - 1].step;
      if (gap < least) [least, at] = [gap, i];
    }
    // Where only the first and the last are left, the first goes: its step can be recomputed from the start.
    if (at === last) at = 0;
    const [{ bytes }] = this.#kept.splice(at, 1);
    this.#bytes -= bytes.byteLength;
  }
}

/**
 * Returns at most `most` evenly spaced steps from the first to the last.
 * @param {number} first
 * @param {number} last
 * @param {number} most
 */
export function evenly(first, last, most) {
  const count = Math.max(1, Math.min(most, last - first + 1));
  return Array.from({ length: count }, (_, i) =>
    Math.round(first + ((last - first) * i) / Math.max(1, count - 1)),
  );
}

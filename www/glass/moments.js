// Checkpoints of a run along its steps, within so many bytes: where there are too many, those go that stand closest.

/** @typedef {{ step: number, bytes: Uint8Array }} Moment */

export class Moments {
  /** In the order of their steps. @type {Moment[]} */
  #kept = [];
  #bytes = 0;

  /** @param {number} room bytes for all of them */
  constructor(room) {
    this.room = room;
  }

  /** Bytes of all that are kept. */
  get bytes() {
    return this.#bytes;
  }

  /** How many are kept. */
  get length() {
    return this.#kept.length;
  }

  /**
   * Keeps a checkpoint; of the same step, only one.
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
   * The last one that is not later than a step.
   * @param {number} step
   * @returns {Moment | undefined}
   */
  before(step) {
    return this.#kept[this.#after(step) - 1];
  }

  /** Forgets all that came after a step: another run goes on from there. @param {number} step */
  cut(step) {
    for (const { bytes } of this.#kept.splice(this.#after(step))) this.#bytes -= bytes.byteLength;
  }

  clear() {
    this.#kept = [];
    this.#bytes = 0;
  }

  /** The place behind all that are not later. @param {number} step */
  #after(step) {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#kept[middle].step <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Lets one go: the one without which the gap that is left is the smallest. The first and the last stay. */
  #thin() {
    const last = this.#kept.length - 1;
    let [least, at] = [Infinity, last];
    for (let i = 1; i < last; i++) {
      const gap = this.#kept[i + 1].step - this.#kept[i - 1].step;
      if (gap < least) [least, at] = [gap, i];
    }
    // Only the first and the last are left: the first can be made again from nothing.
    if (at === last) at = 0;
    const [{ bytes }] = this.#kept.splice(at, 1);
    this.#bytes -= bytes.byteLength;
  }
}

/**
 * Steps from the first to the last, evenly spread, at most so many.
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

// Remembers the last value of a computation, which drawing repeats with the same inputs.

/** @template T */
export class Remembered {
  /** @type {unknown[]} */
  #inputs = [];
  /** @type {T | undefined} */
  #value;

  /**
   * Returns the value for these inputs. It is computed only where one of them has changed.
   * @param {unknown[]} inputs
   * @param {() => T} make
   * @returns {T}
   */
  get(inputs, make) {
    const isSame =
      inputs.length === this.#inputs.length && inputs.every((part, i) => part === this.#inputs[i]);
    if (!isSame) [this.#inputs, this.#value] = [inputs, make()];
    return /** @type {T} */ (this.#value);
  }
}

// What a view has asked for and got: one question at a time, and of several only the newest.

/** @template T */
export class Asked {
  #key = '';
  #busy = false;
  /** @type {T | null} */
  #value = null;
  #wanted = '';

  /** @param {import('./glass.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /**
   * The answer to the question `key`, where it is there; else null, and the question is asked.
   * @param {string} key
   * @param {() => Promise<T | null>} ask gives null where it was left off
   * @returns {T | null}
   */
  get(key, ask) {
    this.#wanted = key;
    if (this.#key === key) return this.#value;
    if (!this.#busy) this.#ask(key, ask);
    return null;
  }

  /** Whether this is still the question. @param {string} key */
  wants(key) {
    return this.#wanted === key;
  }

  /** @param {string} key @param {() => Promise<T | null>} ask */
  async #ask(key, ask) {
    this.#busy = true;
    this.#key = '';
    try {
      this.#value = await ask();
      if (this.#value !== null) this.#key = key;
    } catch (error) {
      [this.#key, this.#value] = [key, null];
      if (key === this.#wanted) {
        this.tools.say(`This could not be made: ${error instanceof Error ? error.message : error}`);
      }
    }
    this.#busy = false;
    this.tools.redraw();
  }
}

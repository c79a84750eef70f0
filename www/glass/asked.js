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
   * @param {() => Promise<T>} ask
   * @returns {T | null}
   */
  get(key, ask) {
    this.#wanted = key;
    if (this.#key === key) return this.#value;
    if (!this.#busy) this.#ask(key, ask);
    return null;
  }

  /** The newest answer, whatever it was asked for: better than nothing while another is on its way. */
  get latest() {
    return this.#value;
  }

  /** @param {string} key @param {() => Promise<T>} ask */
  async #ask(key, ask) {
    this.#busy = true;
    try {
      this.#value = await ask();
    } catch (error) {
      this.#value = null;
      if (key === this.#wanted) {
        this.tools.say(`This could not be made: ${error instanceof Error ? error.message : error}`);
      }
    }
    this.#key = key;
    this.#busy = false;
    this.tools.redraw();
  }
}

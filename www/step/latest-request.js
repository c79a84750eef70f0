// A request of a view and its result. One request runs at a time, and of several only the latest is kept.
import { messageOf } from '../app/errors.js';

/** @template T */
export class LatestRequest {
  #key = '';
  #busy = false;
  /** @type {T | null} */
  #value = null;
  #wanted = '';

  /** @param {import('./inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /**
   * Returns the result for `key`, or null and starts the request.
   * @param {string} key
   * @param {() => Promise<T | null>} ask resolves to null where it was cancelled
   * @returns {T | null}
   */
  get(key, ask) {
    this.#wanted = key;
    if (this.#key === key) return this.#value;
    if (!this.#busy) this.#ask(key, ask);
    return null;
  }

  /** Whether `key` is still the requested one. @param {string} key */
  isWanted(key) {
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
        this.tools.notify(`This could not be computed: ${messageOf(error)}`);
      }
    }
    this.#busy = false;
    this.tools.redraw();
  }
}

// The page's end of the second worker: any moment of the run that is open, and its steps opened up.
import { Client, WorkerLost } from '../client.js';
import { Moments } from './moments.js';

/** @typedef {typeof import('./worker.js').calls} Calls */

/** Bytes of checkpoints on the page; with those of the worker they stay within 64 MiB. */
const ROOM = 48e6;
/** So often may the worker die in one call. */
const MAX_LOSSES = 3;

export class Study {
  #moments = new Moments(ROOM);
  /** The experiment that the moments are of. */
  #text = '';
  /** The experiment that the worker has open. */
  #opened = '';
  /** @type {Client<Calls> | undefined} */
  #client;

  /**
   * Keeps a checkpoint of the run that trains.
   * @param {string} text its experiment
   * @param {number} step
   * @param {Uint8Array} bytes
   */
  keep(text, step, bytes) {
    this.#follow(text);
    this.#moments.add(step, bytes);
  }

  /** Bytes of the checkpoints that are kept here. */
  get bytes() {
    return this.#moments.bytes;
  }

  /**
   * @template {Exclude<keyof Calls, 'open' | 'live'>} K
   * @param {string} text
   * @param {K} call
   * @param {number} step
   * @param {any[]} args what the call takes between the step and the checkpoint
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  async ask(text, call, step, ...args) {
    this.#follow(text);
    for (let losses = 0; ; losses++) {
      this.#client ??= new Client(
        () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
        () => (this.#opened = ''),
      );
      try {
        if (this.#opened !== text) {
          await this.#client.ask('open', [text, document.baseURI]);
          this.#opened = text;
        }
        const given = this.#moments.before(step);
        const all = /** @type {any} */ ([step, ...args, given]);
        return /** @type {any} */ (await this.#client.ask(call, all));
      } catch (error) {
        if (!(error instanceof WorkerLost) || losses >= MAX_LOSSES) throw error;
      }
    }
  }

  /** @param {string} text */
  #follow(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#moments.clear();
  }
}

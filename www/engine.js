// The worker as the runner sees it: where it dies, the run comes back from its last checkpoint.
import { NoEngine } from './absent.js';
import { Client, Refusal, WorkerLost } from './client.js';

/** @typedef {typeof import('./worker.js').calls} Calls */
/** @typedef {import('./worker.js').Request} Request */

/** So often may the worker die without getting anywhere before the page gives up. */
const MAX_LOSSES = 8;
/** So often may one call break the engine: the same numbers break it again. */
const MAX_TRAPS = 2;
/** What is said of an experiment that does. */
export const BROKEN = new Refusal(
  'The engine crashed while building this experiment. This is an error in Glassbox. Undo the last change or make another one.',
  '',
);

export class Engine {
  #lost = false;
  #losses = 0;
  /** @type {Promise<void> | null} */
  #reviving = null;

  /**
   * @param {object} told
   * @param {() => { text: string, checkpoint: Uint8Array | undefined }} told.saved where to go on from
   * @param {() => void} told.revived the run stands at that checkpoint again
   * @param {() => void} told.lost the worker died
   */
  constructor(told) {
    this.told = told;
    /** @type {Client<Calls>} */
    this.client = new Client(
      (Worker) => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
      () => {
        this.#lost = true;
        told.lost();
      },
    );
  }

  /**
   * Asks the worker; where it dies, brings the run back to its last checkpoint and asks again.
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]> | (() => { request: Request, transfer: Transferable[] })} args as a
   *   function: made anew for each try
   * @returns {Promise<any>}
   */
  async ask(call, args) {
    for (let traps = 0; ;) {
      try {
        if (this.#lost) {
          this.#reviving ??= this.#revive().finally(() => (this.#reviving = null));
          await this.#reviving;
        }
        if (typeof args !== 'function') return await this.client.ask(call, args);
        const { request, transfer } = args();
        return await this.client.ask('advance', [request], transfer);
      } catch (error) {
        // The next call finds a worker with nothing in it.
        if (error instanceof NoEngine) this.#lost = true;
        if (!(error instanceof WorkerLost)) throw error;
        this.#lost = true;
        if (error.trapped && ++traps >= MAX_TRAPS) throw call === 'open' ? BROKEN : error;
        if (++this.#losses > MAX_LOSSES) throw error;
      }
    }
  }

  /** Lets go of an answer that the worker keeps back for the eye. */
  nudge() {
    this.client.ask('nudge', []).catch(() => {});
  }

  /** The run got on: what died before no longer counts. */
  progressed() {
    this.#losses = 0;
  }

  async #revive() {
    const { text, checkpoint } = this.told.saved();
    if (text) {
      await this.client.ask('open', [text, document.baseURI, checkpoint]);
      this.told.revived();
    }
    this.#lost = false;
  }
}

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
  /** The last call. @type {Promise<unknown>} */
  #turn = Promise.resolve();

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
   * Asks about a moment of a run.
   * @template {'moment' | 'trace' | 'differences' | 'spread' | 'weights' | 'exciting' | 'reasons' | 'answers'} K
   * @param {string} text its experiment
   * @param {K} call
   * @param {number} step
   * @param {any[]} args what the call takes between the step and the checkpoint
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(text, call, step, ...args) {
    this.#follow(text);
    const near = () => (text === this.#text ? this.#moments.before(step) : undefined);
    return this.#try(text, call, () => [step, ...args, near()]);
  }

  /**
   * Asks the same of several moments, one after another: other questions come in between, and nobody waits for what
   * is no longer wanted. Null where that happens.
   * @template {'spread' | 'weights'} K
   * @param {string} text
   * @param {K} call
   * @param {number[]} steps
   * @param {() => boolean | Promise<boolean>} wanted
   */
  async along(text, call, steps, wanted) {
    /** @type {Awaited<ReturnType<Calls[K]>>[]} */
    const answers = [];
    for (const step of steps) {
      if (!(await wanted())) return null;
      answers.push(await this.ask(text, call, step));
    }
    return answers;
  }

  /**
   * A slice of the loss surface, prepared; then cells of it.
   * @param {string} text
   * @param {import('./surface.js').Wish} wish
   * @param {Float32Array[]} path the run's weights, from its first moment to the one that is looked at
   * @param {{ text: string, loss: string }} other
   * @param {number} side cells of a row
   */
  plane(text, wish, path, other, side) {
    return this.#try(text, 'plane', () => [wish, path, other, side, document.baseURI]);
  }

  /**
   * Another experiment on the same data, trained as far, at most for some milliseconds.
   * @param {number} step
   * @param {string} text
   * @param {number} time
   */
  beside(step, text, time) {
    return this.#try('', 'beside', () => [step, text, time, document.baseURI]);
  }

  /** @param {string} text @param {number} key @param {number} from @param {number} time milliseconds */
  cells(text, key, from, time) {
    return this.#try(text, 'cells', () => [key, from, time]);
  }

  /**
   * The best epoch of a run, and the one after which EarlyStopping would have stopped it.
   * @param {string} text
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   * @returns {Promise<Uint32Array>}
   */
  stopping(text, losses, validation, patience) {
    return this.#try(text, 'stopping', () => [losses, validation, patience]);
  }

  /** @param {string} text @returns {Promise<string>} the Keras script of an experiment */
  code(text) {
    return this.#try(text, 'code', () => []);
  }

  /** What in an experiment does not fit. @param {string} text */
  advise(text) {
    return this.#try('', 'advise', () => [text, document.baseURI]);
  }

  /**
   * One call after another: between opening an experiment and asking about it nothing opens another one.
   * @template {keyof Calls} K
   * @param {string} text the experiment that must be open for it; none, where it is empty
   * @param {K} call
   * @param {() => any[]} args made anew for each try
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  #try(text, call, args) {
    const turn = this.#turn.then(() => this.#call(text, call, args));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * @template {keyof Calls} K
   * @param {string} text
   * @param {K} call
   * @param {() => any[]} args
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  async #call(text, call, args) {
    for (let losses = 0; ; losses++) {
      this.#client ??= new Client(
        (Worker) =>
          new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'glass' }),
        () => (this.#opened = ''),
      );
      try {
        if (text && this.#opened !== text) {
          await this.#client.ask('open', [text, document.baseURI]);
          this.#opened = text;
        }
        return await this.#client.ask(call, /** @type {any} */ (args()));
      } catch (error) {
        if (!(error instanceof WorkerLost) || losses >= MAX_LOSSES) throw error;
        if (error.trapped && losses > 0)
          throw new Error('the engine broke, and broke again', { cause: error });
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

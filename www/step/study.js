// The page's end of the worker that inspects: any moment of a run, and its steps opened up.
import { Client } from '../engine/client.js';
import { Moments } from './moments.js';

/** @typedef {import('../engine/client.js').Calls} Calls */
/** @typedef {import('../types.js').Experiment} Experiment */
/** A run that is asked about. @typedef {{ text: string, experiment: Experiment }} Asked */

/** Bytes of checkpoints on the page; with those of the worker they stay within 64 MiB. */
const ROOM = 48e6;

export class Study {
  #moments = new Moments(ROOM);
  /** The experiment that the moments are of. */
  #text = '';
  /** What the worker has open. @type {Asked | null} */
  #opened = null;
  /** @type {Client | undefined} */
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
   * @param {Asked} run
   * @param {K} call
   * @param {number} step
   * @param {unknown[]} args what the call takes between the step and the checkpoint
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(run, call, step, ...args) {
    const { text } = run;
    this.#follow(text);
    const near = () => (text === this.#text ? this.#moments.before(step) : undefined);
    const given = () =>
      /** @type {Parameters<Calls[K]>} */ (/** @type {unknown} */ ([step, ...args, near()]));
    return this.#try(run, call, given);
  }

  /**
   * Asks the same of several moments, one after another: other questions come in between, and no view waits for what
   * is no longer wanted. Null where that happens.
   * @template {'spread' | 'weights'} K
   * @param {Asked} run
   * @param {K} call
   * @param {number[]} steps
   * @param {() => boolean | Promise<boolean>} wanted
   */
  async along(run, call, steps, wanted) {
    /** @type {Awaited<ReturnType<Calls[K]>>[]} */
    const answers = [];
    for (const step of steps) {
      if (!(await wanted())) return null;
      answers.push(await this.ask(run, call, step));
    }
    return answers;
  }

  /**
   * A slice of the loss surface, prepared; then cells of it.
   * @param {Asked} run
   * @param {import('../analysis/surface.js').Wish} wish
   * @param {Float32Array[]} path the run's weights, from its first moment to the one that is looked at
   * @param {Experiment} other the same experiment with another loss
   * @param {number} side cells of a row
   */
  plane(run, wish, path, other, side) {
    return this.#try(run, 'plane', () => [wish, path, other, side, document.baseURI]);
  }

  /**
   * Another experiment on the same data, trained as far, at most for some milliseconds.
   * @param {number} step
   * @param {Experiment} experiment
   * @param {number} time
   */
  beside(step, experiment, time) {
    return this.#try(null, 'beside', () => [step, experiment, time, document.baseURI]);
  }

  /** @param {Asked} run @param {number} key @param {number} from @param {number} time milliseconds */
  cells(run, key, from, time) {
    return this.#try(run, 'cells', () => [key, from, time]);
  }

  /**
   * The best epoch of a run, and the one after which EarlyStopping would have stopped it.
   * @param {Asked} run
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   */
  stopping(run, losses, validation, patience) {
    return this.#try(run, 'stopping', () => [losses, validation, patience]);
  }

  /** The Keras script of a run's experiment. @param {Asked} run */
  code(run) {
    return this.#try(run, 'code', () => []);
  }

  /** What in an experiment does not fit. @param {Experiment} experiment */
  advise(experiment) {
    return this.#try(null, 'advise', () => [experiment, document.baseURI]);
  }

  /**
   * One call after another: between opening an experiment and asking about it nothing opens another one.
   * @template {keyof Calls} K
   * @param {Asked | null} run what must be open for it
   * @param {K} call
   * @param {() => Parameters<Calls[K]>} args called again for each try
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  #try(run, call, args) {
    const turn = this.#turn.then(() => this.#call(run, call, args));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * @template {keyof Calls} K
   * @param {Asked | null} run
   * @param {K} call
   * @param {() => Parameters<Calls[K]>} args
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  async #call(run, call, args) {
    this.#client ??= new Client('inspect', {
      restore: async (ask) => {
        if (this.#opened) await ask('inspect', [this.#opened.experiment, document.baseURI]);
      },
    });
    if (run && this.#opened?.text !== run.text) {
      this.#opened = null;
      await this.#client.ask('inspect', [run.experiment, document.baseURI]);
      this.#opened = run;
    }
    return this.#client.ask(call, args);
  }

  /** @param {string} text */
  #follow(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#moments.clear();
  }
}

// The page's end of the worker that inspects: any moment of a run, and its steps opened up.
import { Client } from '../engine/client.js';
import { Checkpoints } from './checkpoints.js';

/** @typedef {import('../engine/client.js').Calls} Calls */
/** @typedef {import('../types.js').Experiment} Experiment */
/** A run that is asked about. @typedef {{ text: string, experiment: Experiment }} RunRef */

/** Bytes of checkpoints on the page; with those of the worker they stay within 64 MiB. */
const CHECKPOINT_BYTES = 48e6;

export class InspectorClient {
  #checkpoints = new Checkpoints(CHECKPOINT_BYTES);
  /** The experiment that the moments are of. */
  #text = '';
  /** What the worker has open. @type {RunRef | null} */
  #opened = null;
  /** @type {Client | undefined} */
  #client;
  /** The last call. @type {Promise<unknown>} */
  #queue = Promise.resolve();

  /**
   * Keeps a checkpoint of the run that trains.
   * @param {string} text its experiment
   * @param {number} step
   * @param {Uint8Array} bytes
   */
  addCheckpoint(text, step, bytes) {
    this.#switchTo(text);
    this.#checkpoints.add(step, bytes);
  }

  /** Bytes of the checkpoints that are kept here. */
  get bytes() {
    return this.#checkpoints.bytes;
  }

  /**
   * Asks about a moment of a run.
   * @template {'frameAt' | 'trace' | 'differences' | 'spread' | 'weights' | 'topExamples' | 'reasons' | 'layerOutputs'} K
   * @param {RunRef} run
   * @param {K} call
   * @param {number} step
   * @param {unknown[]} args what the call takes between the step and the checkpoint
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(run, call, step, ...args) {
    const { text } = run;
    this.#switchTo(text);
    const near = () => (text === this.#text ? this.#checkpoints.before(step) : undefined);
    const given = () =>
      /** @type {Parameters<Calls[K]>} */ (/** @type {unknown} */ ([step, ...args, near()]));
    return this.#enqueue(run, call, given);
  }

  /**
   * Asks the same of several moments, one after another: other questions come in between, and no view waits for what
   * is no longer wanted. Null where that happens.
   * @template {'spread' | 'weights'} K
   * @param {RunRef} run
   * @param {K} call
   * @param {number[]} steps
   * @param {() => boolean | Promise<boolean>} wanted
   */
  async askEach(run, call, steps, wanted) {
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
   * @param {RunRef} run
   * @param {import('../analysis/surface.js').PlaneRequest} request
   * @param {Float32Array[]} path the run's weights, from its first moment to the one that is looked at
   * @param {Experiment} other the same experiment with another loss
   * @param {number} side cells of a row
   */
  plane(run, request, path, other, side) {
    return this.#enqueue(run, 'plane', () => [request, path, other, side, document.baseURI]);
  }

  /**
   * Another experiment on the same data, trained as far, at most for some milliseconds.
   * @param {number} step
   * @param {Experiment} experiment
   * @param {number} time
   */
  baseline(step, experiment, time) {
    return this.#enqueue(null, 'baseline', () => [step, experiment, time, document.baseURI]);
  }

  /** @param {RunRef} run @param {number} key @param {number} from @param {number} time milliseconds */
  cells(run, key, from, time) {
    return this.#enqueue(run, 'cells', () => [key, from, time]);
  }

  /**
   * The best epoch of a run, and the one after which EarlyStopping would have stopped it.
   * @param {RunRef} run
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   */
  earlyStopping(run, losses, validation, patience) {
    return this.#enqueue(run, 'earlyStopping', () => [losses, validation, patience]);
  }

  /** The Keras script of a run's experiment. @param {RunRef} run */
  code(run) {
    return this.#enqueue(run, 'code', () => []);
  }

  /** What in an experiment does not fit. @param {Experiment} experiment */
  advise(experiment) {
    return this.#enqueue(null, 'advise', () => [experiment, document.baseURI]);
  }

  /**
   * One call after another: between opening an experiment and asking about it nothing opens another one.
   * @template {keyof Calls} K
   * @param {RunRef | null} run what must be open for it
   * @param {K} call
   * @param {() => Parameters<Calls[K]>} args called again for each try
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  #enqueue(run, call, args) {
    const turn = this.#queue.then(() => this.#call(run, call, args));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /**
   * @template {keyof Calls} K
   * @param {RunRef | null} run
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
  #switchTo(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#checkpoints.clear();
  }
}

// The client of the inspecting worker. It sends the nearest checkpoint with each request.
import { Client } from '../engine/client.js';
import { Checkpoints } from './checkpoints.js';

/** @typedef {import('../engine/client.js').Calls} Calls */
/** @typedef {import('../types.js').Experiment} Experiment */
/** The run that a request is about. @typedef {{ text: string, experiment: Experiment }} RunRef */

/** Maximum bytes of checkpoints on the page. With those of the worker they stay within 64 MiB. */
const CHECKPOINT_BYTES = 48e6;

export class InspectorClient {
  #checkpoints = new Checkpoints(CHECKPOINT_BYTES);
  /** Text of the experiment of the checkpoints. */
  #text = '';
  /** The run that is open in the worker. @type {RunRef | null} */
  #opened = null;
  /** @type {Client | undefined} */
  #client;
  /** The last queued call. @type {Promise<unknown>} */
  #queue = Promise.resolve();

  /**
   * Adds a checkpoint of the training run.
   * @param {string} text its experiment
   * @param {number} step
   * @param {Uint8Array} bytes
   */
  addCheckpoint(text, step, bytes) {
    this.#switchTo(text);
    this.#checkpoints.add(step, bytes);
  }

  /** Bytes of the checkpoints on the page. */
  get bytes() {
    return this.#checkpoints.bytes;
  }

  /**
   * Makes a call on a step of a run.
   * @template {'frameAt' | 'trace' | 'differences' | 'spread' | 'weights' | 'topExamples' | 'reasons' | 'layerOutputs'} K
   * @param {RunRef} run
   * @param {K} call
   * @param {number} step
   * @param {unknown[]} args arguments between the step and the checkpoint
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
   * Makes the same call on several steps, one after the other, so that other requests run in between. Returns null where
   * `wanted` becomes false.
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
   * Prepares a slice of the loss surface. `cells` then computes it.
   * @param {RunRef} run
   * @param {import('../analysis/surface.js').PlaneRequest} request
   * @param {Float32Array[]} path weights of the run, from its first step to the viewed one
   * @param {Experiment} other the same experiment with another loss
   * @param {number} side cells of a row
   */
  plane(run, request, path, other, side) {
    return this.#enqueue(run, 'plane', () => [request, path, other, side, document.baseURI]);
  }

  /**
   * Trains another experiment on the same data up to a step, for at most `time` milliseconds.
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
   * Returns the best epoch of a run, and the one after which EarlyStopping would have stopped it.
   * @param {RunRef} run
   * @param {number[]} losses of all epochs
   * @param {boolean} validation
   * @param {number} patience
   */
  earlyStopping(run, losses, validation, patience) {
    return this.#enqueue(run, 'earlyStopping', () => [losses, validation, patience]);
  }

  /** Returns the Keras script of a run. @param {RunRef} run */
  code(run) {
    return this.#enqueue(run, 'code', () => []);
  }

  /** Returns the advice on an experiment. @param {Experiment} experiment */
  advise(experiment) {
    return this.#enqueue(null, 'advise', () => [experiment, document.baseURI]);
  }

  /**
   * Queues a call, so that no other run is opened between opening its run and the call.
   * @template {keyof Calls} K
   * @param {RunRef | null} run the run to open first; null: none
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

// The open run in its engine: its frames, its latest checkpoint and the queue of actions on it. Between two actions
// the run trains for as long as the store says that it plays.
import { NoEngine } from '../engine/absent.js';
import { Client, ConfigError, WorkerLost } from '../engine/client.js';
import { messageOf } from './errors.js';
import { append, emptyHistory } from './history.js';
import { paceOf } from './pace.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').ReadFrame} ReadFrame */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../engine/training.js').Request} Request */
/** An experiment with its canonical text and a checkpoint of its run. @typedef {{ text: string, experiment: Experiment, checkpoint: Uint8Array | undefined }} RunState */

/**
 * @typedef {object} Callbacks
 * @property {() => void} onFrame
 * @property {(draft: Experiment, checkpoint: Uint8Array | undefined, replaced: string) => void} onEdit `replaced`: text
 *   of the experiment that the draft will replace
 * @property {(text: string, checkpoint: Uint8Array | undefined) => void} onSaved
 * @property {(run: Trained) => void} [onReplaced] a run that has trained is about to be replaced
 */

/** @typedef {import('../compare/record.js').Trained} Trained */

/** Least and most milliseconds between two checkpoints during training; in between, the share of the time that they take. */
const CHECKPOINT_EVERY = [500, 20_000];
const CHECKPOINT_SHARE = 0.02;
/** The error for an experiment that crashes the engine. */
export const ENGINE_CRASHED = new ConfigError(
  'The engine crashed while building this experiment. This is an error in Glassbox. Undo the last change or make another one.',
  '',
);

export class Session {
  /** The latest frame. Its arrays are valid until the next one. @type {Frame | null} */
  frame = null;
  /** @type {import('../types.js').History} */
  history = emptyHistory([]);
  /** A drawing that the picture shows instead of an example. @type {Float32Array | null} */
  drawing = null;
  /** Side of the response maps. */
  side = 0;

  /** The latest known state of the run. @protected @type {RunState | null} */
  latest = null;
  /** Number of edits in the queue. While there are any, the draft belongs to the last of them. @protected */
  pendingEdits = 0;
  #checkpointAt = 0;
  /** Milliseconds until the next one. */
  #checkpointIn = CHECKPOINT_EVERY[0];
  /** Whether the run is about to be replaced, so that its checkpoint is not saved. */
  #isReplacing = false;
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #queued = 0;
  /** The latest action in the queue. @type {{ path: string, next?: { path: string } }} */
  #lastQueued = { path: '' };
  /** @type {Promise<void> | null} */
  #training = null;
  #pendingRefreshes = 0;
  /** Seconds of training of the open run; null where it was continued from a checkpoint of unknown age. @type {number | null} */
  #seconds = 0;
  /** The same at each checkpoint. @type {WeakMap<Uint8Array, number | null>} */
  #secondsAt = new WeakMap();
  /** Buffers of earlier frames, for the worker. @type {ArrayBuffer[]} */
  #spares = [];

  /** @param {import('./store.js').Store} store @param {Callbacks} callbacks */
  constructor(store, callbacks) {
    this.store = store;
    this.callbacks = callbacks;
    this.client = new Client('train', {
      restore: async (ask) => {
        if (!this.latest) return;
        const { experiment, checkpoint } = this.latest;
        await ask('open', [experiment, document.baseURI, checkpoint]);
        this.history = emptyHistory(this.history.names);
      },
      // While the run is paused, no call would notice the loss.
      lost: () => {
        if (!this.#training && this.#queued === 0 && this.latest) this.refresh();
      },
    });
  }

  /** Whether a run is open. Without one there is nothing to change or to train. */
  get isOpen() {
    return this.store.state.opened !== null;
  }

  /** Resolves when the engine has started. */
  ready() {
    return this.client.ask('nudge', []);
  }

  pause() {
    this.store.set({ playing: false });
    return this.refresh();
  }

  /** Reads the paused run again, for another example or another drawing. */
  async refresh() {
    if (this.#pendingRefreshes > 0 || !this.isOpen) return;
    this.#pendingRefreshes++;
    await this.enqueue(() => {
      this.#pendingRefreshes--;
      return this.advance('batch', 0);
    });
  }

  /**
   * Runs `work` after all earlier actions, while nothing trains.
   * @template T
   * @param {(next: () => string | undefined) => Promise<T | undefined> | undefined} work `next` returns the path of the
   *   action after it, where that is in the queue already
   * @param {string} [path] of the number that the action edits
   * @returns {Promise<T | undefined>}
   * @protected
   */
  enqueue(work, path = '') {
    /** @type {{ path: string, next?: { path: string } }} */
    const action = { path };
    this.#lastQueued.next = action;
    this.#lastQueued = action;
    this.#queued++;
    if (this.#training) this.client.ask('nudge', []).catch(() => {});
    const result = this.#queue.then(async () => {
      await this.#training;
      try {
        return await work(() => action.next?.path);
      } catch (error) {
        this.#report(error);
      } finally {
        this.#queued--;
        this.#startTraining();
      }
    });
    this.#queue = result;
    return result;
  }

  #startTraining() {
    if (!this.#training && this.#queued === 0 && this.isOpen && this.store.state.playing) {
      this.#training = this.#train().finally(() => {
        this.#training = null;
        if (this.store.state.playing) this.#startTraining();
      });
    }
  }

  /** Trains until an action is queued. It uses no timer and no animation frame, so it continues in a hidden tab. */
  async #train() {
    try {
      // At full speed the next calls wait in the worker already, so that it trains while the page draws.
      /** @type {Promise<unknown>[]} */
      const calls = [];
      while (this.store.state.playing && this.#queued === 0) {
        const pace = document.hidden ? 'hidden' : this.store.state.settings.speed;
        const { unit, n, ms, hold } = paceOf(pace, this.store.state.opened?.info);
        while (calls.length < (hold ? 1 : 3)) {
          const call = this.advance(unit, n, ms, hold);
          call.catch(() => {}); // It is reported when its turn comes.
          calls.push(call);
        }
        await calls.shift();
        // A queued action may replace the finished run by the one that is to be trained.
        if ((this.frame?.done || this.frame?.trouble) && this.#queued === 0) this.pause();
      }
      await Promise.all(calls);
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * Trains in one call of the worker, and receives its frame.
   * @param {Request['unit']} unit
   * @param {number} n
   * @param {number} [ms]
   * @param {number} [hold]
   * @protected
   */
  async advance(unit, n, ms = Infinity, hold = 0) {
    const paused = !this.store.state.playing;
    const now = performance.now();
    const checkpoint = paused || now - this.#checkpointAt >= this.#checkpointIn;
    if (checkpoint) this.#checkpointAt = now;
    /** @returns {[Request]} */
    const request = () => {
      const frameOptions = {
        example: this.store.state.settings.example,
        drawing: this.drawing,
        side: this.side,
        epochs: this.history.at.at(-1) ?? 0,
        batches: this.history.batches.at.at(-1) ?? 0,
        events: this.history.events.length,
        checkpoint,
        evaluate: paused,
      };
      const buffers = this.#spares.splice(0).filter(({ byteLength }) => byteLength > 0);
      return [{ unit, n, ms, hold, frameOptions, buffers }];
    };
    this.#receive(await this.client.ask('advance', request, ([{ buffers }]) => buffers));
  }

  /** @param {ReadFrame} read */
  #receive(read) {
    const frame = (this.frame = this.#completed(read));
    if (this.#seconds !== null) this.#seconds += (frame.trainedMs ?? 0) / 1000;
    const notice = append(this.history, frame);
    if (notice) this.store.announce(notice);
    if (frame.checkpoint) this.#secondsAt.set(frame.checkpoint, this.#seconds);
    if (frame.checkpoint) {
      const [least, most] = CHECKPOINT_EVERY;
      const wanted = frame.checkpointMs / CHECKPOINT_SHARE;
      this.#checkpointIn = Math.min(most, Math.max(least, wanted));
    }
    if (frame.checkpoint && this.latest) {
      this.latest = { ...this.latest, checkpoint: frame.checkpoint };
      // A pending edit is saved already, and the replaced run must not be saved after it.
      if (!this.#isReplacing && this.pendingEdits === 0)
        this.callbacks.onSaved(this.latest.text, frame.checkpoint);
    }
    this.callbacks.onFrame();
  }

  /** The frame, with the arrays of the one before for those that it lacks. @param {ReadFrame} read @returns {Frame} */
  #completed(read) {
    const before = this.frame;
    const take = (/** @type {'weights' | 'activations' | 'predictions' | 'grid'} */ part) => {
      const [now, then] = [read[part], before?.[part]];
      if (now && then) this.#spares.push(/** @type {ArrayBuffer} */ (then.buffer));
      return now ?? then ?? new Float32Array();
    };
    return {
      ...read,
      weights: take('weights'),
      activations: take('activations'),
      predictions: take('predictions'),
      grid: take('grid'),
    };
  }

  /**
   * Opens an experiment and shows it.
   * @param {Experiment | string} experiment
   * @param {Uint8Array | undefined} checkpoint
   * @protected
   */
  async open(experiment, checkpoint) {
    let from = checkpoint;
    const opened = await this.build(experiment, checkpoint).catch((error) => {
      // With a checkpoint that does not fit, the experiment opens untrained.
      if (!checkpoint || !(error instanceof ConfigError)) throw error;
      from = undefined;
      return this.build(experiment);
    });
    await this.show(opened, from);
  }

  /** Builds a run in the engine. @param {Experiment | string} experiment @param {Uint8Array} [checkpoint] @protected */
  build(experiment, checkpoint) {
    return this.client.ask('open', [experiment, document.baseURI, checkpoint]).catch((error) => {
      throw error instanceof WorkerLost && error.trapped ? ENGINE_CRASHED : error;
    });
  }

  /** Makes a built run the open one, and receives its first frame. @param {Opened} opened @param {Uint8Array} [checkpoint] of its state @protected */
  async show(opened, checkpoint) {
    const { text, experiment } = opened;
    const { trained } = this;
    if (trained) this.callbacks.onReplaced?.(trained);
    this.#seconds = checkpoint ? (this.#secondsAt.get(checkpoint) ?? null) : 0;
    this.latest = { text, experiment, checkpoint };
    this.history = emptyHistory(opened.info.log_names);
    this.#spares = [];
    this.frame = null;
    // Save at once, before the first frame. A pending edit is newer and is saved already.
    if (this.pendingEdits === 0) this.callbacks.onSaved(text, checkpoint);
    // The forms keep what was typed meanwhile.
    const draft = this.pendingEdits ? this.store.state.draft : experiment;
    this.store.set({ opened, draft, draftError: null, alarm: '', log: '' });
    await this.advance('batch', 0);
  }

  /** The open run to compare with others; null where it has not trained. @returns {Trained | null} */
  get trained() {
    const { frame, history } = this;
    const { opened } = this.store.state;
    if (!frame || !opened || frame.steps <= opened.info.first_step) return null;
    const { names, at, epochs } = history;
    return {
      experiment: opened.experiment,
      names,
      at: [...at],
      epochs: [...epochs],
      steps: frame.steps,
      parameters: opened.info.n_weights,
      seconds: this.#seconds,
      finished: frame.done && !frame.trouble,
      trouble: frame.trouble,
    };
  }

  /** Returns the state of the run with a new checkpoint, which is not saved, since the run is replaced next. @protected */
  async stateBeforeChange() {
    this.#checkpointAt = 0;
    this.#isReplacing = true;
    try {
      if (this.frame) await this.advance('batch', 0);
    } finally {
      this.#isReplacing = false;
    }
    return /** @type {RunState} */ (this.latest); // Only an open run is changed.
  }

  /** @param {unknown} error */
  #report(error) {
    const lost = error instanceof WorkerLost;
    const alarm = lost
      ? 'The engine crashed repeatedly at this point, so training was stopped. Undo, reset or change the experiment.'
      : messageOf(error);
    this.store.set({ playing: false, alarm });
    if (!lost && !(error instanceof ConfigError || error instanceof NoEngine)) console.error(error);
  }
}

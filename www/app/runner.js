// The page's side of a run: plays, steps, resets and undoes it, and brings it back when its worker dies.
import { NoEngine } from '../engine/absent.js';
import { Client, ConfigError, WorkerLost } from '../engine/client.js';
import { Branching } from './branching.js';
import { append } from './history.js';
import { paceOf } from './pace.js';
import { same } from './same.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').History} History */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../engine/training.js').Request} Request */
/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {{ text: string, experiment: Experiment, checkpoint: Uint8Array | undefined, description: string, previousRuns: PreviousRuns }} Snapshot */
/** @typedef {import('./branching.js').PreviousRuns} PreviousRuns */

/** Milliseconds between two checkpoints while it plays. */
const CHECKPOINT_EVERY = 500;
/** A checkpoint of more bytes than this is taken less often: of what was trained, two seconds may be lost. */
const LARGE_CHECKPOINT = 8e6;
const MAX_UNDO = 40;
/** What is said of an experiment that breaks the engine. */
const ENGINE_CRASHED = new ConfigError(
  'The engine crashed while building this experiment. This is an error in Glassbox. Undo the last change or make another one.',
  '',
);

/** Nothing to compare with. @type {PreviousRuns} */
const NO_RUNS = { runs: [], label: '' };

export class Runner {
  /** The newest frame; its arrays are valid until the next one. @type {Frame | null} */
  frame = null;
  /** @type {History} */
  history = { names: [], epochs: [], batches: [], events: [] };
  /** A drawing that the picture shows instead of an example. @type {Float32Array | null} */
  drawing = null;
  /** Side of the response maps. */
  side = 0;
  /** Runs that were left for this one. @type {PreviousRuns} */
  previousRuns = NO_RUNS;
  #branches = new Branching();

  /** The last known state of the run. @type {Snapshot | null} */
  #latest = null;
  #checkpointAt = 0;
  /** The run is marked, to be left for another. */
  #isReplacing = false;
  /** @type {Snapshot[]} */
  #undoStack = [];
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #queued = 0;
  /** Edits that wait for their turn: the newest draft is theirs. */
  #pendingEdits = 0;
  /** @type {Promise<void> | null} */
  #training = null;
  #pendingRefreshes = 0;
  /** The buffer that the page does not draw from. @type {ArrayBuffer | undefined} */
  #spareBuffer;

  /**
   * @param {import('./store.js').Store} store
   * @param {object} callbacks
   * @param {() => void} callbacks.onFrame
   * @param {(draft: Experiment, checkpoint: Uint8Array | undefined, left: string) => void} callbacks.onEdit `left`: the text
   *   of the experiment that the draft would take the place of
   * @param {(text: string, checkpoint: Uint8Array | undefined) => void} callbacks.onSaved
   */
  constructor(store, callbacks) {
    this.store = store;
    this.callbacks = callbacks;
    this.client = new Client('train', {
      restore: async (ask) => {
        if (!this.#latest) return;
        const { experiment, checkpoint } = this.#latest;
        await ask('open', [experiment, document.baseURI, checkpoint]);
        this.history = { ...this.history, epochs: [], batches: [], events: [] };
      },
      // At rest no call would notice it.
      lost: () => {
        if (!this.#training && this.#queued === 0 && this.#latest) this.refresh();
      },
    });
  }

  /** Before the first experiment is open, there is nothing to change or to play. */
  get #isOpen() {
    return this.store.state.opened !== null;
  }

  /** Waits until the engine is there. */
  ready() {
    return this.client.ask('nudge', []);
  }

  /** A seed that the engine draws. */
  randomSeed() {
    return this.client.ask('random_seed', []);
  }

  /**
   * Opens the first experiment. If it has errors, returns why, and nothing is open.
   * @param {Experiment | string} experiment
   * @param {Uint8Array} [checkpoint]
   */
  openFirst(experiment, checkpoint) {
    return this.#enqueue(async () => {
      try {
        await this.#open(experiment, checkpoint);
        return '';
      } catch (error) {
        if (error instanceof NoEngine) throw error;
        if (error instanceof WorkerLost) return ENGINE_CRASHED.message;
        // On any error: the next experiment may work.
        if (!(error instanceof ConfigError)) console.error(error);
        return error instanceof Error ? error.message : String(error);
      }
    });
  }

  /**
   * Makes the draft the running experiment, or says why not.
   * @param {import('../types.js').Experiment} draft
   * @param {string} description what was changed, in words
   */
  async edit(draft, description) {
    if (!this.#latest) return;
    const { text, experiment, checkpoint } = this.#latest;
    const continues = isSameRun(draft, experiment);
    this.callbacks.onEdit(draft, continues ? checkpoint : undefined, text);
    this.store.set({ draft });
    this.#pendingEdits++;
    return this.#enqueue(() => {
      this.#pendingEdits--;
      return this.#change(draft, description, true, (refused) =>
        this.store.set({ draftError: refused }),
      );
    });
  }

  /**
   * Makes an experiment from elsewhere the running one. Where it is refused, returns why, and all stays:
   * nothing of it was shown, however long it is.
   * @param {import('../types.js').Experiment} experiment
   * @param {string} description
   */
  async replace(experiment, description) {
    if (!this.#isOpen) return 'The page is still starting. Try again in a few seconds.';
    let why = '';
    const refuse = (/** @type {import('../types.js').DraftError} */ { message }) => (why = message);
    await this.#enqueue(() => this.#change(experiment, description, false, refuse));
    return why;
  }

  /**
   * @param {import('../types.js').Experiment} draft
   * @param {string} description
   * @param {boolean} edited step by step, not given as it stands
   * @param {(refused: import('../types.js').DraftError) => void} refuse
   */
  async #change(draft, description, edited, refuse) {
    const before = await this.#snapshot(description);
    const continues = isSameRun(draft, before.experiment);
    const running = before.experiment;
    const change = continues
      ? null
      : this.#branches.change(this, running, draft, description, edited);
    try {
      if (change) {
        const opened = await change.open((experiment) => this.#build(experiment));
        // A default that was written out: what was trained stays.
        if (opened.text === before.text) return await this.#open(running, before.checkpoint);
        await this.#show(opened);
      } else await this.#open(draft, continues ? before.checkpoint : undefined);
    } catch (error) {
      if (error instanceof WorkerLost) {
        // It was built, and broke at its first picture.
        await this.#open(running, before.checkpoint);
        if (edited && !this.#pendingEdits) this.store.set({ draft });
      } else if (!(error instanceof ConfigError)) throw error;
      const { path, message } = error instanceof ConfigError ? error : ENGINE_CRASHED;
      refuse({ path, message });
      // It goes on from here, which nothing has kept if an edit before this one waited to be told.
      if (this.#pendingEdits === 0) this.callbacks.onSaved(before.text, this.#latest?.checkpoint);
      return;
    }
    if (change) this.previousRuns = change.previousRuns();
    if (this.#latest?.text === before.text) return;
    const steps = this.frame?.steps ?? 0;
    const plain = `${description}. Training ${steps > 0 ? 'continues' : 'restarted'}.`;
    this.#pushUndo(before, change?.notice(this.store.state.opened?.info, steps) ?? plain);
  }

  /**
   * Trains until the last epoch, or until `pause`. Begins again where the run is over. What plays is the run that is
   * there when all edits before are taken in.
   */
  async play() {
    if (!this.#isOpen) return;
    this.store.set({ playing: true, notice: '' });
    return this.#enqueue(async () => {
      if (!this.store.state.playing || !this.frame?.done) return;
      await this.#restart();
      // An `initial_epoch` behind the last one.
      if (this.frame?.done) this.store.set({ notice: 'No epoch is left to train.' });
    });
  }

  pause() {
    this.store.set({ playing: false });
    return this.refresh();
  }

  step() {
    return this.#trainOne('batch');
  }

  epoch() {
    return this.#trainOne('epoch');
  }

  async reset() {
    if (this.#isOpen) await this.#enqueue(() => this.#restart());
  }

  async #restart() {
    const before = await this.#snapshot('Reset');
    await this.#open(before.experiment, undefined);
    const first = this.store.state.opened?.info.first_step;
    const where = first ? ` to batch ${first}, where this branch starts` : '';
    this.#pushUndo(before, `Training was reset${where}. Undo restores it.`);
  }

  undo() {
    return this.#enqueue(async () => {
      const snapshot = this.#undoStack.pop();
      if (!snapshot) return;
      await this.#open(snapshot.experiment, snapshot.checkpoint);
      this.previousRuns = snapshot.previousRuns;
      this.store.set({
        canUndo: this.#undoStack.length > 0,
        notice: `Undone: ${snapshot.description}.`,
      });
    });
  }

  /** Reads the run again while it rests: for another example, another drawing. */
  async refresh() {
    if (this.#pendingRefreshes > 0 || !this.#isOpen) return;
    this.#pendingRefreshes++;
    await this.#enqueue(() => {
      this.#pendingRefreshes--;
      return this.#advance('batch', 0);
    });
  }

  /**
   * Makes the moment after an epoch again: the same experiment gives the same numbers.
   * @param {number} epoch epochs finished there
   */
  async restoreEpoch(epoch) {
    if (!this.#isOpen) return;
    this.store.set({ playing: false });
    return this.#enqueue(async () => {
      const before = await this.#snapshot(`Back to epoch ${epoch}`);
      await this.#open(before.experiment, undefined);
      while (this.frame && !this.frame.done && this.frame.epochs < epoch)
        await this.#advance('epoch', epoch - this.frame.epochs, 500);
      this.#pushUndo(before, `Restored the weights after epoch ${epoch}. Undo reverts this.`);
    });
  }

  /** What each CSVLogger has written. */
  csv() {
    return this.client.ask('csv', []);
  }

  /** The fit log so far. */
  log() {
    return this.client.ask('log', []);
  }

  /**
   * A drawing cut out, centred and brought to the network's size.
   * @param {Float32Array} ink
   * @param {number} height
   * @param {number} width
   * @param {number} side
   */
  prepare(ink, height, width, side) {
    return this.client.ask('prepare', [ink, height, width, side]);
  }

  /** @param {'batch' | 'epoch'} unit */
  async #trainOne(unit) {
    if (!this.#isOpen) return;
    this.store.set({ playing: false, notice: '' });
    return this.#enqueue(async () => {
      if (!this.frame?.done && !this.frame?.trouble) await this.#advance(unit, 1);
    });
  }

  /**
   * Does `work` while nothing trains, after all that was asked before.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  #enqueue(work) {
    this.#queued++;
    if (this.#training) this.client.ask('nudge', []).catch(() => {});
    const turn = this.#queue.then(async () => {
      await this.#training;
      try {
        return await work();
      } catch (error) {
        this.#report(error);
      } finally {
        this.#queued--;
        this.#startTraining();
      }
    });
    this.#queue = turn;
    return turn;
  }

  #startTraining() {
    if (!this.#training && this.#queued === 0 && this.store.state.playing) {
      this.#training = this.#train().finally(() => {
        this.#training = null;
        if (this.store.state.playing) this.#startTraining();
      });
    }
  }

  /** The loop holds no timer and waits for no picture: it goes on in a hidden tab. */
  async #train() {
    try {
      while (this.store.state.playing && this.#queued === 0) {
        const pace = document.hidden ? 'unseen' : this.store.state.settings.speed;
        const { unit, n, ms, hold } = paceOf(pace, this.store.state.opened?.info);
        const { done, trouble } = await this.#advance(unit, n, ms, hold);
        // Where something waits, the run that is over may not be the one that is to play.
        if ((done || trouble) && this.#queued === 0) this.pause();
      }
    } catch (error) {
      this.#report(error);
    }
  }

  /**
   * One call of the worker, and its frame.
   * @param {Request['unit']} unit
   * @param {number} n
   * @param {number} [ms]
   * @param {number} [hold]
   */
  async #advance(unit, n, ms = Infinity, hold = 0) {
    const paused = !this.store.state.playing;
    const heavy = (this.#latest?.checkpoint?.length ?? 0) > LARGE_CHECKPOINT ? 3 : 1;
    const due = performance.now() - this.#checkpointAt >= CHECKPOINT_EVERY * heavy;
    const request = () => {
      const frameOptions = {
        example: this.store.state.settings.example,
        drawing: this.drawing,
        side: this.side,
        epochs: this.history.epochs.length,
        batches: this.history.batches.length,
        events: this.history.events.length,
        checkpoint: paused || due,
        evaluate: paused,
      };
      const buffer = this.#spareBuffer?.byteLength ? this.#spareBuffer : undefined;
      /** @type {[Request]} */
      const given = [{ unit, n, ms, hold, frameOptions, buffer }];
      return given;
    };
    const spare = (/** @type {[Request]} */ [{ buffer }]) => (buffer ? [buffer] : []);
    const frame = await this.client.ask('advance', request, spare);
    this.#receive(frame);
    return frame;
  }

  /** @param {Frame} frame */
  #receive(frame) {
    this.#spareBuffer = this.frame?.buffer;
    this.frame = frame;
    const announcement = append(this.history, frame);
    if (announcement) this.store.set({ notice: announcement });
    if (frame.checkpoint && this.#latest) {
      this.#latest = { ...this.#latest, checkpoint: frame.checkpoint };
      this.#checkpointAt = performance.now();
      // What comes next is written at once, and not behind what it takes the place of.
      if (!this.#isReplacing && this.#pendingEdits === 0)
        this.callbacks.onSaved(this.#latest.text, frame.checkpoint);
    }
    this.callbacks.onFrame();
  }

  /**
   * @param {Experiment | string} experiment
   * @param {Uint8Array | undefined} checkpoint
   */
  async #open(experiment, checkpoint) {
    let from = checkpoint;
    const opened = await this.#build(experiment, checkpoint).catch((error) => {
      // A checkpoint that does not fit costs the training, not the experiment.
      if (!checkpoint || !(error instanceof ConfigError)) throw error;
      from = undefined;
      return this.#build(experiment);
    });
    await this.#show(opened, from);
  }

  /** @param {Experiment | string} experiment @param {Uint8Array} [checkpoint] */
  #build(experiment, checkpoint) {
    return this.client.ask('open', [experiment, document.baseURI, checkpoint]).catch((error) => {
      throw error instanceof WorkerLost && error.trapped ? ENGINE_CRASHED : error;
    });
  }

  /** @param {Opened} opened @param {Uint8Array} [checkpoint] where it stands */
  async #show(opened, checkpoint) {
    const { text, experiment } = opened;
    this.#latest = { text, experiment, checkpoint, description: '', previousRuns: NO_RUNS };
    this.history = { names: opened.info.log_names, epochs: [], batches: [], events: [] };
    this.#spareBuffer = undefined;
    this.frame = null;
    // An edit is kept at once, before anything is drawn of it; one that waits is kept already, and is the newer.
    if (this.#pendingEdits === 0) this.callbacks.onSaved(text, checkpoint);
    // What was typed meanwhile stays in the forms.
    const draft = this.#pendingEdits ? this.store.state.draft : experiment;
    this.store.set({ opened, draft, draftError: null, alarm: '', log: '' });
    await this.#advance('batch', 0);
  }

  /** Where the run stands now, to come back to. @param {string} description */
  async #snapshot(description) {
    this.#checkpointAt = 0;
    this.#isReplacing = true;
    try {
      if (this.frame) await this.#advance('batch', 0);
    } finally {
      this.#isReplacing = false;
    }
    const saved = /** @type {Snapshot} */ (this.#latest); // A run is open: else nothing is marked.
    return { ...saved, what: description, left: this.previousRuns };
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string} notice
   */
  #pushUndo(snapshot, notice) {
    this.#undoStack.push(snapshot);
    if (this.#undoStack.length > MAX_UNDO) this.#undoStack.shift();
    this.store.set({ canUndo: true, notice });
  }

  /** @param {unknown} error */
  #report(error) {
    const lost = error instanceof WorkerLost;
    const message = error instanceof Error ? error.message : String(error);
    const alarm = lost
      ? 'The engine crashed repeatedly at this point, so training was stopped. Undo, reset or change the experiment.'
      : message;
    this.store.set({ playing: false, alarm });
    const known = lost || error instanceof ConfigError || error instanceof NoEngine;
    if (!known) console.error(error);
  }
}

/** Whether two experiments differ in the number of epochs only. @param {Experiment} a @param {Experiment} b */
function isSameRun(a, b) {
  return same({ ...a, fit: { ...a.fit, epochs: 0 } }, { ...b, fit: { ...b.fit, epochs: 0 } });
}

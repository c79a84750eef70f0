// The actions on the run: open, edit, train, reset, undo, and restore an epoch.
import { NoEngine } from '../engine/absent.js';
import { ConfigError, WorkerLost } from '../engine/client.js';
import { Branching } from './branching.js';
import { messageOf } from './errors.js';
import { editedNumber, isSameRun } from './same.js';
import { ENGINE_CRASHED, Session } from './session.js';
import { UndoStack } from './undo.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').DraftError} DraftError */
/** @typedef {import('./undo.js').Snapshot} Snapshot */

/** Milliseconds of one call where an action trains for long. In between, the page shows the progress. */
const SLICE = 100;
/** Milliseconds within which two edits of one number are undone together. */
const BURST = 1000;

export class Runner extends Session {
  #branches = new Branching();
  #undoStack = new UndoStack();
  /** The number that was edited last, and when. */
  #lastEdit = { path: '', at: -Infinity };
  /** Builds the edit that a newer edit of the same number has replaced in the queue. @type {(() => Promise<void>) | null} */
  #superseded = null;

  /** Keeps the user's own rows in this browser. Returns an error, or an empty text. @param {Blob} rows */
  async keep(rows) {
    try {
      await this.client.ask('keep', [rows]);
      return '';
    } catch (error) {
      if (error instanceof WorkerLost) return 'There is not enough memory for its rows.';
      return messageOf(error);
    }
  }

  /** Returns a random seed from the engine. */
  randomSeed() {
    return this.client.ask('random_seed', []);
  }

  /**
   * Opens the first experiment. Returns its error, or an empty text.
   * @param {Experiment | string} experiment
   * @param {Uint8Array} [checkpoint]
   */
  openFirst(experiment, checkpoint) {
    return this.enqueue(async () => {
      try {
        await this.open(experiment, checkpoint);
        return '';
      } catch (error) {
        if (error instanceof NoEngine) throw error;
        if (error instanceof WorkerLost) return ENGINE_CRASHED.message;
        // After an unexpected error the next experiment may still open.
        if (!(error instanceof ConfigError)) console.error(error);
        return messageOf(error);
      }
    });
  }

  /**
   * Replaces the running experiment by the draft, or shows the error of the draft.
   * @param {Experiment} draft
   * @param {string} description of the change
   */
  async edit(draft, description) {
    if (!this.latest) return;
    const { text, experiment, checkpoint } = this.latest;
    const [path, now] = [editedNumber(this.store.state.draft, draft), performance.now()];
    const continues =
      path !== '' && path === this.#lastEdit.path && now - this.#lastEdit.at < BURST;
    this.#lastEdit = { path, at: now };
    this.callbacks.onEdit(draft, isSameRun(draft, experiment) ? checkpoint : undefined, text);
    this.store.set({ draft });
    this.pendingEdits++;
    const what = { description, path, continues };
    return this.enqueue(async (next) => {
      this.pendingEdits--;
      // Of several edits of one number only the newest is built.
      if (path && next() === path) {
        this.#superseded = () => this.#change(draft, what, true, () => {});
        return;
      }
      const earlier = this.#superseded;
      this.#superseded = null;
      const edit = this.#lastEdit;
      /** @type {DraftError | null} */
      let draftError = null;
      await this.#change(draft, what, true, (error) => (draftError = error));
      // On a slow processor the next key may be handled late.
      edit.at = performance.now();
      if (!draftError) return;
      // The newest one is invalid, so the one before it is built.
      if (earlier) await earlier();
      this.store.set({ draftError, notice: '', ...(this.pendingEdits ? {} : { draft }) });
    }, path);
  }

  /**
   * Replaces the running experiment by one from a link or a file. Returns its error, or an empty text. After an error
   * nothing has changed.
   * @param {Experiment} experiment
   * @param {string} description
   */
  async replace(experiment, description) {
    if (!this.isOpen) return 'The page is still starting. Try again in a few seconds.';
    let error = '';
    const refuse = (/** @type {DraftError} */ { message }) => (error = message);
    const what = { description, path: '', continues: false };
    await this.enqueue(() => this.#change(experiment, what, false, refuse));
    return error;
  }

  /**
   * @param {Experiment} draft
   * @param {{ description: string, path: string, continues: boolean }} what `path`: the edited number; `continues`: whether
   *   it is undone together with the previous edit
   * @param {boolean} edited whether the draft is an edit of the running experiment
   * @param {(error: DraftError) => void} refuse
   */
  async #change(draft, { description, path, continues: isBurst }, edited, refuse) {
    const before = await this.#snapshot(description, path);
    const running = before.experiment;
    const continues = isSameRun(draft, running);
    const change = continues
      ? null
      : this.#branches.change(this, running, draft, description, edited);
    try {
      if (change) {
        const opened = await change.open((experiment) => this.build(experiment));
        // Where only a default was written out, the training is kept.
        if (opened.text === before.text) return await this.open(running, before.checkpoint);
        await this.show(opened);
      } else await this.open(draft, before.checkpoint);
    } catch (error) {
      if (error instanceof WorkerLost) {
        // The engine has built the experiment and crashed at its first frame.
        await this.open(running, before.checkpoint);
        if (edited && !this.pendingEdits) this.store.set({ draft });
      } else if (!(error instanceof ConfigError)) throw error;
      const { path, message } = error instanceof ConfigError ? error : ENGINE_CRASHED;
      refuse({ path, message });
      // The run continues from this state. It is not saved yet where an earlier edit was pending.
      if (this.pendingEdits === 0) this.callbacks.onSaved(before.text, this.latest?.checkpoint);
      return;
    }
    if (this.latest?.text === before.text) return;
    const steps = this.frame?.steps ?? 0;
    const kept = this.store.state.playing ? 'Training continues.' : 'The training so far is kept.';
    const effect = steps > 0 ? kept : before.steps > 0 ? 'Training restarted.' : '';
    const plain = `${description}. ${effect}`.trim();
    const notice = change?.notice(this.store.state.opened?.info, steps, before.steps > 0) ?? plain;
    this.#pushUndo(before, notice, isBurst);
  }

  /**
   * Trains until the last epoch or until `pause`. A finished run starts over. Pending edits are applied first, and while
   * the page starts, training begins as soon as the first run is open.
   */
  async play() {
    this.store.set({ playing: true, notice: '' });
    if (!this.isOpen) return;
    return this.enqueue(async () => {
      if (!this.store.state.playing || !this.frame?.done) return;
      await this.#restart();
      // `initial_epoch` may exceed the number of epochs.
      if (this.frame?.done) this.store.set({ notice: 'No epoch is left to train.' });
    });
  }

  step() {
    return this.#trainOne('batch');
  }

  epoch() {
    return this.#trainOne('epoch');
  }

  /** Trains until a batch of the run, and pauses there. @param {number} step number of batches */
  async trainTo(step) {
    if (!this.isOpen) return;
    this.store.set({ playing: false });
    return this.enqueue(async () => {
      while (this.frame && !this.frame.done && !this.frame.trouble && this.frame.steps < step)
        await this.advance('batch', step - this.frame.steps, 500);
    });
  }

  async reset() {
    if (this.isOpen) await this.enqueue(() => this.#restart());
  }

  async #restart() {
    const before = await this.#snapshot('Reset');
    await this.open(before.experiment, undefined);
    const first = this.store.state.opened?.info.first_step;
    const where = first ? ` to batch ${first}, where this branch starts` : '';
    this.#pushUndo(before, `Training was reset${where}. Undo restores it.`);
  }

  undo() {
    return this.enqueue(async () => {
      const { draftError, opened } = this.store.state;
      if (draftError && opened) {
        const notice = 'Undone: the change that cannot run.';
        return this.store.set({ draft: opened.experiment, draftError: null, notice });
      }
      const snapshot = this.#undoStack.pop();
      if (!snapshot) return;
      await this.open(snapshot.experiment, snapshot.checkpoint);
      // The state of a run that has not been trained needs no checkpoint.
      const lost = snapshot.steps > 0 && !snapshot.checkpoint;
      const why = ' Its trained weights took too much memory, so it starts untrained.';
      const notice = `Undone: ${snapshot.description}.${lost ? why : ''}`;
      this.store.set({ canUndo: this.#undoStack.length > 0, notice });
    });
  }

  /**
   * Restores the state after an epoch by training again from the start.
   * @param {number} epoch number of finished epochs
   */
  async restoreEpoch(epoch) {
    if (!this.isOpen) return;
    this.store.set({ playing: false });
    return this.enqueue(async () => {
      const before = await this.#snapshot(`Back to epoch ${epoch}`);
      await this.open(before.experiment, undefined);
      while (this.frame && !this.frame.done && this.frame.epochs < epoch)
        await this.advance('epoch', epoch - this.frame.epochs, SLICE);
      this.#pushUndo(before, `Restored the weights after epoch ${epoch}. Undo reverts this.`);
    });
  }

  /** Shows an example of the shown set in the picture. @param {number} example */
  showExample(example) {
    this.drawing = null;
    this.store.setting({ example });
    if (!this.store.state.playing) this.refresh();
  }

  /** Returns the files of all CSVLogger callbacks. */
  csv() {
    return this.client.ask('csv', []);
  }

  /** Returns the fit log. */
  log() {
    return this.client.ask('log', []);
  }

  /**
   * Crops, centres and scales a drawing to the network's input.
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
    if (!this.isOpen) return;
    this.store.set({ playing: false, notice: '' });
    return this.enqueue(async () => {
      const end = (this.frame?.epochs ?? 0) + 1;
      do {
        if (!this.frame || this.frame.done || this.frame.trouble) return;
        await this.advance(unit, 1, SLICE);
      } while (unit === 'epoch' && this.frame.epochs < end);
    });
  }

  /** @param {string} description of the change that follows @param {string} [path] @returns {Promise<Snapshot>} */
  async #snapshot(description, path = '') {
    const state = await this.stateBeforeChange();
    const steps = (this.frame?.steps ?? 0) - (this.store.state.opened?.info.first_step ?? 0);
    return { ...state, description, path, steps };
  }

  /** @param {Snapshot} snapshot @param {string} notice @param {boolean} [continues] */
  #pushUndo(snapshot, notice, continues = false) {
    // An untrained state is made again from its experiment.
    const { steps, checkpoint } = snapshot;
    this.#undoStack.push(
      { ...snapshot, checkpoint: steps > 0 ? checkpoint : undefined },
      continues,
    );
    this.store.set({ canUndo: true, notice });
  }
}

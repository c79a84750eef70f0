// The page's side of a run: plays, steps, resets and undoes it, and brings it back when its worker dies.
import { NoEngine } from '../engine/absent.js';
import { Client, ConfigError, WorkerLost } from '../engine/client.js';
import { Branching } from './branching.js';
import { absorb } from './history.js';
import { paceOf } from './pace.js';
import { same } from './same.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').History} History */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../engine/training.js').Request} Request */
/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {{ text: string, experiment: Experiment, checkpoint: Uint8Array | undefined, what: string, left: Compared }} Moment */
/** @typedef {import('./branching.js').Compared} Compared */

/** Milliseconds between two checkpoints while it plays. */
const CHECKPOINT_EVERY = 500;
/** A checkpoint of more bytes than this is taken less often: of what was trained, two seconds may be lost. */
const HEAVY = 8e6;
const MAX_UNDO = 40;
/** What is said of an experiment that breaks the engine. */
const BROKEN = new ConfigError(
  'The engine crashed while building this experiment. This is an error in Glassbox. Undo the last change or make another one.',
  '',
);

/** Nothing to compare with. @type {Compared} */
const NONE = { runs: [], made: '' };

export class Runner {
  /** The newest frame; its arrays are valid until the next one. @type {Frame | null} */
  frame = null;
  /** @type {History} */
  history = { names: [], epochs: [], batches: [], events: [] };
  /** A drawing that the picture shows instead of an example. @type {Float32Array | null} */
  drawing = null;
  /** Side of the response maps. */
  side = 0;
  /** Runs that were left for this one. @type {Compared} */
  left = NONE;
  #branches = new Branching();

  /** The last known state of the run. @type {Moment | null} */
  #saved = null;
  #savedAt = 0;
  /** The run is marked, to be left for another. */
  #leaves = false;
  /** @type {Moment[]} */
  #past = [];
  /** @type {Promise<unknown>} */
  #turns = Promise.resolve();
  #waiting = 0;
  /** Edits that wait for their turn: the newest draft is theirs. */
  #edits = 0;
  /** @type {Promise<void> | null} */
  #looping = null;
  #looks = 0;
  /** The buffer that the page does not draw from. @type {ArrayBuffer | undefined} */
  #spare;

  /**
   * @param {import('./store.js').Store} store
   * @param {object} told
   * @param {() => void} told.onFrame
   * @param {(draft: Experiment, checkpoint: Uint8Array | undefined, left: string) => void} told.onEdit `left`: the text
   *   of the experiment that the draft would take the place of
   * @param {(text: string, checkpoint: Uint8Array | undefined) => void} told.onSaved
   */
  constructor(store, told) {
    this.store = store;
    this.told = told;
    this.client = new Client('train', {
      restore: async (ask) => {
        if (!this.#saved) return;
        const { experiment, checkpoint } = this.#saved;
        await ask('open', [experiment, document.baseURI, checkpoint]);
        this.history = { ...this.history, epochs: [], batches: [], events: [] };
      },
      // At rest no call would notice it.
      lost: () => {
        if (!this.#looping && this.#waiting === 0 && this.#saved) this.look();
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
  begin(experiment, checkpoint) {
    return this.#turn(async () => {
      try {
        await this.#open(experiment, checkpoint);
        return '';
      } catch (error) {
        if (error instanceof NoEngine) throw error;
        if (error instanceof WorkerLost) return BROKEN.message;
        // On any error: the next experiment may work.
        if (!(error instanceof ConfigError)) console.error(error);
        return error instanceof Error ? error.message : String(error);
      }
    });
  }

  /**
   * Makes the draft the running experiment, or says why not.
   * @param {import('../types.js').Experiment} draft
   * @param {string} what what was changed, in words
   */
  async edit(draft, what) {
    if (!this.#saved) return;
    const { text, experiment, checkpoint } = this.#saved;
    const goesOn = isSameRun(draft, experiment);
    this.told.onEdit(draft, goesOn ? checkpoint : undefined, text);
    this.store.set({ draft });
    this.#edits++;
    return this.#turn(() => {
      this.#edits--;
      return this.#change(draft, what, true, (refused) => this.store.set({ refused }));
    });
  }

  /**
   * Makes an experiment from elsewhere the running one. Where it is refused, returns why, and all stays:
   * nothing of it was shown, however long it is.
   * @param {import('../types.js').Experiment} experiment
   * @param {string} what
   */
  async exchange(experiment, what) {
    if (!this.#isOpen) return 'The page is still starting. Try again in a few seconds.';
    let why = '';
    const refuse = (/** @type {import('../types.js').Refused} */ { message }) => (why = message);
    await this.#turn(() => this.#change(experiment, what, false, refuse));
    return why;
  }

  /**
   * @param {import('../types.js').Experiment} draft
   * @param {string} what
   * @param {boolean} edited step by step, not given as it stands
   * @param {(refused: import('../types.js').Refused) => void} refuse
   */
  async #change(draft, what, edited, refuse) {
    const before = await this.#mark(what);
    const goesOn = isSameRun(draft, before.experiment);
    const running = before.experiment;
    const change = goesOn ? null : this.#branches.change(this, running, draft, what, edited);
    try {
      if (change) {
        const opened = await change.open((experiment) => this.#build(experiment));
        // A default that was written out: what was trained stays.
        if (opened.text === before.text) return await this.#open(running, before.checkpoint);
        await this.#show(opened);
      } else await this.#open(draft, goesOn ? before.checkpoint : undefined);
    } catch (error) {
      if (error instanceof WorkerLost) {
        // It was built, and broke at its first picture.
        await this.#open(running, before.checkpoint);
        if (edited && !this.#edits) this.store.set({ draft });
      } else if (!(error instanceof ConfigError)) throw error;
      const { path, message } = error instanceof ConfigError ? error : BROKEN;
      refuse({ path, message });
      // It goes on from here, which nothing has kept if an edit before this one waited to be told.
      if (this.#edits === 0) this.told.onSaved(before.text, this.#saved?.checkpoint);
      return;
    }
    if (change) this.left = change.left();
    if (this.#saved?.text === before.text) return;
    const steps = this.frame?.steps ?? 0;
    const plain = `${what}. Training ${steps > 0 ? 'continues' : 'restarted'}.`;
    this.#remember(before, change?.told(this.store.state.opened?.info, steps) ?? plain);
  }

  /**
   * Trains until the last epoch, or until `pause`. Begins again where the run is over. What plays is the run that is
   * there when all edits before are taken in.
   */
  async play() {
    if (!this.#isOpen) return;
    this.store.set({ playing: true, notice: '' });
    return this.#turn(async () => {
      if (!this.store.state.playing || !this.frame?.done) return;
      await this.#beginAgain();
      // An `initial_epoch` behind the last one.
      if (this.frame?.done) this.store.set({ notice: 'No epoch is left to train.' });
    });
  }

  pause() {
    this.store.set({ playing: false });
    return this.look();
  }

  step() {
    return this.#once('batch');
  }

  epoch() {
    return this.#once('epoch');
  }

  async reset() {
    if (this.#isOpen) await this.#turn(() => this.#beginAgain());
  }

  async #beginAgain() {
    const before = await this.#mark('Reset');
    await this.#open(before.experiment, undefined);
    const first = this.store.state.opened?.info.first_step;
    const where = first ? ` to batch ${first}, where this branch starts` : '';
    this.#remember(before, `Training was reset${where}. Undo restores it.`);
  }

  undo() {
    return this.#turn(async () => {
      const moment = this.#past.pop();
      if (!moment) return;
      await this.#open(moment.experiment, moment.checkpoint);
      this.left = moment.left;
      this.store.set({ canUndo: this.#past.length > 0, notice: `Undone: ${moment.what}.` });
    });
  }

  /** Reads the run again while it rests: for another example, another drawing. */
  async look() {
    if (this.#looks > 0 || !this.#isOpen) return;
    this.#looks++;
    await this.#turn(() => {
      this.#looks--;
      return this.#advance('batch', 0);
    });
  }

  /**
   * Makes the moment after an epoch again: the same experiment gives the same numbers.
   * @param {number} epoch epochs finished there
   */
  async goTo(epoch) {
    if (!this.#isOpen) return;
    this.store.set({ playing: false });
    return this.#turn(async () => {
      const before = await this.#mark(`Back to epoch ${epoch}`);
      await this.#open(before.experiment, undefined);
      while (this.frame && !this.frame.done && this.frame.epochs < epoch)
        await this.#advance('epoch', epoch - this.frame.epochs, 500);
      this.#remember(before, `Restored the weights after epoch ${epoch}. Undo reverts this.`);
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

  /** @param {'batch' | 'epoch'} grain */
  async #once(grain) {
    if (!this.#isOpen) return;
    this.store.set({ playing: false, notice: '' });
    return this.#turn(async () => {
      if (!this.frame?.done && !this.frame?.trouble) await this.#advance(grain, 1);
    });
  }

  /**
   * Does `work` while nothing trains, after all that was asked before.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  #turn(work) {
    this.#waiting++;
    if (this.#looping) this.client.ask('nudge', []).catch(() => {});
    const turn = this.#turns.then(async () => {
      await this.#looping;
      try {
        return await work();
      } catch (error) {
        this.#fail(error);
      } finally {
        this.#waiting--;
        this.#start();
      }
    });
    this.#turns = turn;
    return turn;
  }

  #start() {
    if (!this.#looping && this.#waiting === 0 && this.store.state.playing) {
      this.#looping = this.#loop().finally(() => {
        this.#looping = null;
        if (this.store.state.playing) this.#start();
      });
    }
  }

  /** The loop holds no timer and waits for no picture: it goes on in a hidden tab. */
  async #loop() {
    try {
      while (this.store.state.playing && this.#waiting === 0) {
        const pace = document.hidden ? 'unseen' : this.store.state.settings.speed;
        const { grain, n, ms, hold } = paceOf(pace, this.store.state.opened?.info);
        const { done, trouble } = await this.#advance(grain, n, ms, hold);
        // Where something waits, the run that is over may not be the one that is to play.
        if ((done || trouble) && this.#waiting === 0) this.pause();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /**
   * One call of the worker, and its frame.
   * @param {Request['grain']} grain
   * @param {number} n
   * @param {number} [ms]
   * @param {number} [hold]
   */
  async #advance(grain, n, ms = Infinity, hold = 0) {
    const still = !this.store.state.playing;
    const heavy = (this.#saved?.checkpoint?.length ?? 0) > HEAVY ? 3 : 1;
    const due = performance.now() - this.#savedAt >= CHECKPOINT_EVERY * heavy;
    const request = () => {
      const wants = {
        example: this.store.state.settings.example,
        drawing: this.drawing,
        side: this.side,
        epochs: this.history.epochs.length,
        batches: this.history.batches.length,
        events: this.history.events.length,
        checkpoint: still || due,
        still,
      };
      const buffer = this.#spare?.byteLength ? this.#spare : undefined;
      /** @type {[Request]} */
      const given = [{ grain, n, ms, hold, wants, buffer }];
      return given;
    };
    const spare = (/** @type {[Request]} */ [{ buffer }]) => (buffer ? [buffer] : []);
    const frame = await this.client.ask('advance', request, spare);
    this.#take(frame);
    return frame;
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#spare = this.frame?.buffer;
    this.frame = frame;
    const said = absorb(this.history, frame);
    if (said) this.store.set({ notice: said });
    if (frame.checkpoint && this.#saved) {
      this.#saved = { ...this.#saved, checkpoint: frame.checkpoint };
      this.#savedAt = performance.now();
      // What comes next is written at once, and not behind what it takes the place of.
      if (!this.#leaves && this.#edits === 0) this.told.onSaved(this.#saved.text, frame.checkpoint);
    }
    this.told.onFrame();
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
      throw error instanceof WorkerLost && error.trapped ? BROKEN : error;
    });
  }

  /** @param {Opened} opened @param {Uint8Array} [checkpoint] where it stands */
  async #show(opened, checkpoint) {
    const { text, experiment } = opened;
    this.#saved = { text, experiment, checkpoint, what: '', left: NONE };
    this.history = { names: opened.info.log_names, epochs: [], batches: [], events: [] };
    this.#spare = undefined;
    this.frame = null;
    // An edit is kept at once, before anything is drawn of it; one that waits is kept already, and is the newer.
    if (this.#edits === 0) this.told.onSaved(text, checkpoint);
    // What was typed meanwhile stays in the forms.
    const draft = this.#edits ? this.store.state.draft : experiment;
    this.store.set({ opened, draft, refused: null, alarm: '', log: '' });
    await this.#advance('batch', 0);
  }

  /** Where the run stands now, to come back to. @param {string} what */
  async #mark(what) {
    this.#savedAt = 0;
    this.#leaves = true;
    try {
      if (this.frame) await this.#advance('batch', 0);
    } finally {
      this.#leaves = false;
    }
    const saved = /** @type {Moment} */ (this.#saved); // A run is open: else nothing is marked.
    return { ...saved, what, left: this.left };
  }

  /**
   * @param {Moment} moment
   * @param {string} notice
   */
  #remember(moment, notice) {
    this.#past.push(moment);
    if (this.#past.length > MAX_UNDO) this.#past.shift();
    this.store.set({ canUndo: true, notice });
  }

  /** @param {unknown} error */
  #fail(error) {
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

// What looks inside a run: the time machine, and the views of one moment. Fetched after the first picture; what is
// not on the screen asks for nothing.
import { Study } from './study.js';
import { TimelineView, beforeIts } from '../views/moment/timeline.js';
import { VIEWS } from '../views/moment/index.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').Store} Store */
/** @typedef {import('../app/runner.js').Runner} Runner */
/** @typedef {import('../types.js').Trace} Trace */

/**
 * What a view is drawn from: the run, the moment that is looked at, and what the batch after it computes.
 * @typedef {object} Look
 * @property {import('../types.js').Opened} opened
 * @property {Frame} frame
 * @property {import('../types.js').History} history
 * @property {import('../app/store.js').State} state
 * @property {Trace | null} trace
 * @property {number} step batches before the moment
 * @property {number} first the first moment of this run
 * @property {import('../types.js').Lit | null} chosenBefore the weight that was chosen before the one that is now
 * @property {Float32Array | null} drawing what somebody has drawn, in place of an example
 * @property {import('../picture/colour.js').Colours} colours
 */

/**
 * What a view may ask for.
 * @typedef {object} Tools
 * @property {() => void} redraw
 * @property {(step: number | null) => void} goTo a moment; null: where the run stands
 * @property {(epoch: number) => void} goToEpoch the moment at a part of an epoch
 * @property {() => void} home gives the focus to what plays the run
 * @property {() => void} branch goes on from the moment that is looked at
 * @property {(edits: import('../types.js').WeightEdit[], what: string) => void} edit sets weights at that moment
 * @property {(lit: import('../types.js').Lit | null) => void} light
 * @property {(lit: import('../types.js').Lit | null) => void} choose
 * @property {(row: number | null) => void} point at a row of the shown set
 * @property {(hops: import('../types.js').Hop[]) => void} trail draws them in the picture
 * @property {(sentence: string) => void} say
 * @property {(weights: { at: number, h: number }[]) => Promise<Float64Array[]>} differences at that moment
 * @property {Study} study the second worker
 */

/** @typedef {{ draw: (look: Look) => void }} View */
/**
 * @typedef {object} ViewKind
 * @property {string} id
 * @property {string} label
 * @property {boolean} traced it needs what the next batch computes
 * @property {string[]} simplified what in it is simplified or approximate
 * @property {(element: HTMLElement, tools: Tools) => View} make
 */

export class Glass {
  #study = new Study();
  /** The frame of the moment that is looked at. @type {{ key: string, frame: Frame } | null} */
  #past = null;
  /** @type {{ key: string, trace: Trace } | null} */
  #trace = null;
  /** What is being asked for. */
  #asking = '';
  /** @type {Map<string, { element: HTMLElement, view: View }>} */
  #views = new Map();
  #timeline;
  /** @type {import('../types.js').Lit | null} */
  #chosenBefore = null;
  /** The id of a field that was drawn no longer while it had the focus. */
  #lost = '';

  /**
   * @param {Store} store
   * @param {Runner} runner
   * @param {{ timeline: HTMLElement, panel: HTMLElement, transport: HTMLElement }} rooms
   * @param {(texts?: boolean) => void} redraw `texts`: the fingerprint and the like as well
   */
  constructor(store, runner, rooms, redraw) {
    this.store = store;
    this.runner = runner;
    this.rooms = rooms;
    this.redraw = redraw;
    this.tabs = VIEWS.map(({ id, label }) => ({ id, label }));
    /** @type {Tools} */
    this.tools = {
      redraw: () => redraw(),
      goTo: (step) => this.goTo(step),
      goToEpoch: (epoch) => this.goToEpoch(epoch),
      home: () =>
        /** @type {HTMLElement | null} */ (rooms.transport.querySelector('.play'))?.focus(),
      branch: () => this.#branch(),
      edit: (edits, what) => this.#set(edits, what),
      light: (lit) => store.set({ lit }),
      choose: (chosen) => store.set({ chosen }),
      point: (pointed) => store.set({ pointed }),
      trail: (trail) => store.set({ trail }),
      say: (notice) => store.set({ notice }),
      study: this.#study,
      differences: (weights) => this.#study.ask(this.#opened, 'differences', this.#step, weights),
    };
    this.#timeline = new TimelineView(rooms.timeline, this.tools);
    store.listen((state, before) => {
      if (state.chosen !== before.chosen) {
        // Those of another run's layers are none; a unit is no weight.
        if (!state.chosen) this.#chosenBefore = null;
        else if (before.chosen?.from !== undefined) this.#chosenBefore = before.chosen;
      }
      if (state.opened === before.opened) return;
      // A moment of another run is none of this one.
      this.#past = null;
      if (state.moment !== null) store.set({ moment: null });
    });
  }

  /** @param {string} text @param {number} step @param {Uint8Array} bytes */
  keep(text, step, bytes) {
    this.#study.keep(text, step, bytes);
  }

  /** The frame of the moment that is looked at; null where that is now, or not here yet. */
  get frame() {
    return this.store.state.moment === null ? null : (this.#past?.frame ?? null);
  }

  /** @param {number | null} step */
  goTo(step) {
    const newest = this.runner.frame?.steps ?? 0;
    const [first, wanted] = [this.#first, step ?? newest];
    const there = Math.max(wanted, first);
    const moment = there >= newest ? null : there;
    if (moment === null) this.#past = null;
    this.store.set({ moment });
    if (wanted < first) this.tools.say(beforeIts(first, this.store.state.canUndo));
    this.#ask();
  }

  /** The moment on a curve, at a part of an epoch. @param {number} epoch */
  goToEpoch(epoch) {
    const info = this.store.state.opened?.info;
    if (info) this.goTo(Math.round((epoch - info.first_epoch) * info.n_batches));
  }

  /** Asks what in the draft does not fit; an answer that comes late, for another draft, is dropped. */
  async advise() {
    const { draft } = this.store.state;
    const advice = await this.#study.advise(draft).catch(() => []);
    if (this.store.state.draft === draft) this.store.set({ advice });
  }

  /** The Keras script of the experiment that runs. */
  code() {
    return this.#study.code(this.#opened);
  }

  /** Looks at where the run stands now, also when it trains on. */
  pin() {
    const { moment, playing } = this.store.state;
    const steps = this.runner.frame?.steps ?? 0;
    if (moment === null && playing) this.store.set({ moment: steps });
    this.#ask();
  }

  /**
   * Draws the timeline, and the view whose tab is open.
   * @param {import('../picture/colour.js').Colours} colours
   */
  draw(colours) {
    const { state } = this.store;
    const frame = this.frame ?? this.runner.frame;
    if (!state.opened || !frame) return;
    const { history } = this.runner;
    const { opened } = state;
    const trace = this.#trace?.key === this.#key('trace') ? this.#trace.trace : null;
    const { drawing } = this.runner;
    const [step, first] = [this.#step, this.#first];
    const chosenBefore = this.#chosenBefore;
    const moment = { opened, frame, history, state, trace, step, first };
    const look = { ...moment, chosenBefore, drawing, colours };
    this.#timeline.draw({ ...look, newest: this.runner.frame?.steps ?? 0 });
    const kind = VIEWS.find(({ id }) => id === state.settings.tab);
    for (const [id, { element }] of this.#views) element.hidden = id !== kind?.id;
    if (kind?.id !== 'inside' && state.trail.length) this.tools.trail([]);
    this.rooms.panel.hidden = !kind;
    if (!kind) return;
    this.rooms.panel.setAttribute('aria-labelledby', `tab-${kind.id}`);
    let shown = this.#views.get(kind.id);
    if (!shown) {
      const element = document.createElement('div');
      this.rooms.panel.append(element);
      shown = { element, view: kind.make(element, this.tools) };
      this.#views.set(kind.id, shown);
    }
    const { activeElement: held } = document;
    const own = held?.id && shown.element.contains(held);
    shown.view.draw(look);
    if (own && !held.isConnected) this.#lost = held.id;
    this.#giveBack();
    this.#ask();
  }

  /** Where a field that had the focus is drawn again, it has it again, unless it went elsewhere meanwhile. */
  #giveBack() {
    if (!this.#lost) return;
    const field = document.getElementById(this.#lost);
    const elsewhere = document.activeElement !== document.body;
    if (!elsewhere) field?.focus();
    if (elsewhere || field) this.#lost = '';
  }

  /** The run: nothing is asked before one is open. */
  get #opened() {
    return /** @type {import('../types.js').Opened} */ (this.store.state.opened);
  }

  /** Batches before the moment that is looked at. */
  get #step() {
    return this.store.state.moment ?? this.runner.frame?.steps ?? 0;
  }

  /** The first moment of this run. */
  get #first() {
    return this.store.state.opened?.info.first_step ?? 0;
  }

  /** @param {string} what */
  #key(what) {
    const { example } = this.store.state.settings;
    const rest = what === 'frame' ? `${example} ${this.runner.side}` : '';
    return `${what} ${this.#step} ${rest} ${this.#opened.text}`;
  }

  /** Asks for what the screen lacks; one thing at a time, and of several moments only the newest. */
  async #ask() {
    const { state } = this.store;
    const wanted = this.#wanted();
    if (!wanted || this.#asking) return;
    this.#asking = wanted;
    const [run, step] = [this.#opened, this.#step];
    const key = this.#key(wanted);
    try {
      if (wanted === 'trace') {
        this.#trace = { key, trace: await this.#study.ask(run, 'trace', step) };
      } else {
        const wants = {
          example: state.settings.example,
          drawing: null,
          side: this.runner.side,
          epochs: 0,
          batches: 0,
          events: 0,
          checkpoint: false,
          still: true,
        };
        const frame = await this.#study.ask(run, 'moment', step, wants);
        if (run.text === this.#opened.text) this.#past = { key, frame };
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (key === this.#key(wanted))
        this.store.set({ moment: null, alarm: `This step could not be recomputed: ${why}` });
    }
    this.#asking = '';
    this.redraw(wanted === 'frame');
    this.#ask();
  }

  /** @returns {'frame' | 'trace' | null} */
  #wanted() {
    const { state } = this.store;
    if (!state.opened || !this.runner.frame) return null;
    if (state.moment !== null && this.#past?.key !== this.#key('frame')) return 'frame';
    const kind = VIEWS.find(({ id }) => id === state.settings.tab);
    const still = state.moment !== null || !state.playing;
    if (!kind?.traced || !still || document.hidden) return null;
    return this.#trace?.key === this.#key('trace') ? null : 'trace';
  }

  /** Goes on from the moment that is looked at; at the first one of this run there is nothing to branch off. */
  #branch() {
    if (this.#step === this.#first) this.runner.reset();
    else this.#set([], 'Branched');
  }

  /**
   * Goes on from the moment that is looked at, with these weights set by hand.
   * @param {import('../types.js').WeightEdit[]} edits
   * @param {string} what
   */
  #set(edits, what) {
    const { draft } = this.store.state;
    const running = this.#opened.experiment;
    const step = this.#step;
    const { start } = running;
    // Edits of a moment at which this run begins are edits of its beginning.
    const begins = step === this.#first;
    const weights = [...(begins ? (start?.weights ?? []) : []), ...edits];
    const from = begins ? start?.experiment : running;
    const next = from ? { experiment: from, step } : {};
    const leaves = from || weights.length;
    const experiment = { ...draft, ...(leaves ? { start: { ...next, weights } } : {}) };
    this.runner.edit(experiment, `${what} after batch ${step}`);
  }
}

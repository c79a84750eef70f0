// What looks inside a run: the time machine, and the views of one moment. Fetched after the first picture; what is
// not on the screen asks for nothing.
import { InspectorClient } from './inspector-client.js';
import { TimelineView, branchStartNotice } from '../views/moment/timeline.js';
import { VIEWS } from '../views/moment/index.js';
import { messageOf } from '../app/errors.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').Store} Store */
/** @typedef {import('../app/runner.js').Runner} Runner */
/** @typedef {import('../types.js').Trace} Trace */

/**
 * What a view is drawn from: the run, the moment that is looked at, and what the batch after it computes.
 * @typedef {object} ViewState
 * @property {import('../types.js').Opened} opened
 * @property {Frame} frame
 * @property {import('../types.js').History} history
 * @property {import('../app/store.js').State} state
 * @property {Trace | null} trace
 * @property {number} step batches before the moment
 * @property {number} first the first moment of this run
 * @property {import('../types.js').UnitRef | null} previousSelection the weight that was chosen before the one that is now
 * @property {Float32Array | null} drawing what somebody has drawn, in place of an example
 * @property {import('../picture/colour.js').Colours} colours
 */

/**
 * What a view may ask for.
 * @typedef {object} Tools
 * @property {() => void} redraw
 * @property {(step: number | null) => void} goTo a moment; null: where the run stands
 * @property {(epoch: number) => void} goToEpoch the moment at a part of an epoch
 * @property {() => void} focusPlay gives the focus to what plays the run
 * @property {() => void} branch goes on from the moment that is looked at
 * @property {(edits: import('../types.js').WeightEdit[], what: string) => void} edit sets weights at that moment
 * @property {(lit: import('../types.js').UnitRef | null) => void} highlight
 * @property {(lit: import('../types.js').UnitRef | null) => void} select
 * @property {(row: number | null) => void} hoverRow at a row of the shown set
 * @property {(hops: import('../types.js').PathEdge[]) => void} showPaths draws them in the picture
 * @property {(sentence: string) => void} notify
 * @property {(weights: { at: number, h: number }[]) => Promise<Float64Array[]>} differences at that moment
 * @property {InspectorClient} client the second worker
 */

/** @typedef {{ draw: (look: ViewState) => void }} View */
/**
 * @typedef {object} ViewKind
 * @property {string} id
 * @property {string} label
 * @property {boolean} traced it needs what the next batch computes
 * @property {string[]} simplified what in it is simplified or approximate
 * @property {(element: HTMLElement, tools: Tools) => View} make
 */

export class Inspector {
  #client = new InspectorClient();
  /** The frame of the moment that is looked at. @type {{ key: string, frame: Frame } | null} */
  #viewed = null;
  /** @type {{ key: string, trace: Trace } | null} */
  #trace = null;
  /** What is being asked for. */
  #requested = '';
  /** @type {Map<string, { element: HTMLElement, view: View }>} */
  #views = new Map();
  #timeline;
  /** @type {import('../types.js').UnitRef | null} */
  #previousSelection = null;
  /** The id of a field that was drawn no longer while it had the focus. */
  #lostFocus = '';

  /**
   * @param {Store} store
   * @param {Runner} runner
   * @param {{ timeline: HTMLElement, panel: HTMLElement, transport: HTMLElement }} elements
   * @param {(texts?: boolean) => void} redraw `texts`: the fingerprint and the like as well
   */
  constructor(store, runner, elements, redraw) {
    this.store = store;
    this.runner = runner;
    this.elements = elements;
    this.redraw = redraw;
    this.tabs = VIEWS.map(({ id, label }) => ({ id, label }));
    /** @type {Tools} */
    this.tools = {
      redraw: () => redraw(),
      goTo: (step) => this.goTo(step),
      goToEpoch: (epoch) => this.goToEpoch(epoch),
      focusPlay: () =>
        /** @type {HTMLElement | null} */ (elements.transport.querySelector('.play'))?.focus(),
      branch: () => this.#branch(),
      edit: (edits, description) => this.#branchWith(edits, description),
      highlight: (highlight) => store.set({ highlight }),
      select: (selection) => store.set({ selection }),
      hoverRow: (hoveredRow) => store.set({ hoveredRow }),
      showPaths: (gradientPaths) => store.set({ gradientPaths }),
      notify: (notice) => store.set({ notice }),
      client: this.#client,
      differences: (weights) => this.#client.ask(this.#opened, 'differences', this.#step, weights),
    };
    this.#timeline = new TimelineView(elements.timeline, this.tools);
    store.listen((state, before) => {
      if (state.selection !== before.selection) {
        // Those of another run's layers are none; a unit is no weight.
        if (!state.selection) this.#previousSelection = null;
        else if (before.selection?.from !== undefined) this.#previousSelection = before.selection;
      }
      if (state.opened === before.opened) return;
      // A moment of another run is none of this one.
      this.#viewed = null;
      if (state.viewedStep !== null) store.set({ viewedStep: null });
    });
  }

  /** @param {string} text @param {number} step @param {Uint8Array} bytes */
  addCheckpoint(text, step, bytes) {
    this.#client.addCheckpoint(text, step, bytes);
  }

  /** The frame of the moment that is looked at; null where that is now, or not here yet. */
  get frame() {
    return this.store.state.viewedStep === null ? null : (this.#viewed?.frame ?? null);
  }

  /** @param {number | null} step */
  goTo(step) {
    const newest = this.runner.frame?.steps ?? 0;
    const [first, wanted] = [this.#first, step ?? newest];
    const there = Math.max(wanted, first);
    const viewedStep = there >= newest ? null : there;
    if (viewedStep === null) this.#viewed = null;
    this.store.set({ viewedStep });
    if (wanted < first) this.tools.notify(branchStartNotice(first, this.store.state.canUndo));
    this.#request();
  }

  /** The moment on a curve, at a part of an epoch. @param {number} epoch */
  goToEpoch(epoch) {
    const info = this.store.state.opened?.info;
    if (info) this.goTo(Math.round((epoch - info.first_epoch) * info.n_batches));
  }

  /** Asks what in the draft does not fit; an answer that comes late, for another draft, is dropped. */
  async advise() {
    const { draft } = this.store.state;
    const advice = await this.#client.advise(draft).catch(() => []);
    if (this.store.state.draft === draft) this.store.set({ advice });
  }

  /** The Keras script of the experiment that runs. */
  code() {
    return this.#client.code(this.#opened);
  }

  /** Looks at where the run stands now, also when it trains on. */
  holdStep() {
    const { viewedStep, playing } = this.store.state;
    const steps = this.runner.frame?.steps ?? 0;
    if (viewedStep === null && playing) this.store.set({ viewedStep: steps });
    this.#request();
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
    const previousSelection = this.#previousSelection;
    const run = { opened, frame, history, state, trace, step, first };
    const view = { ...run, previousSelection, drawing, colours };
    this.#timeline.draw({ ...view, newest: this.runner.frame?.steps ?? 0 });
    const kind = VIEWS.find(({ id }) => id === state.settings.tab);
    for (const [id, { element }] of this.#views) element.hidden = id !== kind?.id;
    if (kind?.id !== 'inside' && state.gradientPaths.length) this.tools.showPaths([]);
    this.elements.panel.hidden = !kind;
    if (!kind) return;
    this.elements.panel.setAttribute('aria-labelledby', `tab-${kind.id}`);
    let shown = this.#views.get(kind.id);
    if (!shown) {
      const element = document.createElement('div');
      this.elements.panel.append(element);
      shown = { element, view: kind.make(element, this.tools) };
      this.#views.set(kind.id, shown);
    }
    const { activeElement: focused } = document;
    const own = focused?.id && shown.element.contains(focused);
    shown.view.draw(view);
    if (own && !focused.isConnected) this.#lostFocus = focused.id;
    this.#restoreFocus();
    this.#request();
  }

  /** Where a field that had the focus is drawn again, it has it again, unless it went elsewhere meanwhile. */
  #restoreFocus() {
    if (!this.#lostFocus) return;
    const field = document.getElementById(this.#lostFocus);
    const elsewhere = document.activeElement !== document.body;
    if (!elsewhere) field?.focus();
    if (elsewhere || field) this.#lostFocus = '';
  }

  /** The run: nothing is asked before one is open. */
  get #opened() {
    return /** @type {import('../types.js').Opened} */ (this.store.state.opened);
  }

  /** Batches before the moment that is looked at. */
  get #step() {
    return this.store.state.viewedStep ?? this.runner.frame?.steps ?? 0;
  }

  /** The first moment of this run. */
  get #first() {
    return this.store.state.opened?.info.first_step ?? 0;
  }

  /** @param {string} description */
  #key(description) {
    const { example } = this.store.state.settings;
    const rest = description === 'frame' ? `${example} ${this.runner.side}` : '';
    return `${description} ${this.#step} ${rest} ${this.#opened.text}`;
  }

  /** Asks for what the screen lacks; one thing at a time, and of several moments only the newest. */
  async #request() {
    const { state } = this.store;
    const wanted = this.#missing();
    if (!wanted || this.#requested) return;
    this.#requested = wanted;
    const [run, step] = [this.#opened, this.#step];
    const key = this.#key(wanted);
    try {
      if (wanted === 'trace') {
        this.#trace = { key, trace: await this.#client.ask(run, 'trace', step) };
      } else {
        const frameOptions = {
          example: state.settings.example,
          drawing: null,
          side: this.runner.side,
          epochs: 0,
          batches: 0,
          events: 0,
          checkpoint: false,
          evaluate: true,
        };
        const frame = await this.#client.ask(run, 'frameAt', step, frameOptions);
        if (run.text === this.#opened.text) this.#viewed = { key, frame };
      }
    } catch (error) {
      const why = messageOf(error);
      if (key === this.#key(wanted))
        this.store.set({ viewedStep: null, alarm: `This step could not be recomputed: ${why}` });
    }
    this.#requested = '';
    this.redraw(wanted === 'frame');
    this.#request();
  }

  /** @returns {'frame' | 'trace' | null} */
  #missing() {
    const { state } = this.store;
    if (!state.opened || !this.runner.frame) return null;
    if (state.viewedStep !== null && this.#viewed?.key !== this.#key('frame')) return 'frame';
    const kind = VIEWS.find(({ id }) => id === state.settings.tab);
    const still = state.viewedStep !== null || !state.playing;
    if (!kind?.traced || !still || document.hidden) return null;
    return this.#trace?.key === this.#key('trace') ? null : 'trace';
  }

  /** Goes on from the moment that is looked at; at the first one of this run there is nothing to branch off. */
  #branch() {
    if (this.#step === this.#first) this.runner.reset();
    else this.#branchWith([], 'Branched');
  }

  /**
   * Goes on from the moment that is looked at, with these weights set by hand.
   * @param {import('../types.js').WeightEdit[]} edits
   * @param {string} description
   */
  #branchWith(edits, description) {
    const { draft } = this.store.state;
    const running = this.#opened.experiment;
    const step = this.#step;
    const { start } = running;
    // Edits of a moment at which this run begins are edits of its beginning.
    const atStart = step === this.#first;
    const weights = [...(atStart ? (start?.weights ?? []) : []), ...edits];
    const from = atStart ? start?.experiment : running;
    const next = from ? { experiment: from, step } : {};
    const hasStart = from || weights.length;
    const experiment = { ...draft, ...(hasStart ? { start: { ...next, weights } } : {}) };
    this.runner.edit(experiment, `${description} after batch ${step}`);
  }
}

// The inspector: the time machine and the views of one step. It loads after the first picture, and hidden views request
// nothing.
import { InspectorClient } from './inspector-client.js';
import { TimelineView, branchStartNotice } from '../views/moment/timeline.js';
import { VIEWS } from '../views/moment/index.js';
import { messageOf } from '../app/errors.js';
import { weightEdit } from './weight-edit.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').Store} Store */
/** @typedef {import('../app/runner.js').Runner} Runner */
/** @typedef {import('../types.js').Trace} Trace */

/**
 * The input of a view: the run, the viewed step, and the trace of the batch that follows it.
 * @typedef {object} ViewState
 * @property {import('../types.js').Opened} opened
 * @property {Frame} frame
 * @property {import('../types.js').History} history
 * @property {import('../app/store.js').State} state
 * @property {Trace | null} trace
 * @property {number} step the viewed step, in batches
 * @property {number} first the first step of this run
 * @property {import('../types.js').UnitRef | null} previousSelection the previously selected weight
 * @property {Float32Array | null} drawing the drawing that replaces the example
 * @property {import('../picture/colour.js').Colours} colours
 */

/**
 * The actions of a view.
 * @typedef {object} Tools
 * @property {() => void} redraw
 * @property {(step: number | null) => void} goTo views a step; null: the latest
 * @property {(epoch: number) => void} goToEpoch views the step at a fractional epoch
 * @property {() => void} focusPlay focuses the Play button
 * @property {() => void} branch continues training from the viewed step
 * @property {(edits: import('../types.js').WeightEdit[], what: string) => void} edit branches with edited weights
 * @property {(ref: import('../types.js').UnitRef | null) => void} highlight
 * @property {(ref: import('../types.js').UnitRef | null) => void} select
 * @property {(row: number | null) => void} hoverRow highlights an example of the shown set
 * @property {(hops: import('../types.js').PathEdge[]) => void} showPaths draws paths in the picture
 * @property {(sentence: string) => void} notify
 * @property {(weights: { at: number, h: number }[]) => Promise<Float64Array[]>} differences numerical derivatives at the viewed step
 * @property {InspectorClient} client of the inspecting worker
 */

/** @typedef {{ draw: (look: ViewState) => void }} View */
/**
 * @typedef {object} ViewKind
 * @property {string} id
 * @property {string} label
 * @property {boolean} traced whether it needs the trace
 * @property {string[]} simplified its simplifications and approximations
 * @property {(element: HTMLElement, tools: Tools) => View} make
 */

export class Inspector {
  #client = new InspectorClient();
  /** The frame of the viewed step. @type {{ key: string, frame: Frame } | null} */
  #viewed = null;
  /** @type {{ key: string, trace: Trace } | null} */
  #trace = null;
  /** The pending request. */
  #requested = '';
  /** @type {Map<string, { element: HTMLElement, view: View }>} */
  #views = new Map();
  #timeline;
  /** @type {import('../types.js').UnitRef | null} */
  #previousSelection = null;
  /** Id of a focused field that disappeared. */
  #lostFocus = '';

  /**
   * @param {Store} store
   * @param {Runner} runner
   * @param {{ timeline: HTMLElement, lookingBack: HTMLElement, early: HTMLElement, panel: HTMLElement, transport: HTMLElement }} elements
   * @param {(texts?: boolean) => void} redraw `texts`: also the forms and tabs
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
    this.#timeline = new TimelineView(elements, this.tools);
    store.listen((state, before) => {
      if (state.selection !== before.selection) {
        // A reset selection also ends the previous one. Only weights are remembered, not units.
        if (!state.selection) this.#previousSelection = null;
        else if (before.selection?.from !== undefined) this.#previousSelection = before.selection;
      }
      if (state.opened === before.opened) return;
      // The viewed step belongs to the previous run.
      this.#viewed = null;
      if (state.viewedStep !== null) store.set({ viewedStep: null });
    });
  }

  /** @param {string} text @param {number} step @param {Uint8Array} bytes */
  addCheckpoint(text, step, bytes) {
    this.#client.addCheckpoint(text, step, bytes);
  }

  /** The frame of the viewed step; null for the latest step, or before it has arrived. */
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

  /** Views the step at a fractional epoch. @param {number} epoch */
  goToEpoch(epoch) {
    const info = this.store.state.opened?.info;
    if (info) this.goTo(Math.round((epoch - info.first_epoch) * info.n_batches));
  }

  /** Requests advice on the draft. The answer is dropped where the draft has changed. */
  async advise() {
    const { draft } = this.store.state;
    const advice = await this.#client.advise(draft).catch(() => []);
    if (this.store.state.draft === draft) this.store.set({ advice });
  }

  /** Returns the Keras script of the running experiment. */
  code() {
    return this.#client.code(this.#opened);
  }

  /** Sets the weight at a place in `get_weights()` to a typed number, and continues training from the viewed step. @param {number} at @param {string} text */
  setWeight(at, text) {
    const change = weightEdit(this.#opened.info, at, text);
    if ('error' in change) {
      this.tools.notify(change.error);
      return this.redraw();
    }
    this.#branchWith([change.edit], change.description);
  }

  /** Keeps the current step in view while training continues. */
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

  /** Focuses a field again that disappeared with the focus and is back, unless the focus has moved. */
  #restoreFocus() {
    if (!this.#lostFocus) return;
    const field = document.getElementById(this.#lostFocus);
    const elsewhere = document.activeElement !== document.body;
    if (!elsewhere) field?.focus();
    if (elsewhere || field) this.#lostFocus = '';
  }

  /** The open run. Nothing is requested before there is one. */
  get #opened() {
    return /** @type {import('../types.js').Opened} */ (this.store.state.opened);
  }

  /** The viewed step, in batches. */
  get #step() {
    return this.store.state.viewedStep ?? this.runner.frame?.steps ?? 0;
  }

  /** The first step of this run. */
  get #first() {
    return this.store.state.opened?.info.first_step ?? 0;
  }

  /** @param {string} description */
  #key(description) {
    const { example } = this.store.state.settings;
    const rest = description === 'frame' ? `${example} ${this.runner.side}` : '';
    return `${description} ${this.#step} ${rest} ${this.#opened.text}`;
  }

  /** Requests what the screen misses, one thing at a time, and only for the latest viewed step. */
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

  /** Continues training from the viewed step. At the first step of this run it resets the run. */
  #branch() {
    if (this.#step === this.#first) this.runner.reset();
    else this.#branchWith([], 'Branched');
  }

  /**
   * Continues training from the viewed step with edited weights.
   * @param {import('../types.js').WeightEdit[]} edits
   * @param {string} description
   */
  #branchWith(edits, description) {
    const { draft } = this.store.state;
    const running = this.#opened.experiment;
    const step = this.#step;
    const { start } = running;
    // Edits at the first step are added to those of the start.
    const atStart = step === this.#first;
    const weights = [...(atStart ? (start?.weights ?? []) : []), ...edits];
    const from = atStart ? start?.experiment : running;
    const next = from ? { experiment: from, step } : {};
    const hasStart = from || weights.length;
    const experiment = { ...draft, ...(hasStart ? { start: { ...next, weights } } : {}) };
    this.runner.edit(experiment, `${description} after batch ${step}`);
  }
}

// The inspector: the time machine and the views of one step. It loads after the first picture, and hidden views request
// nothing.
import { TimelineView, branchStartNotice } from '../views/moment/timeline.js';
import { VIEWS } from '../views/moment/index.js';
import { chooseData } from '../app/choose-data.js';
import { branchOf } from './branch.js';
import { Recomputation } from './recomputation.js';
import { weightEdit } from './weight-edit.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').Store} Store */
/** @typedef {import('../app/runner.js').Runner} Runner */
/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('../types.js').UnitRef} UnitRef */
/** @typedef {import('./inspector-client.js').InspectorClient} InspectorClient */

/**
 * The input of a view: the run, the viewed step, and the trace of a step of training.
 * @typedef {object} ViewState
 * @property {import('../types.js').Opened} opened
 * @property {Frame} frame
 * @property {import('../types.js').History} history
 * @property {import('../app/store.js').State} state
 * @property {Trace | null} trace
 * @property {number} step the viewed step, in batches
 * @property {number} traced number of batches before the traced step, which is the one that leads out of the viewed
 *   moment, and at the latest moment the one just made
 * @property {boolean} failed whether the traced step could not be recomputed
 * @property {number} first the first step of this run
 * @property {UnitRef | null} previousSelection the previously selected weight
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
 * @property {(at: number, text: string) => void} setWeight branches with a weight set to a typed number
 * @property {(ref: UnitRef | null) => void} highlight
 * @property {(ref: UnitRef | null) => void} select
 * @property {(className: string) => void} chooseData opens the preset of a data set
 * @property {(row: number) => void} showExample shows an example of the shown set in the picture
 * @property {(row: number | null) => void} hoverRow highlights an example of the shown set
 * @property {(hops: import('../types.js').PathEdge[]) => void} showPaths draws paths in the picture
 * @property {(sentence: string) => void} notify
 * @property {() => void} hold keeps the current step in view while training continues
 * @property {(weights: { at: number, h: number }[]) => Promise<Float64Array[]>} differences numerical derivatives in the traced step
 * @property {InspectorClient} client of the inspecting worker
 */

/**
 * A view. `row`: the example of the traced batch that the picture shows, -1: none; `subject`: what the picture marks.
 * @typedef {object} View
 * @property {(look: ViewState) => void} draw
 * @property {number} [row]
 * @property {(opened: import('../types.js').Opened, trace: Trace | null, selection: UnitRef | null) => UnitRef | null} [subject]
 * @property {(by: number) => void} [turnExample]
 */
/**
 * @typedef {object} ViewKind
 * @property {string} id
 * @property {string} label
 * @property {boolean} traced whether it needs the trace
 * @property {() => Promise<ViewModule>} load
 */
/**
 * The module of a view.
 * @typedef {object} ViewModule
 * @property {string[]} simplified its simplifications and approximations
 * @property {(element: HTMLElement, tools: Tools) => View} make
 */

export class Inspector extends Recomputation {
  /** The opened views; null while a module loads. @type {Map<string, { element: HTMLElement, view: View | null }>} */
  #views = new Map();
  #timeline;
  /** @type {UnitRef | null} */
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
    super(store, runner, redraw);
    this.elements = elements;
    /** @type {Tools} */
    this.tools = {
      redraw: () => redraw(),
      goTo: (step) => this.goTo(step),
      goToEpoch: (epoch) => this.goToEpoch(epoch),
      focusPlay: () =>
        /** @type {HTMLElement | null} */ (elements.transport.querySelector('.play'))?.focus(),
      branch: () => this.#branch(),
      setWeight: (at, text) => this.setWeight(at, text),
      highlight: (highlight) => store.set({ highlight }),
      select: (selection) => store.set({ selection }),
      chooseData: (className) => chooseData(store, runner, className),
      showExample: (example) => runner.showExample(example),
      hoverRow: (hoveredRow) => store.set({ hoveredRow }),
      showPaths: (gradientPaths) => store.set({ gradientPaths }),
      notify: (notice) => store.set({ notice }),
      hold: () => this.holdStep(),
      client: this.client,
      differences: (weights) => this.client.ask(this.opened, 'differences', this.traced, weights),
    };
    this.#timeline = new TimelineView(elements, this.tools);
    store.listen((state, before) => {
      if (state.selection !== before.selection) {
        // A reset selection also ends the previous one. Only weights are remembered, not units.
        if (!state.selection) this.#previousSelection = null;
        else if (before.selection?.from !== undefined) this.#previousSelection = before.selection;
      }
      if (state.settings.example !== before.settings.example) this.example.release();
      if (state.opened === before.opened) return;
      // The viewed step belongs to the previous run.
      this.viewed = null;
      this.example.clear();
      if (state.viewedStep !== null) store.set({ viewedStep: null });
    });
  }

  /** @param {string} text @param {number} step @param {Uint8Array} bytes */
  addCheckpoint(text, step, bytes) {
    this.client.addCheckpoint(text, step, bytes);
  }

  /** The example of an open step and the weights before it, for the picture; null: the usual example. */
  get shownExample() {
    const { example, frame } = this.viewed ?? {};
    return example && frame && this.openView && this.example.current ? { ...example, frame } : null;
  }

  /** What the picture marks: the weight that an open step is about, or else the selection. */
  get selection() {
    const { opened, selection } = this.store.state;
    if (!opened) return selection;
    return this.openView?.subject?.(opened, this.currentTrace, selection) ?? selection;
  }

  /** Turns to another example of an open step. Returns whether there is one in the picture. @param {number} by */
  turnExample(by) {
    if (!this.shownExample) return false;
    this.openView?.turnExample?.(by);
    return true;
  }

  /** The kind of the open view; none where the link hides the panel. */
  get #kind() {
    const { link, settings } = this.store.state;
    const isHidden = link.present || link.hide.includes('panel');
    return isHidden ? undefined : VIEWS.find(({ id }) => id === settings.tab);
  }

  /** The view of a step that is open while nothing changes it. @protected @returns {View | null} */
  get openView() {
    const { viewedStep, playing } = this.store.state;
    const kind = this.#kind;
    const still = viewedStep !== null || !playing;
    return kind?.traced && still ? (this.#views.get(kind.id)?.view ?? null) : null;
  }

  /** @param {number | null} step */
  goTo(step) {
    const newest = this.runner.frame?.steps ?? 0;
    const [first, wanted] = [this.first, step ?? newest];
    this.failed = '';
    const there = Math.max(wanted, first);
    const viewedStep = there >= newest ? null : there;
    this.store.set({ viewedStep });
    if (wanted < first) this.tools.notify(branchStartNotice(first, this.store.state.canUndo));
    this.request();
  }

  /** Views the step at a fractional epoch. @param {number} epoch */
  goToEpoch(epoch) {
    const info = this.store.state.opened?.info;
    if (info) this.goTo(Math.round((epoch - info.first_epoch) * info.n_batches));
  }

  /** Requests advice on the draft. The answer is dropped where the draft has changed. */
  async advise() {
    const { draft } = this.store.state;
    const advice = await this.client.advise(draft).catch(() => []);
    if (this.store.state.draft === draft) this.store.set({ advice });
  }

  /** Returns the Keras script of the running experiment. */
  code() {
    return this.client.code(this.opened);
  }

  /** Sets the weight at a place in `get_weights()` to a typed number, and continues training from the viewed step. @param {number} at @param {string} text */
  setWeight(at, text) {
    const change = weightEdit(this.opened.info, at, text);
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
    this.request();
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
    const trace = this.currentTrace;
    const { drawing } = this.runner;
    const [step, traced, first] = [this.step, this.traced, this.first];
    const failed = this.failed === this.key('trace');
    const previousSelection = this.#previousSelection;
    const run = { opened, frame, history, state, trace, step, traced, failed, first };
    const view = { ...run, previousSelection, drawing, colours };
    this.#timeline.draw({ ...view, newest: this.runner.frame?.steps ?? 0 });
    const kind = this.#kind;
    for (const [id, { element }] of this.#views) element.hidden = id !== kind?.id;
    if (kind?.id !== 'inside' && state.gradientPaths.length) this.tools.showPaths([]);
    this.elements.panel.hidden = !kind;
    if (!kind) return;
    this.elements.panel.setAttribute('aria-labelledby', `tab-${kind.id}`);
    let shown = this.#views.get(kind.id);
    if (!shown) {
      shown = { element: document.createElement('div'), view: null };
      this.elements.panel.append(shown.element);
      this.#views.set(kind.id, shown);
      this.#load(kind, shown);
    }
    if (!shown.view) return;
    const { activeElement: focused } = document;
    const own = focused?.id && shown.element.contains(focused);
    shown.view.draw(view);
    if (own && !focused.isConnected) this.#lostFocus = focused.id;
    this.#restoreFocus();
    const { row = -1 } = shown.view;
    const before = this.example.current;
    if (!this.openView) this.example.clear();
    else if (trace) this.example.show(trace, opened.info, row, this.key('trace'));
    // The picture was drawn before.
    if (this.example.current !== before) this.redraw();
    this.request();
  }

  /** Loads the module of a view. @param {ViewKind} kind @param {{ element: HTMLElement, view: View | null }} shown */
  async #load({ id, label, load }, shown) {
    try {
      const { make } = await load();
      shown.view = make(shown.element, this.tools);
    } catch (error) {
      // It loads again when it is opened again.
      shown.element.remove();
      this.#views.delete(id);
      console.error(error);
      this.store.set({
        alarm: `“${label}” could not be loaded. Check your connection, then open it again.`,
      });
      this.store.setting({ tab: 'draw' });
    }
    this.redraw();
  }

  /** Focuses a field again that disappeared with the focus and is back, unless the focus has moved. */
  #restoreFocus() {
    if (!this.#lostFocus) return;
    const field = document.getElementById(this.#lostFocus);
    const elsewhere = document.activeElement !== document.body;
    if (!elsewhere) field?.focus();
    if (elsewhere || field) this.#lostFocus = '';
  }

  /** Continues training from the viewed step. At the first step of this run it resets the run. */
  #branch() {
    if (this.step === this.first) this.runner.reset();
    else this.#branchWith([], 'Branched');
  }

  /**
   * Continues training from the viewed step with edited weights.
   * @param {import('../types.js').WeightEdit[]} edits
   * @param {string} description
   */
  #branchWith(edits, description) {
    const { draft } = this.store.state;
    const step = this.step;
    const branch = branchOf(this.opened.experiment, step, this.first, edits);
    this.runner.edit({ ...draft, ...branch }, `${description} after batch ${step}`);
  }
}

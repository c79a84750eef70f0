// Draws the page: at most once per animation frame, from the latest frame of the run, and never in a hidden tab.
import { isolateErrors } from './app/isolate.js';
import { number } from './app/figures.js';
import { shownSet } from './engine/frame.js';
import { quickSettings } from './forms/quick.js';
import { settings as allSettings } from './forms/settings.js';
import { inputOf } from './picture/rows.js';
import { header } from './views/header.js';
import { panel } from './views/panel.js';
import { sentence } from './views/sentence.js';

/** Milliseconds between two drawings during training, on average: smooth, and it leaves time to train. */
const DRAW_EVERY = 32;
/** Milliseconds by which one may come early, or the one after a late one. */
const EARLY = 8;

/**
 * @typedef {object} Drawn the parts of the page that are drawn
 * @property {import('./views/transport.js').TransportView} transport
 * @property {import('./views/meter.js').MeterView} meter
 * @property {import('./views/network.js').NetworkView} network
 * @property {import('./views/curves.js').CurvesView} curves
 * @property {import('./views/predictions.js').PredictionsView} predictions
 * @property {import('./views/draw.js').DrawView} pad
 * @property {import('./compare/on-demand.js').ComparisonOnDemand} comparison
 * @property {import('./app/editing.js').Editing} editing
 * @property {import('./views/header.js').HeaderActions} headerActions
 * @property {import('./views/panel.js').PanelActions} tabActions
 * @property {import('./views/panel.js').View[]} tabs
 */

export class Drawing {
  #isDue = false;
  #areFormsDue = true;
  /** Whether the drawer of all settings has been open. */
  #hasForms = false;
  /** Whether the picture waits for the next animation frame because the forms were drawn in this one. */
  #pictureWaits = false;
  #turn = 0;
  /** When the next drawing is due. */
  #due = 0;
  /** What the settings were last drawn for. @type {unknown[]} */
  #drawnFor = [];
  /** The inspector, once it has loaded. @type {import('./step/inspector.js').Inspector | undefined} */
  inspector;

  /**
   * @param {import('./app/store.js').Store} store
   * @param {import('./app/runner.js').Runner} runner
   * @param {import('./views/shell.js').Parts} parts
   * @param {import('./picture/colour.js').Colours} palette
   */
  constructor(store, runner, parts, palette) {
    this.store = store;
    this.runner = runner;
    this.parts = parts;
    this.palette = palette;
    this.isolate = isolateErrors((alarm) => store.set({ alarm }));
  }

  /** Begins to draw. @param {Drawn} drawn */
  begin(drawn) {
    this.drawn = drawn;
    this.request();
  }

  /** Requests a drawing of everything, the forms included. */
  requestAll = () => {
    this.#areFormsDue = true;
    this.request();
  };

  /** Requests a drawing of the run in the next animation frame. */
  request = () => {
    if (this.#isDue || !this.drawn) return;
    this.#isDue = true;
    requestAnimationFrame(() => this.#draw());
  };

  #draw() {
    this.#isDue = false;
    if (document.hidden) return;
    const { state } = this.store;
    const now = performance.now();
    if (state.playing && now < this.#due - EARLY) return this.request();
    this.#due = Math.max(this.#due, now - EARLY) + DRAW_EVERY;
    if (this.#areFormsDue) {
      this.forms();
      // The picture is drawn in the next animation frame: both in one would take too long.
      if (state.playing && !this.#pictureWaits) {
        this.#pictureWaits = true;
        return this.request();
      }
    }
    this.#pictureWaits = false;
    this.#run();
  }

  /** Draws what shows the run: the picture, charts, predictions and views. */
  #run() {
    const { state } = this.store;
    const frame = this.inspector?.frame ?? this.runner.frame;
    if (!this.drawn || !state.opened || !frame) return;
    const { opened } = state;
    const { comparison, pad, predictions } = this.drawn;
    // During training the slow parts take turns, so that no drawing takes long.
    const takeTurns = state.playing && state.settings.speed !== 'slow';
    if (takeTurns) this.#turn = (this.#turn + 1) % 4;
    const isTurn = (/** @type {number} */ turn) => !takeTurns || turn === this.#turn;
    this.#progress();
    this.isolate('picture', () => this.#picture(opened, frame, isTurn(0)));
    if (isTurn(1)) this.isolate('curves', () => this.#curves(opened));
    if (isTurn(3))
      this.isolate('predictions', () => predictions.draw(opened, frame, state, this.palette));
    this.isolate('comparison', () => comparison.draw(state, this.palette));
    this.isolate('drawing pad', () => pad.draw(opened, frame, this.palette));
    if (isTurn(2)) this.isolate('inspector', () => this.inspector?.draw(this.palette));
  }

  /** Draws the buttons, the counter and the sentence. */
  #progress() {
    const { store, runner, drawn } = this;
    const { frame, history } = runner;
    if (!drawn) return;
    this.isolate('buttons', () => drawn.transport.render(store.state, frame));
    this.isolate('progress', () => {
      if (frame) drawn.meter.draw(store.state, frame, history, this.palette);
      sentence(this.parts.sentence, store.state, frame, history, drawn.editing);
    });
  }

  /**
   * @param {import('./types.js').Opened} opened
   * @param {import('./types.js').Frame} frame
   * @param {boolean} withTiles
   */
  #picture({ info, data }, frame, withTiles) {
    const { runner, inspector } = this;
    const { state } = this.store;
    const { set, n } = shownSet(info);
    const rows = data[set];
    const rowAt = (/** @type {number} */ i) => inputOf(rows, i);
    const input = frame.drawn && runner.drawing ? runner.drawing : rowAt(frame.example);
    const truth = rows.y[frame.example];
    const label = info.data.class_names[truth] ?? number(truth);
    const step = inspector?.shownExample;
    const shown = { label, of: n, set, drawn: frame.drawn, text: step?.text };
    // Step by step marks a weight of its own choice, without a card, until somebody selects one.
    const marked = {
      ...state,
      selection: inspector ? inspector.selection : state.selection,
      hasCard: state.selection !== null,
    };
    this.drawn?.network.draw(
      step?.frame ?? frame,
      step?.input ?? input,
      shown,
      marked,
      state.hoveredRow === null ? null : rowAt(state.hoveredRow),
      this.palette,
      withTiles,
    );
  }

  /** @param {import('./types.js').Opened} opened */
  #curves({ info, experiment }) {
    const { state } = this.store;
    const { settings, viewedStep } = state;
    const { history } = this.runner;
    const epoch = history.at.at(-1) ?? info.first_epoch;
    const others = this.drawn?.comparison.runsBeside(state, epoch) ?? [];
    const colours = this.palette;
    this.drawn?.curves.draw({ history, others, info, experiment, settings, colours, viewedStep });
  }

  /** Draws the parts that change only when the store changes. */
  forms = () => {
    this.#areFormsDue = false;
    const { store, runner, parts, drawn } = this;
    const { state } = store;
    if (!drawn) return;
    const { draft, draftError, opened, advice, drawer } = state;
    const inputs = [draft, draftError, opened, advice, drawer, state.settings.theme];
    if (inputs.some((part, i) => part !== this.#drawnFor[i])) {
      this.#drawnFor = inputs;
      // Nothing can be changed before a run is open.
      for (const part of [parts.header, parts.quick, parts.settings]) part.inert = !opened;
      this.isolate('header', () => header(parts.header, state, drawn.headerActions));
      this.isolate('main settings', () => quickSettings(parts.quick, state, drawn.editing));
      // The forms of a deep network have thousands of elements, which are first made for an open drawer.
      this.#hasForms ||= drawer !== null;
      if (this.#hasForms)
        this.isolate('forms', () => allSettings(parts.settings, state, drawn.editing));
    }
    parts.settings.hidden = state.drawer === null;
    if (!runner.frame) this.#progress();
    const hash = (this.inspector?.frame ?? runner.frame)?.hash;
    this.isolate('panel', () => {
      const { tabs, tabActions } = drawn;
      const { events } = runner.history;
      const view = panel(parts.tabs, parts.pad, state, events, hash, tabs, tabActions);
      // The data may have no such view; the inspector shows the one that the panel names.
      if (state.opened && view !== state.settings.tab) store.setting({ tab: view });
    });
  };
}

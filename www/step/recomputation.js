// The steps of a run that the page looks at: which step is viewed and which is traced, their frames and traces, requested
// one at a time.
import { messageOf } from '../app/errors.js';
import { ExampleInPicture } from './example.js';
import { InspectorClient } from './inspector-client.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('./example.js').PictureExample} PictureExample */

export class Recomputation {
  /** @protected */
  client = new InspectorClient();
  /** The frame of the viewed step, or of the traced one with its example. @protected @type {{ key: string, frame: Frame, example: PictureExample | null } | null} */
  viewed = null;
  /** @protected */
  example = new ExampleInPicture();
  /** @type {{ key: string, trace: Trace } | null} */
  #trace = null;
  /** The pending request. */
  #requested = '';
  /** Key of a trace that could not be computed. @protected */
  failed = '';

  /**
   * @param {import('../app/store.js').Store} store
   * @param {import('../app/runner.js').Runner} runner
   * @param {(texts?: boolean) => void} redraw `texts`: also the forms and tabs
   */
  constructor(store, runner, redraw) {
    this.store = store;
    this.runner = runner;
    this.redraw = redraw;
  }

  /** The open view that needs the trace; null: none. @protected @returns {object | null} */
  get openView() {
    return null;
  }

  /** The frame of the viewed step; null for the latest step, or before it has arrived. */
  get frame() {
    return this.store.state.viewedStep === null ? null : (this.viewed?.frame ?? null);
  }

  /** The trace of the traced step, once it is there. @protected */
  get currentTrace() {
    return this.#trace?.key === this.key('trace') ? this.#trace.trace : null;
  }

  /** The open run. Nothing is requested before there is one. @protected */
  get opened() {
    return /** @type {import('../types.js').Opened} */ (this.store.state.opened);
  }

  /** The viewed step, in batches. @protected */
  get step() {
    return this.store.state.viewedStep ?? this.runner.frame?.steps ?? 0;
  }

  /**
   * Number of batches before the traced step: the step that leads out of the viewed moment, or at the latest moment the
   * one just made. Before the first step it is the next one. Edits apply to the viewed moment.
   * @protected
   */
  get traced() {
    const { viewedStep } = this.store.state;
    return viewedStep ?? Math.max(this.first, this.step - 1);
  }

  /** The first step of this run. @protected */
  get first() {
    return this.store.state.opened?.info.first_step ?? 0;
  }

  /** @param {string} description @protected */
  key(description) {
    const { settings, viewedStep } = this.store.state;
    const shown = this.example.current?.key ?? settings.example;
    // The frame of the viewed step has more than that for the picture of the latest step.
    const isViewed = viewedStep !== null;
    const rest = description === 'frame' ? `${shown} ${this.runner.side} ${isViewed}` : '';
    return `${description} ${this.traced} ${rest} ${this.opened.text}`;
  }

  /** Requests what the screen misses, one thing at a time, and only for the latest viewed step. @protected */
  async request() {
    const { state } = this.store;
    const wanted = this.#missing();
    if (!wanted || this.#requested) return;
    this.#requested = wanted;
    const [run, step, example] = [this.opened, this.traced, this.example.current];
    const key = this.key(wanted);
    try {
      if (wanted === 'trace') {
        this.#trace = { key, trace: await this.client.ask(run, 'trace', step) };
      } else {
        const frameOptions = {
          example: state.settings.example,
          drawing: example?.input ?? null,
          side: this.runner.side,
          epochs: 0,
          batches: 0,
          events: 0,
          checkpoint: false,
          evaluate: state.viewedStep !== null,
        };
        const frame = await this.client.ask(run, 'frameAt', step, frameOptions);
        if (run.text === this.opened.text) this.viewed = { key, frame, example };
      }
    } catch (error) {
      const why = messageOf(error);
      this.failed = key;
      if (key === this.key(wanted))
        this.store.set({ viewedStep: null, alarm: `This step could not be recomputed: ${why}` });
    }
    this.#requested = '';
    this.redraw(wanted === 'frame' && state.viewedStep !== null);
    this.request();
  }

  /** @returns {'frame' | 'trace' | null} */
  #missing() {
    const { state } = this.store;
    if (!state.opened || !this.runner.frame) return null;
    const lacks = (/** @type {'frame' | 'trace'} */ what, /** @type {string | undefined} */ key) =>
      key !== this.key(what) && this.failed !== this.key(what);
    const lacksFrame = lacks('frame', this.viewed?.key);
    if (state.viewedStep !== null && lacksFrame) return 'frame';
    if (!this.openView || document.hidden) return null;
    if (lacks('trace', this.#trace?.key)) return 'trace';
    return this.example.current && lacksFrame ? 'frame' : null;
  }
}

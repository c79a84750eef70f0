// One training step in detail: forward pass, loss, backward pass and update at a chosen level of detail, and one weight
// with all terms of its gradient.
import { html, nothing, render } from 'lit-html';
import { digits } from '../../app/figures.js';
import { explainStep } from '../../step/formulas/index.js';
import { DETAILS, STAGES, program } from '../../step/program.js';
import { stepLayers } from '../../step/stages.js';
import { paintRow, rowShown } from './row.js';
import { WeightPanel } from './weight.js';
import { onValue } from '../../app/dom.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/program.js').Stage} Stage */
/** @typedef {import('../../step/program.js').Detail} Detail */

/** Milliseconds between two automatic turns. @type {Record<string, number>} */
const PACES = { slow: 1600, normal: 700, fast: 200 };

const option = (/** @type {string} */ value, /** @type {string} */ now) =>
  html`<option .selected=${value === now}>${value}</option>`;

const LABELS = { forward: 'Forward', loss: 'Loss', backward: 'Backward', update: 'Update' };

/** @type {import('../../step/inspector.js').ViewKind} */
export const inside = {
  id: 'inside',
  label: 'Step by step',
  traced: true,
  simplified: [
    'The view shows the next step of the run, recomputed by the same code. Only sums that are shown term by term are computed again.',
    'Layers whose terms the engine describes are shown down to single products. All other layers (LSTM, GRU, attention, batch normalization and so on) are shown as a whole.',
    'Sums are shown in the order of their terms. The engine may add those of a convolution, or of a gradient over examples, in another order, so the last digits can differ.',
    'For the whole batch, z, a and δ are means over its examples. A mean of products is not the product of the means.',
  ],
  make: (element, tools) => new InsideView(element, tools),
};

class InsideView extends StepView {
  /** @type {Stage} */
  #stage = 'forward';
  /** @type {Detail} */
  #detail = 'unit';
  #at = 0;
  /** Example of the batch; -1: the whole batch. */
  #row = 0;
  #pace = 'normal';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ViewState | null} */
  #viewState = null;
  /** The selection that the view last turned to. @type {import('../../types.js').UnitRef | null} */
  #selection = null;

  weight = new WeightPanel(this.tools);

  /** @param {ViewState} view */
  draw(view) {
    const { trace, opened, state } = view;
    const over = view.frame.done && state.viewedStep === null;
    const coming = !trace && !over && (state.viewedStep !== null || !state.playing);
    // The previous step stays until the new one is ready, so that a field keeps the focus.
    const keeps =
      coming && this.#viewState?.trace?.rows.length && this.#viewState.opened === opened;
    this.element.ariaBusy = String(Boolean(keeps));
    if (keeps) return;
    this.#viewState = view;
    if (!trace || trace.rows.length === 0) {
      const why = state.playing
        ? 'Pause training or go back on the timeline to look inside a step.'
        : over
          ? 'Training has finished, so there is no next step. Go back on the timeline or raise the number of epochs.'
          : 'Recomputing this step …';
      return this.showMessage(why);
    }
    const layers = this.#layers(view);
    const row = Math.min(this.#row, trace.rows.length - 1);
    const steps = program(layers, this.#stage, this.#detail, row < 0 ? trace.rows.length : 1);
    if (state.selection !== this.#selection) {
      this.#selection = state.selection;
      if (state.selection) this.#at = Math.max(0, steps.find(state.selection));
    }
    this.#at = Math.min(this.#at, Math.max(0, steps.length - 1));
    const scene = { opened, catalog: state.catalog, layers, trace, row };
    const explanation = explainStep(steps.at(this.#at), scene);
    render(
      html`${this.#controls(view, row)}
        <div class="told">
          ${this.#turns(steps.length)}
          <div aria-live=${this.#timer ? 'off' : 'polite'}>
            <h3>${explanation.title}</h3>
            <div class="lines" tabindex="0" role="group" aria-label="Formula and its numbers">
              <div class="formula">${explanation.formula}</div>
              <div class="numbers">${explanation.numbers}</div>
            </div>
            ${explanation.value === null ? nothing : html`<p class="value">= <b data-n="value">${digits(explanation.value)}</b></p>`}
            ${explanation.note ? html`<p class="soft">${explanation.note}</p>` : nothing}
          </div>
        </div>
        ${this.weight.show(view, scene, (ref) => this.#pick(ref))}`,
      this.element,
    );
    paintRow(this.element, view, row);
  }

  /** @param {ViewState} view @param {number} row */
  #controls(view, row) {
    const { trace } = view;
    const rows = trace?.rows.length ?? 0;
    const stage = (/** @type {Stage} */ to) => () => this.#turn({ stage: to, at: 0 });
    return html`<div class="inside-bar">
      <div class="stages" role="group" aria-label="Stage of the step">
        ${STAGES.map(
          (id) =>
            html`<button type="button" aria-pressed=${id === this.#stage} @click=${stage(id)}>
              ${LABELS[id]}
            </button>`,
        )}
      </div>
      <label
        >detail
        <select
          id="grain"
          @change=${onValue((/** @type {Detail} */ detail) => this.#turn({ detail, at: 0 }))}
        >
          ${DETAILS.map((detail) => option(detail, this.#detail))}
        </select></label
      >
      <label
        >for
        <select id="row" @change=${onValue((row) => this.#turn({ row: Number(row) }))}>
          <option value="-1" .selected=${row < 0}>whole batch</option>
          ${Array.from({ length: rows }, (_, i) => html`<option value=${i} .selected=${i === row}>example ${i + 1} of ${rows}</option>`)}
        </select></label
      >
      ${rowShown(view, row)}
    </div>`;
  }

  /** Renders the buttons that turn to the previous and the next part. @param {number} length number of parts of the stage */
  #turns(length) {
    return html`<div class="turns">
      <button type="button" class="icon" aria-label="Previous" @click=${() => this.#by(-1)}>
        ‹
      </button>
      <span class="place"
        ><b data-n="place">${(this.#at + 1).toLocaleString('en')}</b> of
        ${length.toLocaleString('en')}</span
      >
      <button type="button" class="icon" aria-label="Next" @click=${() => this.#by(1)}>›</button>
      <button type="button" class="quiet auto" @click=${() => this.#auto()}>
        ${this.#timer ? 'Stop' : 'Auto'}
      </button>
      <select aria-label="Speed of Auto" @change=${onValue((pace) => (this.#pace = pace))}>
        ${Object.keys(PACES).map((pace) => option(pace, this.#pace))}
      </select>
    </div>`;
  }

  /** Turns by some parts, also into the next stage. @param {number} by */
  #by(by) {
    const length = this.#length(this.#stage);
    const at = this.#at + by;
    if (at >= 0 && at < length) return this.#turn({ at });
    const stage = STAGES[STAGES.indexOf(this.#stage) + by];
    if (!stage) return this.#stop();
    this.#turn({ stage, at: by > 0 ? 0 : this.#length(stage) - 1 });
  }

  /** @param {ViewState} view */
  #layers({ opened }) {
    return stepLayers(opened.info);
  }

  /** The parts of a stage at a level of detail. @param {Stage} stage @param {Detail} [detail] */
  #program(stage, detail = this.#detail) {
    const view = this.#viewState;
    if (!view?.trace) return null;
    return program(this.#layers(view), stage, detail, this.#row < 0 ? view.trace.rows.length : 1);
  }

  /** @param {Stage} stage */
  #length(stage) {
    return this.#program(stage)?.length ?? 1;
  }

  /** @param {{ stage?: Stage, detail?: Detail, at?: number, row?: number }} to */
  #turn({ stage = this.#stage, detail = this.#detail, at = this.#at, row = this.#row }) {
    [this.#stage, this.#detail, this.#at, this.#row] = [stage, detail, at, row];
    const place = this.#program(stage)?.at(at);
    if (place) {
      const { layer, channel, from } = place;
      const weight = from >= 0 ? { from } : {};
      const stage =
        this.#viewState && layer >= 0 && channel >= 0 ? this.#layers(this.#viewState)[layer] : null;
      // The picture has no intermediate values, only the layer's weights.
      const ref = stage && (stage.inner < 0 || stage.weights);
      this.tools.highlight(ref ? { layer: stage.layer, unit: channel, ...weight } : null);
    }
    this.tools.redraw();
  }

  #auto() {
    if (this.#timer) return this.#stop();
    const next = () => {
      // The view is hidden: another tab or page is open.
      if (!this.element.offsetParent || document.hidden) return this.#stop();
      this.#timer = setTimeout(next, PACES[this.#pace]);
      this.#by(1);
    };
    next();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.tools.redraw();
  }

  /** Turns to the part of the backward pass that computes the gradient of a weight. @param {import('../../types.js').UnitRef} ref */
  #pick(ref) {
    const at = this.#program('backward', 'term')?.find(ref) ?? -1;
    if (at >= 0) this.#turn({ stage: 'backward', detail: 'term', at });
  }
}

// One training step in detail: one weight through forward pass, loss, backward pass and update, or every part of the step
// at a chosen level of detail.
import { html, nothing, render } from 'lit-html';
import { chosenWeight, mainExample, nextWeight } from '../../step/chosen.js';
import { withDigits } from '../../step/formulas/figure.js';
import { explainStep } from '../../step/formulas/index.js';
import { explainWeight } from '../../step/formulas/weight.js';
import { STAGES, program } from '../../step/program.js';
import { Remembered } from '../../step/remember.js';
import { stepLayers } from '../../step/stages.js';
import { chooser } from './chooser.js';
import { card, stepBar, subject } from './step-parts.js';
import { paintRow } from './row.js';
import { WeightFacts } from './weight.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/chosen.js').ChosenWeight} ChosenWeight */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../step/formulas/math.js').Explanation} Explanation */
/** @typedef {import('../../step/program.js').Stage} Stage */
/** @typedef {import('../../types.js').UnitRef} UnitRef */
/** `weight`: one weight through all stages; else every part of the step. @typedef {'weight' | import('../../step/program.js').Detail} Detail */

/** Milliseconds between two automatic turns, for a stage of one weight and for one of many parts. @type {Record<string, number>} */
const PACES = { slow: 1600, normal: 700, fast: 200 };
/** Factor of these times where one weight is shown. */
const READING = 3;

/** @type {import('../../step/inspector.js').ViewKind} */
export const inside = {
  id: 'inside',
  label: 'Step by step',
  traced: true,
  simplified: [
    'The step is recomputed by the same code. Only sums that are shown term by term are computed again.',
    'Layers whose terms the engine describes are shown down to single products. All other layers (LSTM, GRU, attention, batch normalization and so on) are shown as a whole.',
    'Sums are shown in the order of their terms. The engine may add those of a convolution, or of a gradient over examples, in another order, so the last digits can differ.',
    'For the whole batch, z, a and δ are means over its examples. A mean of products is not the product of the means.',
    'The picture shows the example as a prediction, without the dropout and noise of training. The step itself has them.',
    'For the weight with the largest gradient, weights of inputs are compared, not biases.',
  ],
  make: (element, tools) => new InsideView(element, tools),
};

class InsideView extends StepView {
  /** @type {Stage} */
  #stage = 'forward';
  /** @type {Detail} */
  #detail = 'weight';
  /** Index of the part of the stage. With the detail `weight` a stage has one part. */
  #at = 0;
  /** Example of the batch; -1: the whole batch. */
  #row = 0;
  #allDigits = false;
  #pace = 'normal';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** The drawn state. @type {ViewState | null} */
  #view = null;
  /** The selection for which the part was found. @type {UnitRef | null} */
  #selection = null;

  /** @type {Remembered<ChosenWeight | null>} */
  #chosen = new Remembered();
  /** @type {Remembered<number>} */
  #best = new Remembered();
  /** @type {Remembered<Explanation>} */
  #explanation = new Remembered();

  facts = new WeightFacts(this.tools);

  /** The example of the batch that the picture shows; -1: none. */
  get row() {
    return this.#row;
  }

  /**
   * What the picture marks: the chosen weight, or the selection where it has no weights.
   * @param {import('../../types.js').Trace | null} trace null: not there yet
   * @param {UnitRef | null} selection
   */
  subject(trace, selection) {
    const view = this.#view;
    const own = trace ?? view?.trace;
    return (view && own && this.#chosenIn(view, own, selection)?.ref) ?? selection;
  }

  /** @param {ViewState} view */
  draw(view) {
    const { trace, opened, state } = view;
    const still = state.viewedStep !== null || !state.playing;
    // The previous step stays until the new one is ready, so that a field keeps the focus.
    const keeps =
      !trace &&
      !view.failed &&
      still &&
      this.#view?.trace?.rows.length &&
      this.#view.opened === opened;
    this.element.ariaBusy = String(Boolean(keeps));
    if (keeps) return;
    const isNew = trace !== this.#view?.trace;
    this.#view = view;
    if (!trace) return this.showMessage(this.#missing(view, still));
    if (trace.rows.length === 0) return this.#withoutStep(view, trace);
    const chosen = this.#chosenIn(view, trace, state.selection);
    const best = this.#best.get([trace, chosen], () => mainExample(trace, chosen));
    // A new step has another batch.
    if (isNew && this.#row >= 0) this.#row = best;
    this.#row = Math.min(this.#row, trace.rows.length - 1);
    if (state.selection !== this.#selection || (isNew && !state.selection)) {
      this.#selection = state.selection;
      this.#at = this.#find(this.#stage);
    }
    withDigits(this.#allDigits, () => this.#render(view, chosen, best));
    paintRow(this.element, view, this.#row);
  }

  /** @param {ViewState} view @param {ChosenWeight | null} chosen @param {number} best */
  #render(view, chosen, best) {
    const scene = this.#sceneOf(view);
    const parts = this.#parts(this.#stage);
    this.#at = Math.min(this.#at, Math.max(0, parts - 1));
    const [at, length] =
      this.#detail === 'weight' ? [STAGES.indexOf(this.#stage), STAGES.length] : [this.#at, parts];
    const inputs = [scene.trace, chosen, this.#selection, this.#stage, this.#detail];
    const explanation = this.#explanation.get(
      [...inputs, this.#at, this.#row, this.#allDigits],
      () => this.#explain(scene, chosen),
    );
    const { layers } = scene;
    const shown = { view, scene, chosen, row: this.#row };
    render(
      html`<section class="weight-panel" aria-label="Step by step" data-step=${view.step}>
        ${subject(shown, {
          select: (ref) => this.tools.select(ref),
          another: () => this.tools.select(this.#next(layers, chosen)),
          row: (row) => this.#turn({ row }),
          digits: (all) => {
            this.#allDigits = all;
            this.tools.redraw();
          },
        })}
        ${stepBar(
          {
            ...{ stage: this.#stage, detail: this.#detail, at, length },
            ...{ isAuto: Boolean(this.#timer), pace: this.#pace, paces: Object.keys(PACES) },
          },
          {
            stage: (stage) => this.#turn({ stage, at: this.#find(stage) }),
            detail: (detail) => this.#setDetail(detail),
            by: (by) => this.#by(by),
            auto: () => this.#auto(),
            pace: (pace) => (this.#pace = pace),
          },
        )}
        ${card(this.#detail === 'weight' ? { ...explanation, value: null } : explanation, Boolean(this.#timer))}
        ${
          chosen
            ? this.facts.show(view, scene, chosen, best, (row) => this.#turn({ row }))
            : this.facts.clear(view)
        }
      </section>`,
      this.element,
    );
  }

  /** Says why there is no step to show. @param {ViewState} view @param {boolean} still */
  #missing({ failed }, still) {
    if (!still)
      return html`Training is running. Pause it to look inside the last step, or
        <button type="button" class="quiet" @click=${() => this.tools.hold()}>
          hold the current step
        </button>
        while training continues.`;
    return failed ? 'This step could not be recomputed.' : 'Recomputing this step …';
  }

  /** Shows the value of a weight where no step was made and none is left. @param {ViewState} view @param {import('../../types.js').Trace} trace */
  #withoutStep(view, trace) {
    const { info } = view.opened;
    const chosen = chosenWeight(stepLayers(info), trace, view.state.selection);
    const select = (/** @type {UnitRef} */ ref) => this.tools.select(ref);
    const fields = chosen && html`<div class="subject">${chooser(info, chosen, select)}</div>`;
    render(
      html`<section class="weight-panel" aria-label="Step by step" data-step=${view.step}>
        <p>
          No step was made here, and no epoch is left to train. Raise the number of epochs to go on.
        </p>
        ${fields} ${chosen ? this.facts.value(view, chosen) : nothing} ${this.facts.clear(view)}
      </section>`,
      this.element,
    );
  }

  /** @param {Scene} scene @param {ChosenWeight | null} chosen @returns {Explanation} */
  #explain(scene, chosen) {
    const [stage, detail] = [this.#stage, this.#detail];
    if (detail !== 'weight') return explainStep(this.#programOf(stage, detail).at(this.#at), scene);
    if (chosen) return explainWeight(stage, scene, chosen);
    // A unit of a layer without weights.
    const parts = this.#programOf(stage, 'unit');
    const at = stage === 'loss' ? 0 : this.#selection ? parts.find(this.#selection) : -1;
    if (at >= 0) return explainStep(parts.at(at), scene);
    const numbers = 'This layer has no weights, so nothing is updated.';
    return { title: 'Update', formula: '', numbers, value: null };
  }

  /** @param {ViewState} view @returns {Scene} */
  #sceneOf({ opened, state, trace }) {
    return {
      ...{ opened, catalog: state.catalog, layers: stepLayers(opened.info), row: this.#row },
      trace: /** @type {import('../../types.js').Trace} */ (trace), // It is drawn only with one.
    };
  }

  /** @param {ViewState} view @param {import('../../types.js').Trace} trace @param {UnitRef | null} selection */
  #chosenIn({ opened }, trace, selection) {
    if (!trace.rows.length) return null;
    return this.#chosen.get([trace, selection], () =>
      chosenWeight(stepLayers(opened.info), trace, selection),
    );
  }

  /** @param {import('../../step/stages.js').StepLayer[]} layers @param {ChosenWeight | null} chosen */
  #next(layers, chosen) {
    const trace = this.#view?.trace;
    if (!trace) return null;
    return (
      (chosen ? nextWeight(layers, trace, chosen) : chosenWeight(layers, trace, null))?.ref ?? null
    );
  }

  /** The parts of a stage at a level of detail. @param {Stage} stage @param {import('../../step/program.js').Detail} detail */
  #programOf(stage, detail) {
    const view = /** @type {ViewState} */ (this.#view);
    const rows = this.#row < 0 ? (view.trace?.rows.length ?? 0) : 1;
    return program(stepLayers(view.opened.info), stage, detail, rows);
  }

  /** Number of parts of a stage. @param {Stage} stage */
  #parts(stage) {
    return this.#detail === 'weight' || !this.#view?.trace
      ? 1
      : this.#programOf(stage, this.#detail).length;
  }

  /** Index of the part of a stage that is about the chosen weight or the selected unit. @param {Stage} stage */
  #find(stage) {
    const [view, detail] = [this.#view, this.#detail];
    if (!view?.trace || detail === 'weight') return 0;
    const { selection } = view.state;
    const weight = this.#chosenIn(view, view.trace, selection)?.ref;
    const byTerm = detail === 'term' || detail === 'product';
    const ref = byTerm ? (weight ?? selection) : (selection ?? weight);
    return ref ? Math.max(0, this.#programOf(stage, detail).find(ref)) : 0;
  }

  /** Shows the example some places further in the batch. @param {number} by */
  turnExample(by) {
    const rows = this.#view?.trace?.rows.length ?? 1;
    this.#turn({ row: (Math.max(0, this.#row) + by + rows) % rows });
  }

  /** @param {Detail} detail */
  #setDetail(detail) {
    this.#detail = detail;
    if (detail === 'weight') this.tools.highlight(null);
    this.#turn({ at: this.#find(this.#stage) });
  }

  /** Turns by some parts, also into the next stage. @param {number} by */
  #by(by) {
    const at = this.#at + by;
    if (at >= 0 && at < this.#parts(this.#stage)) return this.#turn({ at });
    const stage = STAGES[STAGES.indexOf(this.#stage) + by];
    if (!stage) return this.#stop();
    this.#turn({ stage, at: by > 0 ? 0 : this.#parts(stage) - 1 });
  }

  /** @param {{ stage?: Stage, at?: number, row?: number }} to */
  #turn({ stage = this.#stage, at = this.#at, row = this.#row }) {
    [this.#stage, this.#at, this.#row] = [stage, at, row];
    if (this.#detail !== 'weight') this.#follow(this.#detail);
    this.tools.redraw();
  }

  /** Highlights and selects what the part is about. @param {import('../../step/program.js').Detail} detail */
  #follow(detail) {
    const view = this.#view;
    if (!view?.trace) return;
    const { layer, channel, from } = this.#programOf(this.#stage, detail).at(this.#at);
    const stage = layer >= 0 ? stepLayers(view.opened.info)[layer] : null;
    // The picture has no intermediate values, only the layer's weights.
    if (!stage || !(stage.inner < 0 || stage.weights)) return this.tools.highlight(null);
    const unit = { layer: stage.layer, unit: channel };
    const term = from < 0 ? unit : { ...unit, from };
    this.tools.highlight(channel < 0 ? null : term);
    this.#selection = stage.weights ? term : unit;
    this.tools.select(this.#selection);
  }

  #auto() {
    if (this.#timer) return this.#stop();
    const next = () => {
      // The view is hidden: another tab or page is open.
      if (!this.element.offsetParent || document.hidden) return this.#stop();
      const pace = PACES[this.#pace] * (this.#detail === 'weight' ? READING : 1);
      this.#timer = setTimeout(next, pace);
      this.#by(1);
    };
    next();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.tools.redraw();
  }
}

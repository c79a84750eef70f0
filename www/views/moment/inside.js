// One training step in detail: one weight through forward pass, loss, backward pass and update, or every part of the step
// at a chosen level of detail.
import { html, nothing, render } from 'lit-html';
import { chosenWeight, mainExample, nextWeight } from '../../step/chosen.js';
import { withDigits } from '../../step/formulas/figure.js';
import { explainStep } from '../../step/formulas/index.js';
import { explainWeight } from '../../step/formulas/weight.js';
import { StepPosition } from '../../step/position.js';
import { program } from '../../step/program.js';
import { Remembered } from '../../step/remember.js';
import { stepLayers } from '../../step/stages.js';
import { chooser } from './chooser.js';
import { card, stepBar, subject } from './step-parts.js';
import { paintRow } from './row.js';
import { WeightFacts } from './weight.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/chosen.js').ChosenWeight} ChosenWeight */
/** @typedef {import('../../step/position.js').Ground} Ground */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../step/formulas/math.js').Explanation} Explanation */
/** @typedef {import('../../types.js').Trace} Trace */
/** @typedef {import('../../types.js').UnitRef} UnitRef */

/** Milliseconds between two automatic turns, for a stage of one weight and for one of many parts. @type {Record<string, number>} */
const PACES = { slow: 1600, normal: 700, fast: 200 };
/** Factor of these times where one weight is shown. */
const READING = 3;

/** Simplifications of this view. */
export const simplified = [
  'The step is recomputed by the same code. Only sums that are shown term by term are computed again.',
  'Layers whose terms the engine describes are shown down to single products. All other layers (LSTM, GRU, attention, batch normalization and so on) are shown as a whole.',
  'Sums are shown in the order of their terms. The engine may add those of a convolution, or of a gradient over examples, in another order, so the last digits can differ.',
  'For the whole batch, z, a and δ are means over its examples. A mean of products is not the product of the means.',
  'The picture shows the example as a prediction, without the dropout and noise of training. The step itself has them.',
  'For the weight with the largest gradient, weights of inputs are compared, not biases.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new InsideView(element, tools);

class InsideView extends StepView {
  #position = new StepPosition();
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
   * @param {import('../../types.js').Opened} opened
   * @param {Trace | null} trace of that run; null: not there yet
   * @param {UnitRef | null} selection
   */
  subject(opened, trace, selection) {
    const view = this.#view;
    const own = trace ?? (view?.opened === opened ? view.trace : null);
    return (own?.rows.length && this.#chosenIn({ opened }, own, selection)?.ref) || selection;
  }

  /** Shows the example some places further in the batch. @param {number} by */
  turnExample(by) {
    const rows = this.#view?.trace?.rows.length ?? 1;
    this.#show((Math.max(0, this.#row) + by + rows) % rows);
  }

  /** @param {ViewState} view */
  draw(view) {
    const { trace, opened, state } = view;
    const still = state.viewedStep !== null || !state.playing;
    const before = this.#view;
    // The previous step stays until the new one is ready, so that a field keeps the focus.
    const waits = !trace && !view.failed && still;
    const keeps = waits && before?.trace?.rows.length && before.opened === opened;
    this.element.ariaBusy = String(Boolean(keeps));
    if (keeps) return;
    this.#view = view;
    if (!trace) return this.showMessage(this.#missing(view, still));
    if (trace.rows.length === 0) return this.#withoutStep(view, trace);
    const isNew = trace !== before?.trace;
    const chosen = this.#chosenIn(view, trace, state.selection);
    const best = this.#best.get([trace, chosen], () => mainExample(trace, chosen));
    // A new step has another batch.
    if (isNew && this.#row >= 0) this.#row = best;
    this.#row = Math.min(this.#row, trace.rows.length - 1);
    if (state.selection !== this.#selection || (isNew && !state.selection)) {
      this.#selection = state.selection;
      this.#position.find(this.#ground(view, trace));
    }
    withDigits(this.#allDigits, () => this.#render(view, trace, chosen, best));
    paintRow(this.element, view, this.#row);
  }

  /** @param {ViewState} view @param {Trace} trace @param {ChosenWeight | null} chosen @param {number} best */
  #render(view, trace, chosen, best) {
    const { opened, state } = view;
    const [position, ground, row] = [this.#position, this.#ground(view, trace), this.#row];
    const { layers } = ground;
    position.limit(ground);
    const scene = { opened, catalog: state.catalog, layers, trace, row };
    const { stage, detail, at } = position;
    const inputs = [trace, chosen, this.#selection, stage, detail, at, row, this.#allDigits];
    const explanation = this.#explanation.get(inputs, () => this.#explain(scene, ground, chosen));
    // The lines of one weight end with the result.
    const shown = detail === 'weight' ? { ...explanation, value: null } : explanation;
    const show = (/** @type {number} */ row) => this.#show(row);
    const auto = { isAuto: Boolean(this.#timer), pace: this.#pace, paces: Object.keys(PACES) };
    render(
      html`<section class="weight-panel" aria-label="Step by step" data-step=${view.step}>
        ${subject(
          { view, scene, chosen, row },
          {
            select: (ref) => this.tools.select(ref),
            another: () => this.tools.select(following(ground, trace, chosen)),
            row: show,
            digits: (all) => {
              this.#allDigits = all;
              this.tools.redraw();
            },
          },
        )}
        ${stepBar(
          { stage, detail, ...position.shown(ground), ...auto },
          {
            stage: (stage) => this.#go({ stage }),
            detail: (detail) => this.#go({ detail }),
            by: (by) => this.#by(by),
            auto: () => this.#auto(),
            pace: (pace) => (this.#pace = pace),
          },
        )}
        ${card(shown, Boolean(this.#timer))}
        ${chosen ? this.facts.show(view, scene, chosen, best, show) : this.facts.clear(view)}
      </section>`,
      this.element,
    );
  }

  /** Says why there is no step to show. @param {ViewState} view @param {boolean} still */
  #missing({ failed }, still) {
    if (!still)
      return html`Training is running. Pause it to look inside the last step, or
        <button type="button" class="quiet" @click=${() => this.tools.hold()}>
          keep the current step in view
        </button>
        while training continues.`;
    return failed ? 'This step could not be recomputed.' : 'Recomputing this step …';
  }

  /** Shows the value of a weight where no step was made and none is left. @param {ViewState} view @param {Trace} trace */
  #withoutStep(view, trace) {
    const { info } = view.opened;
    const chosen = this.#chosenIn(view, trace, view.state.selection);
    const select = (/** @type {UnitRef} */ ref) => this.tools.select(ref);
    render(
      html`<section class="weight-panel" aria-label="Step by step" data-step=${view.step}>
        <p>
          No step was made here, and no epoch is left to train. Raise the number of epochs to go on.
        </p>
        ${chosen ? html`<div class="subject">${chooser(info, chosen, select)}</div>` : nothing}
        ${chosen ? this.facts.value(view, chosen) : nothing} ${this.facts.clear(view)}
      </section>`,
      this.element,
    );
  }

  /** @param {Scene} scene @param {Ground} ground @param {ChosenWeight | null} chosen @returns {Explanation} */
  #explain(scene, ground, chosen) {
    const { stage, at } = this.#position;
    const parts = this.#position.parts(ground);
    if (parts) return explainStep(parts.at(at), scene);
    if (chosen) return explainWeight(stage, scene, chosen);
    // A unit of a layer without weights.
    const units = program(ground.layers, stage, 'unit', ground.rows);
    const unit = stage === 'loss' ? 0 : ground.selection ? units.find(ground.selection) : -1;
    if (unit >= 0) return explainStep(units.at(unit), scene);
    const numbers = 'This layer has no weights, so nothing is updated.';
    return { title: 'Update', formula: '', numbers, value: null };
  }

  /** @param {Pick<ViewState, 'opened'>} view @param {Trace} trace @param {UnitRef | null} selection */
  #chosenIn({ opened }, trace, selection) {
    return this.#chosen.get([opened.info, trace, selection], () =>
      chosenWeight(stepLayers(opened.info), trace, selection),
    );
  }

  /** @param {ViewState} view @param {Trace} trace @returns {Ground} */
  #ground(view, trace) {
    const { selection } = view.state;
    const weight = this.#chosenIn(view, trace, selection)?.ref ?? null;
    const rows = this.#row < 0 ? trace.rows.length : 1;
    return { layers: stepLayers(view.opened.info), rows, weight, selection };
  }

  /** Shows an example of the batch. @param {number} row */
  #show(row) {
    this.#row = row;
    this.tools.redraw();
  }

  /** Goes to a stage or a level of detail, at the chosen weight. @param {Partial<Pick<StepPosition, 'stage' | 'detail'>>} to */
  #go(to) {
    const view = this.#view;
    if (!view?.trace) return;
    Object.assign(this.#position, to);
    this.#position.find(this.#ground(view, view.trace));
    this.#follow();
  }

  /** Turns by some parts. @param {number} by */
  #by(by) {
    const view = this.#view;
    if (view?.trace && this.#position.turn(by, this.#ground(view, view.trace))) this.#follow();
    else this.#stop();
  }

  /** Highlights and selects what the shown part is about. */
  #follow() {
    const view = this.#view;
    this.tools.redraw();
    if (!view?.trace) return;
    const ground = this.#ground(view, view.trace);
    const part = this.#position.parts(ground)?.at(this.#position.at);
    const stage = part && part.layer >= 0 ? ground.layers[part.layer] : null;
    // The picture has no intermediate values, only the layer's weights.
    if (!part || !stage || !(stage.inner < 0 || stage.weights)) return this.tools.highlight(null);
    const { channel, from } = part;
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
      const pace = PACES[this.#pace] * (this.#position.detail === 'weight' ? READING : 1);
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

/** The next weight for “Another weight”. @param {Ground} ground @param {Trace} trace @param {ChosenWeight | null} chosen */
function following({ layers }, trace, chosen) {
  const next = chosen ? nextWeight(layers, trace, chosen) : chosenWeight(layers, trace, null);
  return next?.ref ?? null;
}

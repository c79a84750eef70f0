// The facts about the chosen weight: its value in a field, its gradient with a numerical check, the share of the example,
// and its paths to the loss.
import { html, nothing } from 'lit-html';
import { digits } from '../../app/figures.js';
import { onValue } from '../../app/dom.js';
import { factor, figure } from '../../step/formulas/figure.js';
import { paramAt, sharesOf, sumOf } from '../../step/numbers.js';
import { Paths } from './paths.js';
import { GradientCheck } from './gradient-check.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../step/chosen.js').ChosenWeight} ChosenWeight */

export class WeightFacts {
  /** @param {import('../../step/inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
    this.paths = new Paths(tools);
    this.check = new GradientCheck(tools);
  }

  /**
   * @param {ViewState} view
   * @param {Scene} scene
   * @param {ChosenWeight} chosen
   * @param {number} best the example with the largest share of the gradient
   * @param {(row: number) => void} showExample
   */
  show(view, scene, chosen, best, showExample) {
    const { trace } = scene;
    const { at, opens } = chosen;
    const [w, g] = [trace.before[at], trace.gradients[at]];
    const { trainable } = paramAt(view.opened.info, at);
    const hasPaths = trainable && opens;
    return html`<dl class="facts" data-at=${at}>
        ${this.#valueRow(view, chosen)}
        <div>
          <dt>gradient ∂J/∂w</dt>
          <dd data-n="gradient">${trainable ? figure(g) : 'none (not trainable)'}</dd>
        </div>
        ${trainable ? this.check.show(view, at, w, g) : nothing}
        ${hasPaths ? share(scene, chosen, best, showExample) : nothing}
      </dl>
      ${hasPaths ? this.paths.show(view, scene, chosen) : this.paths.clear(view)}`;
  }

  /** Removes the paths from the picture. @param {ViewState} view */
  clear(view) {
    return this.paths.clear(view);
  }

  /** Renders the value alone, where there is no step. @param {ViewState} view @param {ChosenWeight} chosen */
  value(view, chosen) {
    return html`<dl class="facts" data-at=${chosen.at}>${this.#valueRow(view, chosen)}</dl>`;
  }

  /** Renders the field of the weight's value at the viewed moment. @param {ViewState} view @param {ChosenWeight} chosen */
  #valueRow(view, { at, ref }) {
    const { trace, step, traced, frame } = view;
    // Weights may also change at the end of an epoch, after the step.
    const before = step > traced ? undefined : trace?.before[at];
    const now = before ?? frame.weights[at] ?? NaN;
    const set = onValue((text) => {
      // In the next step another weight may have the largest gradient.
      this.tools.select(ref);
      this.tools.setWeight(at, text);
    });
    return html`<div>
      <dt>value ${step ? `after step ${step}` : 'before the first step'}</dt>
      <dd>
        <input
          id="weight-value"
          type="text"
          inputmode="decimal"
          aria-label="Value of this weight"
          .value=${digits(now).replaceAll('−', '-')}
          @change=${set}
        />
        <span class="soft">A new value branches training from here.</span>
      </dd>
    </div>`;
  }
}

/**
 * Renders the contribution of the example to the gradient, and leads to the example with the largest one.
 * @param {Scene} scene
 * @param {ChosenWeight} chosen
 * @param {number} best
 * @param {(row: number) => void} showExample
 */
function share({ trace, row }, { layer, ref }, best, showExample) {
  if (row < 0) return nothing;
  const sharesAt = (/** @type {number} */ r) => sharesOf(trace, layer, ref.unit, ref.from, r);
  const shares = sharesAt(row);
  const sum = sumOf(shares);
  const [{ x, delta }] = shares;
  const one = html`${factor(x)} × ${factor(delta)}`;
  const offers = sum === 0 && row !== best && sumOf(sharesAt(best)) !== 0;
  return html`<div>
    <dt>share of this example</dt>
    <dd>
      ${shares.length > 1 ? html`sum of x · δ over ${shares.length} positions` : one} =
      ${figure(sum)}
      ${
        offers
          ? html`<button type="button" class="quiet" @click=${() => showExample(best)}>
              Show the example with the largest share
            </button>`
          : nothing
      }
    </dd>
  </div>`;
}

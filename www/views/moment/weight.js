// One weight: its gradient dL/dw with every factor, its paths to the loss, the numerical check, and a field to edit it.
import { html, nothing } from 'lit-html';
import { digits, signed } from '../../app/figures.js';
import { sharesOf } from '../../step/formulas/backward.js';
import { nameOfTerm, nameOfUnit, nounOf } from '../../step/formulas/math.js';
import { paramAt, weightAt } from '../../step/numbers.js';
import { mainStage, termsOf } from '../../step/stages.js';
import { Paths } from './paths.js';
import { GradientCheck } from './gradient-check.js';
import { onValue } from '../../app/dom.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../step/stages.js').StepLayer} StepLayer */
/** @typedef {import('../../types.js').UnitRef} UnitRef */

/** Number of weights above which they are selected by number and not from a list. */
const LONG = 1000;

export class WeightPanel {
  /** @param {import('../../step/inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
    this.paths = new Paths(tools);
    this.check = new GradientCheck(tools);
  }

  /**
   * Renders the panel of the selected weight.
   * @param {ViewState} view
   * @param {Scene} scene
   * @param {(ref: UnitRef) => void} pick
   */
  show(view, scene, pick) {
    const ref = view.state.selection ?? view.state.highlight;
    const layer = ref && mainStage(scene.layers, ref.layer);
    if (!ref || !layer || layer.n_params === 0) {
      this.paths.clear(view);
      return html`<p class="soft weight-panel">
        Select a unit of a layer with weights in the picture above to see the gradient of any of its
        weights.
      </p>`;
    }
    const opens = layer.weights !== null;
    // In a layer that is shown as a whole, the first weight of the unit.
    const from = ref.from ?? (opens ? 0 : Math.min(Math.max(0, ref.unit), layer.n_params - 1));
    // A whole layer stands for its first unit.
    const unit = Math.max(0, ref.unit) % layer.channels;
    const own = { layer: ref.layer, unit, from };
    const select = (/** @type {number} */ place, /** @type {number} */ of = unit) => {
      const to = { ...own, unit: of, from: place };
      this.tools.select(to);
      if (opens) pick(to);
    };
    const at = opens
      ? weightAt(layer, own.unit, from)
      : view.opened.info.layers[ref.layer].params[0].at + from;
    return html`<section class="weight-panel" aria-label="Selected weight" data-step=${view.step}>
      ${
        opens
          ? html`${this.#unit(layer, unit, (to) => select(from, to))}
            ${this.#ofUnit(view, layer, unit, from, select)}`
          : this.#ofArray(view, layer, from, select)
      }
      ${this.#facts(view, scene, at, opens ? own : null)}
    </section>`;
  }

  /**
   * Renders the field of the unit or channel, which also reaches those that the picture does not show.
   * @param {StepLayer} layer
   * @param {number} unit
   * @param {(unit: number) => void} select
   */
  #unit(layer, unit, select) {
    const { name, channels } = layer;
    if (channels < 2) return nothing;
    return html`<label
      >${name}: ${nounOf(layer)} ${this.#byNumber('unit', channels, unit, select)}</label
    >`;
  }

  /**
   * Renders the field of the weight: a list, or a number where the list would be long.
   * @param {ViewState} view
   * @param {StepLayer} layer
   * @param {number} channel
   * @param {number} from
   * @param {(from: number) => void} select
   */
  #ofUnit({ opened }, layer, channel, from, select) {
    const count = termsOf(layer);
    const label = (/** @type {number} */ i) => nameOfTerm(layer, i, opened.info.data.image);
    const changed = onValue((value) => select(Number(value)));
    return html`<label
      >${nameOfUnit(layer, channel, -1)}: weight of
      ${
        count > LONG
          ? this.#byNumber('weight', count, from, select)
          : html`<select id="weight" @change=${changed}>
              ${Array.from({ length: count }, (_, i) => html`<option value=${i} .selected=${i === from}>${label(i)}</option>`)}
            </select>`
      }</label
    >`;
  }

  /**
   * Renders the fields of a weight of a layer that is shown as a whole: an array and an index in it.
   * @param {ViewState} view
   * @param {StepLayer} layer
   * @param {number} from
   * @param {(from: number) => void} select
   */
  #ofArray({ opened }, layer, from, select) {
    const { params } = opened.info.layers[layer.layer];
    const start = params[0].at;
    const own = params.find((p) => from < p.at - start + p.length) ?? params[0];
    const array = onValue((first) => select(Number(first)));
    return html`<label
        >${layer.name}: array
        <select id="array" @change=${array}>
          ${params.map((p) => html`<option value=${p.at - start} .selected=${p === own}>${p.path} [${p.shape.join(' × ')}]</option>`)}
        </select></label
      >
      <label
        >index
        ${this.#byNumber('weight', own.length, from - (own.at - start), (i) => select(own.at - start + i))}</label
      >`;
  }

  /** @param {string} id @param {number} count @param {number} at @param {(at: number) => void} select */
  #byNumber(id, count, at, select) {
    const changed = onValue((value) => {
      const place = Math.round(Number(value));
      select(Math.min(count, Math.max(1, place || 1)) - 1);
    });
    return html`<input
        id=${id}
        type="number"
        min="1"
        max=${count}
        .value=${String(at + 1)}
        @change=${changed}
      />
      of ${count.toLocaleString('en')}`;
  }

  /**
   * Renders the value, the gradient, the numerical check and the paths.
   * @param {ViewState} view
   * @param {Scene} scene
   * @param {number} at index in `get_weights()`
   * @param {Required<UnitRef> | null} into the channel of the weight; null for a layer that is shown as a whole
   */
  #facts(view, scene, at, into) {
    const { trace } = scene;
    const [w, g] = [trace.before[at], trace.gradients[at]];
    const { trainable } = paramAt(view.opened.info, at);
    return html`<dl class="facts" data-at=${at}>
        <div>
          <dt>w</dt>
          <dd>
            <input
              id="weight-value"
              type="text"
              inputmode="decimal"
              aria-label="Value of this weight"
              .value=${digits(w).replaceAll('−', '-')}
              @change=${(/** @type {Event} */ event) => this.#set(view, at, event)}
            />
          </dd>
        </div>
        <div>
          <dt>dL/dw</dt>
          <dd data-n="gradient">${trainable ? digits(g) : 'none (not trainable)'}</dd>
        </div>
        ${trainable ? this.check.show(view, at, w, g) : nothing}
        ${trainable && into ? this.#share(scene, into) : nothing}
      </dl>
      ${trainable && into ? this.paths.show(view, scene, into) : this.paths.clear(view)}`;
  }

  /** Renders the contribution of one example to the gradient. @param {Scene} scene @param {Required<UnitRef>} into */
  #share(scene, { layer, unit, from }) {
    if (scene.row < 0) return nothing;
    const shares = sharesOf(scene, mainStage(scene.layers, layer), unit, from, scene.row);
    const sum = shares.reduce((sum, { product }) => Math.fround(sum + product), 0);
    const [{ x, delta }] = shares;
    const one = html`${digits(x)} × ${digits(delta)}`;
    return html`<div>
      <dt>share of this example: x · δ</dt>
      <dd>
        ${shares.length > 1 ? html`the sum of x · δ over ${shares.length} positions` : one} =
        ${digits(sum)}
      </dd>
    </div>`;
  }

  /** @param {ViewState} view @param {number} at @param {Event} event */
  #set({ opened }, at, event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    const value = Number(field.value.replaceAll('−', '-').replace(',', '.'));
    if (field.value.trim() === '' || !Number.isFinite(Math.fround(value))) {
      this.tools.notify(
        `“${field.value}” is not a number that a weight can have. Enter one such as 0.25.`,
      );
      this.tools.redraw();
      return;
    }
    const param = paramAt(opened.info, at);
    const [path, place] = [param.path, at - param.at];
    const shown = signed(String(value));
    this.tools.edit([{ path, at: place, values: [value] }], `${path} [${place}] set to ${shown}`);
  }
}

// The parts of the step view: which step, weight and example it is about, the stages, and the explanation.
import { html, nothing } from 'lit-html';
import { onValue } from '../../app/dom.js';
import { rankOf } from '../../step/chosen.js';
import { figure } from '../../step/formulas/figure.js';
import { DETAILS, STAGES } from '../../step/program.js';
import { Remembered } from '../../step/remember.js';
import { chooser } from './chooser.js';
import { rowShown } from './row.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../step/chosen.js').ChosenWeight} ChosenWeight */
/** @typedef {import('../../step/formulas/math.js').Scene} Scene */
/** @typedef {import('../../types.js').UnitRef} UnitRef */
/** @typedef {import('../../step/position.js').Detail} Detail */
/** @typedef {import('../../step/program.js').Stage} Stage */

const LABELS = { forward: 'Forward', loss: 'Loss', backward: 'Backward', update: 'Update' };

/**
 * Renders what the view is about.
 * @param {{ view: ViewState, scene: Scene, chosen: ChosenWeight | null, row: number }} shown
 * @param {{ select: (ref: UnitRef) => void, another: () => void, row: (row: number) => void, digits: (all: boolean) => void }} actions
 */
export function subject({ view, scene, chosen, row }, { select, another, row: show, digits }) {
  const rows = scene.trace.rows.length;
  const next = (row + 1) % rows;
  const toggle = (/** @type {Event} */ event) =>
    digits(/** @type {HTMLInputElement} */ (event.target).checked);
  return html`<div class="step-line">
      <p data-n="traced">${stepSentence(view)}</p>
      <label class="all-digits"
        ><input type="checkbox" id="all-digits" @change=${toggle} /> all decimals</label
      >
    </div>
    <div class="subject">
      <div class="subject-part">
        <div class="subject-fields">
          ${chosen ? chooser(view.opened.info, chosen, select) : noWeights(view)}
        </div>
        <p class="rank" data-n="rank">${chosen ? rank(scene, chosen) : nothing}</p>
        ${view.opened.info.n_weights ? html`<button type="button" class="another" @click=${another}>Another weight</button>` : nothing}
      </div>
      <div class="subject-part">
        <div class="subject-fields">
          <label
            >for
            <select id="row" @change=${onValue((row) => show(Number(row)))}>
              <option value="-1" .selected=${row < 0}>whole batch</option>
              ${Array.from({ length: rows }, (_, i) => html`<option value=${i} .selected=${i === row}>example ${i + 1} of ${rows}</option>`)}
            </select></label
          >
          ${rowShown(view, row)}
        </div>
        ${rows > 1 ? html`<button type="button" class="another" @click=${() => show(next)}>Another example</button>` : nothing}
      </div>
    </div>`;
}

/** Says which step is shown. @param {ViewState} view */
function stepSentence({ step, traced, state, opened }) {
  const { n_batches, first_epoch } = opened.info;
  const epoch = first_epoch + Math.floor(traced / n_batches) + 1;
  const where = `epoch ${epoch}, batch ${(traced % n_batches) + 1} of ${n_batches}`;
  const latest = step > traced ? 'the last one made' : 'not made yet';
  const past = state.playing
    ? 'held while training continues'
    : 'the one after the moment you look back at';
  const which = state.viewedStep === null ? latest : past;
  return html`<b>Step ${(traced + 1).toLocaleString('en')}</b>, ${which} (${where}).`;
}

/** @param {ViewState} view */
function noWeights({ state, opened }) {
  const name = state.selection && opened.info.layers[state.selection.layer]?.name;
  return html`<p>
    ${name ? `${name} has no weights.` : 'This model has no weights.'} Select a unit of another
    layer in the picture to see the gradient of a weight.
  </p>`;
}

/** @type {Remembered<ReturnType<typeof rankOf>>} */
const ranks = new Remembered();

/** Says how large the gradient of a weight is among those of the step. @param {Scene} scene @param {ChosenWeight} chosen */
function rank({ layers, trace }, chosen) {
  const found = ranks.get([layers, trace, chosen.at], () => rankOf(layers, trace, chosen));
  if (!found || !chosen.layer.trained) return nothing;
  const { inStep, inLayer, of } = found;
  const compared = html`<span class="soft">of ${of.toLocaleString('en')} weights</span>`;
  if (inStep === 1 && trace.gradients[chosen.at] === 0)
    return html`All gradients of this step are 0 ${compared}`;
  if (inStep === 1) return html`Largest gradient of this step ${compared}`;
  const own = inLayer === 1 ? 'Largest' : ordinal(inLayer);
  return html`${own} ${inLayer > 1 ? 'largest ' : nothing}gradient of ${chosen.layer.name},
  ${ordinal(inStep)} of this step ${compared}`;
}

/** @param {number} n */
export function ordinal(n) {
  const [tens, ones] = [Math.floor(n / 10) % 10, n % 10];
  const end = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][ones] ?? 'th');
  return `${n.toLocaleString('en')}${end}`;
}

/** @type {Record<Detail, string>} */
const DETAIL_LABELS = {
  weight: 'this weight',
  layer: 'each layer',
  unit: 'each unit',
  term: 'each term',
  product: 'each product',
};

/**
 * Renders the stages, the level of detail, and the buttons that turn to the previous and the next part.
 * @param {{ stage: Stage, detail: Detail, at: number, length: number, isAuto: boolean, pace: string, paces: string[] }} shown
 * @param {{ stage: (stage: Stage) => void, detail: (detail: Detail) => void, by: (by: number) => void, auto: () => void,
 *   pace: (pace: string) => void }} actions
 */
export function stepBar({ stage, detail, at, length, isAuto, pace, paces }, actions) {
  const details = /** @type {Detail[]} */ (['weight', ...DETAILS]);
  return html`<div class="inside-bar">
    <div class="stages" role="group" aria-label="Stage of the step">
      ${STAGES.map(
        (id) =>
          html`<button type="button" aria-pressed=${id === stage} @click=${() => actions.stage(id)}>
            ${LABELS[id]}
          </button>`,
      )}
    </div>
    <label
      >detail
      <select id="grain" @change=${onValue(actions.detail)}>
        ${details.map((id) => html`<option value=${id} .selected=${id === detail}>${DETAIL_LABELS[id]}</option>`)}
      </select></label
    >
    <div class="turns">
      <button type="button" class="icon" aria-label="Previous" @click=${() => actions.by(-1)}>
        ‹
      </button>
      <span class="place"
        ><b data-n="place">${(at + 1).toLocaleString('en')}</b> of
        ${length.toLocaleString('en')}</span
      >
      <button type="button" class="icon" aria-label="Next" @click=${() => actions.by(1)}>›</button>
      <button type="button" class="quiet auto" @click=${actions.auto}>
        ${isAuto ? 'Stop' : 'Auto'}
      </button>
      <select aria-label="Speed of Auto" @change=${onValue(actions.pace)}>
        ${paces.map((id) => html`<option .selected=${id === pace}>${id}</option>`)}
      </select>
    </div>
  </div>`;
}

/**
 * Renders an explanation.
 * @param {import('../../step/formulas/math.js').Explanation} explanation
 * @param {boolean} isAuto whether it turns by itself, and is not announced
 */
export function card({ title, formula, numbers, value, note, more }, isAuto) {
  return html`<div class="told">
    <div aria-live=${isAuto ? 'off' : 'polite'}>
      <h3>${title}</h3>
      <div class="lines" tabindex="0" role="group" aria-label="Formula and its numbers">
        <div class="formula">${formula}</div>
        <div class="numbers">${numbers}</div>
      </div>
      ${value === null ? nothing : html`<p class="value">= <b data-n="value">${figure(value)}</b></p>`}
      ${note ? html`<p class="soft">${note}</p>` : nothing}
      ${
        more
          ? html`<details class="derivation">
              <summary>${more.summary}</summary>
              <div class="lines" tabindex="0" role="group" aria-label=${more.summary}>
                ${more.content}
              </div>
            </details>`
          : nothing
      }
    </div>
  </div>`;
}

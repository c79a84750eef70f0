// The fields that choose a weight: its unit and its input, or an array and an index in it.
import { html } from 'lit-html';
import { nameOfTerm, nameOfUnit, nounOf } from '../../step/formulas/math.js';
import { termsOf } from '../../step/stages.js';
import { onValue } from '../../app/dom.js';

/** @typedef {import('../../step/chosen.js').ChosenWeight} ChosenWeight */
/** @typedef {import('../../step/stages.js').StepLayer} StepLayer */
/** @typedef {import('../../types.js').UnitRef} UnitRef */

/** Number of weights above which they are chosen by number and not from a list. */
const LONG = 1000;

/**
 * @param {import('../../types.js').RunInfo} info
 * @param {ChosenWeight} chosen
 * @param {(ref: UnitRef) => void} select
 */
export function chooser(info, { layer, ref, opens }, select) {
  const { unit, from } = ref;
  const choose = (/** @type {number} */ place, of = unit) =>
    select({ ...ref, unit: of, from: place });
  if (!opens) return ofArray(info, layer, from, choose);
  return html`<span>${unitField(layer, unit, (to) => choose(from, to))}</span>
    <span>${ofUnit(info, layer, from, choose)}</span>`;
}

/**
 * Renders the field of the unit or channel, which also reaches those that the picture does not show.
 * @param {StepLayer} layer
 * @param {number} unit
 * @param {(unit: number) => void} select
 */
function unitField(layer, unit, select) {
  const { name, channels } = layer;
  if (channels < 2) return `${nameOfUnit(layer, unit, -1)}:`;
  return html`<label
    >${name}, ${nounOf(layer)} ${byNumber('unit', channels, unit, select)}:</label
  >`;
}

/**
 * Renders the field of the weight: a list, or a number where the list would be long.
 * @param {import('../../types.js').RunInfo} info
 * @param {StepLayer} layer
 * @param {number} from
 * @param {(from: number) => void} select
 */
function ofUnit(info, layer, from, select) {
  const count = termsOf(layer);
  const label = (/** @type {number} */ i) => nameOfTerm(layer, i, info.data.image);
  const changed = onValue((value) => select(Number(value)));
  return html`<label
    >weight of
    ${
      count > LONG
        ? byNumber('weight', count, from, select)
        : html`<select id="weight" @change=${changed}>
            ${Array.from({ length: count }, (_, i) => html`<option value=${i} .selected=${i === from}>${label(i)}</option>`)}
          </select>`
    }</label
  >`;
}

/**
 * Renders the fields of a weight of a layer that is shown as a whole: an array and an index in it.
 * @param {import('../../types.js').RunInfo} info
 * @param {StepLayer} layer
 * @param {number} from
 * @param {(from: number) => void} select
 */
function ofArray(info, layer, from, select) {
  const { params } = info.layers[layer.layer];
  const start = layer.first;
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
      ${byNumber('weight', own.length, from - (own.at - start), (i) => select(own.at - start + i))}</label
    >`;
}

/** @param {string} id @param {number} count @param {number} at @param {(at: number) => void} select */
function byNumber(id, count, at, select) {
  const changed = onValue((value) => {
    const place = Math.round(Number(value));
    select(Math.min(count, Math.max(1, place || 1)) - 1);
  });
  const field = html`<input
    id=${id}
    type="number"
    min="1"
    max=${count}
    .value=${String(at + 1)}
    @change=${changed}
  />`;
  return html`${field} of ${count.toLocaleString('en')}`;
}

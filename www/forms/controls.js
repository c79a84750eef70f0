// The controls of a form: selects, checkboxes and text inputs.
import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { entryNamed } from './choices.js';
import { stepValue, parseField, formatField } from './values.js';
import { onValue } from '../app/dom.js';

/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/**
 * @typedef {object} Attributes
 * @property {string} id of the control
 * @property {string} describedBy ids of the elements that describe the control
 * @property {boolean} invalid whether the value of the control is invalid
 */

/**
 * A select of classes, grouped, with an optional first entry for "no class".
 * @param {ClassSpec[]} entries
 * @param {string | undefined} name selected class; empty for `before`
 * @param {string} before label of the first entry; empty for none
 * @param {Attributes} attributes
 * @param {(entry: ClassSpec | undefined) => void} pick
 * @param {(event: KeyboardEvent) => void} [onkey]
 */
export function classSelect(entries, name, before, { id, describedBy, invalid }, pick, onkey) {
  const chosen = entryNamed(entries, name);
  const option = (/** @type {ClassSpec} */ e) =>
    html`<option value=${e.class_name} title=${e.doc ?? nothing} .selected=${live(e === chosen)}>
      ${e.label}
    </option>`;
  const groups = [...new Set(entries.map((e) => e.group ?? ''))];
  return html`<select
    id=${id}
    aria-describedby=${describedBy}
    aria-invalid=${invalid}
    @keydown=${onkey ?? nothing}
    @change=${onValue((value) => pick(entryNamed(entries, value)))}
  >
    ${before ? html`<option value="" .selected=${live(!chosen)}>${before}</option>` : nothing}
    ${groups.map((group) => {
      const members = entries.filter((e) => (e.group ?? '') === group).map(option);
      return group ? html`<optgroup label=${group}>${members}</optgroup>` : members;
    })}
  </select>`;
}

/**
 * Opens a select that adds an item before a key changes its value. Otherwise the first arrow key would add the
 * first entry.
 * @param {KeyboardEvent} event
 */
export function openPicker(event) {
  const { key, target, altKey, ctrlKey, metaKey } = event;
  const chooses = /^(Arrow|Page|Home|End)/.test(key) || (key.length === 1 && key !== ' ');
  const select = /** @type {HTMLSelectElement} */ (target);
  if (!chooses || altKey || ctrlKey || metaKey || !select.showPicker) return;
  event.preventDefault();
  select.showPicker();
}

/**
 * A select of fixed words.
 * @param {OptionSpec} opt
 * @param {unknown} value
 * @param {Attributes} attributes
 * @param {(value: unknown) => void} edit
 */
export function wordSelect({ choices, nullable }, value, { id, describedBy, invalid }, edit) {
  return html`<select
    id=${id}
    aria-describedby=${describedBy}
    aria-invalid=${invalid}
    @change=${onValue((word) => edit(word || null))}
  >
    ${nullable ? html`<option value="" .selected=${live(!value)}>none</option>` : nothing}
    ${(choices ?? []).map((word) => html`<option .selected=${live(word === value)}>${word}</option>`)}
  </select>`;
}

/**
 * A checkbox.
 * @param {boolean} value
 * @param {Attributes} attributes
 * @param {(value: unknown) => void} edit
 */
export function checkbox(value, { id, describedBy }, edit) {
  return html`<input
    type="checkbox"
    id=${id}
    aria-describedby=${describedBy}
    .checked=${live(value)}
    @change=${(/** @type {Event} */ { target }) => edit(/** @type {HTMLInputElement} */ (target).checked)}
  />`;
}

/**
 * A text input for a number, several numbers or a text. The arrow keys change a number.
 * @param {OptionSpec} opt
 * @param {unknown} value
 * @param {Attributes} attributes
 * @param {(value: unknown) => void} edit
 */
export function textInput(opt, value, { id, describedBy, invalid }, edit) {
  const text = formatField(value);
  const mode = { int: 'numeric', float: 'decimal' }[opt.kind] ?? 'text';
  return html`<input
    type="text"
    inputmode=${mode}
    autocomplete="off"
    spellcheck="false"
    id=${id}
    aria-describedby=${describedBy}
    aria-invalid=${invalid}
    placeholder=${opt.nullable ? 'none' : ''}
    .value=${live(text)}
    @change=${onValue((typed) => typed.trim() !== text && edit(parseField(opt, typed)))}
    @keydown=${(/** @type {KeyboardEvent} */ e) => {
      const up = e.key === 'ArrowUp' ? 1 : e.key === 'ArrowDown' ? -1 : 0;
      const { value } = /** @type {HTMLInputElement} */ (e.target);
      if (!up || mode === 'text' || value.trim() === '' || !Number.isFinite(Number(value))) return;
      e.preventDefault();
      edit(stepValue(opt, Number(value), up * (e.shiftKey ? 10 : 1)));
    }}
  />`;
}

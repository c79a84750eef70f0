// The controls of a form: lists to choose from, boxes to tick, numbers and texts to type.
import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { entryNamed } from '../choices.js';
import { moved, read, written } from './values.js';

/** @typedef {import('../types.js').Opt} Opt */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {{ id: string, hint: string, refused: boolean }} Attributes */

/**
 * A list of classes to choose one from, in their groups. What stands before them is a choice of its own.
 * @param {Entry[]} entries
 * @param {string} name the class chosen; nothing stands for `before`
 * @param {string} before
 * @param {Attributes} attributes
 * @param {(entry: Entry | undefined) => void} pick
 * @param {(event: KeyboardEvent) => void} [onkey]
 */
export function choose(entries, name, before, { id, hint, refused }, pick, onkey) {
  const chosen = entryNamed(entries, name);
  const option = (/** @type {Entry} */ e) =>
    html`<option value=${e.class_name} title=${e.doc ?? nothing} .selected=${live(e === chosen)}>
      ${e.label}
    </option>`;
  const groups = [...new Set(entries.map((e) => e.group ?? ''))];
  return html`<select
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    @keydown=${onkey ?? nothing}
    @change=${(/** @type {any} */ e) => pick(entries.find((x) => x.class_name === e.target.value))}
  >
    ${before ? html`<option value="" .selected=${live(!chosen)}>${before}</option>` : nothing}
    ${groups.map((group) => {
      const members = entries.filter((e) => (e.group ?? '') === group).map(option);
      return group ? html`<optgroup label=${group}>${members}</optgroup>` : members;
    })}
  </select>`;
}

/**
 * A list from which something is added opens before a key chooses from it: else the first arrow key would
 * add the first entry.
 * @param {KeyboardEvent} event
 */
export function openFirst(event) {
  const { key, target, altKey, ctrlKey, metaKey } = event;
  const chooses = /^(Arrow|Page|Home|End)/.test(key) || (key.length === 1 && key !== ' ');
  const select = /** @type {HTMLSelectElement} */ (target);
  if (!chooses || altKey || ctrlKey || metaKey || !select.showPicker) return;
  event.preventDefault();
  select.showPicker();
}

/**
 * @param {Opt} opt
 * @param {string | null} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
export function words({ choices, nullable }, value, { id, hint, refused }, edit) {
  return html`<select
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    @change=${(/** @type {any} */ e) => edit(e.target.value || null)}
  >
    ${nullable ? html`<option value="" .selected=${live(!value)}>none</option>` : nothing}
    ${(choices ?? []).map((word) => html`<option .selected=${live(word === value)}>${word}</option>`)}
  </select>`;
}

/**
 * @param {boolean} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
export function check(value, { id, hint, refused }, edit) {
  return html`<input
    type="checkbox"
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    .checked=${live(value)}
    @change=${(/** @type {any} */ e) => edit(e.target.checked)}
  />`;
}

/**
 * What is typed: a number, several, or a text. The arrow keys move a number.
 * @param {Opt} opt
 * @param {any} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
export function write(opt, value, { id, hint, refused }, edit) {
  const text = written(value);
  const mode = { int: 'numeric', float: 'decimal' }[opt.kind] ?? 'text';
  return html`<input
    type="text"
    inputmode=${/** @type {any} */ (mode)}
    autocomplete="off"
    spellcheck="false"
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    placeholder=${opt.nullable ? 'none' : ''}
    .value=${live(text)}
    @change=${(/** @type {any} */ e) => e.target.value.trim() !== text && edit(read(opt, e.target.value))}
    @keydown=${(/** @type {KeyboardEvent} */ e) => {
      const up = e.key === 'ArrowUp' ? 1 : e.key === 'ArrowDown' ? -1 : 0;
      const { value } = /** @type {HTMLInputElement} */ (e.target);
      if (!up || mode === 'text' || value.trim() === '' || !Number.isFinite(Number(value))) return;
      e.preventDefault();
      edit(moved(opt, Number(value), up * (e.shiftKey ? 10 : 1)));
    }}
  />`;
}

// Parts that several forms share: a class's options, the first in sight and the others behind "more".
import { html, nothing } from 'lit-html';
import { fields, nameOf } from './forms.js';

/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('./forms.js').Form} Form */

/**
 * @param {Entry[]} entries
 * @param {any} choice
 */
export function entryOf(entries, choice) {
  const name = nameOf(choice);
  return entries.find((e) => e.class_name === name || e.name === name);
}

/**
 * The options of a class: those named `first` in sight, the others behind "more".
 * @param {Form} form
 * @param {Entry} entry
 * @param {(string | number)[]} path
 * @param {any} choice
 * @param {string[]} first
 */
export function split(form, entry, path, choice, first) {
  const main = entry.options.filter((o) => first.includes(o.name));
  const rest = entry.options.filter((o) => !first.includes(o.name));
  return html`
    ${fields(form, main, path, choice, entry)}
    ${
      rest.length
        ? html`<details class="more">
            <summary>more of ${entry.label}</summary>
            ${fields(form, rest, path, choice, entry)}
          </details>`
        : nothing
    }
  `;
}

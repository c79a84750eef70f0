// A name that may wrap after each underscore.
import { html, nothing } from 'lit-html';

/** @param {string} name */
export function breakable(name) {
  return name.split(/(?<=_)/).map((part, i) => html`${i ? html`<wbr />` : nothing}${part}`);
}

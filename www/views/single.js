// One weight of the picture in numbers, below it: what comes in, what it makes of that, and how it is set.
import { html } from 'lit-html';
import { number } from '../figures.js';

/**
 * @param {string} unit
 * @param {string} what
 * @param {number} w
 * @param {number | undefined} x what comes in; a bias stands alone
 * @param {unknown} open the button that opens what looks inside
 */
export function explainWeight(unit, what, w, x, open) {
  const own = html`<b class="n" data-n="lit-weight">${number(w)}</b>`;
  const product = html`w = ${own}; x = <b class="n">${number(x)}</b> comes in; z gets w x =
    <b class="n">${number(w * (x ?? 1))}</b>`;
  return html`<p>
      <b>${unit}, ${what}</b>: ${x === undefined ? html`z gets b = ${own}` : product} ${open}
    </p>
    <p class="soft">
      Click or Enter: “Inside a step” has the field to set it.
      <span class="by-key">Shift + ↑ ↓: the next one; Esc: back to the unit.</span>
    </p>`;
}

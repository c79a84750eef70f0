// The computation of one weight below the picture: its value, its input and their product.
import { html } from 'lit-html';
import { number } from '../app/figures.js';

/**
 * Renders the numbers of one weight.
 * @param {string} unit
 * @param {string} what
 * @param {number} w
 * @param {number | undefined} x input of the weight; undefined for a bias
 * @param {unknown} open the button that opens the step view
 */
export function explainWeight(unit, what, w, x, open) {
  const own = html`<b class="n" data-n="lit-weight">${number(w)}</b>`;
  const product = html`w = ${own}, input x = <b class="n">${number(x)}</b>, contributes w · x =
    <b class="n">${number(w * (x ?? 1))}</b> to z`;
  return html`<p>
      <b>${unit}, ${what}</b>: ${x === undefined ? html`b = ${own} is added to z` : product} ${open}
    </p>
    <p class="soft">
      Click (or press Enter), then open “Step by step” to edit this weight.
      <span class="by-key">Shift + ↑ ↓: next weight. Esc: back to the unit.</span>
    </p>`;
}

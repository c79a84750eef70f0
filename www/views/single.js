// The content of the card for one weight: its value, its input and their product, and the field that changes it.
import { html } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { digits, number } from '../app/figures.js';
import { onValue } from '../app/dom.js';

/**
 * Renders the numbers of one weight.
 * @param {string} unit
 * @param {string} what
 * @param {number} w
 * @param {number | undefined} x input of the weight; undefined for a bias
 * @param {unknown} open the button that opens the step view
 * @param {((text: string) => void) | null} set changes the weight; null where it cannot be changed now
 */
export function explainWeight(unit, what, w, x, open, set) {
  const own = html`<b class="n" data-n="lit-weight">${number(w)}</b>`;
  const product = html`w = ${own}, input x = <b class="n">${number(x)}</b>, contributes w · x =
    <b class="n">${number(w * (x ?? 1))}</b> to z`;
  return html`<p>
      <b>${unit}, ${what}</b>: ${x === undefined ? html`b = ${own} is added to z` : product}
    </p>
    ${
      set
        ? html`<p>
            <label for="card-weight">set it to</label>
            <input
              id="card-weight"
              type="text"
              inputmode="decimal"
              autocomplete="off"
              .value=${live(digits(w).replaceAll('−', '-'))}
              @change=${onValue(set)}
            />
            ${open} <span class="soft by-key">Enter: into the field</span>
          </p>`
        : html`<p class="soft">
            Click (or press Enter) to change it.
            <span class="by-key">Shift + ↑ ↓: next weight. Esc: back to the unit.</span>
          </p>`
    }`;
}

// Advice at a field of the form, with a button that applies the suggested fix.
import { html, nothing } from 'lit-html';

/** @typedef {import('../types.js').Advice} Advice */

/**
 * Renders the advice for one field.
 * @param {Advice[]} advice
 * @param {(advice: Advice) => void} take applies the suggested fix
 */
export function adviceList(advice, take) {
  return advice.map(
    (one) =>
      html`<div class="advice" role="note">
        ${one.message ? html`<p>${one.message}</p>` : nothing}
        <button type="button" @click=${() => take(one)}>${one.change}</button>
      </div>`,
  );
}

// What does not fit, said at the field where it was chosen, with a button for the one change that mends it.
import { html, nothing } from 'lit-html';

/** @typedef {import('../types.js').Advice} Advice */

/**
 * The advice that belongs at one place of a form.
 * @param {Advice[]} advice
 * @param {(advice: Advice) => void} take makes the change
 */
export function advised(advice, take) {
  return advice.map(
    (one) =>
      html`<div class="advice" role="note">
        ${one.message ? html`<p>${one.message}</p>` : nothing}
        <button type="button" @click=${() => take(one)}>${one.change}</button>
      </div>`,
  );
}

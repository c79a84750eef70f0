// The proof of a gradient: the loss on both sides of a weight, and the slope between.
import { html } from 'lit-html';
import { digits } from '../../figures.js';

/** @typedef {import('../glass.js').Look} Look */

/**
 * h of the difference: a power of two, so that w + h and w - h round little; large enough that the loss, which is a
 * float32, changes by many of its last digits, and small enough that the loss is nearly straight in between.
 * @param {number} w
 */
export const stepOf = (w) => 2 ** Math.round(Math.log2(Math.max(1, Math.abs(w)) / 128));

export class Proof {
  /** @type {{ key: string, found: Float64Array | null } | null} */
  #proof = null;

  /** @param {import('../glass.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /** @param {Look} look @param {number} at @param {number} w @param {number} g */
  show(look, at, w, g) {
    const key = `${look.step} ${at} ${look.opened.text}`;
    if (this.#proof?.key !== key) {
      this.#proof = { key, found: null };
      const asked = this.tools.differences([{ at, h: stepOf(w) }]);
      asked
        .catch(() => [new Float64Array()])
        .then(([found]) => {
          if (this.#proof?.key === key) this.#proof = { key, found };
          this.tools.redraw();
        });
    }
    const found = this.#proof.found;
    if (!found)
      return html`<div>
        <dt>by a difference</dt>
        <dd>…</dd>
      </div>`;
    if (found.length === 0)
      return html`<div>
        <dt>by a difference</dt>
        <dd>none: the run is over here</dd>
      </div>`;
    const [h, above, below, slope] = found;
    const corners = look.opened.stages
      .flat()
      .some(({ activation, factor }) => /relu|hard|largest/.test(`${activation} ${factor}`));
    const off = Math.abs(slope - g) / Math.max(Math.abs(slope), Math.abs(g), 1e-12);
    return html`<div>
      <dt title="(L(w + h) − L(w − h)) / 2h">by a difference</dt>
      <dd>
        (${digits(above)} − ${digits(below)}) / (2 × ${digits(h)}) =
        <b data-n="difference">${slope.toPrecision(4)}</b>, off by ${(100 * off).toPrecision(2)} %
        <span class="soft"
          >h = ${digits(h)}: the loss is a float32, good to about
          ${(6e-8 * Math.abs(above)).toPrecision(1)}, so the difference is good to
          ${((6e-8 * Math.abs(above)) / h).toPrecision(1)} at best; a smaller h would leave fewer
          digits, a larger one would see the loss
          bend${corners ? ', and more corners of relu or max pooling between w − h and w + h' : ''}.</span
        >
      </dd>
    </div>`;
  }
}

// The numerical check of a gradient: a central difference of the loss.
import { html } from 'lit-html';
import { signed } from '../../app/figures.js';
import { figure, inStep } from '../../step/formulas/figure.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */

/**
 * Step h of the central difference. It is a power of two, so that w + h and w - h round little. It is large enough for
 * the float32 loss to change in many digits, and small enough for the loss to be nearly linear.
 * @param {number} w
 */
export const stepOf = (w) => 2 ** Math.round(Math.log2(Math.max(1, Math.abs(w)) / 128));

export class GradientCheck {
  /** @type {{ key: string, found: Float64Array | null } | null} */
  #result = null;

  /** @param {import('../../step/inspector.js').Tools} tools */
  constructor(tools) {
    this.tools = tools;
  }

  /** @param {ViewState} view @param {number} at @param {number} w @param {number} g */
  show(view, at, w, g) {
    const key = `${view.traced} ${at} ${view.opened.text}`;
    if (this.#result?.key !== key) {
      this.#result = { key, found: null };
      const asked = this.tools.differences([{ at, h: stepOf(w) }]);
      asked
        .catch(() => [new Float64Array()])
        .then(([found]) => {
          if (this.#result?.key === key) this.#result = { key, found };
          this.tools.redraw();
        });
    }
    const found = this.#result.found;
    if (!found)
      return html`<div>
        <dt>numerical check</dt>
        <dd>…</dd>
      </div>`;
    if (found.length === 0)
      return html`<div>
        <dt>numerical check</dt>
        <dd>could not be computed</dd>
      </div>`;
    const [h, above, below, slope] = found;
    const corners = view.opened.info.layers
      .flatMap(({ stages }) => stages)
      .some(({ activation, factor }) => /relu|hard|largest/.test(`${activation} ${factor}`));
    const off = Math.abs(slope - g) / Math.max(Math.abs(slope), Math.abs(g), 1e-12);
    const error = 6e-8 * Math.abs(above);
    const [high, low] = inStep([above, below], above - below);
    return html`<div>
      <dt>numerical check</dt>
      <dd>
        <b data-n="difference">${signed(slope.toPrecision(4))}</b>, differs by
        ${signed((100 * off).toPrecision(2))} %
        <details class="soft">
          <summary>How, and why not exact?</summary>
          (J(w + h) − J(w − h)) / 2h = (${high} − ${low}) / (2 × ${figure(h)}). The loss is a
          float32 with an error of about ${signed(error.toPrecision(1))}, so with h = ${figure(h)}
          the check is accurate to ${signed((error / h).toPrecision(1))} at best. A smaller h leaves
          fewer digits; a larger h includes the curvature of the
          loss${corners ? ' and more kinks of relu or max pooling between w − h and w + h' : ''}.
        </details>
      </dd>
    </div>`;
  }
}

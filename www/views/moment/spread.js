// Distributions of the activations, weights, gradients and updates of each layer over the run, and the fraction of
// saturated or dead units.
import { html, nothing, render } from 'lit-html';
import { number } from '../../app/figures.js';
import { clearCanvas } from '../../picture/charts/pixels.js';
import { percent } from '../../picture/links.js';
import { LatestRequest } from '../../step/latest-request.js';
import { evenSteps } from '../../step/checkpoints.js';
import { MEASURED_ROWS, QUANTILES } from '../../analysis/spread.js';
import { onValue } from '../../app/dom.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../analysis/spread.js').Spread} Spread */
/** @typedef {{ step: number, layers: Spread[] }[]} Distributions */
/** @typedef {'activations' | 'weights' | 'gradients' | 'updates'} Quantity */

/** Number of steps at which the distributions are measured. */
const MAX_STEPS = 40;

/** @type {{ quantity: Quantity, label: string, doc: string }[]} */
const KINDS = [
  { quantity: 'activations', label: 'activations', doc: 'outputs of the layer' },
  { quantity: 'weights', label: 'weights', doc: 'all weights, including moving statistics' },
  { quantity: 'gradients', label: 'gradients', doc: 'dL/dw of the trainable weights' },
  {
    quantity: 'updates',
    label: 'update ratios',
    doc: '|Δw| / |w| on a logarithmic scale (typical: about 0.001)',
  },
];

/** Simplifications of this view. */
export const simplified = [
  `The distributions are measured at up to ${MAX_STEPS} steps of the run: the outputs always on the same ${MEASURED_ROWS} training examples, in inference mode (no dropout), gradients and updates in the one batch that follows. Between the steps the bands are interpolated.`,
  'A layer with more than 20,000 numbers is measured by every n-th of them.',
  'The bands show 5 to 95 % and 25 to 75 % of the values, and the line is the median. Values beyond the bands are not drawn.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new SpreadView(element, tools);

class SpreadView extends StepView {
  /** @type {Quantity} */
  #quantity = 'activations';

  /** @type {LatestRequest<Distributions>} */
  request = new LatestRequest(this.tools);

  /** @param {ViewState} view */
  draw(view) {
    const { opened, state, step, first } = view;
    if (state.playing && state.viewedStep === null) {
      return this.showMessage(
        'Pause training or go back on the timeline to see the distributions.',
      );
    }
    // No batch follows the end of the run, so the last measured step is the one before it.
    const last = view.frame.done && state.viewedStep === null ? step - 1 : step;
    const { text, info } = opened;
    const key = `${step} ${text}`;
    const wanted = () => this.request.isWanted(key) && !this.element.hidden;
    const distributions = this.request.get(key, () =>
      this.tools.client.askEach(opened, 'spread', evenSteps(first, last, MAX_STEPS), wanted),
    );
    const choose = onValue((/** @type {Quantity} */ quantity) => {
      this.#quantity = quantity;
      this.tools.redraw();
    });
    const kind = KINDS.find(({ quantity }) => quantity === this.#quantity) ?? KINDS[0];
    render(
      html`<div class="inside-bar">
          <label
            >show
            <select id="spread" @change=${choose}>
              ${KINDS.map(({ quantity, label }) => html`<option value=${quantity} .selected=${quantity === this.#quantity}>${label}</option>`)}
            </select></label
          >
          <span class="soft"
            >${kind.doc}; ${last === first ? `batch ${first}` : `batches ${first} to ${last}`}</span
          >
        </div>
        ${distributions ? nothing : html`<p class="soft" role="status">Recomputing these steps …</p>`}
        <div class="spreads">
          ${info.layers.map((layer, i) => (this.#has(layer) ? this.#figure(distributions, layer, i) : nothing))}
        </div>`,
      this.element,
    );
    if (distributions) this.#paint(view, distributions);
  }

  /** @param {import('../../types.js').LayerInfo} layer */
  #has(layer) {
    if (this.#quantity === 'activations') return true;
    return layer.params.some(({ trainable }) => trainable || this.#quantity === 'weights');
  }

  /** @param {Distributions | null} distributions @param {import('../../types.js').LayerInfo} layer @param {number} i */
  #figure(distributions, layer, i) {
    const now = distributions?.[distributions.length - 1]?.layers[i];
    const q = now?.[this.#quantity] ?? [];
    const stuck =
      now && this.#quantity === 'activations' && Number.isFinite(now.stuck) ? now.stuck : null;
    const what =
      layer.activation === 'relu' ? 'of outputs are 0' : 'of pre-activations are saturated';
    const how = layer.activation === 'relu' ? '(shaded)' : '(|z| > 5, shaded)';
    return html`<figure>
      <figcaption>
        <b>${layer.name}</b>
        ${q.length ? html`median <span class="n">${number(q[2])}</span>, 5 to 95 %: <span class="n">${number(q[0])}</span> to <span class="n">${number(q[4])}</span>` : nothing}${stuck === null ? nothing : html`; <b>${percent(stuck).replaceAll(' ', '\u00a0')}</b> ${what} <span class="soft">${how}</span>`}
      </figcaption>
      <canvas
        data-layer=${i}
        role="img"
        aria-label="${this.#quantity} of ${layer.name} over the run"
      ></canvas>
    </figure>`;
  }

  /** @param {ViewState} view @param {Distributions} distributions */
  #paint({ colours }, distributions) {
    for (const canvas of this.canvases('[data-layer]')) {
      const [w, h] = [canvas.clientWidth, canvas.clientHeight];
      const layer = Number(canvas.dataset.layer);
      const measured = distributions.filter(({ layers }) => layers[layer]?.[this.#quantity].length);
      paintBands(clearCanvas(canvas, w, h), w, h, measured, layer, this.#quantity, colours);
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} w
 * @param {number} h
 * @param {Distributions} distributions
 * @param {number} layer
 * @param {Quantity} quantity
 * @param {import('../../picture/colour.js').Colours} colours
 */
function paintBands(context, w, h, distributions, layer, quantity, { ink }) {
  if (distributions.length === 0) return;
  // A single step is drawn as a horizontal band.
  const measured =
    distributions.length > 1
      ? distributions
      : [distributions[0], { ...distributions[0], step: distributions[0].step + 1 }];
  const log = quantity === 'updates';
  const of = (/** @type {Distributions[number]} */ m, /** @type {number} */ q) => {
    const value = m.layers[layer][quantity][q];
    return log ? Math.log10(Math.max(value, 1e-9)) : value;
  };
  const all = measured.flatMap((m) => QUANTILES.map((_, q) => of(m, q)));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const left = 52;
  const [from, to] = [measured[0].step, measured[measured.length - 1].step];
  const x = (/** @type {number} */ step) =>
    left + ((step - from) / Math.max(1, to - from)) * (w - left - 4);
  const y = (/** @type {number} */ value) =>
    h - 14 - ((value - low) / Math.max(1e-12, high - low)) * (h - 22);
  context.fillStyle = ink.bad;
  for (const [i, m] of measured.entries()) {
    const { stuck } = m.layers[layer];
    if (quantity !== 'activations' || !(stuck > 0)) continue;
    const end = i + 1 < measured.length ? x(measured[i + 1].step) : w - 4;
    context.globalAlpha = 0.25;
    context.fillRect(
      x(m.step),
      h - 8 - stuck * (h - 8),
      Math.max(1, end - x(m.step)),
      stuck * (h - 8),
    );
  }
  context.fillStyle = context.strokeStyle = ink.loss;
  for (const [a, b] of [
    [0, 4],
    [1, 3],
  ]) {
    context.globalAlpha = 0.22;
    context.beginPath();
    measured.forEach((m) => context.lineTo(x(m.step), y(of(m, a))));
    [...measured].reverse().forEach((m) => context.lineTo(x(m.step), y(of(m, b))));
    context.fill();
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.5;
  context.beginPath();
  measured.forEach((m) => context.lineTo(x(m.step), y(of(m, 2))));
  context.stroke();
  context.fillStyle = ink.soft;
  context.font = '10.5px system-ui, sans-serif';
  const label = (/** @type {number} */ v) => number(log ? 10 ** v : v);
  context.fillText(label(high), 0, 12);
  context.fillText(label(low), 0, h - 14);
}

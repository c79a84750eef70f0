// The feature space of a layer: the grid of 2-D inputs and the training examples, placed by two outputs of the layer.
import { html, render } from 'lit-html';
import { scaleEnd } from '../../picture/colour.js';
import { clearCanvas } from '../../picture/charts/pixels.js';
import { spaceOf } from '../../picture/space.js';
import { LatestRequest } from '../../step/latest-request.js';
import { onValue } from '../../app/dom.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */

/** Number of grid lines in each direction. */
const LINES = 21;
const MARGIN = 14;

/** Simplifications of this view. */
export const simplified = [
  'The view shows two units of a layer at a time. Points that coincide here may be far apart along the other units.',
  'The grid connects the centres of the cells of the response map by straight lines.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new WarpView(element, tools);

class WarpView extends StepView {
  #layer = 0;
  #units = [0, 1];

  /** @type {LatestRequest<Float32Array>} */
  request = new LatestRequest(this.tools);

  /** @param {ViewState} view */
  draw(view) {
    const { opened, state, step } = view;
    const { info } = opened;
    if (spaceOf(info) !== 'plane') {
      return this.showMessage(
        'Available for data with two inputs (Circle, XOR and others). Choose such a data set above.',
      );
    }
    const fitting = info.layers
      .map(({ length }, i) => ({ length, i }))
      .filter(({ length }) => length > 1);
    if (fitting.length === 0) {
      return this.showMessage('No layer of this model has two or more units.');
    }
    if (!fitting.some(({ i }) => i === this.#layer)) this.#layer = fitting[0].i;
    const { length, name } = info.layers[this.#layer];
    this.#units = this.#units.map((unit) => Math.min(unit, length - 1));
    const set = { set: 'train', n: opened.data.train.n };
    const still = !state.playing || state.viewedStep !== null;
    const key = `${step} ${this.#layer} ${opened.text}`;
    const points = still
      ? this.request.get(key, () =>
          this.tools.client.ask(opened, 'layerOutputs', step, set, this.#layer),
        )
      : null;
    const choose = (/** @type {number} */ which) =>
      onValue((unit) => {
        this.#units[which] = Number(unit);
        this.tools.redraw();
      });
    const unit = (/** @type {number} */ which, /** @type {string} */ axis) =>
      html`<label
        >${axis}
        <select aria-label="unit along the ${axis} axis" @change=${choose(which)}>
          ${Array.from({ length: Math.min(length, 64) }, (_, i) => html`<option value=${i} .selected=${i === this.#units[which]}>unit ${i + 1}</option>`)}
        </select></label
      >`;
    const layer = onValue((index) => {
      this.#layer = Number(index);
      this.tools.redraw();
    });
    render(
      html`<div class="inside-bar">
          <label
            >layer
            <select id="warp-layer" @change=${layer}>
              ${fitting.map(({ i }) => html`<option value=${i} .selected=${i === this.#layer}>${info.layers[i].name}</option>`)}
            </select></label
          >
          ${unit(0, 'x')} ${unit(1, 'y')}
          <span class="soft">${still ? '' : 'Pause training to see the examples.'}</span>
        </div>
        <figure class="warped-figure">
          <canvas
            class="slice warped"
            role="img"
            aria-label="The input plane as transformed by ${name}"
          ></canvas>
          <figcaption class="soft">
            The figure shows an even grid over the input plane after it has passed through ${name}:
            the horizontal position is the output of unit ${this.#units[0] + 1}, the vertical
            position that of unit ${this.#units[1] + 1}. Discs are training examples in the colours
            of their
            ${info.task === 'regression' ? 'targets (blue above 0, orange below)' : 'classes'}. This
            is all that the next layer receives, and each of its units divides this space by a
            straight line.
          </figcaption>
        </figure>`,
      this.element,
    );
    this.#paint(view, points);
  }

  /** @param {ViewState} view @param {Float32Array | null} points */
  #paint({ opened, frame, colours }, points) {
    const [canvas] = this.canvases('.warped');
    const { side, grid } = frame;
    if (!canvas || side === 0) return;
    const [w, h] = [canvas.clientWidth, canvas.clientHeight];
    const context = clearCanvas(canvas, w, h);
    const { at, length } = opened.info.layers[this.#layer];
    const cells = side * side;
    const [us, vs] = this.#units.map((unit) =>
      grid.subarray((at + unit) * cells, (at + unit + 1) * cells),
    );
    const range = (/** @type {Float32Array} */ values) => {
      const low = values.reduce((a, b) => Math.min(a, b), Infinity);
      const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
      return high > low ? [low, high] : [low - 1, high + 1];
    };
    const [[u0, u1], [v0, v1]] = [range(us), range(vs)];
    const x = (/** @type {number} */ u) => MARGIN + ((u - u0) / (u1 - u0)) * (w - 2 * MARGIN);
    const y = (/** @type {number} */ v) => h - MARGIN - ((v - v0) / (v1 - v0)) * (h - 2 * MARGIN);
    context.strokeStyle = colours.ink.soft;
    context.lineWidth = 0.8;
    context.globalAlpha = 0.6;
    for (let line = 0; line < LINES; line++) {
      const fixed = Math.round((line * (side - 1)) / (LINES - 1));
      for (const cell of [
        (/** @type {number} */ i) => fixed * side + i,
        (/** @type {number} */ i) => i * side + fixed,
      ]) {
        context.beginPath();
        for (let i = 0; i < side; i++) context.lineTo(x(us[cell(i)]), y(vs[cell(i)]));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
    const [a, b] = this.#units;
    const shown = frame.activations.subarray(at, at + length);
    context.strokeStyle = colours.ink.ink;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x(shown[a]), y(shown[b]), 7, 0, 7);
    context.stroke();
    if (!points) return;
    const { y: labels } = opened.data.train;
    const values = opened.info.task === 'regression';
    const top = scaleEnd(labels);
    for (let row = 0; row < points.length / length; row++) {
      context.fillStyle = values
        ? colours.css(labels[row] / top)
        : (colours.classes[labels[row] % colours.classes.length] ?? colours.ink.ink);
      context.beginPath();
      context.arc(x(points[row * length + a]), y(points[row * length + b]), 2.6, 0, 7);
      context.fill();
    }
  }
}

// A slice of the loss surface through the viewed weights, as contours with the path of training. The same slice of the
// mean squared error stands beside it.
import { html, nothing, render } from 'lit-html';
import { figuresOf, levelsOf, paintContours } from '../../picture/charts/contours.js';
import { number } from '../../app/figures.js';
import { clearCanvas } from '../../picture/charts/pixels.js';
import { evenSteps } from '../../step/checkpoints.js';
import { coarseFirst, finestOf, otherLoss, twoWeights } from '../../analysis/surface.js';
import { messageOf } from '../../app/errors.js';
import { onValue } from '../../app/dom.js';
import { isSameRun } from '../../app/same.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../analysis/surface.js').PlaneRequest} PlaneRequest */
/** @typedef {import('../../analysis/surface.js').Axis} Axis */

const SIDE = 33;
const ORDER = coarseFirst(SIDE);
/** Milliseconds of one call. Between two calls the worker can answer other requests. */
const TOGETHER = 20;
/** Milliseconds between two drawings of the partial result. */
const BETWEEN = 150;
/** Maximum number of steps on the path, and maximum total number of their weights. */
const [PATH, PATH_NUMBERS] = [80, 8e6];

/** Simplifications of this view. */
export const simplified = [
  'The loss surface has as many dimensions as there are weights. A slice shows two of them, and the path of training is projected onto it.',
  'The losses of the slice are computed in inference mode (no dropout) over all training examples. Between the cells the contours are interpolated.',
  'The contour levels are logarithmic, so they lie closer together near the minimum.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new SurfaceView(element, tools);

/**
 * A slice. `done`: number of computed losses, of this loss and the other one in turn, in the order of `coarseFirst`.
 * @typedef {object} Slice
 * @property {[number, number]} a
 * @property {[number, number]} b
 * @property {[Axis, Axis]} axes
 * @property {[number, number][]} path
 * @property {Float64Array} own
 * @property {Float64Array} other
 * @property {number} done
 * @property {number} step
 * @property {import('../../types.js').Experiment} experiment
 */

class SurfaceView extends StepView {
  /** @type {PlaneRequest['kind']} */
  #kind = 'path';
  #seed = 1;
  #span = 1;
  /** @type {Slice | null} */
  #slice = null;
  #running = false;
  /** Text of the experiment that the slice is computed for. */
  #of = '';
  /** Number of starts. A cancelled computation sees that a later one has started, and ends. */
  #starts = 0;
  /** Resumes a computation that waits until the view is visible. @type {() => void} */
  #wake = () => {};
  /** Key of the drawing on each canvas. @type {WeakMap<HTMLCanvasElement, unknown[]>} */
  #painted = new WeakMap();

  /** @param {ViewState} view */
  draw(view) {
    const { state, step } = view;
    const { text, experiment } = view.opened;
    if (this.#running && this.#of !== text) return this.#choose({});
    // A slice of another model says nothing about this one.
    if (this.#slice && !isSameRun(this.#slice.experiment, experiment)) this.#slice = null;
    const slice = this.#slice;
    if (!document.hidden) this.#wake();
    const outdated = slice && slice.step !== step;
    const share = slice ? Math.floor((50 * slice.done) / ORDER.length) : 0;
    render(
      html`<div class="inside-bar">
          <label
            >directions
            <select
              id="directions"
              @change=${onValue((/** @type {PlaneRequest['kind']} */ kind) => this.#choose({ kind }))}
            >
              <option value="path" .selected=${this.#kind === 'path'}>path of training</option>
              <option value="random" .selected=${this.#kind === 'random'}>
                two random directions (filter-normalized)
              </option>
              <option value="weights" .selected=${this.#kind === 'weights'}>
                the two weights selected last
              </option>
            </select></label
          >
          ${
            this.#kind === 'path'
              ? nothing
              : html`<label
                  >range
                  <select
                    id="span"
                    @change=${onValue((span) => this.#choose({ span: Number(span) }))}
                  >
                    ${[0.25, 0.5, 1, 2, 5, 10].map((n) => html`<option value=${n} .selected=${n === this.#span}>± ${n}</option>`)}
                  </select></label
                >`
          }
          ${
            this.#kind === 'random'
              ? html`<button
                  type="button"
                  class="quiet"
                  @click=${() => this.#choose({ seed: this.#seed + 1 })}
                >
                  New directions
                </button>`
              : nothing
          }
          <button
            type="button"
            class=${this.#running ? 'quiet' : 'primary'}
            ?disabled=${state.playing && state.viewedStep === null}
            @click=${() => (this.#running ? this.#stop() : this.#start(view))}
          >
            ${this.#running ? 'Cancel' : 'Compute'}
          </button>
          <span class="soft" role="status">${this.#status(view, outdated, share)}</span>
        </div>
        <div class="slices">
          ${(slice || this.#running ? ['own', 'other'] : []).map(
            (which) =>
              html`<figure>
                <canvas
                  class="slice"
                  data-which=${which}
                  role="img"
                  aria-label=${this.#label(which)}
                ></canvas>
                <figcaption>${this.#caption(view, which)}</figcaption>
              </figure>`,
          )}
        </div>
        ${
          slice || this.#running
            ? html`<p class="soft">
                ${
                  slice
                    ? html`Horizontal: ${slice.axes[0].name}. Vertical: ${slice.axes[1].name}.`
                    : nothing
                }
                ${view.colours.dark ? 'Lighter' : 'Darker'} means higher loss. The line is the path
                of training, the disc the viewed step.
              </p>`
            : nothing
        }`,
      this.element,
    );
    this.#paint(view);
  }

  /** @param {ViewState} view @param {boolean | null} outdated @param {number} share */
  #status({ state }, outdated, share) {
    if (this.#running) return `${share} %`;
    if (state.playing && state.viewedStep === null)
      return 'Pause training or go back on the timeline.';
    if (!this.#slice)
      return `Evaluates the loss at ${SIDE} × ${SIDE} points, for two loss functions.`;
    if (share < 100) return `Cancelled at ${share} %.`;
    return outdated ? 'Out of date. Compute again.' : 'Up to date.';
  }

  /** @param {string} which */
  #label(which) {
    return `Contours of the ${which === 'own' ? 'loss' : 'mean squared error'} on a plane through the weights`;
  }

  /** @param {ViewState} view @param {string} which */
  #caption({ opened }, which) {
    const { loss } = opened.experiment.compile;
    const slice = this.#slice;
    const shownLoss = which === 'own' ? loss : otherLoss(opened.experiment).compile.loss;
    const name = shownLoss.class_name;
    const square =
      slice && finestOf(which === 'own' ? slice.own : slice.other, SIDE, slice.done >> 1);
    if (!square) return name;
    const { least, most, n } = levelsOf(square.values);
    const figures = figuresOf({ least, most });
    const shown = (/** @type {number} */ v) => (figures > 4 ? v.toPrecision(figures) : number(v));
    const lost = square.values.length - n;
    const share = Math.ceil((100 * lost) / square.values.length);
    return html`${name}${
      n
        ? html`: <span class="n">${shown(least)}</span> to <span class="n">${shown(most)}</span>`
        : nothing
    }${
      lost
        ? html`; not finite in <b>${share}&nbsp;%</b> of the cells (red), where it overflows
            float32${n ? nothing : html`. Use a smaller learning rate or go to an earlier step`}`
        : nothing
    }`;
  }

  /** @param {{ kind?: PlaneRequest['kind'], seed?: number, span?: number }} to */
  #choose({ kind = this.#kind, seed = this.#seed, span = this.#span }) {
    [this.#kind, this.#seed, this.#span] = [kind, seed, span];
    this.#stop();
    this.#slice = null;
    this.tools.redraw();
  }

  #stop() {
    this.#running = false;
    this.#wake();
    this.tools.redraw();
  }

  /** @param {ViewState} view @returns {PlaneRequest | string} */
  #planeRequest({ state, opened, previousSelection }) {
    if (this.#kind === 'path') return { kind: 'path' };
    if (this.#kind === 'random') return { kind: 'random', seed: this.#seed, span: this.#span };
    const { selection } = state;
    const two = selection && twoWeights(opened.info, selection, previousSelection);
    if (!two) {
      return 'Select one or two weights in the picture or in “Step by step” first. With one weight, the bias of its unit is the second.';
    }
    return { kind: 'weights', ...two, span: this.#span };
  }

  /** @param {ViewState} view */
  async #start(view) {
    const request = this.#planeRequest(view);
    if (typeof request === 'string') return this.tools.notify(request);
    const { opened } = view;
    const { text, experiment, info } = opened;
    [this.#running, this.#of, this.#slice] = [true, text, null];
    const start = ++this.#starts;
    const isActive = async () => {
      // A hidden view computes nothing.
      while (this.#running && start === this.#starts && (this.element.hidden || document.hidden)) {
        await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
      }
      return this.#running && start === this.#starts;
    };
    this.tools.redraw();
    const { client } = this.tools;
    try {
      const most = Math.max(3, Math.min(PATH, Math.floor(PATH_NUMBERS / info.n_weights)));
      const path = await client.askEach(
        opened,
        'weights',
        evenSteps(view.first, view.step, most),
        isActive,
      );
      if (!path) return;
      const lost = path[path.length - 1].reduce((n, w) => n + (Number.isFinite(w) ? 0 : 1), 0);
      if (lost) throw new Error(`${lost} of the ${info.n_weights} weights are not finite.`);
      const plane = await client.plane(opened, request, path, otherLoss(experiment), SIDE);
      const [own, other] = [0, 1].map(() => new Float64Array(SIDE * SIDE).fill(NaN));
      const slice = { ...plane, own, other, done: 0, step: view.step, experiment };
      if (!(await isActive())) return;
      this.#slice = slice;
      let shown = 0;
      while (slice.done < 2 * ORDER.length && (await isActive())) {
        const found = await client.cells(opened, plane.key, slice.done, TOGETHER);
        if (found.length === 0) throw new Error('it was interrupted. Compute it again.');
        for (const loss of found) {
          (slice.done % 2 ? other : own)[ORDER[slice.done >> 1]] = loss;
          slice.done++;
        }
        const now = performance.now();
        if (now - shown < BETWEEN) continue;
        shown = now;
        this.tools.redraw();
      }
    } catch (error) {
      this.tools.notify(`The surface could not be computed: ${messageOf(error)}`);
    }
    if (start === this.#starts) this.#stop();
  }

  /** @param {ViewState} view */
  #paint({ colours }) {
    const slice = this.#slice;
    for (const canvas of this.canvases('.slice')) {
      const { clientWidth: w, clientHeight: h } = canvas;
      const values = slice && (canvas.dataset.which === 'own' ? slice.own : slice.other);
      const square = values && finestOf(values, SIDE, slice.done >> 1);
      const now = [slice, square?.side, w, h, colours, window.devicePixelRatio];
      if (now.every((part, i) => part === this.#painted.get(canvas)?.[i])) continue;
      this.#painted.set(canvas, now);
      const context = clearCanvas(canvas, w, h);
      if (square) paintContours(context, w, h, { ...slice, ...square }, colours);
    }
  }
}

// A slice of the loss surface through the weights that are looked at, as contours, with the run's own path on it; beside
// it the same slice of the squared error.
import { html, nothing, render } from 'lit-html';
import { paintContours } from '../../charts/contours.js';
import { number } from '../../figures.js';
import { fresh } from '../../charts/pixels.js';
import { evenly } from '../moments.js';

/** @typedef {import('../glass.js').Look} Look */
/** @typedef {import('../surface.js').Wish} Wish */

const SIDE = 33;
/** Cells of one call: between two calls the worker can do other things. */
const TOGETHER = 11;
/** Moments of the run's path, and numbers of all of them together, at most. */
const [PATH, PATH_NUMBERS] = [80, 8e6];

/** @type {import('../glass.js').ViewKind} */
export const surface = {
  id: 'surface',
  label: 'Loss surface',
  traced: false,
  simplified: [
    'The loss surface has as many dimensions as there are weights; a slice shows two, and the run’s path is brought onto it by the shortest way.',
    'Losses of the slice are those of inference (no dropout), over all rows that are trained on; between cells the contours are interpolated.',
    'Levels of the contours lie closer together near the least loss: they follow its logarithm.',
  ],
  make: (element, tools) => new SurfaceView(element, tools),
};

/** @typedef {{ key: number, a: [number, number], b: [number, number], path: [number, number][], own: Float64Array, other: Float64Array, done: number, step: number, text: string }} Slice */

class SurfaceView {
  /** @type {Wish['kind']} */
  #kind = 'path';
  #seed = 1;
  #span = 1;
  /** @type {Slice | null} */
  #slice = null;
  #running = false;
  /** How many times it was begun: one that was cancelled does not go on with the next. */
  #begun = 0;

  /**
   * @param {HTMLElement} element
   * @param {import('../glass.js').Tools} tools
   */
  constructor(element, tools) {
    this.element = element;
    this.tools = tools;
  }

  /** @param {Look} look */
  draw(look) {
    const { state, step } = look;
    const slice = this.#slice;
    const old = slice && (slice.step !== step || slice.text !== look.opened.text);
    const share = slice ? Math.round((100 * slice.done) / (SIDE * SIDE)) : 0;
    render(
      html`<div class="inside-bar">
          <label
            >directions
            <select
              id="directions"
              @change=${(/** @type {any} */ e) => this.#choose({ kind: e.target.value })}
            >
              <option value="path" .selected=${this.#kind === 'path'}>the run’s own path</option>
              <option value="random" .selected=${this.#kind === 'random'}>
                two random ones, filter-normalised
              </option>
              <option value="weights" .selected=${this.#kind === 'weights'}>
                two weights of the chosen unit
              </option>
            </select></label
          >
          ${
            this.#kind === 'path'
              ? nothing
              : html`<label
                  >span
                  <select
                    id="span"
                    @change=${(/** @type {any} */ e) => this.#choose({ span: Number(e.target.value) })}
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
                  Other directions
                </button>`
              : nothing
          }
          <button
            type="button"
            class=${this.#running ? 'quiet' : 'primary'}
            ?disabled=${state.playing && state.moment === null}
            @click=${() => (this.#running ? this.#stop() : this.#start(look))}
          >
            ${this.#running ? 'Cancel' : 'Compute'}
          </button>
          <span class="soft" role="status">${this.#says(look, old, share)}</span>
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
                <figcaption>${this.#caption(look, which)}</figcaption>
              </figure>`,
          )}
        </div>
        ${
          slice || this.#running
            ? html`<p class="soft">
                ${look.colours.dark ? 'Lighter' : 'Darker'} is a greater loss; the line is the run’s
                path, the disc this moment.
              </p>`
            : nothing
        }`,
      this.element,
    );
    this.#paint(look);
  }

  /** @param {Look} look @param {boolean | null} old @param {number} share */
  #says({ state }, old, share) {
    if (this.#running) return `${share} %`;
    if (state.playing && state.moment === null) return 'Pause the run, or go back on the timeline.';
    if (!this.#slice)
      return `${(SIDE * SIDE).toLocaleString('en')} losses over all training rows, for two loss functions.`;
    return old
      ? 'This is the slice of another moment: compute it again.'
      : 'computed for this moment';
  }

  /** @param {string} which */
  #label(which) {
    return `Contours of the ${which === 'own' ? 'loss' : 'mean squared error'} on a plane through the weights`;
  }

  /** @param {Look} look @param {string} which */
  #caption({ opened }, which) {
    const { loss } = JSON.parse(opened.text).compile;
    const slice = this.#slice;
    const name = which === 'own' ? loss.class_name : otherLoss(opened.text).loss;
    const values = which === 'own' ? slice?.own : slice?.other;
    const finite = values ? [...values.subarray(0, slice?.done)].filter(Number.isFinite) : [];
    if (finite.length === 0) return name;
    return html`${name}: <span class="n">${number(Math.min(...finite))}</span> to
      <span class="n">${number(Math.max(...finite))}</span>`;
  }

  /** @param {{ kind?: any, seed?: number, span?: number }} to */
  #choose({ kind = this.#kind, seed = this.#seed, span = this.#span }) {
    [this.#kind, this.#seed, this.#span] = [kind, seed, span];
    this.#stop();
    this.#slice = null;
    this.tools.redraw();
  }

  #stop() {
    this.#running = false;
    this.tools.redraw();
  }

  /** @param {Look} look @returns {Wish | string} */
  #wish({ state, opened }) {
    if (this.#kind === 'path') return { kind: 'path' };
    if (this.#kind === 'random') return { kind: 'random', seed: this.#seed, span: this.#span };
    const chosen = state.chosen;
    const layer = chosen && opened.info.layers[chosen.layer];
    const kernel = layer?.params.find((p) => p.shape.length >= 2);
    if (!chosen || !kernel)
      return 'Choose a unit in the picture first: its first weight and its bias are taken.';
    const units = kernel.shape[kernel.shape.length - 1];
    const bias = layer?.params.find((p) => p.shape.length === 1);
    const first = kernel.at + (chosen.from ?? 0) * units + chosen.unit;
    const second = bias ? bias.at + chosen.unit : kernel.at + units + chosen.unit;
    return { kind: 'weights', first, second, span: this.#span };
  }

  /** @param {Look} look */
  async #start(look) {
    const wish = this.#wish(look);
    if (typeof wish === 'string') return this.tools.say(wish);
    this.#running = true;
    const begun = ++this.#begun;
    const goesOn = () => this.#running && begun === this.#begun;
    this.tools.redraw();
    const { text } = look.opened;
    const { study } = this.tools;
    try {
      const most = Math.max(
        3,
        Math.min(PATH, Math.floor(PATH_NUMBERS / look.opened.info.n_weights)),
      );
      const steps = evenly(look.first, look.step, most);
      const path = await study.along(text, 'weights', steps, goesOn);
      if (!path) return;
      const plane = await study.plane(text, wish, path, otherLoss(text));
      const cells = SIDE * SIDE;
      const slice = {
        ...plane,
        ...{ own: new Float64Array(cells), other: new Float64Array(cells), done: 0 },
        ...{ step: look.step, text },
      };
      if (!goesOn()) return;
      this.#slice = slice;
      while (goesOn() && slice.done < cells) {
        const count = Math.min(TOGETHER, cells - slice.done);
        const found = await study.cells(text, plane.key, SIDE, slice.done, count);
        if (found.length === 0) break;
        for (let i = 0; i < count; i++) {
          slice.own[slice.done + i] = found[2 * i];
          slice.other[slice.done + i] = found[2 * i + 1];
        }
        slice.done += count;
        this.tools.redraw();
      }
    } catch (error) {
      this.tools.say(
        `The surface could not be computed: ${error instanceof Error ? error.message : error}`,
      );
    }
    if (begun === this.#begun) this.#stop();
  }

  /** @param {Look} look */
  #paint({ colours }) {
    const slice = this.#slice;
    for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (
      this.element.querySelectorAll('.slice')
    )) {
      const { clientWidth: w, clientHeight: h } = canvas;
      const context = fresh(canvas, w, h);
      if (!slice || slice.done < SIDE * SIDE) continue;
      const values = canvas.dataset.which === 'own' ? slice.own : slice.other;
      paintContours(context, w, h, { ...slice, values, side: SIDE }, colours);
    }
  }
}

/**
 * The same experiment with the squared error; where it has that already, with the absolute one.
 * @param {string} text
 */
function otherLoss(text) {
  const experiment = JSON.parse(text);
  const loss =
    experiment.compile.loss.class_name === 'MeanSquaredError'
      ? 'MeanAbsoluteError'
      : 'MeanSquaredError';
  experiment.compile.loss = { class_name: loss, config: {} };
  return { text: JSON.stringify(experiment), loss };
}

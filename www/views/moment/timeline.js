// The time machine: a slider over all batches of the run, with the best epoch and the epoch at which early stopping
// would have stopped.
import { html, nothing, render } from 'lit-html';
import { marksOf } from '../../picture/charts/series.js';
import { number } from '../../app/figures.js';
import { positionText } from '../../app/position.js';
import { LatestRequest } from '../../step/latest-request.js';
import { apart } from './rail.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState & { newest: number }} TimelineState */
/**
 * What EarlyStopping would have done to the run with a text; epochs count from 1.
 * @typedef {{ text: string, watched: string, best: number | null, stop: number | null, value: number }} EarlyStopping
 */

/** Choices of the patience of early stopping. */
const PATIENCE = [1, 2, 3, 5, 10, 20];
const STOPPED = 'would have stopped';
/** Width of the slider's thumb and least distance between the middles of two marks, in pixels. */
const [THUMB, TARGET] = [16, 24];
/** @type {EarlyStopping} */
const NONE = { text: '', watched: 'loss', best: null, stop: null, value: NaN };

/** Simplifications of the time machine. */
export const simplified = [
  'A past step is recomputed from the nearest checkpoint by the same code and from the same numbers, so it is not an approximation.',
  'Early stopping is evaluated with min_delta 0, on val_loss where it is measured and otherwise on loss.',
];

export class TimelineView extends StepView {
  #patience = 3;
  /** @type {EarlyStopping} */
  #lastResult = NONE;
  /** The slider with its marks, and its width in pixels. @type {HTMLElement | null} */
  #rail = null;
  #railWidth = 0;

  /**
   * @param {{ timeline: HTMLElement, lookingBack: HTMLElement, early: HTMLElement }} elements
   * @param {import('../../step/inspector.js').Tools} tools
   */
  constructor(elements, tools) {
    super(elements.timeline, tools);
    this.elements = elements;
  }

  /** @type {LatestRequest<Uint32Array>} */
  request = new LatestRequest(this.tools);

  /** @param {TimelineState} view */
  draw(view) {
    const { step, newest, first, state } = view;
    const past = state.viewedStep !== null;
    const { goTo, branch } = this.tools;
    const slide = (/** @type {Event} */ event) =>
      goTo(Number(/** @type {HTMLInputElement} */ (event.target).value));
    const held = document.activeElement;
    const inside =
      held && [this.element, this.elements.lookingBack].some((part) => part.contains(held));
    render(
      html`<div class="moment-bar">
        <button
          type="button"
          class="icon"
          aria-label="One batch back"
          title="One batch back"
          ?disabled=${step <= first}
          @click=${() => goTo(step - 1)}
        >
          ‹
        </button>
        <div class="rail">
          <input
            type="range"
            id="moment"
            aria-label="Position in training, in batches"
            aria-valuetext=${where(view)}
            min=${first}
            max=${Math.max(newest, first + 1)}
            .value=${String(step)}
            ?disabled=${newest === first}
            @input=${slide}
          />
          ${this.#marks(view)}
        </div>
        <button
          type="button"
          class="icon"
          aria-label="One batch forward"
          title="One batch forward"
          ?disabled=${!past}
          @click=${() => goTo(step + 1)}
        >
          ›
        </button>
      </div> `,
      this.element,
    );
    render(
      html`<div class="moment-foot" ?hidden=${!past}>
        <span class="moment" data-n="moment">Looking back: ${where(view)}</span>
        <button type="button" class="quiet" @click=${() => goTo(null)}>Back to latest</button>
        <button type="button" class="quiet" @click=${branch}>Branch from here</button>
      </div>`,
      this.elements.lookingBack,
    );
    render(this.#earlyLine(view), this.elements.early);
    const rail = /** @type {HTMLElement} */ (this.element.querySelector('.rail'));
    if (rail !== this.#rail) {
      this.#rail = rail;
      new ResizeObserver(([{ contentRect }]) => {
        this.#railWidth = contentRect.width;
        this.tools.redraw();
      }).observe(rail);
    }
    // A focused button that disappeared or became disabled passes the focus on to the slider, or else to Play.
    const isGone = held && (!held.isConnected || held.closest('[hidden]'));
    if (inside && (isGone || /** @type {HTMLButtonElement} */ (held).disabled)) {
      const slider = /** @type {HTMLInputElement} */ (this.element.querySelector('#moment'));
      if (slider.disabled) this.tools.focusPlay();
      else slider.focus();
    }
  }

  /** @param {TimelineState} view */
  #marks({ history, opened, newest, first }) {
    const { n_batches, first_epoch } = opened.info;
    const at = (/** @type {number} */ epoch) => (epoch - first_epoch) * n_batches;
    const marks = marksOf(history.events)
      .concat(earlyStoppingMarks(this.#earlyStopping(history, opened)))
      .filter(({ at: epoch }) => at(epoch) >= first && at(epoch) <= newest)
      .sort((a, b) => a.at - b.at);
    const room = Math.max(0, this.#railWidth - THUMB);
    const exact = marks.map(
      ({ at: epoch }) => (room * (at(epoch) - first)) / Math.max(1, newest - first),
    );
    const places = apart(exact, TARGET, room);
    // The styles are set by script, since the content security policy allows no inline styles.
    return marks.map(({ at: epoch, label }, i) => {
      const stop = label === STOPPED;
      return html`<i class="tick" .style=${`translate: ${THUMB / 2 + exact[i]}px`}></i
        ><button
          type="button"
          class="mark ${stop ? 'stop' : ''}"
          title="after epoch ${epoch}: ${label}"
          aria-label="Go to epoch ${epoch}: ${label}"
          .style=${`translate: ${THUMB / 2 + places[i]}px`}
          @click=${() => this.tools.goTo(at(epoch))}
        ></button>`;
    });
  }

  /**
   * Returns the verdict of early stopping, which the engine's own class decides; until it has, the last one on this run.
   * @param {import('../../types.js').History} history
   * @param {import('../../types.js').Opened} opened
   * @returns {EarlyStopping}
   */
  #earlyStopping(history, opened) {
    const { text, info } = opened;
    const watched = history.names.includes('val_loss') ? 'val_loss' : 'loss';
    const column = history.names.indexOf(watched);
    if (!isWhole(history, info)) return NONE;
    const losses = history.epochs.map((row) => row[column]);
    const key = `${this.#patience} ${history.at.at(-1)} ${text}`;
    const validation = watched === 'val_loss';
    if (this.#lastResult.text !== text) this.#lastResult = { ...NONE, text, watched };
    // In a fast run each answer is about an earlier epoch than the last one.
    const ask = async () => {
      const found = await this.tools.client.earlyStopping(
        opened,
        losses,
        validation,
        this.#patience,
      );
      if (!found) return null;
      const [best, stop] = found;
      const value = best ? losses[best - info.first_epoch - 1] : NaN;
      if (this.#lastResult.text === text)
        this.#lastResult = { text, watched, best: best || null, stop: stop || null, value };
      return found;
    };
    if (losses.length) this.request.get(key, ask);
    return this.#lastResult;
  }

  /** @param {TimelineState} view */
  #earlyLine({ history, opened }) {
    if (history.epochs.length < 2)
      return html`<p class="early soft">
        After two epochs, this line says when early stopping would have stopped.
      </p>`;
    if (!isWhole(history, opened.info))
      return html`<p class="early soft">
        This line follows early stopping through the first 10,000 epochs.
      </p>`;
    const choose = (/** @type {Event} */ event) => {
      this.#patience = Number(/** @type {HTMLSelectElement} */ (event.target).value);
      this.tools.redraw();
    };
    const { watched, value, best, stop } = this.#earlyStopping(history, opened);
    const result = html`${
      stop === null
        ? 'would still be running.'
        : html`would have stopped <i class="key-stop"></i>after epoch
            <b data-n="would-stop">${stop}</b>.`
    }
    ${
      best === null
        ? `No ${watched} has been measured yet.`
        : html`Best epoch${stop === null ? ' so far' : nothing}: <i class="key-best"></i
            ><b data-n="would-restore">${best}</b> (<span title=${watched}
              >${Number.isNaN(value) ? 'NaN' : number(value)}</span
            >)`
    }`;
    return html`<p class="early soft">
      Early stopping with patience
      <select aria-label="Patience of early stopping" @change=${choose}>
        ${PATIENCE.map((n) => html`<option .selected=${n === this.#patience}>${n}</option>`)}
      </select>
      ${result}
    </p>`;
  }
}

/**
 * Whether each epoch so far is in the history.
 * @param {import('../../types.js').History} history
 * @param {import('../../types.js').RunInfo} info
 */
function isWhole({ at }, { first_epoch }) {
  return at.length === (at.at(-1) ?? first_epoch) - first_epoch;
}

/** Describes the viewed step. @param {TimelineState} view */
function where({ step, opened }) {
  const text = positionText(step, opened.info);
  return step === 0 ? text : `after batch ${step} (${text})`;
}

/** @param {EarlyStopping} verdict @returns {import('../../picture/charts/series.js').Mark[]} */
function earlyStoppingMarks({ watched, best, stop }) {
  const marks = [];
  if (best !== null) marks.push({ at: best, label: `lowest ${watched}` });
  if (stop !== null) marks.push({ at: stop, label: STOPPED });
  return marks;
}

/** Explains why a branch has no steps before its first one. @param {number} first @param {boolean} canUndo */
export function branchStartNotice(first, canUndo) {
  const where = canUndo
    ? 'Undo returns to that run.'
    : 'Open the link or file of that run to see earlier batches.';
  return `This branch starts after batch ${first} of another run. ${where}`;
}

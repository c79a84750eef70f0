// The time machine: a slider over all batches of the run, with the best epoch and the epoch at which early stopping
// would have stopped.
import { html, nothing, render } from 'lit-html';
import { marksOf } from '../../charts/series.js';
import { number } from '../../figures.js';
import { measured, stopping } from '../stopping.js';

/** @typedef {import('../glass.js').Look & { newest: number }} Along */

/** Choices of the patience of early stopping. */
const PATIENCE = [1, 2, 3, 5, 10, 20];
const STOPPED = 'would have stopped';

/** Simplifications of the time machine. */
export const simplified = [
  'A past step is recomputed from the nearest checkpoint by the same code and from the same numbers, so it is not an approximation.',
  'Early stopping is evaluated with min_delta 0, on val_loss where it is measured and otherwise on loss.',
];

export class TimelineView {
  #patience = 3;
  /** @type {{ key: string, verdict: ReturnType<typeof verdictOn> } | null} */
  #known = null;

  /**
   * @param {HTMLElement} element
   * @param {import('../glass.js').Tools} tools
   */
  constructor(element, tools) {
    this.element = element;
    this.tools = tools;
  }

  /** @param {Along} along */
  draw(along) {
    const { step, newest, first, state } = along;
    const past = state.moment !== null;
    const { goTo, branch } = this.tools;
    const slide = (/** @type {Event} */ event) =>
      goTo(Number(/** @type {HTMLInputElement} */ (event.target).value));
    const held = document.activeElement;
    const inside = held && this.element.contains(held);
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
              aria-valuetext=${where(along)}
              min=${first}
              max=${Math.max(newest, first + 1)}
              .value=${String(step)}
              ?disabled=${newest === first}
              @input=${slide}
            />
            ${this.#marks(along)}
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
        </div>
        <div class="moment-foot">
          <span class="moment" data-n="moment"
            >${past ? `Looking back: ${where(along)}` : `Now: ${where(along)}`}</span
          >
          ${
            past
              ? html`<button type="button" class="quiet" @click=${() => goTo(null)}>
                    Back to latest
                  </button>
                  <button type="button" class="quiet" @click=${branch}>Branch from here</button>`
              : nothing
          }
        </div>
        ${this.#early(along)}`,
      this.element,
    );
    // A focused button that disappeared or became disabled passes the focus on to the slider, or else to Play.
    if (inside && (!held.isConnected || /** @type {HTMLButtonElement} */ (held).disabled)) {
      const slider = /** @type {HTMLInputElement} */ (this.element.querySelector('#moment'));
      if (slider.disabled) this.tools.home();
      else slider.focus();
    }
  }

  /** @param {Along} along */
  #marks({ history, opened, newest, first }) {
    const { n_batches, first_epoch } = opened.info;
    const at = (/** @type {number} */ epoch) => (epoch - first_epoch) * n_batches;
    const marks = marksOf(history.events)
      .concat(this.#verdict(history, opened).marks)
      .filter(({ at: epoch }) => at(epoch) >= first && at(epoch) <= newest);
    return marks.map(({ at: epoch, label }) => {
      const stop = label === STOPPED;
      const share = ((at(epoch) - first) / Math.max(1, newest - first)).toFixed(5);
      // The style is set by script, since the content security policy allows no inline styles.
      return html`<button
        type="button"
        class="mark ${stop ? 'stop' : ''}"
        title="after epoch ${epoch}: ${label}"
        aria-label="Go to epoch ${epoch}: ${label}"
        .style=${`left: calc(var(--thumb) / 2 + ${share} * (100% - var(--thumb)))`}
        @click=${() => this.tools.goTo(at(epoch))}
      ></button>`;
    });
  }

  /**
   * Evaluates early stopping on the monitored column, again after each epoch.
   * @param {import('../../types.js').History} history
   * @param {import('../../types.js').Opened} opened
   */
  #verdict(history, { text, experiment, info }) {
    const key = `${this.#patience} ${history.epochs.length} ${text}`;
    if (this.#known?.key === key) return this.#known.verdict;
    const verdict = verdictOn(history, info, experiment.fit.validation_freq, this.#patience);
    this.#known = { key, verdict };
    return verdict;
  }

  /** @param {Along} along */
  #early({ history, opened }) {
    const choose = (/** @type {Event} */ event) => {
      this.#patience = Number(/** @type {HTMLSelectElement} */ (event.target).value);
      this.tools.redraw();
    };
    const { watched, value, best, stop } = this.#verdict(history, opened);
    const told =
      history.epochs.length < 2
        ? 'needs two epochs first.'
        : html`${
            stop === null
              ? 'would still be running.'
              : html`would have stopped <i class="key-stop"></i>after epoch
                  <b data-n="would-stop">${stop}</b>.`
          }
          ${
            best === null
              ? `No ${watched} has been measured yet.`
              : html`Best epoch${stop === null ? ' so far' : nothing}: <i class="key-best"></i
                  ><b data-n="would-restore">${best}</b> (${watched}
                  ${Number.isNaN(value) ? 'NaN' : number(value)})`
          }`;
    return html`<p class="early soft">
      Early stopping with patience
      <select aria-label="Patience of early stopping" @change=${choose}>
        ${PATIENCE.map((n) => html`<option .selected=${n === this.#patience}>${n}</option>`)}
      </select>
      ${told}
    </p>`;
  }
}

/** Describes the viewed step. @param {Along} along */
function where({ step, opened }) {
  const { n_batches, first_epoch } = opened.info;
  const [epoch, batch] = [Math.floor(step / n_batches), step % n_batches];
  const done = first_epoch + epoch;
  if (step === 0) return 'before the first update';
  return batch === 0
    ? `after batch ${step} (end of epoch ${done})`
    : `after batch ${step} (epoch ${done + 1}, batch ${batch} of ${n_batches})`;
}

/**
 * Evaluates early stopping on a history.
 * @param {import('../../types.js').History} history
 * @param {import('../../types.js').RunInfo} info
 * @param {number | number[] | undefined} every `validation_freq`
 * @param {number} patience
 */
function verdictOn(history, info, every, patience) {
  const watched = history.names.includes('val_loss') ? 'val_loss' : 'loss';
  const losses = measured(history, watched, every, info.first_epoch);
  const { best, stop } = stopping(losses, patience);
  const epoch = (/** @type {number} */ i) => info.first_epoch + i + 1;
  /** @type {import('../../charts/series.js').Mark[]} */
  const marks = [];
  if (best >= 0) marks.push({ at: epoch(best), label: `lowest ${watched}` });
  if (stop !== null) marks.push({ at: epoch(stop), label: STOPPED });
  const at = (/** @type {number | null} */ i) => (i === null ? null : epoch(i));
  return {
    watched,
    marks,
    value: losses[best],
    best: best < 0 ? null : epoch(best),
    stop: at(stop),
  };
}

/** Explains why a branch has no steps before its first one. @param {number} first @param {boolean} canUndo */
export function beforeIts(first, canUndo) {
  const where = canUndo
    ? 'Undo returns to that run.'
    : 'Open the link or file of that run to see earlier batches.';
  return `This branch starts after batch ${first} of another run. ${where}`;
}

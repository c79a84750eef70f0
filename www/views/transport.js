// The transport: reset, undo, play, step, the counter and the speed. It also announces the progress to screen readers.
import { html, render } from 'lit-html';
import { number } from '../app/figures.js';
import { icon } from './icons.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').State} State */

const SPEEDS = /** @type {const} */ ([
  ['slow', 'Slow', 'four batches per second'],
  ['steady', 'Normal', 'the whole run in about ten seconds'],
  ['full', 'Max', 'as fast as this computer can train'],
]);

/** Milliseconds between two announcements during training. */
const ANNOUNCE_EVERY = 4000;

export class TransportView {
  #announcedAt = 0;
  #wasPlaying = false;
  /** Whether a run has been open. While another one opens, the buttons stay enabled and wait for it. */
  #wasOpen = false;

  /**
   * @param {HTMLElement} element
   * @param {{ play: () => void, pause: () => void, step: () => void, epoch: () => void, reset: () => void, undo: () => void, speed: (speed: import('../app/store.js').Settings['speed']) => void }} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
  }

  /**
   * @param {State} state
   * @param {Frame | null} frame
   * @param {import('../types.js').History} history
   */
  render(state, frame, history) {
    const { playing, canUndo, settings } = state;
    const { play, pause, step, epoch, reset, undo, speed } = this.actions;
    this.#wasOpen ||= frame !== null;
    const disabled = !this.#wasOpen || Boolean(frame?.trouble);
    const over = Boolean(frame?.done) && !frame?.trouble;
    const main = playing ? 'Pause' : over ? 'Start over' : 'Play';
    const glyph = playing ? 'pause' : over ? 'again' : 'play';
    const focused = document.activeElement;
    render(
      html`
        <div class="buttons">
          <button
            type="button"
            class="icon wide-icon"
            ?disabled=${!frame || frame.steps === 0}
            @click=${reset}
            aria-label="Reset"
            title="Reset (R)"
          >
            ${icon('reset')}
          </button>
          <button
            type="button"
            class="icon wide-icon"
            ?disabled=${!canUndo}
            @click=${undo}
            aria-label="Undo"
            title="Undo (U)"
          >
            ${icon('undo')}
          </button>
          <button
            type="button"
            class="play"
            ?disabled=${disabled}
            @click=${playing ? pause : play}
            title="${main} (space)"
          >
            ${icon(glyph)}<span>${main}</span>
          </button>
          <button
            type="button"
            class="step"
            ?disabled=${disabled || over}
            @click=${step}
            title="Step one batch (→)"
          >
            Step 1 batch
          </button>
          <button
            type="button"
            class="step"
            ?disabled=${disabled || over}
            @click=${epoch}
            title="Step one epoch (shift →)"
          >
            Run 1 epoch
          </button>
        </div>
        <dl class="counter">
          <div>
            <dt>epoch</dt>
            <dd><span data-n="epoch"></span><span class="of" data-n="epochs"></span></dd>
          </div>
          <div>
            <dt>batch</dt>
            <dd><span data-n="batch"></span><span class="of" data-n="batches"></span></dd>
          </div>
        </dl>
        <fieldset class="speed">
          <legend>Speed</legend>
          ${SPEEDS.map(
            ([value, label, doc]) =>
              html`<label title=${doc}
                ><input
                  type="radio"
                  name="speed"
                  value=${value}
                  .checked=${settings.speed === value}
                  @change=${() => speed(value)}
                /><span>${label}</span></label
              >`,
          )}
        </fieldset>
        <p class="live unseen" role="status" aria-live="polite"></p>
      `,
      this.element,
    );
    // A focused button that became disabled passes the focus on to Play.
    if (focused instanceof HTMLButtonElement && focused.disabled && this.element.contains(focused))
      /** @type {HTMLElement | null} */ (this.element.querySelector('.play'))?.focus();
    if (frame) this.#count(state, frame, history);
  }

  /** @param {State} state @param {Frame} frame @param {import('../types.js').History} history */
  #count({ opened, playing }, frame, history) {
    if (!opened) return;
    const { n_batches, epochs } = opened.info;
    const row = history.epochs[history.epochs.length - 1];
    const [loss, val] = ['loss', 'val_loss'].map((name) => row?.[history.names.indexOf(name)]);
    /** @type {Record<string, string>} */
    const texts = {
      epoch: String(frame.epochs),
      epochs: ` of ${epochs}`,
      batch: String(frame.batch),
      batches: ` of ${n_batches}`,
    };
    for (const part of this.element.querySelectorAll('[data-n]')) {
      const text = texts[/** @type {HTMLElement} */ (part).dataset.n ?? ''];
      if (text !== undefined && part.textContent !== text) part.textContent = text;
    }
    const now = performance.now();
    const stopped = this.#wasPlaying && !playing;
    this.#wasPlaying = playing;
    if (frame.steps === 0 || (playing && now - this.#announcedAt < ANNOUNCE_EVERY && !stopped))
      return;
    this.#announcedAt = now;
    const batch = frame.batch ? `, batch ${frame.batch} of ${n_batches}` : '';
    const losses =
      loss === undefined
        ? ''
        : `, loss ${number(loss)}${val === undefined ? '' : `, validation loss ${number(val)}`}`;
    const rate = row?.[history.names.indexOf('learning_rate')];
    const steps = rate === undefined ? '' : `, learning rate ${number(rate)}`;
    const text = frame.trouble ?? `Epoch ${frame.epochs} of ${epochs}${batch}${losses}${steps}.`;
    const live = this.element.querySelector('.live');
    if (live && live.textContent !== text) live.textContent = text;
  }
}

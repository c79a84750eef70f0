// The transport: play, step, reset, undo and the speed.
import { html, render } from 'lit-html';
import { onValue } from '../app/dom.js';
import { icon } from './icons.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../app/store.js').Settings['speed']} Speed */

const SPEEDS = /** @type {const} */ ([
  ['slow', 'Slow', 'four batches per second'],
  ['steady', 'Normal', 'the whole run in about ten seconds'],
  ['full', 'Max', 'as fast as this computer can train'],
]);

/**
 * @typedef {object} TransportActions
 * @property {() => void} play
 * @property {() => void} pause
 * @property {() => void} step
 * @property {() => void} epoch
 * @property {() => void} reset
 * @property {() => void} undo
 * @property {(speed: Speed) => void} speed
 */

export class TransportView {
  /** Whether a run has been open. While another one opens, the buttons stay enabled and wait for it. */
  #wasOpen = false;

  /** @param {HTMLElement} element @param {TransportActions} actions */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
  }

  /** @param {State} state @param {Frame | null} frame */
  render(state, frame) {
    const { playing, canUndo, draftError, settings } = state;
    const { play, pause, step, epoch, reset, undo, speed } = this.actions;
    this.#wasOpen ||= frame !== null;
    const broken = Boolean(frame?.trouble);
    const over = Boolean(frame?.done) && !broken;
    const main = playing ? 'Pause' : over ? 'Start over' : 'Play';
    const glyph = playing ? 'pause' : over ? 'again' : 'play';
    const still = !this.#wasOpen || broken || over;
    const focused = document.activeElement;
    render(
      html`<button
          type="button"
          id="play"
          class="play"
          ?disabled=${broken}
          @click=${playing ? pause : play}
          title="${main} (space)"
        >
          ${icon(glyph)}<span>${main}</span>
        </button>
        ${stepButton('batch', 'Step 1 batch', 'Train one batch (→)', still, step)}
        ${stepButton('epoch', 'Run 1 epoch', 'Train one epoch (shift →)', still, epoch)}
        ${iconButton('reset', 'Reset', 'Reset to the initial weights (R)', !frame || frame.steps === 0, reset)}
        ${iconButton('undo', 'Undo', 'Undo (U)', !canUndo && !draftError, undo)}
        <div class="quick-field speed-field">
          <label for="speed">speed</label>
          <select id="speed" @change=${onValue((/** @type {Speed} */ value) => speed(value))}>
            ${SPEEDS.map(
              ([value, label, doc]) =>
                html`<option value=${value} title=${doc} .selected=${settings.speed === value}>
                  ${label}
                </option>`,
            )}
          </select>
        </div>`,
      this.element,
    );
    // A focused button that became disabled passes the focus on to Play.
    if (focused instanceof HTMLButtonElement && focused.disabled && this.element.contains(focused))
      /** @type {HTMLElement | null} */ (this.element.querySelector('.play'))?.focus();
  }
}

/**
 * @param {string} unit
 * @param {string} name
 * @param {string} title
 * @param {boolean} disabled
 * @param {() => void} act
 */
function stepButton(unit, name, title, disabled, act) {
  const content = html`<span><span class="plus">+1 </span>${unit}</span>`;
  return button('step', content, name, title, disabled, act);
}

/**
 * @param {string} glyph
 * @param {string} name
 * @param {string} title
 * @param {boolean} disabled
 * @param {() => void} act
 */
function iconButton(glyph, name, title, disabled, act) {
  return button('icon wide-icon', icon(glyph), name, title, disabled, act);
}

/**
 * @param {string} kind its class
 * @param {unknown} content
 * @param {string} name
 * @param {string} title
 * @param {boolean} disabled
 * @param {() => void} act
 */
function button(kind, content, name, title, disabled, act) {
  return html`<button
    type="button"
    class=${kind}
    ?disabled=${disabled}
    @click=${act}
    aria-label=${name}
    title=${title}
  >
    ${content}
  </button>`;
}

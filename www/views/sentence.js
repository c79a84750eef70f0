// The sentence below the controls: what the run is doing, what the last action did or what is wrong, and what to do next.
import { html, nothing, render } from 'lit-html';
import { statusOf } from '../app/status.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../types.js').Frame} Frame */

/**
 * @typedef {object} SentenceActions
 * @property {() => void} putBack shows the running experiment in the forms again
 * @property {(path: string) => void} openSettings
 * @property {(epochs: number) => void} trainMore
 * @property {(advice: import('../types.js').Advice) => void} applyFix
 */

/**
 * Renders the sentence.
 * @param {HTMLElement} element
 * @param {State} state
 * @param {Frame | null} frame
 * @param {import('../types.js').History} history
 * @param {SentenceActions} actions
 */
export function sentence(element, state, frame, history, actions) {
  const { opened, playing, alarm, notice, draftError } = state;
  const status =
    opened && frame ? statusOf(opened.info, frame, history, playing) : loading(playing);
  const wrong = alarm || (status.kind === 'broken' ? status.text : '');
  const said = wrong || notice;
  render(
    html`<p class="notice ${wrong ? 'alarm' : ''}" role="status" aria-live="polite">${said}</p>
      ${
        draftError
          ? invalid(draftError, actions)
          : html`<p
              class="status ${status.kind} ${status.isWell ? '' : 'doubtful'}"
              id="status"
              ?hidden=${Boolean(said)}
            >
              ${status.text}
            </p>`
      }
      ${draftError ? nothing : next(state, status.kind, actions)}`,
    element,
  );
}

/** @param {boolean} playing @returns {import('../app/status.js').Status} */
function loading(playing) {
  const text = playing
    ? 'Training begins as soon as the engine is here.'
    : 'The engine is loading.';
  return { kind: 'ready', text, isWell: true };
}

/** @param {import('../types.js').DraftError} error @param {SentenceActions} actions */
function invalid({ path, message }, { putBack, openSettings }) {
  return html`<div class="banner" id="status" role="alert">
    <p>${message} The last working experiment is still shown.</p>
    <button type="button" class="quiet" @click=${putBack}>Restore it</button>
    <button type="button" class="quiet" @click=${() => openSettings(path)}>Show the setting</button>
  </div>`;
}

/**
 * The next action: train on after the end, or the first advice before the start.
 * @param {State} state
 * @param {import('../app/status.js').Status['kind']} kind
 * @param {SentenceActions} actions
 */
function next({ opened, advice, drawer }, kind, { trainMore, applyFix }) {
  if (kind === 'finished' && opened) {
    const more = opened.experiment.fit.epochs ?? 1;
    return html`<button type="button" class="quiet next" @click=${() => trainMore(more)}>
      Train ${more} more epoch${more === 1 ? '' : 's'}
    </button>`;
  }
  const [first] = advice;
  if (kind !== 'ready' || !first || drawer !== null) return nothing;
  return html`<span class="soft hint-line">${first.message}</span
    ><button type="button" class="quiet next" @click=${() => applyFix(first)}>
      ${first.change}
    </button>`;
}

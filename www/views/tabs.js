// The tabs below the picture: the drawing pad, and the run as text in Keras' format.
import { html, nothing, render } from 'lit-html';
import { bestOf } from '../picture/charts/series.js';
import * as lines from './lines.js';
import { configOf, nameOf } from '../forms/choices.js';

/** @typedef {import('../app/store.js').State} State */

const TABS = /** @type {const} */ ([
  ['draw', 'Draw a digit'],
  ['summary', 'model.summary()'],
  ['log', 'Fit log'],
  ['code', 'Keras code'],
]);

/**
 * Renders the row of tabs and the text panel. The drawing pad is an element of its own that is shown or hidden here.
 * @param {HTMLElement} element
 * @param {HTMLElement} pad
 * @param {State} state
 * @param {import('../types.js').CallbackEvent[]} events actions of callbacks
 * @param {string | undefined} hash fingerprint of the weights
 * @param {{ id: string, label: string }[]} more tabs whose panels other views render
 * @param {{ tab: (tab: string) => void, copy: (text: string) => void, light: (ref: import('../types.js').UnitRef | null) => void, choose: (ref: import('../types.js').UnitRef) => void, csv: (i: number) => void, goTo: (epoch: number) => void }} actions
 */
export function tabs(element, pad, state, events, hash, more, actions) {
  const { opened, settings, log } = state;
  const images = Boolean(opened?.info.data.image);
  const others = more.map(({ id, label }) => /** @type {[string, string]} */ ([id, label]));
  /** @type {(readonly [string, string])[]} */
  const shown = [...TABS.filter(([id]) => id !== 'draw' || images), ...others];
  const current = shown.some(([id]) => id === settings.tab) ? settings.tab : shown[0][0];
  const elsewhere = more.some(({ id }) => id === current);
  pad.hidden = current !== 'draw';
  const texts = /** @type {Record<string, string>} */ ({
    summary: opened?.summary ?? '',
    log: log || 'One line per epoch will appear here, as Keras prints it.',
    code: state.code || 'Writing the script …',
  });
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const i = shown.findIndex(([id]) => id === current);
    const [next] = shown[(i + by + shown.length) % shown.length];
    actions.tab(next);
    /** @type {HTMLElement | null} */ (element.querySelector(`#tab-${next}`))?.focus();
  };
  const light = (/** @type {Event} */ event) => actions.light(lines.layerAt(event));
  const dark = () => actions.light(null);
  // A log that is scrolled to its end stays at its end.
  const before = element.querySelector('pre');
  const atEnd = before && before.scrollHeight - before.scrollTop - before.clientHeight < 40;
  render(
    html`<div class="tabs" role="tablist" aria-label="More about this run" @keydown=${move}>
        ${shown.map(
          ([id, label]) =>
            html`<button
              type="button"
              role="tab"
              id="tab-${id}"
              data-label=${label}
              aria-selected=${id === current}
              aria-controls=${panelOf(id, more)}
              tabindex=${id === current ? 0 : -1}
              @click=${() => actions.tab(id)}
            >
              ${label}
            </button>`,
        )}
      </div>
      <div
        class="text-panel"
        id="panel-text"
        role="tabpanel"
        aria-labelledby="tab-${current in texts ? current : 'summary'}"
        ?hidden=${current === 'draw' || elsewhere}
      >
        <pre
          tabindex="0"
          data-text=${current}
          @pointerover=${light}
          @focusin=${light}
          @pointerleave=${dark}
          @focusout=${dark}
          @click=${(/** @type {Event} */ event) => lines.selectLine(event, actions.choose)}
          @keydown=${(/** @type {KeyboardEvent} */ event) => lines.handleKey(event, actions.choose)}
        >
${current === 'code' ? lines.linesOf(texts.code, state) : (texts[current] ?? '')}</pre>
        <div class="text-foot">
          <button type="button" class="quiet" @click=${() => actions.copy(texts[current] ?? '')}>
            Copy
          </button>
          ${current === 'log' ? done(state, events, actions) : nothing}
          ${hash ? html`<span class="soft">fingerprint of all weights: <code data-n="hash">${hash}</code></span>` : nothing}
        </div>
      </div>`,
    element,
  );
  showTab(element, current);
  const after = element.querySelector('pre');
  if (current === 'log' && atEnd && after) after.scrollTop = after.scrollHeight;
}

/**
 * Scrolls the selected tab into view where the row is wider than the screen. It does so only when the selection changes,
 * so that it does not undo a manual scroll.
 * @param {HTMLElement} element
 * @param {string} current
 */
function showTab(element, current) {
  const row = /** @type {HTMLElement | null} */ (element.querySelector('.tabs'));
  const tab = element.querySelector(`#tab-${current}`);
  if (!row || !tab || row.dataset.shown === current) return;
  row.dataset.shown = current;
  const [{ left, right }, of] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  const margin = 32;
  if (left < of.left + margin) row.scrollLeft += left - of.left - margin;
  else if (right > of.right - margin) row.scrollLeft += right - of.right + margin;
}

/** The id of a tab's panel. @param {string} id @param {{ id: string }[]} more */
function panelOf(id, more) {
  if (id === 'draw' || id === 'compare') return `panel-${id}`;
  return more.some((other) => other.id === id) ? 'panel-glass' : 'panel-text';
}

/**
 * Renders the results of callbacks: the file of each CSVLogger, and the best epoch with a button that restores it.
 * @param {State} state
 * @param {import('../types.js').CallbackEvent[]} events
 * @param {{ csv: (i: number) => void, goTo: (epoch: number) => void }} actions
 */
function done({ opened, draft }, events, { csv, goTo }) {
  /** @type {import('../../pkg/glassbox.js').NamedClass[]} */
  const callbacks = draft.fit.callbacks ?? [];
  const loggers = callbacks.filter((callback) => nameOf(callback) === 'CSVLogger');
  const best = bestOf(events);
  return html`${
    opened &&
    loggers.map(
      (logger, i) =>
        html`<button type="button" class="quiet" @click=${() => csv(i)}>
          Save ${configOf(logger).filename ?? 'log.csv'}
        </button>`,
    )
  }${
    best
      ? html`<span class="best"
          >best epoch: <b data-n="best">${best.epoch}</b> (${best.what})
          <button type="button" class="quiet" @click=${() => goTo(best.epoch)}>
            Restore its weights
          </button></span
        >`
      : nothing
  }`;
}

// The panel below the picture: groups of views, the drawing pad, and the run as text in Keras' format.
import { html, nothing, render } from 'lit-html';
import { groupsOf } from '../app/groups.js';
import { bestOf } from '../picture/charts/series.js';
import * as lines from './lines.js';
import { configOf, nameOf } from '../forms/choices.js';

/** @typedef {import('../app/store.js').State} State */
/** A tab. `name`: its id in the document; `view`: the view that it opens. @typedef {{ name: string, view: string, label: string, isOn: boolean }} Tab */
/** A view that another module renders. @typedef {{ id: string, label: string }} View */

/**
 * @typedef {object} PanelActions
 * @property {(tab: string) => void} tab
 * @property {(text: string) => void} copy
 * @property {(ref: import('../types.js').UnitRef | null) => void} light
 * @property {(ref: import('../types.js').UnitRef) => void} choose
 * @property {(i: number) => void} csv
 * @property {(epoch: number) => void} goTo
 */

/** The views that are rendered here. @type {Record<string, string>} */
const OWN = {
  draw: 'Draw a digit',
  summary: 'model.summary()',
  log: 'Fit log',
  code: 'Keras code',
};

/** The view that each group showed last. @type {Map<string, string>} */
const lastView = new Map();

/**
 * Renders the tabs of the groups, those of the views in a group of several, and the text panel. Returns the shown view. The drawing pad is an
 * element of its own that is shown or hidden here.
 * @param {HTMLElement} element
 * @param {HTMLElement} pad
 * @param {State} state
 * @param {import('../types.js').CallbackEvent[]} events actions of callbacks
 * @param {string | undefined} hash fingerprint of the weights
 * @param {View[]} more views that other modules render
 * @param {PanelActions} actions
 */
export function panel(element, pad, state, events, hash, more, actions) {
  const { opened, settings, log } = state;
  // Before the first run is open the tabs are those of the digits, so that none moves when it comes.
  const hasPad = !opened || opened.info.data.image !== null;
  /** @type {Record<string, string>} */
  const labels = { ...OWN, ...Object.fromEntries(more.map(({ id, label }) => [id, label])) };
  const available = Object.keys(labels).filter((id) => id !== 'draw' || hasPad);
  const { groups, group, view: current } = groupsOf(available, settings.tab);
  lastView.set(group.id, current);
  const elsewhere = more.some(({ id }) => id === current);
  pad.hidden = current !== 'draw';
  const texts = /** @type {Record<string, string>} */ ({
    summary: opened?.summary ?? '',
    log: log || 'One line per epoch will appear here, as Keras prints it.',
    code: state.code || 'Writing the script …',
  });
  /** @type {Tab[]} */
  const outer = groups.map(({ id, label, views }) => {
    const last = lastView.get(id) ?? '';
    const view = views.includes(last) ? last : views[0];
    // The tab of a group with one view is the tab of that view.
    const name = views.length > 1 ? `group-${id}` : `tab-${view}`;
    return { name, view, label, isOn: id === group.id };
  });
  /** @type {Tab[]} */
  const inner = group.views.map((id) => ({
    name: `tab-${id}`,
    view: id,
    label: labels[id],
    isOn: id === current,
  }));
  const light = (/** @type {Event} */ event) => actions.light(lines.layerAt(event));
  const dark = () => actions.light(null);
  // A log that is scrolled to its end stays at its end.
  const before = element.querySelector('pre');
  const atEnd = before && before.scrollHeight - before.scrollTop - before.clientHeight < 40;
  render(
    html`${tabList('More about this run', 'groups', outer, more, actions.tab)}
      ${inner.length > 1 ? tabList(group.label, 'views', inner, more, actions.tab) : nothing}
      <div
        class="text-panel"
        id="panel-text"
        role="tabpanel"
        aria-labelledby="tab-${current in texts ? current : 'code'}"
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
  const after = element.querySelector('pre');
  if (current === 'log' && atEnd && after) after.scrollTop = after.scrollHeight;
  return current;
}

/**
 * Renders a row of tabs. Arrow keys move between them.
 * @param {string} label
 * @param {'groups' | 'views'} kind
 * @param {Tab[]} tabs
 * @param {{ id: string }[]} more
 * @param {(id: string) => void} choose
 */
function tabList(label, kind, tabs, more, choose) {
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const next = tabs[(tabs.findIndex(({ isOn }) => isOn) + by + tabs.length) % tabs.length];
    choose(next.view);
    document.getElementById(next.name)?.focus();
  };
  return html`<div class="tabs ${kind}" role="tablist" aria-label=${label} @keydown=${move}>
    ${tabs.map(
      ({ name, view, label, isOn }) =>
        html`<button
          type="button"
          role="tab"
          id=${name}
          data-label=${label}
          aria-selected=${isOn}
          aria-controls=${panelOf(view, more)}
          tabindex=${isOn ? 0 : -1}
          @click=${() => choose(view)}
        >
          ${label}
        </button>`,
    )}
  </div>`;
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
 * @param {PanelActions} actions
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

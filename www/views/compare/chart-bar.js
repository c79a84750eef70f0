// The buttons of the charts: log scale, batches, smoothing, the axis from 0 to 1, the tables and the export.
import { html } from 'lit-html';

/** @typedef {import('../../app/store.js').Settings} Settings */
/** @typedef {'png' | 'svg' | 'csv'} ExportKind */

/** Settings of the charts with their labels. @type {[key: 'chartLog' | 'chartBatches' | 'chartSmooth' | 'chartWhole', label: string, title: string][]} */
const TOGGLES = [
  ['chartLog', 'log', 'Logarithmic axis of losses and errors'],
  ['chartBatches', 'batches', 'The loss of each batch, behind that of the epochs'],
  ['chartSmooth', 'smooth', 'Smoothed lines over the raw ones'],
  ['chartWhole', '0 to 1', 'The whole axis of an accuracy, and not only where its values are'],
];

/** @type {[ExportKind, string][]} */
const KINDS = [
  ['png', 'image (PNG)'],
  ['svg', 'drawing (SVG)'],
  ['csv', 'table (CSV)'],
];

/**
 * @param {Settings} settings
 * @param {boolean} isTable
 * @param {boolean} isEmpty whether there is nothing to draw yet
 * @param {{ setting: (change: Partial<Settings>) => void, table: () => void, save: (kind: ExportKind) => void }} actions
 */
export function chartBar(settings, isTable, isEmpty, { setting, table, save }) {
  const pick = (/** @type {Event} */ { target }) => {
    const select = /** @type {HTMLSelectElement} */ (target);
    const kind = /** @type {ExportKind} */ (select.value);
    select.value = '';
    save(kind);
  };
  return html`<div
    class="chart-bar ${isEmpty && !isTable ? 'without-data' : ''}"
    role="toolbar"
    aria-label="Charts"
  >
    ${TOGGLES.map(
      ([key, label, title]) =>
        html`<button
          type="button"
          class="quiet"
          title=${title}
          aria-pressed=${settings[key]}
          @click=${() => setting({ [key]: !settings[key] })}
        >
          ${label}
        </button>`,
    )}
    <button type="button" class="quiet" aria-pressed=${isTable} @click=${table}>table</button>
    <select aria-label="Save the charts" title="Save the charts" @change=${pick}>
      <option value="">save</option>
      ${KINDS.map(([kind, label]) => html`<option value=${kind}>${label}</option>`)}
    </select>
  </div>`;
}

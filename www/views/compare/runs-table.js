// The table of runs: settings with the differing ones marked, figures, and what can be done with each run.
import { html, nothing } from 'lit-html';
import { number } from '../../app/figures.js';
import { title } from '../../compare/naming.js';
import { swatch } from './swatch.js';

/** @typedef {import('../../compare/table.js').RunsTable} RunsTable */
/** @typedef {import('../../compare/table.js').Row} Row */
/** @typedef {import('./index.js').CompareActions} CompareActions */

/**
 * @param {RunsTable} table
 * @param {Pick<CompareActions, 'runs' | 'open'> & { sort: (key: string) => void, csv: () => void }} actions
 * @param {{ key: string, descending: boolean, colours: import('../../picture/colour.js').Colours, hues: Map<string, number> }} look `hues`: colours of the runs in the charts, by id
 */
export function runsTable({ settings, figures, rows }, actions, look) {
  const { key, descending } = look;
  const head = (/** @type {string} */ name, label = title(name)) =>
    html`<th
      scope="col"
      aria-sort=${key === name ? (descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" class="sort" @click=${() => actions.sort(name)}>
        ${label}<span aria-hidden="true">${key === name ? (descending ? ' ▼' : ' ▲') : ''}</span>
      </button>
    </th>`;
  return html`<section aria-label="Runs">
    <div class="runs-head">
      <h3>Runs</h3>
      <button type="button" class="quiet" @click=${actions.csv}>Save as CSV</button>
    </div>
    <div class="table runs" tabindex="0" role="region" aria-label="Table of runs">
      <table>
        <thead>
          <tr>
            <th scope="col">run</th>
            <th scope="col" class="setting-head">actions</th>
            ${settings.map((name) => html`<th scope="col" class="setting-head">${name}</th>`)}
            ${head('epochs', 'trained')} ${figures.map((name) => head(name))} ${head('time')}
            ${head('parameters')}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => line(row, actions, look))}
        </tbody>
      </table>
    </div>
    <p class="soft">
      Settings that differ from this run are marked with ≠. Small numbers: the best value, and its
      epoch.
    </p>
  </section>`;
}

/**
 * @param {Row} row
 * @param {Pick<CompareActions, 'runs' | 'open'>} actions
 * @param {{ colours: import('../../picture/colour.js').Colours, hues: Map<string, number> }} look
 */
function line(row, { runs, open }, { colours, hues }) {
  const { run, isCurrent, name, cells, epochs, figures } = row;
  const hue = hues.get(run.id);
  const button = (
    /** @type {string} */ label,
    /** @type {string} */ words,
    /** @type {() => void} */ act,
    pressed = /** @type {boolean | null} */ (null),
  ) =>
    html`<button
      type="button"
      class="quiet"
      aria-label="${words} ${name}"
      title=${words}
      aria-pressed=${pressed ?? nothing}
      @click=${act}
    >
      ${label}
    </button>`;
  return html`<tr data-run=${name} class=${isCurrent ? 'current' : ''}>
    <th scope="row">
      ${hue === undefined ? html`<span class="swatch"></span>` : swatch(hue, colours)}${name}
    </th>
    <td class="run-actions">
      ${
        isCurrent
          ? nothing
          : html`${button('pin', 'Pin', () => runs.change(run.id, { pinned: !run.pinned }), run.pinned)}
            ${button('dim', 'Dim the curves of', () => runs.change(run.id, { dimmed: !run.dimmed }), run.dimmed)}
            ${button('open', 'Open', () => open(run.experiment, `Run “${name}” opened`))}
            ${button('✕', 'Remove', () => runs.remove(run.id))}`
      }
    </td>
    ${cells.map(
      ({ text, differs }) =>
        html`<td class="setting ${differs ? 'differs' : ''}" title=${text}>
          ${differs ? html`<span class="unseen">differs:</span><span aria-hidden="true">≠</span> ` : nothing}${text}
        </td>`,
    )}
    <td>
      ${epochs}${run.finished ? '' : html`<span class="soft" title=${run.trouble || 'not trained to the end'}> ${stateOf(run)}</span>`}
    </td>
    ${figures.map((figure) =>
      figure
        ? html`<td>
            ${number(figure.final)}${
              figure.low === undefined
                ? nothing
                : html` <small>${number(figure.low)} to ${number(figure.high)}</small>`
            }<small class="best-value">${number(figure.best)} (${figure.bestAt})</small>
          </td>`
        : html`<td>–</td>`,
    )}
    <td>${run.seconds === null ? '–' : `${run.seconds.toFixed(2)} s`}</td>
    <td>${run.parameters.toLocaleString('en')}</td>
  </tr>`;
}

/** The state of a run that is not finished. @param {import('../../compare/record.js').RunRecord} run */
function stateOf({ trouble, isRunning }) {
  if (trouble) return 'failed';
  return isRunning ? 'in training' : 'stopped';
}

// The table behind a chart: one row for each epoch.
import { html } from 'lit-html';
import { number } from '../../app/figures.js';
import { marksOf } from '../../picture/charts/series.js';

/** Maximum number of rows. A longer run shows its last ones. */
const MOST_ROWS = 500;

/**
 * @param {string} heading
 * @param {string} name
 * @param {import('../../types.js').History} history
 */
export function table(heading, name, { names, at, epochs, events }) {
  const [train, held] = [names.indexOf(name), names.indexOf(`val_${name}`)];
  const first = Math.max(0, epochs.length - MOST_ROWS);
  const marks = marksOf(events);
  const note = (/** @type {number} */ epoch) =>
    marks.flatMap(({ at: marked, label }) => (marked === epoch ? `, ${label}` : [])).join('');
  return html`<div class="table" tabindex="0" role="region" aria-label="${heading} by epoch">
    <table>
      <thead>
        <tr>
          <th scope="col">epoch</th>
          <th scope="col">training</th>
          <th scope="col">validation</th>
        </tr>
      </thead>
      <tbody>
        ${epochs.slice(first).map(
          (row, i) =>
            html`<tr>
              <th scope="row">${at[first + i]}${note(at[first + i])}</th>
              <td>${number(row[train])}</td>
              <td>${number(row[held])}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

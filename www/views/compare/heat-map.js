// The heat map of a race over two settings: the last validation loss of each pair of values.
import { html, nothing } from 'lit-html';
import { number } from '../../app/figures.js';
import { title } from '../../compare/naming.js';
import { capital } from '../../forms/values.js';
import { finalOf, lossOf } from './progress.js';

/**
 * @param {import('../../compare/race.js').RaceState} race
 * @param {import('../../picture/colour.js').Colours} colours
 * @param {Pick<import('./index.js').CompareActions, 'open'>} actions
 */
export function heatMap({ plan, racers, isRunning }, colours, { open }) {
  const name = lossOf(racers);
  const values = racers.map((racer) => finalOf(racer, name));
  const there = values.filter((v) => v !== null);
  const [low, high] = [Math.min(...there), Math.max(...there)];
  // Losses differ by powers of ten.
  const log = (/** @type {number} */ v) => Math.log(Math.max(v, 1e-12));
  const share = (/** @type {number} */ v) =>
    high > low ? (log(high) - log(v)) / (log(high) - log(low)) : 0.5;
  const cell = (/** @type {number} */ row, /** @type {number} */ column) => {
    const i = racers.findIndex((r) => r.row === row && r.column === column);
    const [racer, value] = [racers[i], values[i]];
    const failed = racer.lanes.find(({ status }) => status === 'failed');
    if (value === null)
      return html`<td class="heat" title=${failed?.error ?? ''}>${failed ? 'failed' : '…'}</td>`;
    const dark = share(value) > 0.55;
    return html`<td
      class="heat"
      .style=${`background:${colours.css(share(value) * 0.9)};color:${dark !== colours.dark ? '#fff' : '#000'}`}
    >
      <button
        type="button"
        title="Open ${racer.label}"
        aria-label="${racer.label}: ${title(name)} ${number(value)}. Open it"
        @click=${() => open(racer.experiment, `${racer.label} opened from the race`)}
      >
        ${number(value)}${!isRunning && value === low ? html` <span aria-hidden="true">★</span>` : nothing}
      </button>
    </td>`;
  };
  return html`<div>
    <p class="soft">
      ${capital(title(name))} after the last epoch: ${plan.title} down, ${plan.second} across. The
      stronger the blue, the lower the loss. ★ marks the lowest.
    </p>
    <div class="table heat-map" tabindex="0" role="region" aria-label="Heat map">
      <table>
        <thead>
          <tr>
            <th scope="col">${plan.title}</th>
            ${plan.columns.map((text) => html`<th scope="col">${text}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${plan.rows.map(
            (text, row) =>
              html`<tr>
                <th scope="row">${text}</th>
                ${plan.columns.map((_, column) => cell(row, column))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

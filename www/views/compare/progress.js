// The progress of a race: one row for each variant, and which of them is the best.
import { html, nothing } from 'lit-html';
import { number } from '../../app/figures.js';
import { title } from '../../compare/naming.js';
import { swatch } from './swatch.js';

/** @typedef {import('../../compare/race.js').RaceState} RaceState */
/** @typedef {import('../../compare/race.js').Racer} Racer */
/** @typedef {import('./index.js').CompareActions} CompareActions */

/**
 * @param {RaceState} race
 * @param {Pick<CompareActions, 'open'>} actions
 * @param {import('../../picture/colour.js').Colours} colours
 * @param {Map<string, number>} hues colours of the runs in the charts, by id
 */
export function progress({ racers, isRunning, seconds, plan, workers }, { open }, colours, hues) {
  const lanes = racers.flatMap((racer) => racer.lanes);
  const over = lanes.filter(({ status }) => !/waiting|running/.test(status)).length;
  const name = lossOf(racers);
  const rows = racers.map((racer) => ({ racer, value: finalOf(racer, name) }));
  const isCancelled = lanes.some(({ status }) => status === 'cancelled');
  const best =
    isRunning || isCancelled
      ? undefined
      : rows
          .filter(({ value }) => value !== null)
          .sort((a, b) => Number(a.value) - Number(b.value))[0];
  return html`<section aria-label="Race">
    <p role="status" class="race-state" data-n="race">
      ${
        isRunning
          ? `Race over the ${plan.title}: ${over} of ${lanes.length} runs are done, on ${workers} ${workers === 1 ? 'processor core' : 'processor cores'}.`
          : isCancelled
            ? `Race over the ${plan.title}: cancelled after ${seconds.toFixed(1)} s.`
            : `Race over the ${plan.title}: ${over} ${over === 1 ? 'run' : 'runs'} in ${seconds.toFixed(1)} s.`
      }
      ${best ? html`Lowest ${title(name)}: <b>${best.racer.label}</b> (${number(best.value)}).` : nothing}
    </p>
    <div class="table race-rows" tabindex="0" role="region" aria-label="Variants of the race">
      <table>
        <thead>
          <tr>
            <th scope="col">variant</th>
            <th scope="col">progress</th>
            <th scope="col">${title(name)}</th>
            <th scope="col">time</th>
            <th scope="col"><span class="unseen">actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ racer, value }) =>
              html`<tr data-variant=${racer.label}>
                <th scope="row">${signOf(racer, colours, hues)}${racer.label}</th>
                <td class="words">${stateOf(racer)}</td>
                <td>${number(value)}</td>
                <td>${timeOf(racer)}</td>
                <td>
                  ${
                    racer.error
                      ? nothing
                      : html`<button
                          type="button"
                          class="quiet"
                          aria-label="Open ${racer.label}"
                          @click=${() => open(racer.experiment, `${racer.label} opened from the race`)}
                        >
                          open
                        </button>`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** The loss to compare by: of validation, where it is measured. @param {Racer[]} racers */
export function lossOf(racers) {
  const isMeasured = racers.some(({ lanes }) =>
    lanes.some(({ trained }) => trained.names.includes('val_loss')),
  );
  return isMeasured ? 'val_loss' : 'loss';
}

/** The mean over the seeds of the last value; null where there is none. @param {Racer} racer @param {string} name */
export function finalOf({ lanes }, name) {
  const values = lanes.flatMap(({ trained, status }) => {
    const value = trained.epochs.at(-1)?.[trained.names.indexOf(name)];
    return value === undefined || !Number.isFinite(value) || status === 'failed' ? [] : value;
  });
  return values.length ? values.reduce((a, b) => a + b, 0) / values.length : null;
}

/** @param {Racer} racer */
function stateOf({ lanes, error }) {
  const failed = lanes.find(({ status }) => status === 'failed');
  if (error || failed) return error || failed?.error;
  const part = (/** @type {typeof lanes[0]} */ { status, epochs, trained }) =>
    status === 'done' ? 1 : epochs ? Math.min(1, (trained.at.at(-1) ?? 0) / epochs) : 0;
  const share = lanes.reduce((sum, lane) => sum + part(lane), 0) / lanes.length;
  if (lanes.every(({ status }) => status === 'done')) {
    const n = lanes[0].trained.at.at(-1);
    return `${n} ${n === 1 ? 'epoch' : 'epochs'}${lanes.length > 1 ? `, ${lanes.length} seeds` : ''}`;
  }
  if (lanes.some(({ status }) => status === 'cancelled'))
    return `cancelled at ${Math.round(100 * share)} %`;
  return html`<progress max="1" .value=${share} aria-label="trained"></progress>`;
}

/** @param {Racer} racer @param {import('../../picture/colour.js').Colours} colours @param {Map<string, number>} hues */
function signOf({ record }, colours, hues) {
  const hue = hues.get(record?.id ?? '');
  return hue === undefined ? nothing : swatch(hue, colours);
}

/** @param {Racer} racer */
function timeOf({ lanes }) {
  const seconds = lanes.reduce((sum, { trained }) => sum + (trained.seconds ?? 0), 0);
  return seconds ? `${seconds.toFixed(2)} s` : '–';
}

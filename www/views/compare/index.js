// The Compare view: a race of variants, what it shows, and the table of all remembered runs.
import { html, nothing, render } from 'lit-html';
import { isSameRun } from '../../app/same.js';
import { recordOf } from '../../compare/record.js';
import { sentenceBeside, shownBeside } from '../../compare/shown.js';
import { csvOfRuns, sorted, tableOf } from '../../compare/table.js';
import { heatMap } from './heat-map.js';
import { RaceForm } from './race-form.js';
import { simplified } from './simplified.js';
import { progress } from './progress.js';
import { runsTable } from './runs-table.js';

export { Race } from '../../compare/race.js';

/** @typedef {import('../../app/store.js').State} State */
/** @typedef {import('../../compare/record.js').Trained} Trained */
/** @typedef {import('../../compare/record.js').RunRecord} RunRecord */

/**
 * @typedef {object} CompareActions
 * @property {import('../../compare/race.js').Race} race
 * @property {import('../../compare/runs.js').Runs} runs
 * @property {(experiment: import('../../types.js').Experiment, description: string) => void} open
 * @property {(name: string, content: Blob) => void} save
 * @property {() => void} redraw
 */

/** Milliseconds between two drawings while something trains. */
const DRAW_EVERY = 400;

export class CompareView {
  #form;
  #sort = { key: '', descending: false };
  #drawnAt = 0;
  #again = 0;
  #drawnKey = /** @type {unknown[]} */ ([]);

  /** @param {HTMLElement} element @param {CompareActions} actions */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    this.#form = new RaceForm(actions.race, () => this.#redraw());
  }

  /** Draws again although nothing in the store has changed. */
  #redraw() {
    this.#drawnKey = [];
    this.#drawnAt = 0;
    this.actions.redraw();
  }

  /**
   * @param {State} state
   * @param {{ frame: import('../../types.js').Frame | null, trained: Trained | null }} runner of the open run
   * @param {import('../../picture/colour.js').Colours} colours
   */
  draw(state, runner, colours) {
    const { opened, runs, race, catalog } = state;
    if (!opened) return;
    this.actions.race.warm();
    const key = [opened, runs, race, runner.frame?.steps, colours.dark];
    if (key.every((part, i) => part === this.#drawnKey[i]) && this.#drawnKey.length) return;
    const wait = this.#drawnAt + DRAW_EVERY - performance.now();
    if (wait > 0) {
      if (!this.#again)
        this.#again = window.setTimeout(() => {
          this.#again = 0;
          this.actions.redraw();
        }, wait);
      return;
    }
    [this.#drawnKey, this.#drawnAt] = [key, performance.now()];
    const { trained } = runner;
    const current = trained ? recordOf('', trained, 0) : null;
    const { experiment } = opened;
    const table = tableOf(current, others(runs, experiment, current), experiment, catalog);
    const shown = shownBeside(state, current?.at.at(-1) ?? 0);
    const hues = new Map(shown.map(({ run, hue }) => [run.id, hue]));
    const rows = sorted(table, this.#sort.key, this.#sort.descending);
    render(
      html`<div class="compare">
        ${this.#form.render(state)} ${race ? progress(race, this.actions, colours, hues) : nothing}
        ${race?.plan.second ? heatMap(race, colours, this.actions) : nothing}
        ${sentences(current, shown, catalog)}
        ${
          rows.length
            ? runsTable(
                { ...table, rows },
                {
                  ...this.actions,
                  sort: (key) => {
                    const descending = this.#sort.key === key && !this.#sort.descending;
                    this.#sort = { key, descending };
                    this.#redraw();
                  },
                  csv: () =>
                    this.actions.save(
                      'glassbox-runs.csv',
                      new Blob([csvOfRuns(table)], { type: 'text/csv' }),
                    ),
                },
                { ...this.#sort, colours, hues },
              )
            : html`<p class="soft">
                No run to compare yet. Train, change a setting and train again, or start a race:
                each run stays here and in the charts.
              </p>`
        }
        <details class="more">
          <summary>What is simplified here</summary>
          <ul>
            ${simplified.map((text) => html`<li>${text}</li>`)}
          </ul>
        </details>
      </div>`,
      this.element,
    );
  }
}

/**
 * The runs beside the current one. Its own earlier epochs are left out.
 * @param {RunRecord[]} runs
 * @param {import('../../types.js').Experiment} experiment
 * @param {RunRecord | null} current
 */
function others(runs, experiment, current) {
  return runs.filter(
    (run) =>
      run.seeds ||
      run.pinned ||
      run.steps > (current?.steps ?? 0) ||
      !isSameRun(run.experiment, experiment),
  );
}

/**
 * A sentence for each run in the charts that differs from the current one in a single setting.
 * @param {RunRecord | null} current
 * @param {import('../../compare/shown.js').ShownRun[]} shown
 * @param {import('../../types.js').Catalog} catalog
 */
function sentences(current, shown, catalog) {
  if (!current) return nothing;
  const all = shown
    .filter(({ run }) => !run.dimmed)
    .flatMap(({ run }) => sentenceBeside(run, current, catalog) || [])
    .reverse();
  return all.length
    ? html`<ul class="sentences" aria-label="This run beside the others">
        ${all.map((sentence) => html`<li>${sentence}</li>`)}
      </ul>`
    : nothing;
}

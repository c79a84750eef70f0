// The form of a race: which setting is varied, its values, a second setting, and the number of seeds.
import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { axesOf } from '../../compare/axes.js';
import { planOf, problemOf } from '../../compare/plan.js';
import { onValue } from '../../app/dom.js';

/** @typedef {import('../../compare/axes.js').Axis} Axis */
/** @typedef {import('../../app/store.js').State} State */
/** What is chosen for one setting. `values`: as typed; null: the proposed ones. @typedef {{ id: string, values: string | null }} Choice */

const SEEDS = [1, 3, 5];
/** The setting of the one-button race. */
const OPTIMIZER = 'compile.optimizer';

export class RaceForm {
  /** @type {Choice} */
  #first = { id: OPTIMIZER, values: null };
  /** @type {Choice} */
  #second = { id: '', values: null };
  #seeds = 1;
  #problem = '';
  /** The settings of the last experiment. */
  #axes = { of: /** @type {unknown} */ (null), all: /** @type {Axis[]} */ ([]) };

  /** @param {import('../../compare/race.js').Race} race @param {() => void} redraw */
  constructor(race, redraw) {
    this.race = race;
    this.redraw = redraw;
  }

  /** @param {State} state */
  render({ opened, catalog, race }) {
    const experiment = opened?.experiment;
    if (!experiment) return nothing;
    if (this.#axes.of !== experiment)
      this.#axes = { of: experiment, all: axesOf(experiment, catalog) };
    const { all } = this.#axes;
    const optimizer = all.find(({ id }) => id === OPTIMIZER);
    const start = (
      /** @type {{ axis: Axis, values: string } | null} */ first,
      /** @type {{ axis: Axis, values: string } | null} */ second,
      seeds = 1,
    ) => {
      if (!first) return;
      const plan = planOf(catalog, experiment, first, second, seeds);
      this.#problem = problemOf(plan);
      if (!this.#problem) this.race.start(plan);
      this.redraw();
    };
    const [first, second] = this.#chosen();
    const others = all.filter(({ id }) => id !== first?.axis.id);
    return html`<div class="race">
      <div class="race-start">
        <button
          type="button"
          class="primary"
          ?disabled=${!optimizer || race?.isRunning}
          @click=${() => optimizer && start({ axis: optimizer, values: optimizer.values }, null)}
        >
          Race optimizers
        </button>
        <span class="soft"
          >trains ${optimizer?.values.replaceAll(';', ' ·') ?? ''} from the same initial weights, in
          the background</span
        >
        ${
          race?.isRunning
            ? html`<button type="button" @click=${() => this.race.cancel()}>
                Cancel the race
              </button>`
            : nothing
        }
      </div>
      <details class="more" id="race-more">
        <summary>Race any setting</summary>
        <form
          class="race-form"
          @submit=${(/** @type {Event} */ event) => {
            event.preventDefault();
            // What was typed last may not be drawn yet.
            const [first, second] = this.#chosen();
            start(first, second, this.#seeds);
          }}
        >
          ${this.#setting('race-first', 'vary', first, all, (choice) => (this.#first = choice))}
          ${this.#setting('race-second', 'and', second, others, (choice) => (this.#second = choice))}
          <label for="race-seeds">seeds</label>
          <select
            id="race-seeds"
            @change=${onValue((n) => {
              this.#seeds = Number(n);
              this.redraw();
            })}
          >
            ${SEEDS.map((n) => html`<option value=${n} .selected=${n === this.#seeds}>${n}</option>`)}
          </select>
          <span class="soft"
            >${this.#seeds > 1 ? 'A line is the mean of the seeds, in a band from the lowest to the highest.' : ''}
            ${second ? 'Two settings make a heat map.' : ''}</span
          >
          <button type="submit" ?disabled=${race?.isRunning}>Start the race</button>
        </form>
        ${this.#problem ? html`<p class="refusal" role="alert">${this.#problem}</p>` : nothing}
      </details>
    </div>`;
  }

  /** The chosen settings with their values. The first is the optimizer where the chosen one is not there. */
  #chosen() {
    const { all } = this.#axes;
    const read = (/** @type {Choice} */ { id, values }, /** @type {string} */ otherwise) => {
      const axis = all.find((a) => a.id === id) ?? all.find((a) => a.id === otherwise);
      return axis ? { axis, values: (axis.id === id ? values : null) ?? axis.values } : null;
    };
    const first = read(this.#first, OPTIMIZER);
    const second = read(this.#second, '');
    // The same setting cannot have two values.
    return [first, second?.axis.id === first?.axis.id ? null : second];
  }

  /**
   * @param {string} id
   * @param {string} label
   * @param {{ axis: Axis, values: string } | null} chosen
   * @param {Axis[]} axes
   * @param {(choice: Choice) => void} set
   */
  #setting(id, label, chosen, axes, set) {
    const groups = [...new Set(axes.map(({ group }) => group))];
    const pick = (/** @type {string} */ axis) => {
      set({ id: axis, values: null });
      this.redraw();
    };
    const type = (/** @type {string} */ values) => {
      set({ id: chosen?.axis.id ?? '', values });
      this.redraw();
    };
    return html`<span class="race-setting">
      <label for=${id}>${label}</label>
      <select id=${id} @change=${onValue(pick)}>
        ${id === 'race-second' ? html`<option value="" .selected=${!chosen}>nothing else</option>` : nothing}
        ${groups.map(
          (group) =>
            html`<optgroup label=${group}>
              ${axes
                .filter((axis) => axis.group === group)
                .map(
                  ({ id, label }) =>
                    html`<option value=${id} .selected=${id === chosen?.axis.id}>${label}</option>`,
                )}
            </optgroup>`,
        )}
      </select>
      <input
        type="text"
        id="${id}-values"
        aria-label="values of ${chosen?.axis.label ?? 'the second setting'}"
        placeholder="values, separated by commas"
        ?disabled=${!chosen}
        .value=${live(chosen?.values ?? '')}
        @change=${onValue(type)}
      />
    </span>`;
  }
}

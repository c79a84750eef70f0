// The store: the open experiment, the draft in the forms, and the page settings.

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * @typedef {object} Settings
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'slow' | 'steady' | 'full'} speed
 * @property {string} tab id of the open panel below the picture
 * @property {'all' | 'wrong'} filter of the listed predictions
 * @property {number} example index in the shown set of the example in the picture
 * @property {string} metric of the second chart
 * @property {boolean} visited whether this browser has trained once, which ends the callouts
 * @property {boolean} chartLog whether the charts have a logarithmic axis
 * @property {boolean} chartBatches whether the loss chart shows every batch
 * @property {boolean} chartSmooth whether the charts show smoothed lines over the raw ones
 * @property {boolean} chartWhole whether the axis of an accuracy goes from 0 to 1
 */

/**
 * @typedef {object} State
 * @property {import('../types.js').Catalog} catalog
 * @property {import('../types.js').Opened | null} opened the open run
 * @property {Experiment} draft the experiment in the forms: the open one, or an invalid one
 * @property {import('../types.js').DraftError | null} draftError the error of an invalid draft
 * @property {import('../types.js').Advice[]} advice on the draft
 * @property {boolean} playing whether it trains
 * @property {string} notice one sentence on the last action
 * @property {string} alarm one sentence on the last error
 * @property {boolean} canUndo
 * @property {string | null} drawer path of the setting that the open drawer shows, empty for all; null: it is closed
 * @property {number | null} viewedStep viewed step, in batches; null: the latest
 * @property {import('../types.js').UnitRef | null} highlight highlighted unit or weight, in all views
 * @property {number | null} hoveredRow hovered example of the shown set, in all views
 * @property {import('../types.js').UnitRef | null} selection selected unit or weight
 * @property {import('../types.js').PathEdge[]} gradientPaths paths from the selected weight to the loss
 * @property {string} log the fit log
 * @property {string} code the Keras script, once it is requested
 * @property {import('./link.js').LinkView} link what the link says about the page
 * @property {import('../compare/record.js').RunRecord[]} runs remembered runs, from the oldest to the newest
 * @property {import('../compare/race.js').RaceState | null} race
 * @property {Settings} settings
 */

/** @type {Settings} */
export const SETTINGS = {
  theme: 'system',
  speed: 'steady',
  tab: 'draw',
  filter: 'all',
  example: 0,
  metric: '',
  visited: false,
  chartLog: false,
  chartBatches: true,
  chartSmooth: false,
  chartWhole: false,
};

export class Store {
  /** @type {Set<(state: State, before: State) => void>} */
  #listeners = new Set();

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /** Changes the state. The notice of an action ends the alarm of an earlier one. @param {Partial<State>} change */
  set(change) {
    const before = this.state;
    const ended = 'notice' in change ? { alarm: '' } : {};
    this.state = { ...before, ...ended, ...change };
    for (const listener of this.#listeners) listener(this.state, before);
  }

  /** Shows a notice that no action has caused, so that an alarm stays. @param {string} notice */
  announce(notice) {
    this.set({ notice, alarm: this.state.alarm });
  }

  /** @param {Partial<Settings>} change */
  setting(change) {
    this.set({ settings: { ...this.state.settings, ...change } });
  }

  /** @param {(state: State, before: State) => void} listener */
  listen(listener) {
    this.#listeners.add(listener);
  }
}

/**
 * Returns a copy of plain data with one value changed. `undefined` removes the value; a function computes it from the
 * current one.
 * @template T
 * @param {T} object
 * @param {(string | number)[]} path
 * @param {unknown} value
 * @returns {T}
 */
export function withChange(object, path, value) {
  return /** @type {T} */ (changed(object, path, value));
}

/** @param {unknown} object @param {(string | number)[]} path @param {unknown} value @returns {unknown} */
function changed(object, [key, ...rest], value) {
  if (key === undefined) return typeof value === 'function' ? value(object) : value;
  const copy = /** @type {Record<string | number, unknown>} */ (
    Array.isArray(object) ? [...object] : { .../** @type {object} */ (object) }
  );
  const inner = changed(copy[key], rest, value);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

/**
 * Formats a path as the engine does: `model.config.layers[1].config.units`.
 * @param {(string | number)[]} path
 */
export function pathText(path) {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i ? `.${key}` : key))
    .join('');
}

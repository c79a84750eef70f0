// The one store: the experiment that runs, the one being written, and how the page is set up to look.

/** @typedef {import('./types.js').Experiment} Experiment */

/**
 * @typedef {object} Settings
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'slow' | 'steady' | 'full'} speed
 * @property {string} tab which panel is open below the picture
 * @property {'all' | 'wrong'} filter which predictions are listed
 * @property {number} example row of the test set in the picture
 * @property {string} metric which metric the second chart shows
 */

/**
 * @typedef {object} State
 * @property {import('./types.js').Catalog} catalog
 * @property {import('./types.js').Opened | null} opened what is running
 * @property {Experiment} draft what the forms show: the running experiment, or one that was refused
 * @property {import('./types.js').Refused | null} refused why the draft does not run
 * @property {import('./types.js').Advice[]} advice what in the draft does not fit
 * @property {boolean} playing
 * @property {string} notice one sentence on what just happened
 * @property {string} alarm one sentence on what went wrong
 * @property {boolean} canUndo
 * @property {number | null} moment batches after which the run is looked at; null: where it stands
 * @property {import('./types.js').Lit | null} lit what is pointed at, in whichever view
 * @property {number | null} pointed row of the shown set that is pointed at, in whichever view
 * @property {import('./types.js').Lit | null} chosen what was picked to be explained
 * @property {import('./types.js').Hop[]} trail the paths of the chosen weight to the loss
 * @property {string} log the fit log
 * @property {string} code the Keras script, once somebody has asked for it
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
};

export class Store {
  /** @type {Set<(state: State, before: State) => void>} */
  #listeners = new Set();

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /** @param {Partial<State>} change */
  set(change) {
    const before = this.state;
    this.state = { ...before, ...change };
    for (const listener of this.#listeners) listener(this.state, before);
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
 * A copy of plain data with one value changed; `undefined` takes the value away, a function makes it of the one before.
 * @template T
 * @param {T} object
 * @param {(string | number)[]} path
 * @param {any} value
 * @returns {T}
 */
export function changed(object, path, value) {
  if (path.length === 0) return typeof value === 'function' ? value(object) : value;
  const [key, ...rest] = path;
  const source = /** @type {any} */ (object ?? {});
  const copy = Array.isArray(source) ? [...source] : { ...source };
  const inner = changed(source[key], rest, value);
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

/**
 * A path as the engine writes it: `model.config.layers[1].config.units`.
 * @param {(string | number)[]} path
 */
export function pathText(path) {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : i ? `.${key}` : key))
    .join('');
}

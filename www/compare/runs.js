// The remembered runs: each run that has trained and was replaced by another one. They are in the store of the page, and in
// this browser's storage.
import { isSameRun } from '../app/same.js';
import { freeHue, recordOf, shownRuns } from './record.js';
import { deleteRuns, readRuns, writeRun } from './storage.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('./record.js').Trained} Trained */

/** Maximum number of remembered runs, and of characters of their records as JSON. */
export const MAX_RUNS = 40;
const MAX_LENGTH = 8e6;

export class Runs {
  #lastTime = 0;

  /** @param {import('../app/store.js').Store} store */
  constructor(store) {
    this.store = store;
  }

  /** Adds the runs of an earlier visit. A damaged record is deleted. */
  async load() {
    const found = await readRuns();
    const intact = found.filter(isIntact);
    const damaged = found.filter((run) => !isIntact(run)).flatMap(({ id }) => id ?? []);
    if (damaged.length) deleteRuns(damaged);
    const own = this.#list;
    // A race ends with its page.
    const stored = intact
      .filter(({ id }) => !own.some((run) => run.id === id))
      .map((run) => ({ ...run, isRunning: false }));
    if (stored.length) this.#set([...stored, ...own].sort((a, b) => (a.id < b.id ? -1 : 1)));
  }

  /** Remembers a run. Of two that differ in the number of epochs only, the longer one is kept. @param {Trained} run */
  remember(run) {
    const twin = this.#list.find((r) => !r.seeds && isSameRun(r.experiment, run.experiment));
    const id = this.newId();
    const { hue, dimmed, pinned } = twin ?? { hue: this.#hue(), dimmed: false, pinned: false };
    const isLonger = !twin || run.steps > twin.steps;
    const record = isLonger ? { ...recordOf(id, run, hue), dimmed, pinned } : { ...twin, id };
    this.put(record);
    if (twin) this.remove(twin.id);
  }

  /**
   * Adds a record or replaces the one with its id.
   * @param {RunRecord} record
   * @param {boolean} [keep] whether to write it to storage
   */
  put(record, keep = true) {
    const i = this.#list.findIndex(({ id }) => id === record.id);
    this.#set(i < 0 ? [...this.#list, record] : this.#list.with(i, record));
    if (keep) writeRun(record).then(() => this.#deleteSurplus());
  }

  /**
   * The id and the look of a run that is about to be trained: those of the same run where it is remembered.
   * @param {import('../types.js').Experiment} experiment
   * @param {number} seeds
   * @param {RunRecord | null} own its record, where it has one that may not be in the list
   */
  placeOf(experiment, seeds, own) {
    const twin = this.#list.find(
      (run) => (run.seeds ?? 1) === seeds && isSameRun(run.experiment, experiment),
    );
    return twin ?? own ?? { id: this.newId(), hue: this.#hue(), dimmed: false, pinned: false };
  }

  /** Pins a run or dims its curves. @param {string} id @param {Partial<Pick<RunRecord, 'dimmed' | 'pinned'>>} change */
  change(id, change) {
    const run = this.#list.find((r) => r.id === id);
    if (run) this.put({ ...run, ...change });
  }

  /** @param {...string} ids */
  remove(...ids) {
    this.#set(this.#list.filter(({ id }) => !ids.includes(id)));
    deleteRuns(ids);
  }

  /** A new id. Ids sort by time. */
  newId() {
    this.#lastTime = Math.max(Date.now(), this.#lastTime + 1);
    return `${this.#lastTime}-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  }

  /** A colour that no run in the charts has, where there is one. */
  #hue() {
    const { opened } = this.store.state;
    return freeHue(opened ? shownRuns(this.#list, opened.experiment, 0).slice(-7) : this.#list);
  }

  get #list() {
    return this.store.state.runs;
  }

  /** @param {RunRecord[]} runs */
  #set(runs) {
    this.store.set({ runs });
  }

  /** Deletes the oldest runs that are not pinned, until the others fit. */
  #deleteSurplus() {
    const sizes = this.#list.map(sizeOf);
    let [n, length] = [sizes.length, sizes.reduce((a, b) => a + b, 0)];
    const surplus = this.#list.filter(({ pinned }, i) => {
      const isTooMuch = !pinned && n > 1 && (n > MAX_RUNS || length > MAX_LENGTH);
      if (isTooMuch) [n, length] = [n - 1, length - sizes[i]];
      return isTooMuch;
    });
    if (surplus.length) this.remove(...surplus.map(({ id }) => id));
  }
}

/** @type {WeakMap<RunRecord, number>} */
const sizes = new WeakMap();

/** Number of characters of a record as JSON. @param {RunRecord} run */
function sizeOf(run) {
  const size = sizes.get(run) ?? JSON.stringify(run).length;
  sizes.set(run, size);
  return size;
}

/** Whether a stored record has what the page reads. @param {Partial<RunRecord> | undefined} run @returns {run is RunRecord} */
function isIntact(run) {
  const { id, experiment, names, at, rows, best, hue } = run ?? {};
  return (
    typeof id === 'string' &&
    Boolean(experiment?.model?.config?.layers && experiment.data && experiment.compile) &&
    [names, at, rows].every(Array.isArray) &&
    rows?.length === at?.length &&
    typeof best === 'object' &&
    typeof hue === 'number'
  );
}

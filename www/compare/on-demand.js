// The comparison of runs, which loads when it is opened, and the names of former runs, which load when there are any.
/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../app/store.js').Store} Store */
/** @typedef {import('../app/runner.js').Runner} Runner */

export class ComparisonOnDemand {
  /** @type {import('../views/compare/index.js').CompareView | undefined} */
  #view;
  #isViewDue = true;
  /** @type {typeof import('./shown.js') | undefined} */
  #naming;
  #isNamingDue = true;

  /**
   * @param {HTMLElement} element
   * @param {Store} store
   * @param {Runner} runner
   * @param {{ runs: import('./runs.js').Runs, save: (name: string, content: Blob) => void, redraw: () => void }} tools
   */
  constructor(element, store, runner, tools) {
    this.element = element;
    this.store = store;
    this.runner = runner;
    this.tools = tools;
  }

  /**
   * Former runs, for the charts of the current one.
   * @param {State} state
   * @param {number} epoch the last epoch of the current run
   */
  runsBeside(state, epoch) {
    if (this.#isNamingDue && state.runs.length) {
      this.#isNamingDue = false;
      import('./shown.js').then(
        (module) => {
          this.#naming = module;
          this.tools.redraw();
        },
        () => (this.#isNamingDue = true),
      );
    }
    return this.#naming?.shownBeside(state, epoch) ?? [];
  }

  /**
   * Draws the comparison while its tab is open.
   * @param {State} state
   * @param {import('../picture/colour.js').Colours} colours
   */
  draw(state, colours) {
    this.element.hidden = state.settings.tab !== 'compare';
    if (this.element.hidden) return;
    if (this.#isViewDue) this.#load();
    this.#view?.draw(state, this.runner, colours);
  }

  async #load() {
    this.#isViewDue = false;
    const { store, runner, tools } = this;
    const module = await import('../views/compare/index.js').catch(() => undefined);
    if (!module)
      return store.set({
        notice: 'The comparison could not be loaded. Reload the page to try again.',
      });
    this.#view = new module.CompareView(this.element, {
      ...tools,
      race: new module.Race(store, tools.runs),
      open: async (experiment, description) => {
        const alarm = await runner.replace(experiment, description);
        if (alarm) store.set({ alarm });
      },
    });
    tools.redraw();
  }
}

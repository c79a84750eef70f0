// What is only asked for while somebody reads it: the fit log, the Keras script, advice on the draft.
import { same } from './same.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Store} store
 * @param {import('./runner.js').Runner} runner
 * @param {() => import('../step/inspector.js').Inspector | undefined} inspector what the last two come from, once it is there
 */
export function onDemand(store, runner, inspector) {
  let loggedKey = '';
  let logging = false;
  let requested = '';
  /** The page's own first experiment, which needs no advice. @type {import('../types.js').Experiment | undefined} */
  let ownDraft;

  /** The fit log, and not in every frame. */
  async function log() {
    const { opened, settings, playing } = store.state;
    const key = `${opened?.text} ${runner.frame?.epochs}`;
    if (settings.tab !== 'log' || key === loggedKey || !opened || logging) return;
    logging = true;
    const lines = await runner.log().catch(() => '');
    loggedKey = key;
    store.set({ log: lines });
    if (playing) await new Promise((resolve) => setTimeout(resolve, 300));
    logging = false;
    log();
  }

  async function code() {
    const { opened, settings, code } = store.state;
    const source = inspector();
    if (settings.tab !== 'code' || code || !opened || !source || requested === opened.text) return;
    requested = opened.text;
    const script = await source.code().catch((error) => `No script: ${error.message}`);
    requested = '';
    if (store.state.opened === opened) store.set({ code: script });
  }

  function advise() {
    if (!same(store.state.draft, ownDraft)) inspector()?.advise();
  }

  store.listen((state, before) => {
    log();
    code();
    if (state.draft !== before.draft) advise();
  });
  return {
    log,
    /** What was opened is the page's own. */
    skipAdvice: () => (ownDraft = store.state.draft),
    /** Sends the requests that were deferred until the inspector had loaded. */
    requestDeferred: () => {
      code();
      advise();
    },
  };
}

// Texts that are requested only while they are shown: the fit log, the Keras script and advice on the draft.
import { same } from './same.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Store} store
 * @param {import('./runner.js').Runner} runner
 * @param {() => import('../step/inspector.js').Inspector | undefined} inspector provides the script and the advice, once it has loaded
 */
export function onDemand(store, runner, inspector) {
  let loggedKey = '';
  let logging = false;
  let requested = '';
  /** The default experiment, which needs no advice. @type {import('../types.js').Experiment | undefined} */
  let ownDraft;

  /** Updates the fit log, at most every 300 ms during training. */
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
    /** Requests no advice for the opened experiment, which is the page's default. */
    skipAdvice: () => (ownDraft = store.state.draft),
    /** Sends the requests that were deferred until the inspector had loaded. */
    requestDeferred: () => {
      code();
      advise();
    },
  };
}

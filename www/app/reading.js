// What is only asked for while somebody reads it: the fit log, the Keras script, advice on the draft.
import { same } from './same.js';

/** @typedef {import('./store.js').Store} Store */

/**
 * @param {Store} store
 * @param {import('./runner.js').Runner} runner
 * @param {() => import('../step/glass.js').Glass | undefined} glass what the last two come from, once it is there
 */
export function reading(store, runner, glass) {
  let logged = '';
  let logging = false;
  let writing = '';
  /** The page's own first experiment, which needs no advice. @type {import('../types.js').Experiment | undefined} */
  let own;

  /** The fit log, and not in every frame. */
  async function log() {
    const { opened, settings, playing } = store.state;
    const key = `${opened?.text} ${runner.frame?.epochs}`;
    if (settings.tab !== 'log' || key === logged || !opened || logging) return;
    logging = true;
    const lines = await runner.log().catch(() => '');
    logged = key;
    store.set({ log: lines });
    if (playing) await new Promise((resolve) => setTimeout(resolve, 300));
    logging = false;
    log();
  }

  async function code() {
    const { opened, settings, code } = store.state;
    const writer = glass();
    if (settings.tab !== 'code' || code || !opened || !writer || writing === opened.text) return;
    writing = opened.text;
    const written = await writer.code().catch((error) => `No script: ${error.message}`);
    writing = '';
    if (store.state.opened === opened) store.set({ code: written });
  }

  function advise() {
    if (!same(store.state.draft, own)) glass()?.advise();
  }

  store.listen((state, before) => {
    log();
    code();
    if (state.draft !== before.draft) advise();
  });
  return {
    log,
    /** What was opened is the page's own. */
    isOwn: () => (own = store.state.draft),
    /** Sends the requests that were deferred until the inspector had loaded. */
    all: () => {
      code();
      advise();
    },
  };
}

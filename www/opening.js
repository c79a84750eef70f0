// What is opened at first, and what is opened later: links, files, what this browser kept. Where it is
// no good, a sentence says so, and nothing is lost.
import { fromFragment } from './link.js';
import { rememberedCheckpoint, rememberedText } from './memory.js';
import { FIRST } from './presets.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./runner.js').Runner} Runner */

const STILL = 'The experiment that was here is still here.';

/**
 * @param {Store} store
 * @param {Runner} runner
 */
export function opening(store, runner) {
  /**
   * Opens an experiment's text that somebody gave; where it is no good, all stays as it is.
   * @param {string} text
   * @param {string} failure
   * @param {string} what
   */
  async function openText(text, failure, what) {
    let draft;
    try {
      draft = JSON.parse(text);
    } catch {
      draft = null;
    }
    if (typeof draft?.model?.config?.layers?.[0] !== 'object' || !draft.data || !draft.compile) {
      store.set({ alarm: `${failure} It holds no experiment. ${STILL}` });
      return;
    }
    const why = await runner.exchange({ fit: {}, ...draft }, what);
    if (why) store.set({ alarm: `${failure} ${why} ${STILL}` });
  }

  /**
   * Link, else storage, else the lesson's first network; each with its checkpoint, if there is one. Whether it is
   * the page's own.
   */
  async function begin() {
    store.set({ catalog: await runner.catalog() });
    const [linked, damage] = linkText();
    const wishes = [
      { from: 'The link', text: linked },
      { from: 'What this browser had kept', text: rememberedText() },
      { from: 'The page', text: JSON.stringify(FIRST) },
    ];
    let [why, own] = [damage, false];
    for (const { from, text } of wishes) {
      if (!text) continue;
      const problem = await runner.begin(text, await rememberedCheckpoint(text));
      own = !problem && from === 'The page';
      if (!problem) break;
      why ||= `${from} could not be opened: ${problem}`;
    }
    if (why) store.set({ alarm: `${why} Here is the last experiment that worked instead.` });
    return own;
  }

  window.addEventListener('hashchange', () => {
    const [text, damage] = linkText();
    if (damage) store.set({ alarm: `${damage} ${STILL}` });
    else if (text && text !== store.state.opened?.text) {
      openText(text, 'The link could not be opened.', 'Link opened');
    }
  });

  return { begin, openText };
}

/**
 * The text in the address, if there is one, and the sentence for a damaged one.
 * @returns {[text: string | null, damage: string]}
 */
function linkText() {
  try {
    return [fromFragment(location.hash), ''];
  } catch (error) {
    return [null, /** @type {Error} */ (error).message];
  }
}

/**
 * Shows the running experiment in the forms again, in place of one that was refused.
 * @param {Store} store
 */
export function putBack(store) {
  const { opened } = store.state;
  if (opened) store.set({ draft: JSON.parse(opened.text), refused: null });
}

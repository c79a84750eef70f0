// What is opened at first, and what is opened later: links, files, what this browser kept. Where it is
// no good, a sentence says so, and nothing is lost.
import { fromFragment } from './link.js';
import { remembered } from './memory.js';
import { FIRST } from './presets.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./runner.js').Runner} Runner */

/** Bytes of an experiment's file at most: no text that anybody wrote is longer. */
const MOST_BYTES = 20e6;
const STILL = 'The experiment that was here is still here.';
const SLOW = 'The engine is still being fetched: a slow connection needs a little patience.';

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

  /** @param {File} file */
  async function openFile(file) {
    const failure = `The file ${file.name} could not be opened.`;
    if (file.size > MOST_BYTES)
      return store.set({ alarm: `${failure} It is too large for an experiment. ${STILL}` });
    try {
      await openText(await file.text(), failure, 'File opened');
    } catch {
      store.set({ alarm: `${failure} This browser cannot read it; is it a folder? ${STILL}` });
    }
  }

  /**
   * Link, else storage, else the lesson's first network; the first two as far as this browser knows them trained.
   * Whether it is the page's own.
   */
  async function begin() {
    const [linked, damage] = linkText();
    const known = found(linked ?? undefined);
    const slow = setTimeout(() => store.set({ notice: SLOW }), 6000);
    store.set({ catalog: await runner.catalog().finally(() => clearTimeout(slow)), notice: '' });
    let [why, own] = [damage, false];
    const stored = async () => {
      const { kept, damaged } = await (linked ? found() : known);
      if (damaged) why ||= 'What this browser kept last is damaged.';
      return kept;
    };
    /** @type {[from: string, kept: () => Promise<import('./memory.js').Kept | null>][]} */
    const wishes = [
      [
        'The link',
        async () => (linked ? { text: linked, checkpoint: (await known).kept?.checkpoint } : null),
      ],
      ['What this browser had kept', stored],
      ['The page', async () => ({ text: JSON.stringify(FIRST), checkpoint: undefined })],
    ];
    for (const [from, wish] of wishes) {
      const kept = await wish();
      if (!kept) continue;
      const problem = await runner.begin(kept.text, kept.checkpoint);
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

  return { begin, openFile };
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
 * What this browser kept, where that can be read: nobody waits for storage.
 * @param {string} [text]
 */
function found(text) {
  return remembered(text).catch(() => ({ kept: null, damaged: false }));
}

/**
 * Shows the running experiment in the forms again, in place of one that was refused.
 * @param {Store} store
 */
export function putBack(store) {
  const { opened } = store.state;
  if (opened) store.set({ draft: JSON.parse(opened.text), refused: null });
}

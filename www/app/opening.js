// What is opened at first, and what is opened later: links, files, what this browser kept. Where it is
// no good, a sentence says so, and nothing is lost.
import { fromFragment } from './link.js';
import { remembered } from './memory.js';
import { FIRST } from './presets.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./runner.js').Runner} Runner */

/** Bytes of an experiment's file at most: no text that anybody wrote is longer. */
const MOST_BYTES = 20e6;
/** What is found where storage cannot be read. */
const NOTHING = { kept: null, at: 0, known: true, damaged: false };
const STILL = 'Nothing was changed.';
const SLOW = 'The engine is still loading. On a slow connection this takes a moment.';

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
      store.set({ alarm: `${failure} It is not a Glassbox experiment. ${STILL}` });
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
      store.set({ alarm: `${failure} It cannot be read. Is it a folder? ${STILL}` });
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
    await runner.ready().finally(() => clearTimeout(slow));
    store.set({ notice: '' });
    let why = damage;
    /**
     * @param {string} from
     * @param {import('../types.js').Experiment | string} experiment
     * @param {Uint8Array} [checkpoint]
     * @param {boolean} [said]
     */
    const opens = async (from, experiment, checkpoint, said = true) => {
      const problem = await runner.begin(experiment, checkpoint);
      if (problem && said) why ||= `${from} could not be opened: ${problem}`;
      // Undefined: it failed, and that is said already.
      return problem === '';
    };
    const stored = async () => {
      for (let all = await (linked ? found() : known); ; all = await found(undefined, all.at)) {
        if (all.damaged) why ||= 'The experiment that this browser saved last is damaged.';
        if (!all.kept) return false;
        const { text, checkpoint } = all.kept;
        // It is unknown whether an edit runs that the browser kept and did not open before it died.
        if (await opens('The saved experiment', text, checkpoint, all.known)) return true;
      }
    };
    // A tab that comes back after its browser died has the link of before its last edit.
    const link = async () => {
      if (!linked) return false;
      for (let all = await known; ; all = await found(linked, all.at)) {
        if (all.known) return opens('The link', linked, all.kept?.checkpoint);
        if (await opens('', all.kept?.text ?? '', all.kept?.checkpoint, false)) return true;
      }
    };
    const isKept = (await link()) || (await stored());
    const isOwn = !isKept && (await opens('The page', FIRST));
    if (why) store.set({ alarm: `${why} The last working experiment is shown instead.` });
    return isOwn;
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
 * What this browser kept, where that can be read in time.
 * @param {string} [text]
 * @param {number} [before]
 */
function found(text, before) {
  return remembered(text, before).catch(() => NOTHING);
}

/**
 * Shows the running experiment in the forms again, in place of one that was refused.
 * @param {Store} store
 */
export function putBack(store) {
  const { opened } = store.state;
  if (opened) store.set({ draft: opened.experiment, refused: null });
}

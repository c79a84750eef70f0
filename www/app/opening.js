// Opening experiments: at the start from the link or from storage, later from links and files. After an error the page
// shows it, and the running experiment stays.
import { partsOf } from './files.js';
import { foreignFile, foreignJson, HEAD_BYTES } from './foreign.js';
import { fromFragment } from './link.js';
import { latestRecord } from './memory.js';
import { FIRST, preset } from './presets.js';
import { isProgram, openProgram } from './programs.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./runner.js').Runner} Runner */

const MB = 1_048_576;
/** Maximum size of an experiment's file in bytes, and of the rows behind it. */
const MAX_BYTES = 20e6;
const MAX_ROWS = 256 * MB;
/** The result where storage cannot be read. */
const NO_RECORD = { saved: null, time: 0, validated: true, damaged: false };
/** An experiment on generated data, which needs no file. */
const MADE = preset('Circle', FIRST.seed);
const UNCHANGED = 'Nothing was changed.';
const SLOW = 'The engine is still loading. On a slow connection this takes a moment.';

/** @param {Store} store @param {Runner} runner */
export function opening(store, runner) {
  /**
   * Opens the text of an experiment. If it is invalid, nothing changes.
   * @param {string} text
   * @param {string} failure
   * @param {string} description
   */
  async function openText(text, failure, description) {
    let draft;
    try {
      draft = JSON.parse(text);
    } catch {
      draft = null;
    }
    if (typeof draft?.model?.config?.layers?.[0] !== 'object' || !draft.data || !draft.compile) {
      const what = foreignJson(draft) || 'It is not a Glassbox experiment.';
      return store.set({ alarm: `${failure} ${what} ${UNCHANGED}` });
    }
    const why = await runner.replace({ fit: {}, ...draft }, description);
    if (why) store.set({ alarm: `${failure} ${why} ${UNCHANGED}` });
  }

  /** Fetches the data file of the experiment that will be opened, while the engine loads. @param {string} [text] */
  function prefetchData(text) {
    let name = FIRST.data.class_name;
    try {
      if (text) name = JSON.parse(text).data.class_name;
    } catch {
      return; // It is reported when it is opened.
    }
    const { datasets } = store.state.catalog;
    const file = datasets.find(({ class_name }) => class_name === name)?.asset;
    if (file) runner.client.prefetch(file);
  }

  /** @param {File} file */
  async function openFile(file) {
    const failure = `The file ${file.name} could not be opened.`;
    try {
      const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
      const { text, rows } = await partsOf(file, MAX_BYTES);
      if (isProgram(file.name) && text.size <= MAX_BYTES) {
        const why = await openProgram(await text.text(), store, runner);
        return why && store.set({ alarm: `${failure} ${why} ${UNCHANGED}` });
      }
      const large =
        text.size > MAX_BYTES
          ? 'It is too large for an experiment.'
          : rows && rows.size > MAX_ROWS
            ? `Its data has ${Math.ceil(rows.size / MB)} MB, and the page takes at most 256.`
            : '';
      const why = foreignFile(file.name, head) || large || (rows && (await runner.keep(rows)));
      if (why) return store.set({ alarm: `${failure} ${why} ${UNCHANGED}` });
      await openText(await text.text(), failure, 'File opened');
    } catch {
      store.set({ alarm: `${failure} It cannot be read. Is it a folder? ${UNCHANGED}` });
    }
  }

  /**
   * Opens the experiment of the link, else the saved one, else the default one, else one without a data file; a checkpoint
   * in storage is used for the first two.
   * Returns whether the default one was opened.
   */
  async function openFirst() {
    const [linked, damage] = linkText();
    const first = findRecord(linked ?? undefined);
    first.then(({ saved }) => prefetchData(linked ?? saved?.text));
    const slow = setTimeout(() => store.set({ notice: SLOW }), 6000);
    await runner.ready().finally(() => clearTimeout(slow));
    store.set({ notice: '' });
    let why = damage;
    /**
     * @param {string} from
     * @param {import('../types.js').Experiment | string} experiment
     * @param {Uint8Array} [checkpoint]
     * @param {boolean} [report]
     */
    const tryOpen = async (from, experiment, checkpoint, report = true) => {
      const problem = await runner.openFirst(experiment, checkpoint);
      if (problem && report) why ||= `${from} could not be opened: ${problem}`;
      // It is undefined after an error that the session has reported.
      return problem === '';
    };
    const openStored = async () => {
      for (
        let record = await (linked ? findRecord() : first);
        ;
        record = await findRecord(undefined, record.time)
      ) {
        if (record.damaged) why ||= 'The experiment that this browser saved last is damaged.';
        if (!record.saved) return false;
        const { text, checkpoint } = record.saved;
        // A pending edit was saved before it was validated, so its errors are not reported.
        if (await tryOpen('The saved experiment', text, checkpoint, record.validated)) return true;
      }
    };
    // After a crash the address holds the link from before the last edit, so a pending edit of it is tried first.
    const openLink = async () => {
      if (!linked) return false;
      for (let record = await first; ; record = await findRecord(linked, record.time)) {
        if (record.validated) return tryOpen('The link', linked, record.saved?.checkpoint);
        if (await tryOpen('', record.saved?.text ?? '', record.saved?.checkpoint, false))
          return true;
      }
    };
    const isRestored = (await openLink()) || (await openStored());
    const isOwn = !isRestored && (await tryOpen('The first experiment', FIRST));
    // The file of its data may be missing.
    const isMade = !isRestored && !isOwn && (await tryOpen('', MADE, undefined, false));
    if (why) store.set({ alarm: `${why} ${instead(isRestored, isOwn, isMade)}`.trim() });
    return isOwn;
  }

  window.addEventListener('hashchange', () => {
    const [text, damage] = linkText();
    if (damage) store.set({ alarm: `${damage} ${UNCHANGED}` });
    else if (text && text !== store.state.opened?.text) {
      openText(text, 'The link could not be opened.', 'Link opened');
    }
  });

  return { openFirst, openFile };
}

/**
 * Says which experiment is shown in place of one that could not be opened.
 * @param {boolean} isRestored
 * @param {boolean} isOwn
 * @param {boolean} isMade
 */
function instead(isRestored, isOwn, isMade) {
  if (isRestored) return 'The last working experiment is shown instead.';
  if (isOwn) return 'The experiment of a first visit is shown instead.';
  return isMade ? 'An experiment on generated data is shown instead.' : '';
}

/**
 * Returns the text in the address, or null, and the error of a damaged link.
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
 * Returns the latest record in storage, or none where storage cannot be read in time.
 * @param {string} [text]
 * @param {number} [before]
 */
function findRecord(text, before) {
  return latestRecord(text, before).catch(() => NO_RECORD);
}

/**
 * Shows the running experiment in the forms again in place of an invalid draft.
 * @param {Store} store
 */
export function restoreDraft(store) {
  const { opened } = store.state;
  if (opened) store.set({ draft: opened.experiment, draftError: null });
}

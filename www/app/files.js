// What leaves the page on request, saved files and copied texts, and the parts of a file that comes back.

/** How the user's own rows begin, which follow the text of their experiment in a file: no text has this line. */
const ROWS = new TextEncoder().encode('\nGBXD');

/**
 * The file of an experiment: its text, and behind it the user's own rows, where it has such.
 * @param {import('../types.js').Experiment | undefined} experiment
 * @returns {Promise<Blob>}
 */
export async function fileOf(experiment) {
  const text = JSON.stringify(experiment ?? {}, null, 2);
  const hash = experiment?.data.class_name === 'OwnData' ? experiment.data.config.hash : '';
  const rows = hash && (await rowsOf(hash));
  return new Blob([text, ...(rows ? ['\n', rows] : [])], { type: 'application/json' });
}

/** @param {string} hash */
async function rowsOf(hash) {
  const stored = await import('../engine/own-data.js').catch(() => undefined);
  return stored?.rowsOf(hash).catch(() => undefined);
}

/**
 * The parts of such a file. `rows` is null where it has none.
 * @param {Blob} file
 * @param {number} longest text in bytes
 * @returns {Promise<{ text: Blob, rows: Blob | null }>}
 */
export async function partsOf(file, longest) {
  const head = new Uint8Array(await file.slice(0, longest).arrayBuffer());
  for (let at = head.indexOf(ROWS[0]); at >= 0; at = head.indexOf(ROWS[0], at + 1))
    if (ROWS.every((byte, i) => head[at + i] === byte))
      return { text: file.slice(0, at), rows: file.slice(at + 1) };
  return { text: file, rows: null };
}

/**
 * Saves a file.
 * @param {string} name
 * @param {Blob} content
 */
export function saveFile(name, content) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/**
 * Copies a text to the clipboard and says so.
 * @param {import('./store.js').Store} store
 * @param {string} text
 * @param {string} [notice]
 */
export async function copy(store, text, notice = 'Copied.') {
  try {
    await navigator.clipboard.writeText(text);
    store.set({ notice });
  } catch {
    store.set({
      notice: 'Copying is blocked in this browser. Copy the link from the address bar.',
    });
  }
}

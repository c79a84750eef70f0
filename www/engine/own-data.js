// The user's own rows, kept in this browser under their hash. The workers and the page read them from there.
import { createStore, delMany, entries, get, set } from 'idb-keyval';

/** Rows and the time at which they were kept. @typedef {{ rows: Blob, time: number }} Kept */

/** Number of data sets that are kept. */
const MOST = 4;

/** @type {import('idb-keyval').UseStore | undefined} */
let opened;
const store = () => (opened ??= createStore('glassbox-data', 'rows'));

/** Keeps rows, and deletes the oldest ones. @param {string} hash @param {Blob} rows */
export async function keepRows(hash, rows) {
  await set(hash, { rows, time: Date.now() }, store());
  const all = /** @type {[string, Kept][]} */ (await entries(store()));
  const oldest = all.sort(([, a], [, b]) => b.time - a.time).slice(MOST);
  await delMany(
    oldest.map(([key]) => key),
    store(),
  );
}

/** Returns rows that were kept; undefined where they are not here. @param {string} hash @returns {Promise<Blob | undefined>} */
export async function rowsOf(hash) {
  const kept = /** @type {Kept | undefined} */ (await get(hash, store()));
  return kept?.rows;
}

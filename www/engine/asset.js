// The files of data sets: fetched and inflated once for all runs, or the user's own rows, which are kept in this browser.
import { data_file, own_data } from '../../pkg/glassbox.js';
import { messageOf } from '../app/errors.js';

/** What the names of the user's own rows begin with. */
const OWN = 'own/';
/** @type {Map<string, Promise<Uint8Array>>} */
const kept = new Map();

/**
 * Returns the data file of an experiment; undefined for generated data.
 * @param {import('../types.js').Experiment | string} experiment
 * @param {string} base address of the page
 */
export async function assetOf(experiment, base) {
  const file = data_file(experiment);
  if (!file) return undefined;
  if (file.startsWith(OWN)) return ownRows(file.slice(OWN.length));
  return fetched(file, base);
}

/** Fetches a data file before an experiment needs it. @param {string} file @param {string} base address of the page */
export function prefetch(file, base) {
  // An error is reported where the file is needed.
  fetched(file, base).catch(() => {});
}

/** @param {string} file @param {string} base */
async function fetched(file, base) {
  const bytes = kept.get(file) ?? inflated(new URL(`data/${file}`, base));
  kept.set(file, bytes);
  try {
    return await bytes;
  } catch (error) {
    kept.delete(file);
    throw refusal(
      `The data could not be fetched (${messageOf(error)}). Check your connection, then choose it again.`,
    );
  }
}

/** @param {URL} url */
async function inflated(url) {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  const stream = response.body.pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} hash */
async function ownRows(hash) {
  const { rowsOf } = await import('./own-data.js');
  const rows = await rowsOf(hash).catch(() => undefined);
  if (rows) return new Uint8Array(await rows.arrayBuffer());
  throw refusal(
    'The rows of this data are not in this browser. Open the file that was saved with them.',
  );
}

/**
 * Keeps the user's own rows in this browser. Returns the data of an experiment with them.
 * @param {Blob} rows
 */
export async function keepOwn(rows) {
  const data = own_data(new Uint8Array(await rows.arrayBuffer()));
  try {
    const { keepRows } = await import('./own-data.js');
    await keepRows(data.config.hash, rows);
  } catch (error) {
    throw refusal(
      `This browser cannot keep the rows (${messageOf(error)}), so they cannot be used here.`,
    );
  }
  return data;
}

/** An error of the data. @param {string} message */
function refusal(message) {
  return Object.assign(new Error(message), { name: 'ConfigError', path: 'data' });
}

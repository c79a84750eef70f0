// The files of data sets: fetched and inflated once for all runs, or the user's own rows, which are kept in this browser.
import { data_file, own_data } from '../../pkg/glassbox.js';
import { messageOf } from '../app/errors.js';
import { keepRows, rowsOf } from './own-data.js';

/** What the names of the user's own rows begin with. */
const OWN = 'own/';
/** @type {Map<string, Uint8Array>} */
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
  const known = kept.get(file);
  if (known) return known;
  try {
    const response = await fetch(new URL(`data/${file}`, base));
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const stream = response.body.pipeThrough(new DecompressionStream('gzip'));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    kept.set(file, bytes);
    return bytes;
  } catch (error) {
    const reason = messageOf(error);
    throw refusal(
      `The data could not be fetched (${reason}). Check your connection, then choose it again.`,
    );
  }
}

/** @param {string} hash */
async function ownRows(hash) {
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

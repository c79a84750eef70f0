// The files of data sets: fetched and inflated once for all runs.
import { data_file } from '../../pkg/glassbox.js';
import { messageOf } from '../app/errors.js';

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
    const message = `The data could not be fetched (${reason}). Check your connection, then choose it again.`;
    throw Object.assign(new Error(message), { name: 'ConfigError', path: 'data' });
  }
}

// The files that data sets are kept in: fetched once, inflated, kept for every run on that data.

/** @type {Map<string, Uint8Array>} */
const kept = new Map();

/**
 * The file that this experiment's data needs, if any.
 * @param {string} text
 * @param {string} base address of the page
 * @param {() => import('./types.js').Catalog} catalog
 */
export async function assetOf(text, base, catalog) {
  const name = dataClass(text);
  const file = catalog().datasets.find((d) => d.class_name === name)?.asset;
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
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The data could not be fetched (${reason}). Check your connection, then choose it again.`;
    throw Object.assign(new Error(message), { name: 'Refusal', place: 'data' });
  }
}

/** @param {string} text */
function dataClass(text) {
  try {
    const data = JSON.parse(text).data;
    return typeof data === 'string' ? data : data.class_name;
  } catch {
    return ''; // `Run` says what is wrong with the text.
  }
}

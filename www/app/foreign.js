// Files that are no experiments: what a file is, by its first bytes or its name. Pure functions.

/** Number of bytes that are examined. */
export const HEAD_BYTES = 4096;

/** First bytes of kinds of files. @type {[bytes: number[], kind: Kind][]} */
const SIGNATURES = [
  [[0x89, 0x48, 0x44, 0x46], 'model'], // HDF5
  [[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], 'array'], // NumPy
  [[0x89, 0x50, 0x4e, 0x47], 'image'],
  [[0xff, 0xd8, 0xff], 'image'],
  [[0x47, 0x49, 0x46, 0x38], 'image'],
  [[0x42, 0x4d], 'image'],
  [[0x25, 0x50, 0x44, 0x46], 'document'], // PDF
];

/** Endings of names. @type {[ending: RegExp, kind: Kind][]} */
const ENDINGS = [
  [/\.(csv|tsv|xlsx?|ods|parquet|arff)$/i, 'table'],
  [/\.(npy|npz|mat|idx\d?-ubyte)$/i, 'array'],
  [/\.(keras|h5|hdf5|pb|tflite|onnx|pt|pth|safetensors)$/i, 'model'],
  [/\.(png|jpe?g|gif|webp|bmp|svg|tiff?|heic|avif)$/i, 'image'],
  [/\.(zip|gz|tgz|7z|rar)$/i, 'archive'],
  [/\.(pdf|docx?|odt|html?|md)$/i, 'document'],
];

/** @typedef {'table' | 'array' | 'model' | 'image' | 'archive' | 'document'} Kind */

/** What each kind is, and what cannot be done with it. @type {Record<Kind, string>} */
const SENTENCES = {
  table: 'It is a table of data. Your own data cannot be opened yet.',
  array: 'It is an array of numbers. Your own data cannot be opened yet.',
  model: 'It is a saved model. Models cannot be opened yet.',
  image: 'It is an image. Your own images cannot be opened yet.',
  archive: 'It is an archive. Archives cannot be opened.',
  document: 'It is a document and holds no experiment.',
};

/**
 * Says what a file is; an empty text for one that may be an experiment.
 * @param {string} name
 * @param {Uint8Array} head its first bytes
 */
export function foreignFile(name, head) {
  const kind = kindOf(name, head);
  return kind
    ? `${SENTENCES[kind]} “Open” takes experiments that were saved on this page, and Keras programs.`
    : '';
}

/** @param {string} name @param {Uint8Array} head @returns {Kind | undefined} */
function kindOf(name, head) {
  const signed = SIGNATURES.find(([bytes]) => bytes.every((byte, i) => head[i] === byte));
  if (signed) return signed[1];
  const text = new TextDecoder().decode(head);
  const named = ENDINGS.find(([ending]) => ending.test(name))?.[1];
  // An experiment is one under any name.
  if (/^\s*\{/.test(text)) return undefined;
  return (
    named ?? (isTable(text) ? 'table' : text.startsWith('PK\u0003\u0004') ? 'archive' : undefined)
  );
}

/** Whether the first lines of a text have the same number of separators. @param {string} text */
function isTable(text) {
  // The last line may be cut off.
  const lines = text.trimEnd().split(/\r?\n/).slice(0, 6);
  if (lines.length > 2 && text.length >= HEAD_BYTES) lines.pop();
  const count = (/** @type {string} */ line, /** @type {RegExp} */ mark) =>
    line.match(mark)?.length ?? 0;
  return (
    lines.length > 1 &&
    [/,/g, /;/g, /\t/g].some((mark) => {
      const n = count(lines[0], mark);
      return n > 0 && lines.every((line) => count(line, mark) === n);
    })
  );
}

/** Says what a JSON value is that is no experiment; an empty text where nothing is known about it. @param {unknown} json */
export function foreignJson(json) {
  const { class_name, config } = /** @type {Record<string, any>} */ (json ?? {});
  const isModel = typeof class_name === 'string' && typeof config === 'object';
  return isModel
    ? 'It is the config of a model without data, loss and optimizer. Models cannot be opened yet.'
    : '';
}

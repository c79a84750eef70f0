// Whether two values of plain data are equal, and whether two experiments are.

/** @typedef {import('../types.js').Experiment} Experiment */

/**
 * Deep equality; the order of keys does not matter, and a key that is undefined counts as absent.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {boolean}
 */
export function same(a, b) {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  return Object.keys({ ...a, ...b }).every((key) => same(a[key], b[key]));
}

/**
 * Whether two experiments are the same run, which may end earlier in one of them: they differ in the number of epochs at most.
 * @param {Experiment} a
 * @param {Experiment} b
 */
export function isSameRun(a, b) {
  return same({ ...a, fit: { ...a.fit, epochs: 0 } }, { ...b, fit: { ...b.fit, epochs: 0 } });
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/**
 * Returns the path of the number in which two values differ; an empty text where they differ otherwise.
 * @param {unknown} a
 * @param {unknown} b
 * @returns {string}
 */
export function editedNumber(a, b) {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? '' : '.';
  if (!isObject(a) || !isObject(b)) return '';
  const [key, ...more] = Object.keys({ ...a, ...b }).filter((key) => !same(a[key], b[key]));
  const rest = key === undefined || more.length > 0 ? '' : editedNumber(a[key], b[key]);
  return rest && `.${key}${rest === '.' ? '' : rest}`;
}

// A class that somebody chose, beside its entry in the catalog. Pure.

/** @typedef {import('./types.js').Entry} Entry */
/** @typedef {import('./types.js').Choice} Choice */

/**
 * @param {Entry[]} entries
 * @param {string} name Keras' class, or its string
 */
export function entryNamed(entries, name) {
  return entries.find((e) => e.class_name === name) ?? entries.find((e) => e.name === name);
}

/**
 * The value of an option: what was chosen, else its default, which an experiment's text leaves out.
 * @param {Entry[]} entries
 * @param {Choice} choice
 * @param {string} option
 */
export function optionOf(entries, { class_name, config }, option) {
  const own = config?.[option];
  if (own !== undefined) return own;
  return entryNamed(entries, class_name)?.options.find(({ name }) => name === option)?.default;
}

/**
 * Whether everything that a path leads through is of the same class in a newer draft: a form may be a picture
 * behind, and what it was drawn for may be gone or moved.
 * @param {any} drawn the draft that the form was drawn for
 * @param {any} now
 * @param {(string | number)[]} path
 * @returns {boolean}
 */
export function stillThere(drawn, now, path) {
  if (path.length === 0 || drawn === now) return true;
  if (typeof now !== 'object' || now === null) return drawn === undefined || drawn === null;
  const [key, ...rest] = path;
  const [a, b] = [drawn?.[key], now[key]];
  if (rest.length > 0 && nameOf(a) !== nameOf(b)) return false;
  return stillThere(a, b, rest);
}

/** The name in a value that names a class. @param {any} value */
export function nameOf(value) {
  return typeof value === 'object' && value ? value.class_name : value;
}

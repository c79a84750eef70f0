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

// A class with its config, and its entry in the catalog. Pure functions.

/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('../types.js').ClassConfig} ClassConfig */
/** @typedef {Record<string | number, unknown>} Values */

/**
 * Finds the catalog entry of a class.
 * @param {ClassSpec[]} entries
 * @param {string} [name] Keras' class, or its string
 */
export function entryNamed(entries, name) {
  return entries.find((e) => e.class_name === name) ?? entries.find((e) => e.name === name);
}

/**
 * Returns the value of an option: the configured one, else its default, which canonical texts omit.
 * @param {ClassSpec[]} entries
 * @param {ClassConfig} choice
 * @param {string} option
 */
export function optionOf(entries, { class_name, config }, option) {
  const own = config?.[option];
  if (own !== undefined) return own;
  return entryNamed(entries, class_name)?.options.find(({ name }) => name === option)?.default;
}

/**
 * Whether all objects along a path have the same class in a newer draft. A form may be older than the draft, and the
 * item that it shows may have been removed or moved.
 * @param {unknown} drawn draft that the form was drawn for
 * @param {unknown} now
 * @param {(string | number)[]} path
 * @returns {boolean}
 */
export function isStillThere(drawn, now, path) {
  if (path.length === 0 || drawn === now) return true;
  if (typeof now !== 'object' || now === null) return drawn === undefined || drawn === null;
  const [key, ...rest] = path;
  const [a, b] = [drawn, now].map((draft) => /** @type {Values | undefined} */ (draft)?.[key]);
  if (rest.length > 0 && nameOf(a) !== nameOf(b)) return false;
  return isStillThere(a, b, rest);
}

/** The class name of a config object or of a bare name. @param {unknown} value */
export function nameOf(value) {
  return typeof value === 'string'
    ? value
    : /** @type {Partial<ClassConfig> | null} */ (value)?.class_name;
}

/** The config of a config object; empty for a bare name. @param {unknown} value @returns {Values} */
export function configOf(value) {
  return /** @type {Partial<ClassConfig> | null} */ (value)?.config ?? {};
}

/** The value of a newly selected class: its name, with a config where the catalog gives initial values. @param {ClassSpec} entry */
export function initialValue(entry) {
  const config = startOf(entry);
  return Object.keys(config).length ? { class_name: entry.class_name, config } : entry.name;
}

/** Initial values of the options that have one in the catalog. @param {ClassSpec} entry */
export function startOf({ options }) {
  const given = options.filter((o) => o.start !== null && o.start !== undefined);
  return Object.fromEntries(given.map((o) => [o.name, o.start]));
}

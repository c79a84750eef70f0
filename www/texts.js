// What only people read of the catalog: sentences and formulas, fetched when the first picture is there.

/** @typedef {import('./types.js').Catalog} Catalog */
/** @typedef {import('./types.js').Opt} Opt */
/** @typedef {import('./types.js').Entry} Entry */

/**
 * The catalog with its texts; as it is where they cannot be had.
 * @param {Catalog} catalog
 * @returns {Promise<Catalog>}
 */
export async function withTexts(catalog) {
  try {
    const answer = await fetch(new URL('../pkg/texts.json', import.meta.url));
    const texts = await answer.json();
    const lists = Object.entries(catalog).map(([family, list]) => [
      family,
      family === 'fit'
        ? options(/** @type {Opt[]} */ (list), texts.fit)
        : /** @type {Entry[]} */ (list).map((entry) => {
            const { doc, formula, options: docs } = texts[family][entry.class_name];
            return { ...entry, doc, formula, options: options(entry.options, docs) };
          }),
    ]);
    return Object.fromEntries(lists);
  } catch {
    return catalog;
  }
}

/**
 * @param {Opt[]} list
 * @param {Record<string, string>} docs
 * @returns {Opt[]}
 */
function options(list, docs) {
  return list.map((option) => ({ ...option, doc: docs[option.name] }));
}

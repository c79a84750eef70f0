// Settings in the catalog's words: short texts of values and of classes. Pure functions.
import { configOf, entryNamed, nameOf } from '../forms/choices.js';
import { describe } from '../forms/values.js';

/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */

/** Maximum length of a value's text: rows of numbers are longer. */
const MAX_TEXT = 40;

/** The classes of a family. @param {Catalog} catalog @param {string | null} [family] @returns {ClassSpec[]} */
export function familyOf(catalog, family) {
  return family && family !== 'fit'
    ? (catalog[/** @type {Exclude<keyof Catalog, 'fit'>} */ (family)] ?? [])
    : [];
}

/** The entry of a value that is a class of the option's family. @param {Catalog} catalog @param {OptionSpec} opt @param {unknown} value */
export function entryOf(catalog, { family }, value) {
  return entryNamed(familyOf(catalog, family), nameOf(value));
}

/** The value of an option; its default where the config does not name it. @param {OptionSpec} opt @param {Record<string, unknown>} config */
export function valueOf(opt, config) {
  const own = config[opt.name];
  return own === undefined ? (opt.default ?? null) : own;
}

/** The label of a class without its explanation: “SGD”, “L2”, “Glorot uniform”. @param {ClassSpec} entry */
export function shortLabel({ label, class_name }) {
  return label.endsWith(`(${class_name})`) ? class_name : label.replace(/ \([^)]*\)$/, '');
}

/**
 * The option that stands beside the class' name as a bare number, as the rate in “SGD 0.1” does. None where a schedule
 * computes the number.
 * @param {ClassSpec} entry
 * @param {unknown} value
 */
export function leadOf({ options: [first] }, value) {
  const isLead = first?.kind === 'float' && !first.advanced && !first.nullable;
  return isLead && typeof valueOf(first, configOf(value)) === 'number' ? first : undefined;
}

/** The text of a value: “SGD 0.1”, “relu”, “none”, “0.2”. @param {Catalog} catalog @param {OptionSpec} opt @param {unknown} value @returns {string} */
export function valueText(catalog, opt, value) {
  const entry = entryOf(catalog, opt, value);
  if (entry) return classText(catalog, entry, value);
  const items = Array.isArray(value) && opt.kind === 'list' ? value : null;
  const text = items
    ? items.map((item) => valueText(catalog, { ...opt, kind: 'class' }, item)).join(' and ')
    : describe(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text || 'none';
}

/**
 * The text of a class: its label, its first number, and the options that are not the default.
 * @param {Catalog} catalog
 * @param {ClassSpec} entry
 * @param {unknown} value
 * @returns {string}
 */
export function classText(catalog, entry, value) {
  const config = configOf(value);
  const lead = leadOf(entry, value);
  const name = shortLabel(entry);
  const head = lead ? `${name} ${describe(valueOf(lead, config))}` : name;
  const rest = entry.options.flatMap((opt) => {
    const own = valueOf(opt, config);
    const isDefault = JSON.stringify(own) === JSON.stringify(opt.default ?? null);
    return opt === lead || isDefault ? [] : [phrase(catalog, opt, own)];
  });
  return [head, ...rest].join(', ');
}

/**
 * The value with what it is a value of: “32 units”, “batch size 8”, “no bias”, “relu”.
 * @param {Catalog} catalog
 * @param {OptionSpec} opt
 * @param {unknown} value
 */
export function phrase(catalog, opt, value) {
  const label = opt.label.replaceAll('_', ' ');
  if (value === null || value === undefined || value === false) return `no ${label}`;
  if (value === true) return label;
  if (Array.isArray(value) && !value.length) return `no ${label}`;
  const text = valueText(catalog, opt, value);
  if (isCount(opt)) return `${text} ${value === 1 ? label.slice(0, -1) : label}`;
  // An activation, an optimizer or a loss says by itself what it is.
  return opt.family?.startsWith(opt.name) ? text : `${label} ${text}`;
}

/** “No dropout”, but “no LSTM”: the label of a class within a sentence. @param {ClassSpec} entry */
export function inSentence(entry) {
  const label = shortLabel(entry);
  return /^[A-Z][a-z]+( [a-z]+)*$/.test(label) ? label.toLowerCase() : label;
}

/** Whether the label counts things: units, epochs, filters. @param {OptionSpec} opt */
function isCount({ kind, label }) {
  return kind === 'int' && /^[a-z]+[^s]s$/.test(label);
}

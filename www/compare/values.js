// The values to race, as a person writes them: “0.001, 0.01” or “SGD 0.1; SGD 0.01, momentum 0.9; Adam”. Pure functions.
import { parseField } from '../forms/values.js';
import { familyOf, shortLabel } from './phrases.js';

/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** A value, or the reason why the text is none. @typedef {{ text: string, value?: unknown, error?: string }} Parsed */

/** Reads a list of values. Where it has semicolons, they separate the values. @param {Catalog} catalog @param {OptionSpec} opt @param {string} text @returns {Parsed[]} */
export function parseValues(catalog, opt, text) {
  const parts = text.split(text.includes(';') ? ';' : ',').map((part) => part.trim());
  return parts.filter(Boolean).map((part) => parseValue(catalog, opt, part));
}

/** @param {Catalog} catalog @param {OptionSpec} opt @param {string} text @returns {Parsed} */
function parseValue(catalog, opt, text) {
  const number = parseField({ ...opt, kind: opt.kind === 'int' ? 'int' : 'float' }, text);
  if (opt.family) {
    const isNumber = opt.kind === 'float' && typeof number === 'number';
    if (isNumber) return { text, value: number };
    if (opt.nullable && /^(none|no .*)$/i.test(text)) return { text, value: null };
    const parsed = parseClass(familyOf(catalog, opt.family), text);
    return opt.kind === 'float' && parsed.error
      ? { text, error: `“${text}” is neither a number nor a schedule.` }
      : parsed;
  }
  if (opt.kind === 'bool') {
    const value = { on: true, true: true, off: false, false: false }[text.toLowerCase()];
    return value === undefined
      ? { text, error: `“${text}” is neither on nor off.` }
      : { text, value };
  }
  if (opt.kind === 'one_of') {
    const value = opt.choices?.find((choice) => choice.toLowerCase() === text.toLowerCase());
    const all = opt.choices?.join(', ');
    return value ? { text, value } : { text, error: `“${text}” is not one of ${all}.` };
  }
  if (opt.kind === 'int' || opt.kind === 'float')
    return typeof number === 'number'
      ? { text, value: number }
      : { text, error: `“${text}” is not a number.` };
  return { text, value: parseField(opt, text) };
}

/**
 * Reads a class: its name, a number for its first option, and other options with their names.
 * @param {ClassSpec[]} entries
 * @param {string} text
 * @returns {Parsed}
 */
function parseClass(entries, text) {
  const [head, ...rest] = text.split(',').map((part) => part.trim());
  const lower = head.toLowerCase();
  const found = entries
    .flatMap((entry) =>
      [entry.class_name, entry.name, entry.label, shortLabel(entry)].map((name) => ({
        entry,
        name: name.toLowerCase(),
      })),
    )
    .filter(({ name }) => lower === name || lower.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!found) return { text, error: `“${head}” is not known here.` };
  const { entry, name } = found;
  /** @type {Record<string, unknown>} */
  const config = {};
  const first = lower.slice(name.length).trim();
  if (first && !entry.options.length)
    return { text, error: `${shortLabel(entry)} takes no number.` };
  const parts = rest.map((part) => optionIn(entry, part));
  for (const part of [...(first ? [{ opt: entry.options[0], value: first }] : []), ...parts]) {
    if ('error' in part) return { text, error: part.error };
    const parsed = parseValue(
      /** @type {Catalog} */ ({}),
      { ...part.opt, family: null },
      part.value,
    );
    if (parsed.error) return { text, error: parsed.error };
    config[part.opt.name] = parsed.value;
  }
  return { text, value: { class_name: entry.class_name, config } };
}

/**
 * The option that a part of the text sets: “momentum 0.9”, “32 units”, “from logits”, “no bias”.
 * @param {ClassSpec} entry
 * @param {string} part
 * @returns {{ opt: OptionSpec, value: string } | { error: string }}
 */
function optionIn(entry, part) {
  const lower = part.toLowerCase();
  for (const opt of entry.options) {
    for (const word of [opt.name, opt.label].map((w) => w.toLowerCase())) {
      if (lower === word) return { opt, value: 'on' };
      if (lower === `no ${word}`) return { opt, value: 'off' };
      if (lower.startsWith(`${word} `)) return { opt, value: part.slice(word.length).trim() };
      if (lower.endsWith(` ${word}`)) return { opt, value: part.slice(0, -word.length).trim() };
    }
  }
  return { error: `${shortLabel(entry)} has no option for “${part}”.` };
}

/**
 * A decimal number times a whole number and a power of ten, exactly: 0.001 times 3 and 10^1 is 0.03. The product of
 * floating-point numbers would have an error in its last digit.
 * @param {number} value
 * @param {number} by
 * @param {number} power
 */
export function scaled(value, by, power) {
  const [, digits, exponent = '0'] = value.toExponential().match(/^(.*)e(.*)$/) ?? ['', '0'];
  const [whole, part = ''] = digits.split('.');
  return Number(`${Number(whole + part) * by}e${Number(exponent) - part.length + power}`);
}

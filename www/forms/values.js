// Conversion between values of options and text. Text that cannot be read goes to the engine as typed, and the engine
// reports the error.
import { signed } from '../app/figures.js';
import { nameOf } from './choices.js';

/** @typedef {import('../types.js').OptionSpec} OptionSpec */

/** A text with a capital first letter, and spaces for underscores. @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');
}

/** Describes a value in a sentence. @param {unknown} value @returns {string} */
export function describe(value) {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map(describe).join(', ') || 'none';
  if (typeof value === 'object') return nameOf(value) ?? formatField(value);
  return typeof value === 'number' ? signed(String(value)) : String(value);
}

/** Formats a value for its field. @param {unknown} value @returns {string} */
export function formatField(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value.map((v) => (v === null ? 'none' : formatField(v))).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, v]) => `${key}: ${v}`)
    .join(', ');
}

/**
 * Parses the typed text as a value of the option.
 * @param {OptionSpec} opt
 * @param {string} text
 */
export function parseField(opt, text) {
  const typed = text.trim();
  if (typed === '') return opt.nullable ? null : opt.required ? '' : opt.default;
  if (opt.kind === 'text') return typed;
  if (opt.kind === 'texts') return typed.split(',').map((part) => part.trim());
  if (opt.kind === 'class_weights') return weights(typed);
  if (opt.kind === 'int' || opt.kind === 'float') return number(typed.replace(',', '.'));
  const list = typed
    .replace(/[[\]()]/g, ' ')
    .split(/[\s,;×]+/)
    .filter((part) => part !== '')
    .map((part) => (/^(none|null|\?)$/i.test(part) ? null : number(part)));
  return list.length === 1 && opt.kind !== 'shape' ? list[0] : list;
}

/** @param {string} text */
function number(text) {
  const value = Number(text.replaceAll('−', '-'));
  return text !== '' && Number.isFinite(value) ? value : text;
}

/** Parses `0: 0.5, 1: 2` as an object. @param {string} text */
function weights(text) {
  const pairs = text.replace(/[{}"]/g, '').split(/[,;]/);
  const read = pairs.map((pair) => pair.split(/[:=]/).map((part) => part.trim()));
  const good = read.every((pair) => pair.length === 2 && pair[0] !== '');
  return good ? Object.fromEntries(read.map(([key, v]) => [key, number(v)])) : text;
}

/**
 * Steps a value up or down: integers by one, probabilities by 0.05, others along 1, 2, 5, 10 ...
 * @param {OptionSpec} opt
 * @param {number} value
 * @param {number} by
 */
export function stepValue(opt, value, by) {
  const limit = (/** @type {number} */ v) =>
    Math.min(opt.max ?? Infinity, Math.max(opt.min ?? -Infinity, v));
  if (opt.kind === 'int') return limit(value + by);
  if (typeof opt.max === 'number' && opt.max <= 1 && value >= 0.05) {
    return limit(Math.round((value + by * 0.05) * 100) / 100);
  }
  if (value <= 0) return by > 0 ? limit(0.001) : limit(0);
  const steps = [1, 2, 5];
  // By decimal digits: logarithms and powers may differ in bits between browsers.
  const [lead, power] = value.toExponential().split('e').map(Number);
  const index = power * 3 + (lead >= 5 ? 2 : lead >= 2 ? 1 : 0) + Math.sign(by);
  return limit(Number(`${steps[((index % 3) + 3) % 3]}e${Math.floor(index / 3)}`));
}

// Python's operators on the values of a program.
import { knownItems, powerOf } from './library.js';
import { Dict, List, Outside, Unknown, equal, isOpenValue, textOf } from './values.js';

/** @typedef {import('./values.js').Value} Value */

/** Number of times that a list or a text is repeated. */
const TIMES = 2000;

/** @param {string} op @param {Value} left @param {Value} right @returns {Value} */
export function operate(op, left, right) {
  switch (op) {
    case '==':
    case '!=':
    case 'is':
    case 'is not': {
      const same = equal(left, right);
      if (same === undefined) return new Unknown(textFrom(left) || textFrom(right));
      return same === (op === '==' || op === 'is');
    }
    case 'in':
    case 'not in': {
      const found = contains(right, left);
      return found === undefined ? new Unknown(textFrom(right)) : found === (op === 'in');
    }
    default:
  }
  const isNumber = (/** @type {Value} */ v) => typeof v === 'number' || typeof v === 'boolean';
  if (isNumber(left) && isNumber(right)) return arithmetic(op, Number(left), Number(right));
  if (typeof left === 'string' && typeof right === 'string') {
    if (op === '+') return left + right;
    if (['<', '>', '<=', '>='].includes(op))
      return compare(op, left < right ? -1 : left > right ? 1 : 0);
  }
  if (op === '%' && typeof left === 'string') return formatted(left, right);
  if (op === '*') {
    const [list, times] = typeof left === 'number' ? [right, left] : [left, right];
    if (typeof times === 'number' && times <= TIMES) {
      if (typeof list === 'string') return list.repeat(Math.max(0, times));
      if (list instanceof List && !list.isOpen)
        return new List(
          Array.from({ length: Math.max(0, times) }, () => list.items).flat(),
          list.of,
        );
    }
  }
  if (op === '+' && left instanceof List && right instanceof List) {
    const both = new List([...left.items, ...right.items], left.of);
    both.isOpen = left.isOpen || right.isOpen;
    return both;
  }
  if (op === '|' && left instanceof Dict && right instanceof Dict)
    return new Dict(new Map([...left.entries, ...right.entries]));
  return new Unknown(textFrom(left) || textFrom(right));
}

/** The expression that a value came from, where only data can give it. @param {Value} value */
export function textFrom(value) {
  if (value instanceof Unknown) return value.text;
  return value instanceof Outside ? value.path.join('.') : '';
}

/** @param {string} op @param {number} order */
function compare(op, order) {
  return op === '<' ? order < 0 : op === '>' ? order > 0 : op === '<=' ? order <= 0 : order >= 0;
}

/** @param {string} op @param {number} a @param {number} b @returns {Value} */
function arithmetic(op, a, b) {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? new Unknown('') : a / b;
    case '//':
      return b === 0 ? new Unknown('') : Math.floor(a / b);
    case '%':
      return b === 0 ? new Unknown('') : a - b * Math.floor(a / b);
    case '**':
      return powerOf(a, b) ?? new Unknown('');
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<':
    case '>':
    case '<=':
    case '>=':
      return compare(op, a - b);
    default:
      return new Unknown('');
  }
}

/** Python's `in`. @param {Value} whole @param {Value} part @returns {boolean | undefined} */
function contains(whole, part) {
  if (typeof whole === 'string' && typeof part === 'string') return whole.includes(part);
  const items = knownItems(whole);
  if (!items) return undefined;
  const all = items.map((item) => equal(item, part));
  if (isOpenValue(whole)) all.push(undefined);
  return all.includes(true) ? true : all.includes(undefined) ? undefined : false;
}

/** Python's `%` on a text. @param {string} text @param {Value} values @returns {Value} */
function formatted(text, values) {
  const items = values instanceof List ? [...values.items] : [values];
  let isKnown = true;
  const said = text.replace(/%(?:\.(\d))?[sdif]/g, (_, digits) => {
    const value = items.shift();
    const known =
      digits && typeof value === 'number' ? value.toFixed(Number(digits)) : textOf(value);
    if (known === undefined) isKnown = false;
    return known ?? '';
  });
  return isKnown ? said : new Unknown('');
}

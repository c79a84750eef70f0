// The methods of texts, lists and dictionaries.
import { itemsOf, knownItems } from './library.js';
import { Builtin, Dict, Func, List, Unknown, equal, textOf } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */

/** Methods by which lists and dictionaries grow. */
const GROWING = ['append', 'add', 'extend', 'insert', 'update', 'setdefault'];
/** Longest list that grows by others. */
const LONGEST = 5000;

/** @param {(call: Call) => Value} work */
const method = (work) => new Builtin('', work);

/**
 * A method of a text, a list or a dictionary.
 * @param {Value} base
 * @param {string} name
 * @param {boolean} isOpen whether what grows now grows by an unknown number
 * @returns {Value}
 */
export function methodOf(base, name, isOpen) {
  if (typeof base === 'string') return textMethod(base, name);
  if (base instanceof List || base instanceof Dict) {
    if (isOpen && GROWING.includes(name)) base.isOpen = true;
    return base instanceof List ? listMethod(base, name) : dictMethod(base, name);
  }
  if (base instanceof Func && name === '__name__') return base.name;
  return undefined;
}

/** @param {string} text @param {string} name @returns {Value} */
function textMethod(text, name) {
  switch (name) {
    case 'lower':
      return method(() => text.toLowerCase());
    case 'upper':
      return method(() => text.toUpperCase());
    case 'strip':
      return method(() => text.trim());
    case 'startswith':
      return method(({ args: [head] }) => typeof head === 'string' && text.startsWith(head));
    case 'endswith':
      return method(({ args: [tail] }) => typeof tail === 'string' && text.endsWith(tail));
    case 'replace':
      return method(({ args: [a, b] }) => text.replaceAll(String(a), String(b)));
    case 'split':
      return method(
        ({ args: [by] }) =>
          new List(typeof by === 'string' && by ? text.split(by) : text.trim().split(/\s+/)),
      );
    case 'join':
      return method(({ args: [list] }) => {
        const parts = itemsOf(list)?.map(textOf);
        return parts?.every((part) => part !== undefined) ? parts.join(text) : new Unknown('');
      });
    case 'format':
      return method(({ args, named }) => {
        let next = 0;
        let isKnown = true;
        const said = text.replace(/\{(\w*)(?::[^}]*)?\}/g, (_, key) => {
          const value =
            key === '' ? args[next++] : /^\d+$/.test(key) ? args[Number(key)] : named.get(key);
          const known = textOf(value);
          if (known === undefined) isKnown = false;
          return known ?? '';
        });
        return isKnown ? said : new Unknown('');
      });
    default:
      return undefined;
  }
}

/** @param {List} list @param {string} name @returns {Value} */
function listMethod(list, name) {
  const { items } = list;
  switch (name) {
    case 'append':
    case 'add':
      return method(({ args: [item] }) => (items.push(item), null));
    case 'extend':
      return method(({ args: [more] }) => {
        const known = itemsOf(more);
        list.isOpen ||= !known;
        items.push(...(knownItems(more) ?? []).slice(0, LONGEST));
        return null;
      });
    case 'insert':
      return method(({ args: [at, item] }) => (items.splice(Number(at), 0, item), null));
    case 'pop':
      return method(({ args: [at = -1] }) => {
        const [item] = items.splice(Number(at), 1);
        return item === undefined ? new Unknown('') : item;
      });
    case 'reverse':
      return method(() => (items.reverse(), null));
    case 'copy':
      return method(() => new List([...items], list.of));
    case 'index':
      return method(({ args: [item] }) => items.findIndex((other) => equal(item, other)));
    case 'shape':
      return list.isOpen ? new Unknown('') : new List([items.length], 'tuple');
    default:
      return undefined;
  }
}

/** @param {Dict} dict @param {string} name @returns {Value} */
function dictMethod({ entries, isOpen }, name) {
  const listed = (/** @type {Value[]} */ items) => {
    const list = new List(items);
    list.isOpen = isOpen;
    return list;
  };
  switch (name) {
    case 'get':
      return method(({ args: [key, otherwise = null] }) =>
        entries.has(key) ? entries.get(key) : otherwise,
      );
    case 'keys':
      return method(() => listed([...entries.keys()]));
    case 'values':
      return method(() => listed([...entries.values()]));
    case 'items':
      return method(() => listed([...entries].map((pair) => new List(pair, 'tuple'))));
    case 'update':
      return method(({ args: [other], named }) => {
        if (other instanceof Dict)
          for (const [key, value] of other.entries) entries.set(key, value);
        for (const [key, value] of named) entries.set(key, value);
        return null;
      });
    case 'pop':
      return method(({ args: [key, otherwise = new Unknown('')] }) => {
        const value = entries.has(key) ? entries.get(key) : otherwise;
        entries.delete(key);
        return value;
      });
    case 'setdefault':
      return method(({ args: [key, value = null] }) => {
        if (!entries.has(key)) entries.set(key, value);
        return entries.get(key);
      });
    case 'copy':
      return method(() => new Dict(new Map(entries)));
    default:
      return undefined;
  }
}

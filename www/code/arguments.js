// The arguments of calls with their names, and their values as plain data.
import { textFrom } from './operators.js';
import { nearestOf } from './names.js';
import { Dict, List, Unknown } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {{ class_name: string, config: Record<string, unknown> }} Config */
/** @typedef {{ name: string, value: Value, place: Place, word: Place | null }} Given an argument; `word`: its name in the text */

/** Arguments that change nothing in an experiment. */
export const UNSAID = ['dtype', 'verbose', 'dynamic', 'weights'];
/** Depth of nested lists. */
const DEPTH = 20;

/** What is found out about a program while its experiment is described. */
export class About {
  /** Expressions that only data can give. @type {Set<string>} */
  fromData = new Set();
  /** Which layers were trainable at the `compile` that counts. @type {Map<Value, Value> | undefined} */
  trainable;
  /** Models whose layers are being listed. @type {Set<import('./values.js').Model>} */
  open = new Set();

  /**
   * @param {import('./notes.js').Notes} notes
   * @param {import('./evaluate.js').Evaluator} evaluator
   */
  constructor(notes, evaluator) {
    this.notes = notes;
    this.evaluator = evaluator;
  }

  /** Keras refuses it, or it cannot be read. @param {Place} place @param {string} text */
  problem(place, text) {
    this.notes.add('problem', place, text);
  }

  /** Keras 3 takes it otherwise. @param {Place} place @param {string} text */
  warning(place, text) {
    this.notes.add('warning', place, text);
  }

  /** Says that there is no such name, and which one was perhaps meant. @param {Place} place @param {string} what @param {string | undefined} near */
  missing(place, what, near) {
    this.problem(place, `${what}${near ? `: did you mean \`${near}\`?` : '.'}`);
  }

  /** The argument that was perhaps meant by one that there is not. @param {string} owner @param {Given} given @param {string[]} names */
  noArgument(owner, { name, place }, names) {
    const near = nearestOf(names, name);
    this.missing(place, `\`${owner}\` has no argument \`${name}\``, near);
    return near;
  }

  /** Says that an argument has another name now. @param {Given} given @param {string} now @param {string} owner */
  moved({ name, place, word }, now, owner) {
    if (word === null) return;
    this.warning(place, `\`${name}\` of \`${owner}\` is called \`${now}\` in Keras 3.`);
    this.notes.edit(word, now);
  }

  /** Writes the name that a class has now where it is called and imported. @param {Place} call @param {string} name @param {string} now */
  rename(call, name, now) {
    this.notes.edit(calleeOf(call), now);
    const word = new RegExp(`\\b${name}\\b`);
    for (const { place } of this.evaluator.keras.imports) {
      const at = word.exec(this.notes.text.slice(place.from, place.to))?.index;
      if (at === undefined) continue;
      const from = place.from + at;
      this.notes.edit({ from, to: from + name.length }, now);
    }
  }

  /** Writes an Input layer before the layer of a call. Returns false where there is no place for it. @param {Place} call @param {string} argument */
  inputBefore({ from }, argument) {
    const { text } = this.notes;
    const start = text.lastIndexOf('\n', from - 1) + 1;
    const [, indent, model] = /^(\s*)([\w.]+)\.add\($/.exec(text.slice(start, from)) ?? [];
    const input = `keras.Input(${argument})`;
    // A model that has an Input layer, or a layer that is called with a tensor, needs none.
    const isListed = /[[,]\s*$/.test(text.slice(Math.max(0, from - 200), from));
    if (/\bInput(Layer)?\(/.test(text) || from > text.length) return true;
    if (!model && !isListed) return false;
    if (model) this.notes.edit({ from: start, to: start }, `${indent}${model}.add(${input})\n`);
    else this.notes.edit({ from, to: from }, `${input}, `);
    this.notes.needs('keras');
    return true;
  }

  /** Replaces the value of an argument. @param {Place} place @param {string} value */
  revalue(place, value) {
    this.notes.edit('value' in place ? /** @type {any} */ (place).value : place, value);
  }

  /** The value of an argument as it stands in the text. @param {Place} place */
  written(place) {
    const { from, to } = 'value' in place ? /** @type {any} */ (place).value : place;
    return this.notes.text.slice(from, to);
  }

  /** Says that Keras 3 has an argument no more. @param {Place} place @param {string} text */
  gone(place, text) {
    this.warning(place, text);
    this.notes.remove(place);
  }
}

/**
 * The arguments of a call with their names.
 * @param {Call} call
 * @param {string[]} signature names by place
 * @returns {Given[]}
 */
export function bound({ args, named, place }, signature) {
  const written = argumentsOf(place);
  const byPlace = args.slice(0, signature.length).map((value, i) => {
    return { name: signature[i], value, place: written[i] ?? place, word: null };
  });
  const byName = [...named].map(([name, value]) => {
    const at = written.find((one) => one.name === name);
    const word = at ? { from: at.from, to: at.from + name.length } : null;
    return { name, value, place: at ?? place, word };
  });
  return [...byPlace, ...byName];
}

/** A number, a text, a list; "?" where only data can give it. @param {About} about @param {Value} value @param {Place} place @param {number} [depth] @returns {unknown} */
export function plain(about, value, place, depth = 0) {
  if (depth > DEPTH) return '?';
  if (value === null || ['number', 'string', 'boolean'].includes(typeof value)) return value;
  const inside = (/** @type {Value} */ one) => plain(about, one, place, depth + 1);
  if (value instanceof List && value.isOpen) return inside(new Unknown(about.written(place)));
  if (value instanceof List) return value.items.map(inside);
  if (value instanceof Dict) return plainEntries(value, inside);
  const text = textFrom(value).replace(/\s+/g, ' ');
  if (text) about.fromData.add(text);
  else about.problem(place, 'A value is missing here.');
  return '?';
}

/** @param {Dict} dict @param {(value: Value) => unknown} inside */
export function plainEntries({ entries }, inside) {
  return Object.fromEntries([...entries].map(([key, value]) => [String(key), inside(value)]));
}

/** The arguments of a call as they stand in the text. @param {Place} place @returns {import('./syntax.js').Argument[]} */
export function argumentsOf(place) {
  return 'args' in place ? /** @type {any} */ (place).args : [];
}

/** What is called. @param {Place} place @returns {Place} */
export function calledIn(place) {
  return 'callee' in place
    ? /** @type {any} */ (place).callee
    : { from: place.from, to: place.from };
}

/** The last name of what is called. @param {Place} place @returns {Place} */
export function calleeOf(place) {
  const callee = /** @type {any} */ (calledIn(place));
  return callee.kind === 'attribute'
    ? { from: callee.to - callee.name.length, to: callee.to }
    : callee;
}

/** A value in a sentence. @param {Value} value */
export function shown(value) {
  return value instanceof Unknown ? value.text || '?' : String(value);
}

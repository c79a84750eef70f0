// The values of a program that is read: Python's own as far as lessons use them, and what stands for everything else.

/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {number | string | boolean | null | undefined | Unknown | Outside | List | Dict | Func | Class | Instance | Builtin | Thing | Model | Tensor} Value */
/** A call; of `compile`, also which layers were trainable then. @typedef {{ args: Value[], named: Map<string, Value>, place: Place, trainable?: Map<Value, Value> }} Call */

/** A value that only the data, or a library, can give. */
export class Unknown {
  /** @param {string} text the expression that it first came from; empty for a gap in an exercise */
  constructor(text = '') {
    this.text = text;
  }
}

/** A name from outside the program, such as `tensorflow.keras.layers.Dense`, or one that was never defined. */
export class Outside {
  /** @param {string[]} path @param {boolean} [imported] */
  constructor(path, imported = true) {
    this.path = path;
    this.imported = imported;
  }

  get last() {
    return this.path[this.path.length - 1];
  }
}

/** A list, a tuple or a set. */
export class List {
  /** Whether it has more items than are known, as one that is filled from data. */
  isOpen = false;

  /** @param {Value[]} items @param {'list' | 'tuple' | 'set'} [of] */
  constructor(items, of = 'list') {
    this.items = items;
    this.of = of;
  }
}

/** A dictionary. Its keys are texts, numbers and booleans. */
export class Dict {
  /** Whether it has more entries than are known. */
  isOpen = false;

  /** @param {Map<Value, Value>} [entries] */
  constructor(entries = new Map()) {
    this.entries = entries;
  }
}

/** The names of a function's body, a class or a program. */
export class Scope {
  /** @type {Map<string, Value>} */
  names = new Map();
  /** Names that belong to the program. @type {Set<string>} */
  global = new Set();

  /** @param {Scope | null} outer */
  constructor(outer) {
    this.outer = outer;
  }

  /** @param {string} name @returns {Scope | null} */
  holder(name) {
    if (this.names.has(name)) return this;
    return this.outer?.holder(name) ?? null;
  }
}

/** A function or lambda of the program. */
export class Func {
  called = false;

  /**
   * @param {string} name
   * @param {import('./syntax.js').Param[]} params
   * @param {import('./syntax.js').Statement[] | import('./syntax.js').Expression} body
   * @param {Scope} scope
   * @param {Map<string, Value>} defaults
   */
  constructor(name, params, body, scope, defaults) {
    this.name = name;
    this.params = params;
    this.body = body;
    this.scope = scope;
    this.defaults = defaults;
    /** @type {'' | 'static' | 'class' | 'property'} */
    this.of = '';
  }
}

/** A class of the program. */
export class Class {
  called = false;

  /** @param {string} name @param {Value[]} bases @param {Scope} scope @param {Place} [place] */
  constructor(name, bases, scope, place = { from: 0, to: 0 }) {
    this.place = place;
    this.name = name;
    this.bases = bases;
    this.scope = scope;
  }

  /** The last names of all classes from outside that it extends. @returns {string[]} */
  get ancestors() {
    return this.bases.flatMap((base) => {
      if (base instanceof Class) return [base.name, ...base.ancestors];
      return base instanceof Outside ? [base.last] : [];
    });
  }

  /** @param {string} name @returns {Value} */
  find(name) {
    if (this.scope.names.has(name)) return this.scope.names.get(name);
    for (const base of this.bases) {
      const found = base instanceof Class ? base.find(name) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** An object of a class of the program. */
export class Instance {
  /** @type {Map<string, Value>} */
  fields = new Map();

  /** @param {Class} of */
  constructor(of) {
    this.of = of;
  }
}

/** A function of Python or of a library that is known here. */
export class Builtin {
  /** @param {string} name @param {(call: Call) => Value} call */
  constructor(name, call) {
    this.name = name;
    this.call = call;
  }
}

/** An object of a class of Keras: a layer, an optimizer, a loss ... */
export class Thing {
  /** What was set on it later, as `layer.trainable = False`. @type {Map<string, Value>} */
  fields = new Map();

  /** For an activation that was called as a function: that call. @type {{ name: string, call: Call } | null} */
  activation = null;

  /** @param {string} name of its class @param {Call} call @param {string[]} path */
  constructor(name, call, path) {
    this.name = name;
    this.call = call;
    this.path = path;
  }
}

/** What a layer returned, with the tensors that it took. */
export class Tensor {
  /** @param {Value} layer @param {Tensor[]} from @param {Place} place */
  constructor(layer, from, place) {
    this.layer = layer;
    this.from = from;
    this.place = place;
  }
}

/** A model that the program builds. */
export class Model {
  /** The layers of a Sequential. @type {Value[]} */
  layers = [];
  /** Where each of them is added. @type {Place[]} */
  places = [];
  /** Whether its beginning is not in the text. */
  isContinued = false;
  /** The ends of a functional model. @type {{ inputs: Value, outputs: Value } | null} */
  ends = null;
  /** @type {Call[]} */
  compiled = [];
  /** @type {Call[]} */
  fitted = [];
  /** The call of `compile` before the first `fit`. @type {Call | undefined} */
  fittedAfter = undefined;
  /** Whether another model contains it. */
  isPart = false;
  /** Its own class, whose `call` is Python; empty for a model of layers. */
  own = '';
  /** Shape that `build` was given. @type {Value} */
  built = undefined;
  /** @type {Map<string, Value>} */
  fields = new Map();

  /** @param {Place} place */
  constructor(place) {
    this.place = place;
  }
}

/** Longest text and longest list that a program may make. */
const LONGEST = { text: 100_000, list: 10_000 };

/** A value, or an unknown one in place of one that is too long. @param {Value} value @returns {Value} */
export function bounded(value) {
  if (typeof value === 'string' && value.length > LONGEST.text) return new Unknown('');
  if (value instanceof List && value.items.length > LONGEST.list) {
    value.items.length = LONGEST.list;
    return new Unknown('');
  }
  return value;
}

/** Whether a container has more items than are known. @param {Value} value */
export function isOpenValue(value) {
  return (value instanceof List || value instanceof Dict) && value.isOpen;
}

/** Python's truth of a value; undefined where it is not known. @param {Value} value @returns {boolean | undefined} */
export function truth(value) {
  if (value === null) return false;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return Boolean(value);
  if (value instanceof List) return value.items.length > 0 || (value.isOpen ? undefined : false);
  if (value instanceof Dict) return value.entries.size > 0 || (value.isOpen ? undefined : false);
  if (value instanceof Func || value instanceof Class || value instanceof Thing) return true;
  if (value instanceof Model) return true;
  return undefined;
}

/** Python's `==`; undefined where it is not known. @param {Value} a @param {Value} b @param {number} [depth] @returns {boolean | undefined} */
export function equal(a, b, depth = 0) {
  if (depth > 20) return undefined;
  if (a instanceof List && b instanceof List) {
    if (a.isOpen || b.isOpen) return undefined;
    if (a.items.length !== b.items.length) return false;
    const all = a.items.map((item, i) => equal(item, b.items[i], depth + 1));
    return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
  }
  const isNumber = (/** @type {Value} */ v) => typeof v === 'number' || typeof v === 'boolean';
  if (isNumber(a) && isNumber(b)) return Number(a) === Number(b);
  const isUnknown = (/** @type {Value} */ v) => v instanceof Unknown || v instanceof Outside;
  return isUnknown(a) || isUnknown(b) ? undefined : a === b;
}

/** Python's `str`. @param {Value} value @returns {string | undefined} */
export function textOf(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return undefined;
}

// What is known of Python's own functions and of the libraries around Keras: the few whose results are sizes, names and
// lists. Every other call is an unknown value.
import {
  Builtin,
  Dict,
  Instance,
  Class,
  List,
  Outside,
  Scope,
  Unknown,
  equal,
  isOpenValue,
  textOf,
  truth,
} from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./compute.js').Computing} Computing */

/** Longest list that is made of a number. */
const LONGEST = 5000;

/** The items of a value, where all of them are known. @param {Value} value @returns {Value[] | undefined} */
export function itemsOf(value) {
  return isOpenValue(value) ? undefined : knownItems(value);
}

/** The items of a value that are known; undefined for what is no container. @param {Value} value @returns {Value[] | undefined} */
export function knownItems(value) {
  if (value instanceof List) return value.items;
  if (value instanceof Dict) return [...value.entries.keys()];
  if (typeof value === 'string') return [...value];
  return undefined;
}

/** @param {Value} value @returns {value is number} */
const isNumber = (value) => typeof value === 'number' || typeof value === 'boolean';

/** @param {Value[]} args @returns {number[] | undefined} */
function numbers(args) {
  return args.every(isNumber) ? args.map(Number) : undefined;
}

/** Python's range. @param {Value[]} args @returns {Value} */
function range(args) {
  const known = numbers(args);
  if (!known || known.length === 0) return undefined;
  const [from, to, step = 1] = known.length === 1 ? [0, known[0]] : known;
  const length = Math.min(LONGEST, Math.max(0, Math.ceil((to - from) / step)));
  return new List(Array.from({ length }, (_, i) => from + i * step));
}

/** Lists side by side. @param {Value[]} args @returns {Value} */
function zip(args) {
  const lists = args.map(itemsOf);
  const known = lists.flatMap((list) => (list ? [list.length] : []));
  if (known.length === 0) return undefined;
  // A list of the program beside data of unknown length still says how many there are.
  return new List(
    Array.from(
      { length: Math.min(...known) },
      (_, i) =>
        new List(
          lists.map((list, k) => (list ? list[i] : unknownOf(args[k]))),
          'tuple',
        ),
    ),
  );
}

/** @param {Value} value */
function unknownOf(value) {
  return new Unknown(value instanceof Unknown ? value.text : '');
}

/** @param {(values: number[]) => number} work @returns {(args: Value[]) => Value} */
const folded = (work) => (args) => {
  const items = args.length === 1 ? itemsOf(args[0]) : args;
  const known = items && numbers(items);
  return known && known.length > 0 ? work(known) : undefined;
};

/** @param {(value: number) => number} work @returns {(args: Value[]) => Value} */
const ofOne =
  (work) =>
  ([value]) =>
    isNumber(value) ? work(Number(value)) : undefined;

/** Python's round: half goes to the even neighbour. @param {number} value @param {number} digits */
function rounded(value, digits) {
  const whole = Math.round(value);
  if (digits === 0) return Math.abs(value % 1) === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
  return Number(value.toFixed(Math.max(0, Math.min(20, digits))));
}

/** A number to a whole power; undefined for other powers, whose last bit depends on the browser. @param {number} base @param {number} power */
export function powerOf(base, power) {
  if (!Number.isInteger(power) || Math.abs(power) > 1100)
    return power === 0.5 ? Math.sqrt(base) : undefined;
  let result = 1;
  for (let i = 0; i < Math.abs(power); i++) result *= base;
  return power < 0 ? 1 / result : result;
}

/**
 * Functions by their last name: of Python, `math`, `numpy`, `functools`, `itertools` and `os.path`.
 * @type {Record<string, (args: Value[], call: Call, evaluator: Computing) => Value>}
 */
const FUNCTIONS = {
  len: ([value]) => itemsOf(value)?.length,
  range,
  xrange: range,
  zip,
  print: () => null,
  abs: ofOne(Math.abs),
  min: folded((values) => Math.min(...values)),
  max: folded((values) => Math.max(...values)),
  sum: folded((values) => values.reduce((a, b) => a + b, 0)),
  prod: folded((values) => values.reduce((a, b) => a * b, 1)),
  int: ([value]) => {
    const known = typeof value === 'string' ? Number(value) : value;
    return isNumber(known) && Number.isFinite(Number(known))
      ? Math.trunc(Number(known))
      : undefined;
  },
  float: ([value]) => {
    const known = typeof value === 'string' ? Number(value) : value;
    return isNumber(known) ? Number(known) : undefined;
  },
  str: ([value]) => textOf(value),
  bool: ([value]) => truth(value),
  round: ([value, digits = 0]) =>
    isNumber(value) && isNumber(digits) ? rounded(Number(value), Number(digits)) : undefined,
  pow: ([a, b]) => (isNumber(a) && isNumber(b) ? powerOf(Number(a), Number(b)) : undefined),
  ceil: ofOne(Math.ceil),
  floor: ofOne(Math.floor),
  sqrt: ofOne(Math.sqrt),
  list: (args) => listOf(args, 'list'),
  tuple: (args) => listOf(args, 'tuple'),
  set: (args) => {
    const items = args.length ? itemsOf(args[0]) : [];
    return items && new List(distinct(items), 'set');
  },
  array: ([value]) => (value instanceof List ? value : undefined),
  dict: ([value], { named }) => dictOf(value, named),
  OrderedDict: ([value], { named }) => dictOf(value, named),
  vars: ([value]) => (value instanceof Instance ? new Dict(new Map(value.fields)) : undefined),
  enumerate: ([value, start = 0], { named }) => {
    const items = itemsOf(value);
    const first = Number(named.get('start') ?? start);
    return items && new List(items.map((item, i) => new List([first + i, item], 'tuple')));
  },
  reversed: ([value]) => {
    const items = itemsOf(value);
    return items && new List([...items].reverse());
  },
  sorted: ([value], { named }) => {
    const items = itemsOf(value);
    if (!items) return undefined;
    const isSame = (/** @type {string} */ type) => items.every((item) => typeof item === type);
    if (!isSame('number') && !isSame('string') && !named.has('key')) return undefined;
    const sorted = [...items];
    // In the order of a key that is not known, the length still is.
    if (!named.has('key'))
      sorted.sort((a, b) => (/** @type {any} */ (a) < /** @type {any} */ (b) ? -1 : 1));
    return new List(truth(named.get('reverse')) ? sorted.reverse() : sorted);
  },
  map: ([callee, value], { place }, evaluator) => {
    const items = itemsOf(value);
    const one = (/** @type {Value} */ item) =>
      evaluator.call(callee, { args: [item], named: new Map(), place });
    return items && new List(items.map(one));
  },
  all: ([value]) => every(value, false),
  any: ([value]) => every(value, true),
  isinstance: ([value, type]) => {
    const name = type instanceof Outside ? type.last : '';
    if (name === 'int' || name === 'float') return isNumber(value) ? true : undefined;
    if (name === 'str') return typeof value === 'string';
    if (name === 'list' || name === 'tuple') return value instanceof List && value.of === name;
    return undefined;
  },
  getattr: ([value, name, otherwise], { place }, evaluator) => {
    if (typeof name !== 'string') return undefined;
    const found = evaluator.attribute(value, name, '', place);
    return found instanceof Unknown && otherwise !== undefined ? otherwise : found;
  },
  setattr: ([value, name, given]) => {
    if (value instanceof Instance && typeof name === 'string') value.fields.set(name, given);
    return null;
  },
  join: (args) => (args.every((a) => typeof a === 'string') ? args.join('/') : undefined),
  partial: ([callee, ...first], { named: early }, evaluator) =>
    new Builtin('partial', ({ args, named, place }) =>
      evaluator.call(callee, {
        args: [...first, ...args],
        named: new Map([...early, ...named]),
        place,
      }),
    ),
  product: (args) => {
    const lists = args.map(itemsOf);
    if (!lists.every((list) => list !== undefined)) return undefined;
    const all = lists.reduce(
      (/** @type {Value[][]} */ heads, list) =>
        heads.flatMap((head) => (list ?? []).map((item) => [...head, item])).slice(0, LONGEST),
      [[]],
    );
    return new List(all.map((items) => new List(items, 'tuple')));
  },
  image_data_format: () => 'channels_last',
  image_dim_ordering: () => 'tf',
  backend: () => 'tensorflow',
  ArgumentParser: () => parser(),
  SimpleNamespace: (_, { named }) => namespace(named),
};

/** Functions whose last name says too little: they count where they are Python's own or of one of these modules. */
const MODULES = [
  'math',
  'np',
  'numpy',
  'functools',
  'itertools',
  'os',
  'path',
  'argparse',
  'types',
  'collections',
  'K',
  'backend',
  'builtins',
];

/**
 * The result of a function from outside, where it is known here.
 * @param {Outside} callee
 * @param {Call} call
 * @param {Computing} evaluator
 * @returns {Value}
 */
export function callOutside({ path, last }, call, evaluator) {
  const work = Object.hasOwn(FUNCTIONS, last) ? FUNCTIONS[last] : undefined;
  if (!work) return undefined;
  const module = path[path.length - 2];
  if (module !== undefined && !MODULES.includes(module)) return undefined;
  return work(call.args, call, evaluator);
}

/** A dictionary of another one, or of pairs. @param {Value} value @param {Map<string, Value>} named @returns {Value} */
function dictOf(value, named) {
  if (value === undefined) return new Dict(new Map(named));
  const isKnown = value instanceof Dict && !value.isOpen;
  const pairs = isKnown ? [...value.entries] : itemsOf(value)?.map(itemsOf);
  if (!pairs?.every((pair) => pair?.length === 2)) return undefined;
  return new Dict(new Map([.../** @type {[Value, Value][]} */ (pairs), ...named]));
}

/** @param {Value[]} args @param {'list' | 'tuple'} of @returns {Value} */
function listOf(args, of) {
  const items = args.length ? itemsOf(args[0]) : [];
  return items && new List([...items], of);
}

/** @param {Value[]} items */
function distinct(items) {
  /** @type {Value[]} */
  const kept = [];
  for (const item of items) if (!kept.some((other) => equal(item, other))) kept.push(item);
  return kept;
}

/** @param {Value} value @param {boolean} wanted @returns {Value} */
function every(value, wanted) {
  const all = itemsOf(value)?.map(truth);
  if (!all) return undefined;
  if (all.includes(wanted)) return wanted;
  return all.includes(undefined) ? undefined : !wanted;
}

/** A plain object with these fields. @param {Map<string, Value>} fields */
function namespace(fields) {
  const object = new Instance(new Class('', [], new Scope(null)));
  object.fields = new Map(fields);
  return object;
}

/** A parser of the command line: its arguments have their defaults. */
function parser() {
  /** @type {Map<string, Value>} */
  const values = new Map();
  /** @type {Map<string, Value>} */
  const fields = new Map();
  fields.set(
    'add_argument',
    new Builtin('add_argument', ({ args, named, place }) => {
      const flags = args.filter((flag) => typeof flag === 'string');
      const long = flags.find((flag) => flag.startsWith('--')) ?? flags[0] ?? '';
      const dest = named.get('dest');
      const name = typeof dest === 'string' ? dest : long.replace(/^-+/, '').replaceAll('-', '_');
      const isFlag = named.get('action') === 'store_true';
      const value = named.get('default') ?? (isFlag ? false : new Unknown(`args.${name}`));
      values.set(name, value);
      void place;
      return null;
    }),
  );
  const parsed = () => namespace(values);
  fields.set('parse_args', new Builtin('parse_args', parsed));
  fields.set(
    'parse_known_args',
    new Builtin('parse_known_args', () => new List([parsed(), new List([])], 'tuple')),
  );
  fields.set('add_argument_group', new Builtin('add_argument_group', () => namespace(fields)));
  return namespace(fields);
}

/**
 * An item, or a slice.
 * @param {Value} base
 * @param {Value | { from: Value, to: Value, step: Value }} index
 * @param {string} text of the whole expression
 * @returns {Value}
 */
export function indexOf(base, index, text) {
  const isSlice =
    index !== null && typeof index === 'object' && 'step' in index && !('text' in index);
  if (base instanceof Dict && !isSlice) {
    const key = /** @type {Value} */ (index);
    if (base.entries.has(key)) return base.entries.get(key);
    for (const [k, v] of base.entries) if (equal(k, key)) return v;
    return new Unknown(text);
  }
  if (base instanceof List || typeof base === 'string') {
    const items = base instanceof List ? base.items : [...base];
    if (isSlice) {
      const sliced = slice(items, /** @type {any} */ (index));
      if (!sliced || isOpenValue(base)) return new Unknown(text);
      return base instanceof List ? new List(sliced, base.of) : sliced.join('');
    }
    if (isNumber(/** @type {Value} */ (index))) {
      const at = Number(index);
      // From the end of an open list.
      if (at < 0 && isOpenValue(base)) return new Unknown(text);
      const item = items[at < 0 ? items.length + at : at];
      return item === undefined ? new Unknown(text) : item;
    }
  }
  return new Unknown(text);
}

/** @param {Value[]} items @param {{ from: Value, to: Value, step: Value }} bounds */
function slice(items, { from, to, step }) {
  const known = [from, to, step].map((v) =>
    v === null || v === undefined ? null : isNumber(v) ? Number(v) : NaN,
  );
  if (known.some((v) => Number.isNaN(v))) return undefined;
  const by = known[2] ?? 1;
  if (by === -1 && known[0] === null && known[1] === null) return [...items].reverse();
  if (by < 1) return undefined;
  const cut = items.slice(known[0] ?? 0, known[1] ?? items.length);
  return cut.filter((_, i) => i % by === 0);
}

/** Constants of modules. @type {Record<string, number>} */
const CONSTANTS = { pi: Math.PI, e: Math.E, inf: Infinity };

/** An attribute that is no method. @param {Value} base @param {string} name @param {string} text @returns {Value} */
export function attributeOf(base, name, text) {
  if (base instanceof Outside && Object.hasOwn(CONSTANTS, name)) return CONSTANTS[name];
  return new Unknown(text);
}

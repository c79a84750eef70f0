// Objects as arguments: activations, initializers, regularizers, constraints, and what stands inside a loss or an optimizer.
import { UNSAID, bound, plain, shown } from './arguments.js';
import { layerArgument, optimizerArgument } from './earlier.js';
import { SIGNATURES, isEarlier, nameIn, nearestOf, snake, table } from './names.js';
import { Builtin, Class, Func, Instance, Outside, Tensor, Thing } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./names.js').Family} Family */
/** @typedef {import('./arguments.js').About} About */

/** The name that a text or a class says; undefined for other values. @param {Value} value */
export function nameOf(value) {
  if (typeof value === 'string') return value;
  if (value instanceof Outside) return value.last;
  return value instanceof Class ? value.name : undefined;
}

/** Whether a value is a name that the program never defines, so that its value is the data's or another cell's. @param {Value} value */
export function isOpen(value) {
  return value instanceof Outside && !value.imported && value.path.length === 1;
}

/** Whether a value is Python of the program's own. @param {Value} value */
export function isOwn(value) {
  if (value instanceof Thing) return value.path[0] === 'own';
  return value instanceof Func || value instanceof Builtin || value instanceof Instance;
}

/** The class of a family that an object is of; undefined for other objects. @param {Family} family @param {Thing} thing */
export function classOf(family, thing) {
  return isOwn(thing) ? undefined : nameIn(family, fullName(family, thing.name));
}

/** @param {About} about @param {Value} value @param {Place} place @returns {unknown} */
export function activationOf(about, value, place) {
  if (value === null) return null;
  const name = nameOf(value);
  if (name !== undefined) {
    const known = nameIn('activations', name) ?? asActivation(name);
    if (known && typeof value === 'string') sayActivation(about, value, known, place);
    if (known) return known;
    if (isOpen(value)) return plain(about, value, place);
    const near = nearestOf(Object.keys(SIGNATURES.activations), name);
    about.missing(place, `There is no activation \`${name}\``, near);
    return near ?? name;
  }
  if (value instanceof Func) {
    const called = calledActivation(about, value, place);
    if (called) return called;
  }
  if (isOwn(value)) {
    about.problem(place, 'An activation of your own cannot be read.');
    return '?';
  }
  if (!(value instanceof Thing)) return plain(about, value, place);
  const known = nameIn('layers', value.name) ?? value.name;
  const config = configOf(about, value, 'layers', known);
  const isPlain = Object.keys(config).length === 0;
  return isPlain ? (asActivation(known) ?? snake(known)) : { class_name: known, config };
}

/** Activations that are layers. */
const LAYERS = table({
  LeakyReLU: 'leaky_relu',
  ReLU: 'relu',
  ELU: 'elu',
  PReLU: 'prelu',
  Softmax: 'softmax',
});
/** Initializers by the short names of their strings. */
const SHORT = table({
  normal: 'RandomNormal',
  uniform: 'RandomUniform',
  zero: 'Zeros',
  one: 'Ones',
  Zero: 'Zeros',
  One: 'Ones',
});

/** Says that Keras knows an activation in another case only. @param {About} about @param {string} name @param {string} known @param {Place} place */
function sayActivation(about, name, known, place) {
  if (name === known || name === 'swish' || name === 'hard_swish') return;
  about.problem(place, `Keras 3 has no activation "${name}": write "${known}".`);
  about.notes.replaceIn(place, name, known);
}

/** The activation that a function of one tensor calls: `lambda x: keras.activations.leaky_relu(x, 0.1)`. @param {About} about @param {Func} func @param {Place} place */
function calledActivation(about, func, place) {
  const input = new Tensor(null, [], place);
  const { layer = null } = /** @type {Partial<Tensor>} */ (
    about.evaluator.tryCall(func, [input]) ?? {}
  );
  const { name, call } = (layer instanceof Thing && layer.activation) || { name: '', call: null };
  const known = nameIn('activations', name);
  if (!known || !call) return undefined;
  const places = ['x', ...ARGUMENTS.filter(([of]) => of === known).map(([, option]) => option)];
  const options = bound(call, places).filter(({ name }) => name !== 'x');
  if (options.length === 0) return known;
  const entries = options.map((given) => [given.name, plain(about, given.value, given.place)]);
  return { class_name: known, config: Object.fromEntries(entries) };
}

/** The first argument after the tensor, of activations that have one. */
const ARGUMENTS = [
  ['leaky_relu', 'negative_slope'],
  ['elu', 'alpha'],
  ['celu', 'alpha'],
  ['relu', 'negative_slope'],
  ['gelu', 'approximate'],
  ['hard_shrink', 'threshold'],
  ['soft_shrink', 'threshold'],
];

/** @param {string} name @returns {string | undefined} */
const asActivation = (name) => /** @type {Record<string, string>} */ (LAYERS)[name];

/** An initializer, a regularizer or a constraint. @param {About} about @param {Family} family @param {Value} value @param {Place} place @returns {unknown} */
export function objectOf(about, family, value, place) {
  const noun = family.slice(0, -1);
  const name = nameOf(value);
  if (name !== undefined) {
    const known = nameIn(family, fullName(family, name));
    if (known) return snake(known);
    if (isOpen(value)) return plain(about, value, place);
    about.problem(place, `There is no ${noun} \`${name}\`.`);
    return name;
  }
  if (isOwn(value)) {
    about.problem(
      place,
      `${/^[aeiou]/.test(noun) ? 'An' : 'A'} ${noun} of your own cannot be read.`,
    );
    return '?';
  }
  if (!(value instanceof Thing)) return plain(about, value, place);
  const known = classOf(family, value);
  if (!known) {
    about.problem(place, `\`${value.name}\` is no ${noun}.`);
    return '?';
  }
  sayRenamed(about, family, value, known);
  const config = configOf(about, value, family, known);
  return Object.keys(config).length > 0 ? { class_name: known, config } : snake(known);
}

/** The full name of an initializer. @param {Family} family @param {string} name */
function fullName(family, name) {
  if (family !== 'initializers') return name;
  return /** @type {Record<string, string>} */ (SHORT)[name] ?? name.replace(/_initializer$/, '');
}

/** Says that a class has another name now. @param {About} about @param {Family} family @param {Thing} thing @param {string} now */
export function sayRenamed(about, family, { name, call }, now) {
  if (!isEarlier(family, name)) return;
  about.warning(call.place, `\`${name}\` is called \`${now}\` in Keras 3.`);
  about.rename(call.place, name, now);
}

/** The options of an object. @param {About} about @param {Thing} thing @param {Family} family @param {string} known its class */
export function configOf(about, { call }, family, known) {
  const signature = SIGNATURES[family][known] ?? [];
  /** @type {Record<string, unknown>} */
  const config = {};
  for (const given of bound(call, signature)) {
    const { value, place } = given;
    if (isUnsaid(given, family)) continue;
    const option = optionOf(about, given, family, known, signature);
    if (!option) continue;
    const isObject =
      value instanceof Thing || (value instanceof Outside && family !== 'optimizers');
    config[option] = isObject ? innerOf(about, value, place) : plain(about, value, place);
  }
  return config;
}

/** @param {import('./arguments.js').Given} given @param {Family} family */
function isUnsaid({ name, value }, family) {
  // The name of a metric is the name of its log.
  if (UNSAID.includes(name) || (name === 'name' && family !== 'metrics')) return true;
  return value === null && (name === 'seed' || family === 'optimizers');
}

/** Earlier names of options, by family. @type {Partial<Record<Family, (name: string, known: string) => string>>} */
const OPTIONS = {
  regularizers: (name, known) => (name === 'l' ? (known === 'L1' ? 'l1' : 'l2') : name),
  constraints: (name) => (name === 'm' ? 'max_value' : name),
  initializers: (name, known) =>
    name === 'scale' && known !== 'VarianceScaling' ? 'stddev' : name,
};

/**
 * The option that an argument means; undefined where it means none.
 * @param {About} about
 * @param {import('./arguments.js').Given} given
 * @param {Family} family
 * @param {string} known
 * @param {string[]} signature
 */
function optionOf(about, given, family, known, signature) {
  const name = OPTIONS[family]?.(given.name, known) ?? given.name;
  if (family === 'optimizers' || family === 'layers') {
    const meant =
      family === 'layers'
        ? layerArgument(known, name, signature)
        : optimizerArgument(name, signature);
    if (meant && 'gone' in meant) return void sayNoDecay(about, given, known);
    if (meant?.isEarlier) about.moved(given, meant.name, known);
    if (meant) return meant.name;
  }
  return signature.includes(name) ? name : about.noArgument(known, given, signature);
}

/** An object in an object: a schedule of an optimizer, say. @param {About} about @param {Value} value @param {Place} place */
function innerOf(about, value, place) {
  if (!(value instanceof Thing)) return plain(about, value, place);
  for (const family of /** @type {const} */ ([
    'schedules',
    'initializers',
    'regularizers',
    'optimizers',
  ])) {
    const known = classOf(family, value);
    if (known) return { class_name: known, config: configOf(about, value, family, known) };
  }
  about.problem(place, `\`${value.name}\` cannot be read here.`);
  return '?';
}

/** @param {About} about @param {import('./arguments.js').Given} given @param {string} owner */
function sayNoDecay(about, { name, value, place }, owner) {
  // A decay of 0 did nothing.
  if (name === 'decay' && value === 0) return about.notes.remove(place);
  if (name !== 'decay')
    return about.gone(place, `Keras 3 has no \`${name}\` for \`${owner}\`; it is left out.`);
  const schedule = `keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=${shown(value)})`;
  return about.gone(
    place,
    `Keras 3 takes \`decay\` and does nothing with it: the learning rate stays as it is. To let it fall, give \`${owner}\` the rate \`${schedule}\`.`,
  );
}

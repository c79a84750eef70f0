// What `compile` says: optimizer, loss, metrics.
import { bound, calledIn, plain } from './arguments.js';
import { SIGNATURES, isEarlier, nameIn, nearest, nearestOf, snake } from './names.js';
import { classOf, configOf, isOpen, isOwn, nameOf, sayRenamed } from './objects.js';
import { Dict, List, Outside, Thing } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./arguments.js').About} About */

/** Arguments that an experiment has. */
const KEPT = ['optimizer', 'loss', 'metrics', 'weighted_metrics'];
/** Arguments that change nothing here. */
const UNCHANGED = [
  'loss_weights',
  'sample_weight_mode',
  'target_tensors',
  'run_eagerly',
  'steps_per_execution',
  'jit_compile',
  'auto_scale_loss',
  'experimental_run_tf_function',
  'distribute',
];
/** Arguments of Keras 1. */
const EARLIER = ['class_mode', 'theano_mode'];
/** Strings of the loss that Keras chooses by the shape of the targets. */
const WORDS = ['crossentropy', 'ce'];
/** Strings of metrics that are no class's name. */
const METRICS = [
  'accuracy',
  'crossentropy',
  'ce',
  'mse',
  'mae',
  'mape',
  'msle',
  'MSE',
  'MAE',
  'bce',
];

/** @param {About} about @param {Call} call @returns {Record<string, unknown>} */
export function compileOf(about, call) {
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const given of bound(call, KEPT.slice(0, 3))) {
    const { value, place } = given;
    if (UNCHANGED.includes(given.name)) continue;
    if (EARLIER.includes(given.name)) {
      about.gone(place, `Keras 3 has no \`${given.name}\` for \`compile\`; it is left out.`);
      continue;
    }
    const name = KEPT.includes(given.name) ? given.name : about.noArgument('compile', given, KEPT);
    if (name === 'optimizer') found.optimizer = optimizerOf(about, value, place);
    else if (name === 'loss') found.loss = lossOf(about, value, place);
    else if (name) {
      const metrics = metricsOf(about, value, place);
      if (metrics.length > 0) found[name] = metrics;
    }
  }
  if (found.loss === undefined) delete found.loss;
  return found;
}

/** @param {About} about @param {Value} value @param {Place} place @returns {unknown} */
function optimizerOf(about, value, place) {
  const name = nameOf(value);
  if (name !== undefined) {
    const known = nameIn('optimizers', name);
    if (!known && isOpen(value)) return plain(about, value, place);
    if (known && typeof value !== 'string') {
      about.problem(
        place,
        `\`${name}\` is a class: write \`${name}()\` to make an optimizer of it.`,
      );
      about.notes.edit({ from: place.to, to: place.to }, '()');
    }
    if (known) return { class_name: known, config: {} };
    const near = nearest('optimizers', name);
    about.missing(place, `There is no optimizer \`${name}\``, near);
    return near ? { class_name: near, config: {} } : '?';
  }
  if (!(value instanceof Thing)) return plain(about, value, place);
  const known = classOf('optimizers', value);
  if (!known) {
    about.problem(place, `\`${value.name}\` is an optimizer that cannot be read.`);
    return '?';
  }
  const { path, call } = value;
  if (path.includes('legacy') || path.includes('train')) {
    const now = `keras.optimizers.${known}`;
    about.warning(call.place, `\`${path.join('.')}\` is gone in Keras 3: it is \`${now}\`.`);
    about.notes.edit(calledIn(call.place), now);
    about.notes.needs('keras');
  } else sayRenamed(about, 'optimizers', value, known);
  return { class_name: known, config: configOf(about, value, 'optimizers', known) };
}

/** @param {About} about @param {Value} value @param {Place} place @returns {unknown} */
function lossOf(about, value, place) {
  if (value === null) return undefined;
  if (value instanceof List || value instanceof Dict) {
    const all = value instanceof List ? value.items : [...value.entries.values()];
    if (all.length === 1) return lossOf(about, all[0], place);
    about.problem(place, 'Several losses belong to several outputs, which cannot be shown.');
    return undefined;
  }
  const name = nameOf(value);
  if (name !== undefined) {
    const known = WORDS.includes(name) ? 'crossentropy' : nameIn('losses', name);
    if (!known && isOpen(value)) return plain(about, value, place);
    if (known && isEarlier('losses', name)) sayLoss(about, name, snake(known), place);
    if (known) return { class_name: known, config: {} };
    const near = nearestOf(Object.keys(SIGNATURES.losses).map(snake), name);
    about.missing(place, `There is no loss \`${name}\``, near);
    return near ? { class_name: nameIn('losses', near), config: {} } : undefined;
  }
  const known = value instanceof Thing ? classOf('losses', value) : undefined;
  if (value instanceof Thing && known)
    return { class_name: known, config: configOf(about, value, 'losses', known) };
  if (!isOwn(value) && !(value instanceof Thing)) return plain(about, value, place);
  about.problem(place, 'A loss of your own cannot be read. Choose one of Keras.');
  return undefined;
}

/** @param {About} about @param {string} name @param {string} now @param {Place} place */
function sayLoss(about, name, now, place) {
  about.warning(place, `Keras 3 has no loss \`${name}\`: it is \`${now}\`.`);
  about.notes.replaceIn(place, name, now);
}

/** @param {About} about @param {Value} value @param {Place} place @returns {unknown[]} */
function metricsOf(about, value, place) {
  if (value === null) return [];
  if (typeof value === 'string') {
    about.warning(place, `\`metrics\` takes a list: write \`["${value}"]\`.`);
    about.revalue(place, `[${about.written(place)}]`);
  }
  const list =
    value instanceof Dict
      ? [...value.entries.values()]
      : value instanceof List
        ? value.items
        : [value];
  return list.flatMap((one) => {
    if (one instanceof List) return metricsOf(about, one, place);
    const metric = metricOf(about, one, place);
    return metric === undefined ? [] : [metric];
  });
}

/** @param {About} about @param {Value} value @param {Place} place @returns {unknown} */
function metricOf(about, value, place) {
  const name = nameOf(value);
  if (name !== undefined) {
    const known = nameIn('metrics', name);
    if (value instanceof Outside && known && /^[A-Z]/.test(name))
      return { class_name: known, config: {} };
    if (name === 'acc') return 'accuracy';
    if (isEarlier('metrics', name)) {
      const now = snake(known ?? name);
      about.warning(place, `Keras 3 has no metric \`${name}\`: it is \`${now}\`.`);
      about.notes.replaceIn(place, name, now);
      return now;
    }
    if (known || METRICS.includes(name) || nameIn('losses', name)) return name;
    if (value instanceof Outside) return plain(about, value, place);
    const near = nearestOf([...METRICS, ...Object.keys(SIGNATURES.metrics).map(snake)], name);
    about.missing(place, `There is no metric \`${name}\``, near);
    return near ?? name;
  }
  const known = value instanceof Thing ? classOf('metrics', value) : undefined;
  if (value instanceof Thing && known)
    return { class_name: known, config: configOf(about, value, 'metrics', known) };
  if (!isOwn(value) && !(value instanceof Thing)) return plain(about, value, place);
  about.notes.add('note', place, 'A metric of your own cannot be read; it is passed over.');
  return undefined;
}

// What `fit` says: how long, in which batches, with which callbacks.
import { UNSAID, bound, calleeOf, plain, plainEntries } from './arguments.js';
import { COUNTED, FIT, logName } from './earlier.js';
import { textFrom } from './operators.js';
import { SIGNATURES } from './names.js';
import { classOf } from './objects.js';
import { Dict, Instance, List, Thing } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./arguments.js').About} About */
/** @typedef {import('./arguments.js').Config} Config */
/** @typedef {import('./arguments.js').Given} Given */

/** Arguments by their place. */
const PLACES = {
  fit: [
    'x',
    'y',
    'batch_size',
    'epochs',
    'verbose',
    'callbacks',
    'validation_split',
    'validation_data',
    'shuffle',
    'class_weight',
  ],
  fit_generator: [
    'x',
    'steps_per_epoch',
    'epochs',
    'verbose',
    'callbacks',
    'validation_data',
    'validation_steps',
    'class_weight',
  ],
};
/** Arguments that an experiment has as they are. */
const KEPT = [
  'epochs',
  'batch_size',
  'validation_split',
  'shuffle',
  'initial_epoch',
  'steps_per_epoch',
  'validation_steps',
  'validation_batch_size',
  'validation_freq',
];
/** Callbacks that change a run. */
const CALLBACKS = [
  'EarlyStopping',
  'ReduceLROnPlateau',
  'LearningRateScheduler',
  'TerminateOnNaN',
  'ModelCheckpoint',
  'CSVLogger',
];

/** @param {About} about @param {Call} call @param {'fit' | 'fit_generator'} method @returns {Record<string, unknown>} */
export function fitOf(about, call, method) {
  if (method === 'fit_generator') {
    about.warning(call.place, 'Keras 3 has no `fit_generator`: `fit` takes generators itself.');
    about.notes.edit(calleeOf(call.place), 'fit');
  }
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const given of bound(call, PLACES[method])) {
    const { value, place } = given;
    const name = FIT[given.name] ?? given.name;
    if (name !== given.name) about.moved(given, name, 'fit');
    const batches = COUNTED[name];
    if (batches)
      about.warning(
        place,
        `\`${name}\` counted samples. Keras 3 has \`${batches}\`, which counts batches: divide by the batch size.`,
      );
    else if (name === 'show_accuracy')
      about.gone(place, '`show_accuracy` is gone: give `compile` the metric "accuracy".');
    else if (name === 'callbacks') {
      const list = callbacksOf(about, value, place);
      if (list.length > 0) found.callbacks = list;
    } else if (name === 'class_weight' && value instanceof Dict)
      found.class_weight = plainEntries(value, (one) => plain(about, one, place));
    else if (KEPT.includes(name) && value !== null) found[name] = plain(about, value, place);
  }
  return found;
}

/** @param {About} about @param {Value} value @param {Place} place @returns {Config[]} */
function callbacksOf(about, value, place) {
  if (value instanceof List) return value.items.flatMap((one) => callbacksOf(about, one, place));
  const known = value instanceof Thing ? classOf('callbacks', value) : undefined;
  if (value instanceof Thing && known && CALLBACKS.includes(known))
    return [callbackOf(about, value, known)];
  const name =
    value instanceof Thing
      ? value.name
      : value instanceof Instance
        ? value.of.name
        : textFrom(value);
  if (name) about.notes.add('note', place, `The callback \`${name}\` is passed over.`);
  return [];
}

/** @param {About} about @param {Thing} thing @param {string} known @returns {Config} */
function callbackOf(about, { call }, known) {
  const signature = SIGNATURES.callbacks[known];
  /** @type {Record<string, unknown>} */
  const config = {};
  for (const given of bound(call, signature)) {
    const { place } = given;
    if (UNSAID.includes(given.name)) continue;
    const option = callbackOption(about, given, known, signature);
    if (option) config[option] = plain(about, given.value, place);
    if (option === 'monitor' && typeof config.monitor === 'string')
      config.monitor = monitored(about, config.monitor, given);
    if (option === 'filepath' && known === 'ModelCheckpoint') sayFile(about, given, call);
  }
  return { class_name: known, config };
}

/** @param {About} about @param {Given} given @param {string} known @param {string[]} signature */
function callbackOption(about, given, known, signature) {
  const { name, place } = given;
  if (name === 'epsilon' && known === 'ReduceLROnPlateau') {
    about.moved(given, 'min_delta', known);
    return 'min_delta';
  }
  if (name === 'period' && known === 'ModelCheckpoint')
    return void about.gone(
      place,
      'Keras 3 has no `period` for `ModelCheckpoint`: `save_freq` counts batches.',
    );
  if (name === 'schedule') {
    about.notes.add(
      'note',
      place,
      'A schedule that is a function of your own cannot be read: give the rate of each epoch.',
    );
    return undefined;
  }
  return signature.includes(name) ? name : about.noArgument(known, given, signature);
}

/** Says how Keras 3 names the files of models. @param {About} about @param {Given} given @param {Call} call */
function sayFile(about, { value, place }, { named }) {
  if (typeof value !== 'string') return;
  const isWeights = named.get('save_weights_only') === true;
  const end = isWeights ? '.weights.h5' : '.keras';
  if (value.endsWith(end) || (!isWeights && value.endsWith('.h5'))) return;
  const what = isWeights ? 'weights' : 'models';
  about.warning(place, `Keras 3 saves ${what} to files that end in \`${end}\`.`);
  const earlier = /(\.weights)?\.(hdf5|h5|ckpt|keras|tf)$/.exec(value)?.[0];
  if (earlier) about.notes.replaceIn(place, earlier, end);
}

/** The name of the log that a callback watches. @param {About} about @param {string} monitor @param {Given} given */
function monitored(about, monitor, { place }) {
  const now = logName(monitor);
  if (now === monitor) return now;
  about.warning(
    place,
    `Keras 3 logs \`${now}\`, not \`${monitor}\`: this callback would find nothing to watch.`,
  );
  about.notes.replaceIn(place, monitor, now);
  return now;
}

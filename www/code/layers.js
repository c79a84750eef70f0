// The layers of a model in a row, as Keras 3 would build them.
import { UNSAID, argumentsOf, bound, plain, shown } from './arguments.js';
import { layerArgument } from './earlier.js';
import { textFrom } from './operators.js';
import { isInput, thingsOf } from './keras.js';
import { knownItems } from './library.js';
import { REQUIRED, SIGNATURES, isEarlier, nameIn, nearest } from './names.js';
import { activationOf, nameOf, objectOf } from './objects.js';
import { List, Model, Tensor, Thing, Unknown } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./arguments.js').About} About */
/** @typedef {import('./arguments.js').Config} Config */
/** @typedef {import('./arguments.js').Given} Given */

/** The model is no chain of layers that can be read. */
export class NoChain extends Error {
  /** @param {string} message @param {Place} place */
  constructor(message, place) {
    super(message);
    this.place = place;
  }
}

/** Layers whose `input_dim` is the number of features of a step. */
const SEQUENCES = ['LSTM', 'GRU', 'SimpleRNN', 'Conv1D', 'Bidirectional'];
/** Arguments of layers that give the input's shape. */
const SHAPES = ['input_shape', 'input_dim', 'batch_input_shape', 'batch_shape', 'input_length'];
const FORGET =
  '`forget_bias_init` is gone in Keras 3: `unit_forget_bias=True` lets the forget gate begin with 1.';
/** Number of layers. */
const MOST = 2000;

/**
 * @param {About} about
 * @param {Model} model
 * @returns {Config[]}
 * @throws {NoChain}
 */
export function layersOf(about, model) {
  const all = chain(about, model);
  const isInputLayer = (/** @type {Config} */ { class_name }) => class_name === 'InputLayer';
  const layers = all.filter((layer) => !isInputLayer(layer));
  if (all[0] && isInputLayer(all[0])) {
    sayChannels(about, all[0], layers[0], model.place);
    return [all[0], ...layers];
  }
  const shape = model.built === undefined ? null : plain(about, model.built, model.place);
  return Array.isArray(shape) ? [inputLayer(shape), ...layers] : layers;
}

/** Says where an image has its channels first, and its layer takes them last. @param {About} about @param {Config} input @param {Config | undefined} first @param {Place} place */
function sayChannels(about, { config: { batch_shape } }, first, place) {
  const [, channels, height, width, ...more] = /** @type {unknown[]} */ (batch_shape);
  const isImage =
    (channels === 1 || channels === 3) &&
    more.length === 0 &&
    Number(height) > 4 &&
    Number(width) > 4;
  if (
    !isImage ||
    !first ||
    !/^(Conv2D|SeparableConv2D|MaxPooling2D)$/.test(first.class_name) ||
    'data_format' in first.config
  )
    return;
  about.warning(
    place,
    `The channels come first in the shape (${channels}, ${height}, ${width}), and Keras 3 takes them last: give the shape (${height}, ${width}, ${channels}), or \`data_format="channels_first"\`.`,
  );
}

/** @param {About} about @param {Model} model @returns {Config[]} */
function chain(about, model) {
  const { place } = model;
  if (model.own)
    throw new NoChain(
      `\`${model.own}\` is a model of your own class, whose \`call\` cannot be read. Layers in a row can.`,
      place,
    );
  if (about.open.has(model)) throw new NoChain('This model contains itself.', place);
  about.open.add(model);
  try {
    if (model.ends) return functional(about, model, model.ends);
    return model.layers.flatMap((layer, i) => partOf(about, layer, model.places[i] ?? place));
  } finally {
    about.open.delete(model);
  }
}

/** @param {About} about @param {Model} model @param {{ inputs: Value, outputs: Value }} ends */
function functional(about, { place }, { inputs, outputs }) {
  const [first, ...more] = knownItems(inputs) ?? [inputs];
  const [last, ...others] = knownItems(outputs) ?? [outputs];
  if (others.length > 0) throw new NoChain(several('outputs'), place);
  if (!(last instanceof Tensor))
    throw new NoChain('Where the output of this model comes from cannot be read.', place);
  /** @type {Config[][]} */
  const parts = [];
  /** @type {Tensor | undefined} */
  let at = last;
  while (at && parts.length < MOST && (at !== first || isInput(at))) {
    if (at.from.length > 1) throw new NoChain(branches(at), at.place);
    if (at.from.length === 0 && at !== first && !isInput(at) && !isForeign(at.layer))
      throw new NoChain(NO_INPUT, at.place);
    parts.push(partOf(about, at.layer, at.place));
    at = at.from[0];
  }
  if (more.length > 0) throw new NoChain(several('inputs'), place);
  return parts.reverse().flat();
}

const NO_INPUT = 'Where the input of this layer comes from cannot be read.';

/** @param {Value} layer */
const isForeign = (layer) => layer instanceof Thing && layer.path[0] === 'pretrained';

/** @param {string} what */
const several = (what) => `This model has several ${what}. Only layers in a row can be shown.`;

/** @param {Tensor} tensor */
function branches({ layer }) {
  const name = layer instanceof Thing ? `\`${layer.name}\`` : 'A layer';
  return `${name} takes several inputs here, so the model has branches. Only layers in a row can be shown.`;
}

/**
 * Notes what is to be said of each layer of a model by itself, also where the whole is no chain.
 * @param {About} about
 * @param {Model} model
 */
export function noteLayers(about, model) {
  for (const part of thingsOf(model)) {
    if (whyNot(part)) continue;
    try {
      layerOf(about, part);
    } catch (error) {
      if (!(error instanceof NoChain)) throw error;
    }
  }
}

/** The layers that one part of a model stands for. @param {About} about @param {Value} part @param {Place} place @returns {Config[]} */
function partOf(about, part, place) {
  if (part instanceof Tensor && part.from.length === 0)
    return partOf(about, part.layer, part.place);
  if (part instanceof Tensor)
    throw new NoChain('A tensor is no layer: `add` takes the layer itself.', place);
  if (part instanceof Model) return chain(about, part);
  if (part instanceof Thing) return layerOf(about, part);
  if (part instanceof List) return part.items.flatMap((item) => partOf(about, item, place));
  const name = nameOf(part);
  const known = name && nameIn('layers', name);
  if (known && typeof part !== 'string') {
    about.problem(place, `\`${name}\` is a class: write \`${name}()\` to make a layer of it.`);
    return [{ class_name: known, config: {} }];
  }
  const text = (name ?? textFrom(part)).replace(/\(.*/s, '');
  const isGap = !text || /^[\w.]*\b_+$/.test(text);
  throw new NoChain(
    isGap
      ? 'A layer is missing here.'
      : `What \`${text}\` is cannot be read, so not all layers are known.`,
    place,
  );
}

/** Why a thing is no layer that can be shown. @param {Thing} thing */
function whyNot({ name, path }) {
  switch (path[0]) {
    case 'pretrained':
      return `\`${name}\` brings a model from elsewhere, whose layers are not in this program.`;
    case 'own':
      return `\`${name}\` is a layer of your own class, which cannot be read.`;
    case 'operation':
      return `\`${name}\` is an operation on tensors, no layer.`;
    default:
      return name === 'Lambda'
        ? 'A Lambda layer runs Python of its own, which cannot be read.'
        : '';
  }
}

/** The name in Keras 3 of a layer's class. @param {About} about @param {Thing} thing */
function classOfLayer(about, { name, call: { place } }) {
  const known = nameIn('layers', name);
  const meant = known ?? nearest('layers', name);
  if (!meant) throw new NoChain(`There is no layer \`${name}\` in Keras.`, place);
  const isGone = known && isEarlier('layers', name);
  const isOld = /Convolution/.test(name);
  if (!known) about.missing(place, `There is no layer \`${name}\``, meant);
  if (isGone) about.warning(place, `Keras 3 has no \`${name}\`: it is \`${meant}\` now.`);
  if (known && !isGone && !isOld && name !== known && name.toLowerCase() === known.toLowerCase())
    about.missing(place, `There is no layer \`${name}\``, meant);
  if (isOld) about.notes.add('note', place, `\`${name}\` is the old name of \`${meant}\`.`);
  if (name !== meant && (!known || isGone || isOld || name.toLowerCase() === meant.toLowerCase()))
    about.rename(place, name, meant);
  return meant;
}

/** A layer, after the input that its arguments describe. @param {About} about @param {Thing} thing @returns {Config[]} */
function layerOf(about, thing) {
  const { name, call, fields } = thing;
  const why = whyNot(thing);
  if (why) throw new NoChain(why, call.place);
  const known = classOfLayer(about, thing);
  if (known === 'InputLayer') return [inputOf(about, thing)];
  const signature = SIGNATURES.layers[known] ?? [];
  /** @type {Record<string, unknown>} */
  const config = {};
  /** @type {unknown[] | undefined} */
  let shape;
  for (const given of bound(call, placesOf(about, known, thing, signature))) {
    const { value, place } = given;
    if (SHAPES.includes(given.name) && !(given.name === 'input_dim' && known === 'Embedding')) {
      const described = shapeOf(about, given, call, known);
      shape ??= described;
    } else if (given.name === 'forget_bias_init') {
      about.warning(place, FORGET);
      about.notes.edit(place, `unit_forget_bias=${value === 'one' ? 'True' : 'False'}`);
      config.unit_forget_bias = value === 'one';
    } else if (given.name === 'nb_row' || given.name === 'nb_col') {
      about.moved(given, 'kernel_size', known);
      config.kernel_size = [
        .../** @type {unknown[]} */ (config.kernel_size ?? []),
        plain(about, value, place),
      ];
    } else {
      const option = optionOf(about, given, known, signature);
      const isUnsaid =
        UNSAID.includes(option ?? '') ||
        (value === null && (option === 'seed' || option === 'name'));
      if (option && !isUnsaid) config[option] = valueOf(about, option, given, known);
    }
  }
  const trainable = about.trainable ? about.trainable.get(thing) : fields.get('trainable');
  if (trainable !== undefined) config.trainable = plain(about, trainable, call.place);
  const { channelsFirst } = about.evaluator.keras;
  if (channelsFirst && signature.includes('data_format') && !('data_format' in config))
    config.data_format = 'channels_first';
  sayRequired(about, known, call, config);
  const made = { class_name: known, config };
  const layer =
    name === 'TimeDistributedDense'
      ? { class_name: 'TimeDistributed', config: { layer: made } }
      : made;
  return shape ? [inputLayer(shape), layer] : [layer];
}

/** Says which arguments a layer cannot do without. @param {About} about @param {string} known @param {Call} call @param {Record<string, unknown>} config */
function sayRequired(about, known, { place }, config) {
  // What `**options` holds is not always known.
  if (argumentsOf(place).some(({ star }) => star)) return;
  const missing = (REQUIRED[known] ?? []).filter((name) => !(name in config));
  if (missing.length === 0) return;
  const names = missing.map((name) => `\`${name}\``).join(' and ');
  about.problem(place, `\`${known}\` needs ${names} in Keras 3.`);
  if (!known.startsWith('AveragePooling')) return;
  // As it was in Keras 2.
  config.pool_size = 2;
  about.notes.append(place, 'pool_size=2');
}

/** @param {Value} value */
const isSize = (value) => typeof value === 'number' || value instanceof Unknown;

/**
 * The names of the arguments by place, for this call: Keras 1 had other ones.
 * @param {About} about
 * @param {string} known
 * @param {Thing} thing
 * @param {string[]} signature
 */
function placesOf(about, known, { name, call: { args, named, place } }, signature) {
  const [, second, third] = args;
  if (known === 'Conv2D' && isSize(second) && isSize(third)) {
    const [rows, columns] = [shown(second), shown(third)];
    const words = ['border_mode', 'subsample', 'init', 'dim_ordering'];
    const isOld = name !== 'Conv2D' || about.notes.isOld || words.some((word) => named.has(word));
    const was = `In Keras 1 this was a kernel of ${rows} by ${columns}`;
    if (!isOld) {
      const now = `The third number of \`Conv2D\` is the strides: the kernel is ${rows} by ${rows} and moves by ${columns}.`;
      about.warning(place, `${now} ${was}: for that, write \`(${rows}, ${columns})\`.`);
      return signature;
    }
    about.warning(
      place,
      `${was}. In Keras 3 the third number is the strides: write \`kernel_size=(${rows}, ${columns})\`.`,
    );
    const [, from, to] = argumentsOf(place);
    if (to) about.notes.edit({ from: from.from, to: to.to }, `(${rows}, ${columns})`);
    return ['filters', 'nb_row', 'nb_col', 'kernel_initializer', 'activation'];
  }
  const isInitializer =
    typeof second === 'string' &&
    !nameIn('activations', second) &&
    ['normal', 'uniform'].some((word) => second.includes(word));
  if (known !== 'Dense' || !isInitializer) return signature;
  about.warning(
    place,
    `"${second}" is an initializer. The second argument of \`Dense\` is its activation now: write \`kernel_initializer="${second}"\`.`,
  );
  return ['units', 'kernel_initializer', 'activation'];
}

/** The option that an argument of a layer means. @param {About} about @param {Given} given @param {string} known @param {string[]} signature */
function optionOf(about, given, known, signature) {
  const { name, place } = given;
  if (name === 'name' || name === 'trainable' || UNSAID.includes(name)) return name;
  const meant = layerArgument(known, name, signature);
  if (!meant) return about.noArgument(known, given, signature);
  if ('gone' in meant)
    return void about.gone(place, `Keras 3 has no \`${name}\` for \`${known}\`; it is left out.`);
  if (meant.isEarlier) about.moved(given, meant.name, known);
  return meant.name;
}

/** The batch shape that an argument of a layer gives; undefined where it gives none. @param {About} about @param {Given} given @param {Call} call @param {string} known @returns {unknown[] | undefined} */
function shapeOf(about, { name, value, place }, { named, place: callPlace }, known) {
  const isEmbedding = known === 'Embedding';
  switch (name) {
    case 'input_dim': {
      const length = named.get('input_length') ?? null;
      const features = plain(about, value, place);
      return SEQUENCES.includes(known)
        ? [null, plain(about, length, place), features]
        : [null, features];
    }
    case 'input_length':
      if (!isEmbedding) return undefined;
      about.warning(
        place,
        '`input_length` of `Embedding` is gone in Keras 3: the length stands in the Input layer.',
      );
      if (about.inputBefore(callPlace, `shape=(${about.written(place)},)`))
        about.notes.remove(place);
      else about.notes.edit(place, `input_shape=(${about.written(place)},)`);
      return [null, plain(about, value, place)];
    case 'batch_input_shape':
      about.inputBefore(callPlace, `batch_shape=${about.written(place)}`);
      about.notes.remove(place);
      about.warning(
        place,
        '`batch_input_shape` is gone in Keras 3: write `keras.Input(batch_shape=...)` as the first layer.',
      );
      return sizesOf(about, value, place);
    case 'batch_shape':
      return sizesOf(about, value, place);
    default:
      return [null, ...sizesOf(about, value, place)];
  }
}

/** The sizes of a shape. @param {About} about @param {Value} value @param {Place} place @returns {unknown[]} */
function sizesOf(about, value, place) {
  if (typeof value === 'number') {
    about.problem(place, `\`input_shape\` is a tuple: write \`(${value},)\`, with its comma.`);
    about.revalue(place, `(${about.written(place).replace(/^\((.*)\)$/, '$1')},)`);
  }
  const sizes = plain(about, value, place);
  return Array.isArray(sizes) ? sizes : [sizes];
}

/** @param {About} about @param {Thing} thing @returns {Config} */
function inputOf(about, { call, path }) {
  const made = inputLayer([null]);
  const first = path[path.length - 1] === 'InputLayer' ? 'input_shape' : 'shape';
  for (const { name, value, place } of bound(call, [first])) {
    if (name === 'shape' || name === 'input_shape')
      made.config.batch_shape = [null, ...sizesOf(about, value, place)];
    if (name === 'batch_shape' || name === 'batch_input_shape')
      made.config.batch_shape = sizesOf(about, value, place);
    if (name === 'name' && value !== null) made.config.name = plain(about, value, place);
  }
  return made;
}

/** @param {unknown[]} batch_shape @returns {Config} */
function inputLayer(batch_shape) {
  return { class_name: 'InputLayer', config: { batch_shape } };
}

/** The layer in a wrapper. @param {About} about @param {Value} value @param {Place} place @param {string} known the wrapper */
function wrapped(about, value, place, known) {
  const layers = partOf(about, value, place).filter(
    ({ class_name }) => class_name !== 'InputLayer',
  );
  if (layers.length > 1)
    throw new NoChain(
      `\`${known}\` holds a model of several layers here. One layer in it can be shown.`,
      place,
    );
  return layers[0] ?? '?';
}

/** Families of options by the last word of their names. @type {Record<string, import('./names.js').Family>} */
const FAMILIES = {
  initializer: 'initializers',
  regularizer: 'regularizers',
  constraint: 'constraints',
};

/** The value of an option. @param {About} about @param {string} option @param {Given} given @param {string} known @returns {unknown} */
function valueOf(about, option, { value, place }, known) {
  // `None` where a number must be is a gap of an exercise.
  if (value === null && REQUIRED[known]?.includes(option))
    return plain(about, new Unknown(''), place);
  if (option === 'noise_shape' && typeof value === 'number')
    about.problem(
      place,
      `\`${known}\` takes one number with a point, such as \`0.${value}\`: a comma begins the next argument.`,
    );
  if (option === 'activation' && typeof value === 'number')
    about.problem(
      place,
      'An activation is no number. Keras once took the input and the output size here: the size of the output is enough.',
    );
  const word = option.split('_').pop() ?? '';
  if (word === 'activation') return activationOf(about, value, place);
  if (Object.hasOwn(FAMILIES, word) && value !== null)
    return objectOf(about, FAMILIES[word], value, place);
  if (option === 'layer' || option === 'backward_layer') return wrapped(about, value, place, known);
  if (option === 'padding' && typeof value === 'string') return value.toLowerCase();
  if (option === 'data_format' && (value === 'tf' || value === 'th')) {
    const now = value === 'tf' ? 'channels_last' : 'channels_first';
    about.revalue(place, `"${now}"`);
    return now;
  }
  if ((option === 'units' || option === 'filters') && typeof value === 'string')
    about.problem(place, `\`${option}\` is a number, not the text "${value}".`);
  return plain(about, value, place);
}

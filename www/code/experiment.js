// The experiment that a program's model, compile and fit describe, in Keras 3's names, with a sentence for whatever is
// not as it stands there.
import { FIT, layerArgument, logName, optimizerArgument } from './earlier.js';
import { textFrom } from './evaluate.js';
import { isInput } from './keras.js';
import { itemsOf } from './library.js';
import { SIGNATURES, isEarlier, nameIn, nearest, nearestOf, snake } from './names.js';
import {
  Builtin,
  Class,
  Dict,
  Func,
  Instance,
  List,
  Model,
  Outside,
  Tensor,
  Thing,
  Unknown,
} from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./names.js').Family} Family */
/** @typedef {{ class_name: string, config: Record<string, unknown> }} Config */
/** @typedef {{ name: string, value: Value, place: Place, word: Place | null }} Given an argument; `word`: its name in the text */

/** The model cannot be shown as a chain of layers. */
export class NoChain extends Error {
  /** @param {string} message @param {Place} place */
  constructor(message, place) {
    super(message);
    this.place = place;
  }
}

/** Arguments without a meaning for the experiment. */
const UNSAID = ['dtype', 'verbose', 'dynamic', 'weights'];
/** Layers whose `input_dim` is the number of features of a step. */
const SEQUENCES = ['LSTM', 'GRU', 'SimpleRNN', 'Conv1D', 'Bidirectional'];
/** Arguments of layers that give the input's shape. */
const SHAPES = ['input_shape', 'input_dim', 'batch_input_shape', 'batch_shape', 'input_length'];

export class Describer {
  /** Source texts of values that only data can give. @type {Set<string>} */
  fromData = new Set();
  /** Models whose layers are being listed. @type {Set<Model>} */
  #open = new Set();

  /** @param {import('./notes.js').Notes} notes */
  constructor(notes) {
    this.notes = notes;
  }

  /**
   * The layers of a model.
   * @param {Model} model
   * @returns {Config[]}
   * @throws {NoChain}
   */
  layers(model) {
    if (model.own)
      throw new NoChain(
        `\`${model.own}\` is a model of your own class: what its \`call\` does cannot be read. A model of layers in a row can.`,
        model.place,
      );
    const found = this.#flat(model);
    const inputs = found.slice(0, 1).filter(({ class_name }) => class_name === 'InputLayer');
    const layers = found.filter(({ class_name }) => class_name !== 'InputLayer');
    if (!inputs.length && model.built !== undefined) {
      const shape = this.#plain(model.built);
      if (Array.isArray(shape)) inputs.push(inputLayer(shape));
    }
    return [...inputs, ...layers];
  }

  /** @param {Model} model @returns {Config[]} */
  #flat(model) {
    if (this.#open.has(model)) throw new NoChain('This model contains itself.', model.place);
    this.#open.add(model);
    try {
      return this.#chain(model);
    } finally {
      this.#open.delete(model);
    }
  }

  /** @param {Model} model @returns {Config[]} */
  #chain(model) {
    if (!model.ends) return model.layers.flatMap((layer) => this.#part(layer, model.place));
    const outputs = itemsOf(model.ends.outputs) ?? [model.ends.outputs];
    const inputs = itemsOf(model.ends.inputs) ?? [model.ends.inputs];
    if (outputs.length > 1)
      throw new NoChain(
        'This model has several outputs. Only layers in a row can be shown.',
        model.place,
      );
    /** @type {Config[][]} */
    const parts = [];
    let at = outputs[0];
    if (!(at instanceof Tensor))
      throw new NoChain('Where the output of this model comes from cannot be read.', model.place);
    for (let i = 0; at instanceof Tensor && i < 2000; i++) {
      if (at === inputs[0] && !isInput(at)) break;
      if (at.from.length > 1) throw new NoChain(severalInputs(at), at.place);
      parts.push(this.#part(at.layer, at.place));
      at = at.from[0];
    }
    if (inputs.length > 1)
      throw new NoChain(
        'This model has several inputs. Only layers in a row can be shown.',
        model.place,
      );
    return parts.reverse().flat();
  }

  /** @param {Value} layer @param {Place} place @returns {Config[]} */
  #part(layer, place) {
    if (layer instanceof Tensor) {
      if (layer.from.length === 0) return this.#part(layer.layer, layer.place);
      throw new NoChain('A tensor is no layer: `add` takes the layer itself.', place);
    }
    if (layer instanceof Model) {
      if (layer.own)
        throw new NoChain(`\`${layer.own}\` is a model of your own class.`, layer.place);
      return this.#flat(layer);
    }
    if (layer instanceof Thing) return this.#layer(layer);
    if (layer instanceof List) return layer.items.flatMap((item) => this.#part(item, place));
    if (layer instanceof Outside || layer instanceof Class) {
      const name = layer instanceof Outside ? layer.last : layer.name;
      const known = nameIn('layers', name);
      if (!known) throw new NoChain(`What \`${name}\` is cannot be read.`, place);
      this.notes.add(
        'problem',
        place,
        `\`${name}\` is a class: write \`${name}()\` to make a layer of it.`,
      );
      return [{ class_name: known, config: {} }];
    }
    if (typeof layer === 'string')
      throw new NoChain(`The text ${JSON.stringify(layer)} is no layer.`, place);
    const text = textFrom(layer);
    throw new NoChain(
      text
        ? `What \`${text}\` is cannot be read, so the model's layers are not all known.`
        : 'A layer is missing here.',
      place,
    );
  }

  /** @param {Thing} thing @returns {Config[]} */
  #layer(thing) {
    const { name, call, path } = thing;
    const { place } = call;
    if (path[0] === 'pretrained')
      throw new NoChain(
        `\`${name}\` brings a model from elsewhere, whose layers are not in this program.`,
        place,
      );
    if (path[0] === 'own')
      throw new NoChain(`\`${name}\` is a layer of your own class, which cannot be read.`, place);
    if (path[0] === 'operation')
      throw new NoChain(`\`${name}\` is an operation on tensors, no layer.`, place);
    if (name === 'Lambda')
      throw new NoChain('A Lambda layer runs Python of its own, which cannot be read.', place);
    const known = nameIn('layers', name);
    const meant = known ?? nearest('layers', name);
    if (!meant) throw new NoChain(`There is no layer \`${name}\` in Keras.`, place);
    if (!known) {
      this.notes.add('problem', place, `There is no layer \`${name}\`: did you mean \`${meant}\`?`);
      this.notes.edit(calleeOf(place), meant);
    } else if (isEarlier('layers', name)) {
      this.notes.add('warning', place, `Keras 3 has no \`${name}\`: it is \`${meant}\` now.`);
      this.notes.edit(calleeOf(place), meant);
    }
    if (meant === 'InputLayer') return [this.#input(thing)];
    const signature = SIGNATURES.layers[meant] ?? [];
    /** @type {Record<string, unknown>} */
    const config = {};
    /** @type {Config[]} */
    const before = [];
    for (const given of this.#bound(call, this.#oldPlaces(meant, name, call, signature))) {
      if (SHAPES.includes(given.name) && !(given.name === 'input_dim' && meant === 'Embedding')) {
        const shape = this.#shape(given, call, meant);
        if (shape && before.length === 0) before.push(inputLayer(shape));
        continue;
      }
      if (given.name === 'nb_row' || given.name === 'nb_col') {
        const size = /** @type {unknown[]} */ (config.kernel_size ??= []);
        size.push(this.#plain(given.value));
        this.#moved(given, 'kernel_size', meant);
        continue;
      }
      const option = this.#option(given, meant, signature);
      if (!option || UNSAID.includes(option)) continue;
      if (option === 'seed' && given.value === null) continue;
      if (given.value === null && option === 'name') continue;
      config[option] = this.#value(option, given);
    }
    if (thing.fields.has('trainable'))
      config.trainable = this.#plain(thing.fields.get('trainable'));
    const made = { class_name: meant, config };
    if (name === 'TimeDistributedDense')
      return [...before, { class_name: 'TimeDistributed', config: { layer: made } }];
    return [...before, made];
  }

  /**
   * The names of the arguments by place, for this call: Keras 1 had other ones.
   * @param {string} layer
   * @param {string} name as it is called
   * @param {Call} call
   * @param {string[]} signature
   */
  #oldPlaces(layer, name, { args, named, place }, signature) {
    const isNumber = (/** @type {Value} */ v) => typeof v === 'number' || v instanceof Unknown;
    if (layer === 'Conv2D' && args.length >= 3 && isNumber(args[1]) && isNumber(args[2])) {
      const isOld =
        name !== 'Conv2D' ||
        this.notes.isOld ||
        ['border_mode', 'subsample', 'init', 'dim_ordering'].some((word) => named.has(word));
      this.notes.add(
        'warning',
        place,
        isOld
          ? `In Keras 1 this was a kernel of ${shown(args[1])} by ${shown(args[2])}. Keras 3 takes the third number for the strides: write \`kernel_size=(${shown(args[1])}, ${shown(args[2])})\`.`
          : `The third number of \`Conv2D\` is the strides: the kernel is ${shown(args[1])} by ${shown(args[1])} and moves by ${shown(args[2])}. In Keras 1 it was a kernel of ${shown(args[1])} by ${shown(args[2])}: for that, write \`(${shown(args[1])}, ${shown(args[2])})\`.`,
      );
      if (isOld) {
        const all = argumentsOf(place);
        if (all[2])
          this.notes.edit(
            { from: all[1].from, to: all[2].to },
            `(${shown(args[1])}, ${shown(args[2])})`,
          );
        return ['filters', 'nb_row', 'nb_col', 'kernel_initializer', 'activation'];
      }
    }
    const second = args[1];
    if (
      layer === 'Dense' &&
      typeof second === 'string' &&
      !nameIn('activations', second) &&
      nameIn('initializers', alias('initializers', second))
    ) {
      this.notes.add(
        'warning',
        place,
        `${JSON.stringify(second)} is an initializer. The second argument of \`Dense\` is its activation now: write \`kernel_initializer=${JSON.stringify(second)}\`.`,
      );
      return ['units', 'kernel_initializer', 'activation'];
    }
    return signature;
  }

  /**
   * The arguments of a call with their names.
   * @param {Call} call
   * @param {string[]} signature
   * @returns {Given[]}
   */
  #bound({ args, named, place }, signature) {
    const written = argumentsOf(place);
    const byPlace = args.flatMap((value, i) =>
      signature[i] === undefined
        ? []
        : [{ name: signature[i], value, place: written[i] ?? place, word: null }],
    );
    const byName = [...named].map(([name, value]) => {
      const at = written.find((one) => one.name === name);
      const word = at ? { from: at.from, to: at.from + name.length } : null;
      return { name, value, place: at ?? place, word };
    });
    return [...byPlace, ...byName];
  }

  /** The option that an argument of a layer means. @param {Given} given @param {string} layer @param {string[]} signature */
  #option(given, layer, signature) {
    const { name } = given;
    if (name === 'name' || name === 'trainable' || UNSAID.includes(name)) return name;
    const meant = layerArgument(layer, name, signature);
    if (!meant) {
      const near = nearestOf(signature, name);
      const hint = near ? `: did you mean \`${near}\`?` : '.';
      this.notes.add('problem', given.place, `\`${layer}\` has no argument \`${name}\`${hint}`);
      return near;
    }
    if ('gone' in meant) {
      this.notes.add(
        'warning',
        given.place,
        `Keras 3 has no \`${name}\` for \`${layer}\`; it is left out.`,
      );
      this.notes.remove(given.place);
      return undefined;
    }
    if (meant.isEarlier) this.#moved(given, meant.name, layer);
    return meant.name;
  }

  /** Says that an argument has another name now. @param {Given} given @param {string} now @param {string} owner */
  #moved({ name, place, word }, now, owner) {
    if (word === null) return;
    this.notes.add(
      'warning',
      place,
      `\`${name}\` of \`${owner}\` is called \`${now}\` in Keras 3.`,
    );
    this.notes.edit(word, now);
  }

  /** The batch shape that an argument of a layer gives; undefined where it gives none. @param {Given} given @param {Call} call @param {string} layer @returns {unknown[] | undefined} */
  #shape({ name, value, place }, call, layer) {
    if (name === 'input_dim') {
      const length = call.named.get('input_length');
      const features = this.#plain(value, place);
      if (!SEQUENCES.includes(layer)) return [null, features];
      return [null, length === undefined ? null : this.#plain(length, place), features];
    }
    if (name === 'input_length') {
      if (layer !== 'Embedding') return undefined;
      const message =
        '`input_length` of `Embedding` is gone in Keras 3: the length stands in the Input layer.';
      this.notes.add('warning', place, message);
      this.notes.remove(place);
      return [null, this.#plain(value, place)];
    }
    if (name === 'input_shape') return [null, ...this.#sizes(value, place)];
    if (name === 'batch_input_shape') {
      const message =
        '`batch_input_shape` is gone in Keras 3: write `keras.Input(batch_shape=...)` as the first layer.';
      this.notes.add('warning', place, message);
    }
    return this.#sizes(value, place);
  }

  /** Sizes as a shape. @param {Value} value @param {Place} place @returns {unknown[]} */
  #sizes(value, place) {
    const items = value instanceof List ? value.items : undefined;
    if (items) return items.map((item) => this.#plain(item, place));
    if (typeof value === 'number') {
      this.notes.add(
        'problem',
        place,
        `\`input_shape\` is a tuple: write \`(${value},)\`, with its comma.`,
      );
      return [value];
    }
    return [this.#plain(value, place)];
  }

  /** @param {Thing} thing @returns {Config} */
  #input({ call, path }) {
    const signature = path[path.length - 1] === 'InputLayer' ? ['input_shape'] : ['shape'];
    const made = inputLayer([null]);
    for (const { name, value, place } of this.#bound(call, signature)) {
      if (name === 'shape' || name === 'input_shape')
        made.config.batch_shape = [null, ...this.#sizes(value, place)];
      if (name === 'batch_shape' || name === 'batch_input_shape')
        made.config.batch_shape = this.#sizes(value, place);
      if (name === 'name' && value !== null) made.config.name = this.#plain(value, place);
    }
    return made;
  }

  /** The value of an option. @param {string} option @param {Given} given @returns {unknown} */
  #value(option, { value, place }) {
    if (option === 'activation' || option === 'recurrent_activation')
      return this.#activation(value, place);
    const family = /** @type {Family | undefined} */ (
      { initializer: 'initializers', regularizer: 'regularizers', constraint: 'constraints' }[
        option.split('_').pop() ?? ''
      ]
    );
    if (family) return this.#object(family, value, place);
    if (option === 'layer' || option === 'backward_layer') {
      const [inner] = this.#part(value, place).slice(-1);
      return inner ?? '?';
    }
    if (option === 'padding' && typeof value === 'string') return value.toLowerCase();
    if (option === 'data_format' && (value === 'tf' || value === 'th'))
      return value === 'tf' ? 'channels_last' : 'channels_first';
    return this.#plain(value, place);
  }

  /** @param {Value} value @param {Place} place @returns {unknown} */
  #activation(value, place) {
    if (value === null) return null;
    const name =
      typeof value === 'string' ? value : value instanceof Outside ? value.last : undefined;
    if (name !== undefined) {
      const known = nameIn('activations', name) ?? layerActivation(name);
      if (known) return known;
      if (value instanceof Outside && !value.imported && value.path.length === 1)
        return this.#plain(value, place);
      const near = nearestOf(Object.keys(SIGNATURES.activations), name);
      this.notes.add(
        'problem',
        place,
        `There is no activation \`${name}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
      );
      return near ?? name;
    }
    if (value instanceof Thing) {
      const [made] = this.#layer(value).slice(-1);
      return Object.keys(made.config).length > 0 ? made : snake(made.class_name);
    }
    if (value instanceof Func || value instanceof Builtin || value instanceof Instance) {
      this.notes.add('problem', place, 'An activation of your own cannot be read.');
      return '?';
    }
    return this.#plain(value, place);
  }

  /** An initializer, a regularizer or a constraint. @param {Family} family @param {Value} value @param {Place} place @returns {unknown} */
  #object(family, value, place) {
    if (value === null) return null;
    const name =
      typeof value === 'string'
        ? value
        : value instanceof Outside || value instanceof Class
          ? nameOf(value)
          : undefined;
    if (name !== undefined) {
      const known = nameIn(family, alias(family, name));
      if (known) return snake(known);
      if (value instanceof Outside && !value.imported && value.path.length === 1)
        return this.#plain(value, place);
      this.notes.add('problem', place, `There is no ${family.slice(0, -1)} \`${name}\`.`);
      return name;
    }
    if (!(value instanceof Thing)) {
      if (value instanceof Func || value instanceof Builtin) {
        this.notes.add(
          'problem',
          place,
          `A function of your own as ${family.slice(0, -1)} cannot be read.`,
        );
        return '?';
      }
      return this.#plain(value, place);
    }
    const known = value.path[0] === 'own' ? undefined : nameIn(family, alias(family, value.name));
    if (!known) {
      this.notes.add(
        'problem',
        place,
        `\`${value.name}\` is no ${family.slice(0, -1)} that can be read.`,
      );
      return '?';
    }
    if (isEarlier(family, value.name)) this.#renamed(value, known);
    const config = this.#config(value, SIGNATURES[family][known], family, known);
    return Object.keys(config).length > 0 ? { class_name: known, config } : snake(known);
  }

  /** @param {Thing} thing @param {string} now */
  #renamed({ name, call }, now) {
    this.notes.add('warning', call.place, `\`${name}\` is called \`${now}\` in Keras 3.`);
    this.notes.edit(calleeOf(call.place), now);
  }

  /** The options of an object. @param {Thing} thing @param {string[]} signature @param {Family} family @param {string} known */
  #config({ call }, signature, family, known) {
    /** @type {Record<string, unknown>} */
    const config = {};
    for (const given of this.#bound(call, signature)) {
      let option = given.name;
      if (
        UNSAID.includes(option) ||
        (option === 'seed' && given.value === null) ||
        (option === 'name' && family !== 'metrics')
      )
        continue;
      if (family === 'regularizers' && option === 'l') option = known === 'L1' ? 'l1' : 'l2';
      if (family === 'constraints' && option === 'm') option = 'max_value';
      if (family === 'initializers' && option === 'scale' && known !== 'VarianceScaling')
        option = 'stddev';
      if (family === 'optimizers') {
        const meant = optimizerArgument(option, signature);
        if (meant && 'gone' in meant) {
          this.#noDecay(given, known);
          continue;
        }
        if (meant?.isEarlier) this.#moved(given, meant.name, known);
        if (meant) option = meant.name;
      }
      if (!signature.includes(option)) {
        const near = nearestOf(signature, option);
        this.notes.add(
          'problem',
          given.place,
          `\`${known}\` has no argument \`${option}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
        );
        if (!near) continue;
        option = near;
      }
      if (given.value === null && family === 'optimizers') continue;
      const { value } = given;
      config[option] =
        value instanceof Thing || (value instanceof Outside && family !== 'optimizers')
          ? this.#inner(value, given.place)
          : this.#plain(value, given.place);
    }
    return config;
  }

  /** An object in an object: a schedule of an optimizer, say. @param {Value} value @param {Place} place */
  #inner(value, place) {
    if (!(value instanceof Thing)) return this.#plain(value, place);
    for (const family of /** @type {Family[]} */ ([
      'schedules',
      'initializers',
      'regularizers',
      'optimizers',
    ])) {
      const known = nameIn(family, value.name);
      if (known && value.path[0] !== 'own')
        return {
          class_name: known,
          config: this.#config(value, SIGNATURES[family][known], family, known),
        };
    }
    this.notes.add('problem', place, `\`${value.name}\` cannot be read here.`);
    return '?';
  }

  /** @param {Given} given @param {string} optimizer */
  #noDecay({ name, value, place }, optimizer) {
    if (name === 'decay') {
      const by = shown(value);
      this.notes.add(
        'warning',
        place,
        `Keras 3 takes \`decay\` and does nothing with it: the learning rate stays as it is. To let it fall, give \`${optimizer}\` the rate \`keras.optimizers.schedules.InverseTimeDecay(rate, decay_steps=1, decay_rate=${by})\`.`,
      );
    } else
      this.notes.add(
        'warning',
        place,
        `Keras 3 has no \`${name}\` for \`${optimizer}\`; it is left out.`,
      );
    this.notes.remove(place);
  }

  /** What `compile` says. @param {Call} call @returns {Record<string, unknown>} */
  compile(call) {
    /** @type {Record<string, unknown>} */
    const found = {};
    const signature = [
      'optimizer',
      'loss',
      call.args.length > 2 && call.args[2] instanceof List ? 'metrics' : 'metrics',
    ];
    for (const { name, value, place } of this.#bound(call, signature)) {
      if (name === 'optimizer') found.optimizer = this.#optimizer(value, place);
      else if (name === 'loss') {
        const loss = this.#loss(value, place);
        if (loss !== undefined) found.loss = loss;
      } else if (name === 'metrics') {
        const metrics = this.#metrics(value, place);
        if (metrics.length > 0) found.metrics = metrics;
      } else if (name === 'weighted_metrics' && value !== null)
        found.weighted_metrics = this.#metrics(value, place);
      else if (name === 'class_mode' || name === 'theano_mode') {
        this.notes.add(
          'warning',
          place,
          `Keras 3 has no \`${name}\` for \`compile\`; it is left out.`,
        );
        this.notes.remove(place);
      } else if (!COMPILE.includes(name)) {
        const near = nearestOf([...COMPILE, 'optimizer', 'loss', 'metrics'], name);
        this.notes.add(
          'problem',
          place,
          `\`compile\` has no argument \`${name}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
        );
        if (near === 'metrics') found.metrics = this.#metrics(value, place);
        if (near === 'optimizer') found.optimizer = this.#optimizer(value, place);
      }
    }
    return found;
  }

  /** @param {Value} value @param {Place} place @returns {unknown} */
  #optimizer(value, place) {
    const family = 'optimizers';
    if (typeof value === 'string' || value instanceof Outside) {
      const name = nameOf(value);
      const known = nameIn(family, name);
      if (known) {
        if (value instanceof Outside) {
          this.notes.add(
            'problem',
            place,
            `\`${name}\` is a class: write \`${name}()\` to make an optimizer of it.`,
          );
          this.notes.edit({ from: place.to, to: place.to }, '()');
        }
        return { class_name: known, config: {} };
      }
      if (value instanceof Outside && !value.imported) return this.#plain(value, place);
      const near = nearest(family, name);
      this.notes.add(
        'problem',
        place,
        `There is no optimizer \`${name}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
      );
      return near ? { class_name: near, config: {} } : '?';
    }
    if (!(value instanceof Thing)) return this.#plain(value, place);
    const known = value.path[0] === 'own' ? undefined : nameIn(family, value.name);
    if (!known) {
      this.notes.add('problem', place, `\`${value.name}\` is no optimizer that can be read.`);
      return '?';
    }
    if (isEarlier(family, value.name)) this.#renamed(value, known);
    if (value.path.includes('legacy') || value.path.includes('train'))
      this.notes.add(
        'warning',
        value.call.place,
        `\`${value.path.join('.')}\` is gone in Keras 3: it is \`keras.optimizers.${known}\`.`,
      );
    return {
      class_name: known,
      config: this.#config(value, SIGNATURES.optimizers[known], family, known),
    };
  }

  /** @param {Value} value @param {Place} place @returns {unknown} */
  #loss(value, place) {
    if (value === null) return undefined;
    const several =
      value instanceof Dict
        ? [...value.entries.values()]
        : value instanceof List
          ? value.items
          : undefined;
    if (several) {
      if (several.length === 1) return this.#loss(several[0], place);
      this.notes.add(
        'problem',
        place,
        'Several losses belong to several outputs, which cannot be shown.',
      );
      return undefined;
    }
    if (typeof value === 'string' || value instanceof Outside) {
      const name = nameOf(value);
      const known = nameIn('losses', name);
      if (known) {
        if (isEarlier('losses', name))
          this.notes.add(
            'warning',
            place,
            `Keras 3 has no loss \`${name}\`: it is \`${snake(known)}\`.`,
          );
        return { class_name: known, config: {} };
      }
      if (value instanceof Outside && !value.imported) return this.#plain(value, place);
      const near = nearestOf(Object.keys(SIGNATURES.losses).map(snake), name);
      this.notes.add(
        'problem',
        place,
        `There is no loss \`${name}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
      );
      return near ? { class_name: nameIn('losses', near) ?? near, config: {} } : undefined;
    }
    if (value instanceof Func || value instanceof Builtin || value instanceof Instance) {
      this.notes.add('problem', place, 'A loss of your own cannot be read. Choose one of Keras.');
      return undefined;
    }
    if (!(value instanceof Thing)) return this.#plain(value, place);
    const known = value.path[0] === 'own' ? undefined : nameIn('losses', value.name);
    if (!known) {
      this.notes.add(
        'problem',
        place,
        `\`${value.name}\` is a loss that cannot be read. Choose one of Keras.`,
      );
      return undefined;
    }
    return {
      class_name: known,
      config: this.#config(value, SIGNATURES.losses[known], 'losses', known),
    };
  }

  /** @param {Value} value @param {Place} place @returns {unknown[]} */
  #metrics(value, place) {
    if (value === null) return [];
    if (typeof value === 'string')
      this.notes.add(
        'warning',
        place,
        `\`metrics\` takes a list: write \`[${JSON.stringify(value)}]\`.`,
      );
    const list =
      value instanceof List
        ? value.items
        : value instanceof Dict
          ? [...value.entries.values()]
          : [value];
    return list.flatMap((metric) => {
      if (metric instanceof List) return this.#metrics(metric, place);
      if (typeof metric === 'string') return [this.#metric(metric, place)];
      if (metric instanceof Outside) {
        const name = metric.last;
        const known = nameIn('metrics', name);
        if (known && /^[A-Z]/.test(name)) return [{ class_name: known, config: {} }];
        if (known || METRIC_WORDS.includes(name) || nameIn('losses', name))
          return [this.#metric(name, place)];
        return [this.#plain(metric, place)];
      }
      if (metric instanceof Thing) {
        const known = metric.path[0] === 'own' ? undefined : nameIn('metrics', metric.name);
        if (known) {
          const config = this.#config(metric, SIGNATURES.metrics[known], 'metrics', known);
          return [{ class_name: known, config: { ...config } }];
        }
        this.notes.add(
          'note',
          place,
          `\`${metric.name}\` is a metric that cannot be read; it is passed over.`,
        );
        return [];
      }
      if (metric instanceof Func || metric instanceof Builtin || metric instanceof Instance) {
        this.notes.add('note', place, 'A metric of your own cannot be read; it is passed over.');
        return [];
      }
      return [this.#plain(metric, place)];
    });
  }

  /** A metric by its string. @param {string} name @param {Place} place */
  #metric(name, place) {
    if (name === 'acc') return 'accuracy';
    if (METRIC_WORDS.includes(name) || nameIn('metrics', name) || nameIn('losses', name))
      return name;
    const near = nearestOf([...METRIC_WORDS, ...Object.keys(SIGNATURES.metrics).map(snake)], name);
    this.notes.add(
      'problem',
      place,
      `There is no metric \`${name}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
    );
    return near ?? name;
  }

  /** What `fit` says. @param {Call} call @param {string} method @param {unknown[]} metrics @returns {Record<string, unknown>} */
  fit(call, method, metrics) {
    const isGenerator = method === 'fit_generator';
    if (isGenerator) {
      this.notes.add(
        'warning',
        call.place,
        'Keras 3 has no `fit_generator`: `fit` takes generators itself.',
      );
      this.notes.edit(calleeOf(call.place), 'fit');
    }
    const signature = isGenerator
      ? [
          'x',
          'steps_per_epoch',
          'epochs',
          'verbose',
          'callbacks',
          'validation_data',
          'validation_steps',
          'class_weight',
        ]
      : [
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
        ];
    /** @type {Record<string, unknown>} */
    const found = {};
    for (const given of this.#bound(call, signature)) {
      const { value, place } = given;
      const name = FIT[given.name] ?? given.name;
      if (name !== given.name) this.#moved(given, name, 'fit');
      if (name === 'callbacks') {
        const list = this.#callbacks(value, place, metrics);
        if (list.length > 0) found.callbacks = list;
      } else if (name === 'class_weight' && value instanceof Dict)
        found.class_weight = Object.fromEntries(
          [...value.entries].map(([k, v]) => [String(k), this.#plain(v, place)]),
        );
      else if (name === 'show_accuracy') {
        this.notes.add(
          'warning',
          place,
          '`show_accuracy` is gone: give `compile` the metric "accuracy".',
        );
        this.notes.remove(place);
      } else if (FITTED.includes(name) && value !== null) found[name] = this.#plain(value, place);
    }
    return found;
  }

  /** @param {Value} value @param {Place} place @param {unknown[]} metrics @returns {unknown[]} */
  #callbacks(value, place, metrics) {
    if (value === null) return [];
    const list = value instanceof List ? value.items : [value];
    return list.flatMap((one) => {
      if (one instanceof List) return this.#callbacks(one, place, metrics);
      const name =
        one instanceof Thing ? one.name : one instanceof Instance ? one.of.name : textFrom(one);
      const known =
        one instanceof Thing && one.path[0] !== 'own' ? nameIn('callbacks', name) : undefined;
      if (!(one instanceof Thing) || !known || !SHOWN_CALLBACKS.includes(known)) {
        if (name) this.notes.add('note', place, `The callback \`${name}\` is passed over.`);
        return [];
      }
      /** @type {Record<string, unknown>} */
      const config = {};
      const signature = SIGNATURES.callbacks[known];
      for (const given of this.#bound(one.call, signature)) {
        let option = given.name;
        if (UNSAID.includes(option)) continue;
        if (option === 'epsilon' && known === 'ReduceLROnPlateau') {
          option = 'min_delta';
          this.#moved(given, option, known);
        }
        if (option === 'period' && known === 'ModelCheckpoint') {
          this.notes.add(
            'warning',
            given.place,
            'Keras 3 has no `period` for `ModelCheckpoint`: `save_freq` counts batches.',
          );
          this.notes.remove(given.place);
          continue;
        }
        if (option === 'schedule') {
          this.notes.add(
            'note',
            given.place,
            'A schedule as a function of your own cannot be read; give the rates of the epochs.',
          );
          continue;
        }
        if (!signature.includes(option)) {
          const near = nearestOf(signature, option);
          this.notes.add(
            'problem',
            given.place,
            `\`${known}\` has no argument \`${option}\`${near ? `: did you mean \`${near}\`?` : '.'}`,
          );
          if (!near) continue;
          option = near;
        }
        config[option] = this.#plain(given.value, given.place);
        if (option === 'monitor' && typeof config.monitor === 'string')
          config.monitor = this.#monitor(config.monitor, given);
      }
      return [{ class_name: known, config }];
    });
  }

  /** The name of a log that a callback watches. @param {string} monitor @param {Given} given */
  #monitor(monitor, given) {
    const now = logName(monitor);
    if (now !== monitor) {
      this.notes.add(
        'warning',
        given.place,
        `Keras 3 logs \`${now}\`, not \`${monitor}\`: this callback would find nothing to watch.`,
      );
      const { from, to } = given.place;
      this.notes.replaceIn({ from, to }, monitor, now);
    }
    return now;
  }

  /** A number, a text, a list; "?" where only data can give it. @param {Value} value @param {Place} [place] @param {number} [depth] @returns {unknown} */
  #plain(value, place, depth = 0) {
    if (depth > 20) return '?';
    if (
      value === null ||
      typeof value === 'number' ||
      typeof value === 'string' ||
      typeof value === 'boolean'
    )
      return value;
    if (value instanceof List)
      return value.items.map((item) => this.#plain(item, place, depth + 1));
    if (value instanceof Dict)
      return Object.fromEntries(
        [...value.entries].map(([k, v]) => [String(k), this.#plain(v, place)]),
      );
    const text = textFrom(value);
    if (text) this.fromData.add(text);
    else if (place) this.notes.add('problem', place, 'A value is missing here.');
    return '?';
  }
}

/** Arguments of `compile` that change nothing here. */
const COMPILE = [
  'loss_weights',
  'sample_weight_mode',
  'target_tensors',
  'run_eagerly',
  'steps_per_execution',
  'jit_compile',
  'auto_scale_loss',
  'experimental_run_tf_function',
  'weighted_metrics',
  'distribute',
];
/** Arguments of `fit` that an experiment has. */
const FITTED = [
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
const SHOWN_CALLBACKS = [
  'EarlyStopping',
  'ReduceLROnPlateau',
  'LearningRateScheduler',
  'TerminateOnNaN',
  'ModelCheckpoint',
  'CSVLogger',
];
const METRIC_WORDS = [
  'accuracy',
  'acc',
  'crossentropy',
  'ce',
  'mse',
  'mae',
  'mape',
  'msle',
  'MSE',
  'MAE',
  'binary_accuracy',
  'categorical_accuracy',
  'sparse_categorical_accuracy',
  'top_k_categorical_accuracy',
  'sparse_top_k_categorical_accuracy',
  'cosine_similarity',
  'cosine_proximity',
  'bce',
];

/** @param {unknown[]} batch_shape @returns {Config} */
function inputLayer(batch_shape) {
  return { class_name: 'InputLayer', config: { batch_shape } };
}

/** @param {Value} value */
function nameOf(value) {
  if (typeof value === 'string') return value;
  return value instanceof Outside ? value.last : value instanceof Class ? value.name : '';
}

/** Initializers under their short names. @param {Family} family @param {string} name */
function alias(family, name) {
  if (family !== 'initializers') return name;
  const now = {
    normal: 'RandomNormal',
    uniform: 'RandomUniform',
    zero: 'Zeros',
    one: 'Ones',
    Zero: 'Zeros',
    One: 'Ones',
  }[name];
  return now ?? name.replace(/_initializer$/, '');
}

/** Activations that are layers: `LeakyReLU` as a class. @param {string} name */
function layerActivation(name) {
  return ['LeakyReLU', 'PReLU', 'ELU', 'ReLU', 'Softmax'].includes(name)
    ? snake(name).replace('re_lu', 'relu').replace('leaky_relu', 'leaky_relu')
    : undefined;
}

/** @param {Tensor} tensor */
function severalInputs({ layer }) {
  const name = layer instanceof Thing ? layer.name : 'A layer';
  return `\`${name}\` takes several inputs here, so the model has branches. Only layers in a row can be shown.`;
}

/** The arguments of a call as they stand in the text. @param {Place} place @returns {import('./syntax.js').Argument[]} */
function argumentsOf(place) {
  return 'args' in place ? /** @type {any} */ (place).args : [];
}

/** The last name of what is called. @param {Place} place @returns {Place} */
function calleeOf(place) {
  const callee = /** @type {any} */ (place).callee;
  if (!callee) return { from: place.from, to: place.from };
  return callee.kind === 'attribute'
    ? { from: callee.to - callee.name.length, to: callee.to }
    : callee;
}

/** @param {Value} value */
function shown(value) {
  return value instanceof Unknown ? value.text || '?' : String(value);
}

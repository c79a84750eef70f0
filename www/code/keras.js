// What calls of Keras mean while a program is evaluated: models begin, take layers, are compiled and fitted. What the
// classes' arguments mean is for later (`layers.js`, `compile.js`, `fit.js`).
import { knownItems } from './library.js';
import { isKnown, knownName, MERGES, nearestOf, SIGNATURES } from './names.js';
import { Builtin, Func, Instance, List, Model, Tensor, Thing, Unknown } from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./compute.js').Computing} Computing */

/** Packages whose classes have names of Keras' and are not meant. */
const OTHERS = [
  'random',
  'sklearn',
  'torch',
  'pandas',
  'pd',
  'np',
  'numpy',
  'plt',
  'matplotlib',
  'sns',
  'xgboost',
  'lightgbm',
  'scipy',
  'cv2',
  'PIL',
];
/** Packages from elsewhere. */
const LIBRARIES = [
  ...OTHERS,
  'keras',
  'tensorflow',
  'tf',
  'os',
  'sys',
  'json',
  'pickle',
  'joblib',
  'torchvision',
  'transformers',
  'statsmodels',
  'gensim',
  'nltk',
  'spacy',
];
/** Wrappers that build a model by a function of the program. */
const WRAPPERS = ['KerasClassifier', 'KerasRegressor'];
/** Searches that build a model by a function of unknown hyper-parameters. */
const SEARCHES = ['RandomSearch', 'Hyperband', 'BayesianOptimization', 'GridSearch', 'Sklearn'];
/** What sets the place of the channels for a whole program. */
const CHANNELS = ['set_image_dim_ordering', 'set_image_data_format'];
/** Networks of `keras.applications`, also where their import is not in the text. */
const PRETRAINED =
  /^(VGG\d+|ResNet\w*|MobileNet\w*|Inception\w+|Xception|DenseNet\d+|EfficientNet\w+|NASNet\w+|ConvNeXt\w+)$/;
/** What loads a model that is not in the program. */
const LOADERS = [
  'load_model',
  'model_from_json',
  'model_from_yaml',
  'from_pretrained',
  'from_preset',
  'KerasLayer',
  'clone_model',
  'from_config',
];

/** @param {Value} value */
const tensorsIn = (value) => (knownItems(value) ?? [value]).filter((one) => one instanceof Tensor);

export class Keras {
  /** Models in the order in which they start. @type {Model[]} */
  models = [];
  /** @type {{ what: string, place: import('./syntax.js').Place }[]} */
  seen = [];
  /** Methods that Keras 3 has no more. @type {{ name: string, place: import('./syntax.js').Place }[]} */
  gone = [];
  /** Where the program puts the channels first. @type {import('./syntax.js').Place | null} */
  channelsFirst = null;
  /** A model that is made in another cell, where it is used. @type {{ name: string, place: import('./syntax.js').Place } | undefined} */
  otherCell;
  /** The model of `model = Sequential`. @type {Model | undefined} */
  #classModel;
  /** Where it is used. @type {import('./syntax.js').Place | undefined} */
  notCalled;
  /** Names of methods and classes that are misspelt. @type {{ name: string, meant: string, place: import('./syntax.js').Place }[]} */
  misspelt = [];
  /** Names that are not defined and must mean the model. @type {{ name: string, place: import('./syntax.js').Place }[]} */
  misnamed = [];
  /** Functions of other files that seem to make a model. @type {{ name: string, file: string, place: import('./syntax.js').Place }[]} */
  elsewhere = [];
  /** Models that come from elsewhere. @type {Thing[]} */
  foreign = [];
  /** Modules that the program imports. @type {{ path: string[], place: import('./syntax.js').Place }[]} */
  imports = [];
  /** Own classes of models. @type {WeakMap<Instance, Model>} */
  #own = new WeakMap();

  /** Number of all layers and calls of models so far. */
  get size() {
    return this.models.reduce(
      (sum, { layers, compiled, fitted }) =>
        sum + 1 + layers.length + compiled.length + fitted.length,
      0,
    );
  }

  /** @param {import('./syntax.js').Place} place */
  #begin(place) {
    const model = new Model(place);
    this.models.push(model);
    return model;
  }

  /** @param {import('./values.js').Outside} callee @param {Call} call @param {Computing} evaluator @returns {Value} */
  call(callee, call, evaluator) {
    const { path, last } = callee;
    const { args, named, place } = call;
    const tensors = args.flatMap(tensorsIn);
    const went = this.#continued(callee, call, evaluator);
    if (went !== undefined) return went;
    if (path.length > 1 && OTHERS.includes(path[0]) && tensors.length === 0) return undefined;
    if (CHANNELS.includes(last) && ['th', 'channels_first'].includes(String(args[0])))
      this.channelsFirst = place;
    const isMisspelt =
      last !== 'Sequential' &&
      path.length < 5 &&
      /^seq\w+al$/i.test(last) &&
      nearestOf(['sequential'], last.toLowerCase());
    if (isMisspelt) this.misspelt.push({ name: last, meant: 'Sequential', place });
    if (last === 'Sequential' || isMisspelt) {
      const model = this.#begin(place);
      const written = listedIn(call);
      (knownItems(args[0] ?? named.get('layers')) ?? []).forEach((layer, i, all) =>
        this.#add(model, layer, written.length === all.length ? written[i] : place),
      );
      return model;
    }
    if (last === 'Model' || last === 'Functional') {
      const inputs = named.get('inputs') ?? named.get('input') ?? args[0];
      const outputs = named.get('outputs') ?? named.get('output') ?? args[1];
      if (named.has('input') || named.has('output')) this.gone.push({ name: 'Model', place });
      const model = this.#begin(place);
      model.ends = { inputs, outputs };
      return model;
    }
    // The same model on several devices.
    if (last === 'multi_gpu_model' && args[0] instanceof Model) return args[0];
    if (last === 'Input') return new Tensor(new Thing('InputLayer', call, path), [], place);
    if (last === 'InputLayer') return new Thing('InputLayer', call, path);
    if (
      LOADERS.includes(last) ||
      PRETRAINED.test(last) ||
      path.includes('applications') ||
      path.includes('hub')
    ) {
      const foreign = new Thing(last, call, ['pretrained', ...path]);
      if (tensors.length > 0) return new Tensor(foreign, tensors, place);
      this.foreign.push(foreign);
      return foreign;
    }
    if (WRAPPERS.includes(last)) return this.#wrapped(call, evaluator);
    if (SEARCHES.includes(last)) {
      const build = args[0] ?? named.get('hypermodel');
      if (build instanceof Func && !build.called)
        evaluator.call(build, { args: [new Unknown('hp')], named: new Map(), place });
      return undefined;
    }
    const merge = MERGES[last];
    if (merge && tensors.length > 0)
      return new Tensor(new Thing(merge, call, path), tensors, place);
    const name = knownName(path);
    if (tensors.length > 0 && !(name && SIGNATURES.layers[name])) {
      // An activation as a function; or an operation that is no layer.
      if (!isKnown('activations', last))
        return new Tensor(new Thing(path.join('.'), call, ['operation']), tensors, place);
      const layer = new Thing('Activation', { args: [last], named: new Map(), place }, path);
      layer.activation = { name: last, call };
      return new Tensor(layer, tensors, place);
    }
    if (!name) {
      const isMaker =
        callee.imported && path.length > 1 && /model|network|\bnet\b|build/i.test(last);
      if (isMaker && !LIBRARIES.includes(path[0]))
        this.elsewhere.push({ name: last, file: path.slice(0, -1).join('.'), place });
      return undefined;
    }
    for (const one of args.flatMap((arg) => knownItems(arg) ?? [arg]))
      if (one instanceof Model) one.isPart = true;
    return new Thing(name, call, path);
  }

  /** A method of a model whose beginning is not in the text, or that has another name. @param {import('./values.js').Outside} callee @param {Call} call @param {Computing} evaluator @returns {Value} */
  #continued({ path, imported, last }, call, evaluator) {
    // `model = Sequential`, without parentheses.
    if (path[path.length - 2] === 'Sequential' && ['add', 'compile', 'fit'].includes(last)) {
      this.#classModel ??= this.#begin(call.place);
      this.notCalled ??= call.place;
      return evaluator.call(this.#ofModel(this.#classModel, last, ''), call);
    }
    if (imported || path.length !== 2) return undefined;
    const [first] = call.args;
    const isLayer =
      first instanceof Thing && (first.name in SIGNATURES.layers || first.path.includes('layers'));
    if (last === 'add' && isLayer) {
      const model = this.#begin(call.place);
      model.isContinued = true;
      evaluator.top.names.set(path[0], model);
      this.#add(model, first);
      return null;
    }
    const [model, ...others] = this.models.filter(({ isPart }) => !isPart);
    if (!model && (last === 'compile' || last === 'fit'))
      this.otherCell ??= { name: path[0], place: call.place };
    if (!['compile', 'fit', 'fit_generator'].includes(last) || !model || others.length > 0)
      return undefined;
    if (last === 'compile' ? model.compiled.length : model.fitted.length) return undefined;
    this.misnamed.push({ name: path[0], place: call.place });
    return evaluator.call(this.#ofModel(model, last, ''), call);
  }

  /** A scikit-learn wrapper: builds its model at once, and is fitted with its own arguments. @param {Call} call @param {Computing} evaluator @returns {Value} */
  #wrapped({ args, named, place }, evaluator) {
    const build = named.get('build_fn') ?? named.get('model') ?? args[0];
    const own = new Map(
      [...named].map(([name, value]) => [name.replace(/^model__|^fit__/, ''), value]),
    );
    const taken = new Set(build instanceof Func ? build.params.map(({ name }) => name) : []);
    const passed = new Map([...own].filter(([name]) => taken.has(name)));
    const model =
      build instanceof Model ? build : evaluator.call(build, { args: [], named: passed, place });
    if (!(model instanceof Model)) return undefined;
    const rest = new Map([...own].filter(([name]) => FIT_WORDS.includes(name)));
    if (rest.size > 0) model.fitted.push({ args: [], named: rest, place });
    return new Unknown('');
  }

  /** Notes an import. @param {string[]} path @param {import('./syntax.js').Place} place */
  imported(path, place) {
    this.imports.push({ path, place });
  }

  /** Adds to a Sequential. @param {Model} model @param {Value} layer @param {import('./syntax.js').Place} [place] */
  #add(model, layer, place = model.place) {
    if (layer instanceof Model) layer.isPart = true;
    const own = layer instanceof Instance ? this.#own.get(layer) : undefined;
    if (own) own.isPart = true;
    model.layers.push(own ?? layer);
    model.places.push(place);
  }

  /** Calls a layer, a model or something else of Keras. @param {Value} callee @param {Call} call @returns {Value} */
  apply(callee, call) {
    const { args, named, place } = call;
    const given = [...args, ...named.values()].flatMap(tensorsIn);
    if (given.length === 0 && callee instanceof Thing && !(callee.name in SIGNATURES.layers))
      return new Unknown('');
    // With numbers in place of tensors, a model predicts.
    if (callee instanceof Model && given.length === 0) return new Unknown('');
    if (callee instanceof Model) callee.isPart = true;
    return new Tensor(callee, given, place);
  }

  /** An operator on tensors. @param {string} op @param {Value} left @param {Value} right @param {import('./syntax.js').Place} place @returns {Value} */
  combine(op, left, right, place) {
    const tensors = [left, right].filter((one) => one instanceof Tensor);
    const call = { args: [], named: new Map(), place };
    return new Tensor(new Thing(op, call, ['operation']), tensors, place);
  }

  /** @param {Model | Thing | Tensor} base @param {string} name @param {string} text @returns {Value} */
  attribute(base, name, text) {
    if (base instanceof Model) return this.#ofModel(base, name, text);
    if (base instanceof Thing && base.fields.has(name)) return base.fields.get(name);
    if (
      base instanceof Thing &&
      base.path[0] === 'pretrained' &&
      ['output', 'input', 'outputs', 'inputs'].includes(name)
    )
      return new Tensor(base, [], base.call.place);
    if (base instanceof Thing && name === 'call') return new Builtin(name, () => new Unknown(text));
    return new Unknown(text);
  }

  /** @param {Model} model @param {string} name @param {string} text @returns {Value} */
  #ofModel(model, name, text) {
    const method = (/** @type {(call: Call) => Value} */ work) => new Builtin(name, work);
    switch (name) {
      case 'add':
        return method(({ args, named, place }) => {
          this.#add(model, args[0] ?? named.get('layer'), place);
          return null;
        });
      case 'pop':
        return method(() => (model.layers.pop(), model.places.pop(), null));
      case 'compile':
        return method((call) => {
          const trainable = new Map(
            thingsOf(model).map((one) => [one, one.fields.get('trainable')]),
          );
          model.compiled.push({ ...call, trainable });
          return null;
        });
      case 'fit':
      case 'fit_generator':
        return method((call) => {
          model.fittedAfter ??= model.compiled[model.compiled.length - 1];
          model.fitted.push(call);
          return new Unknown(text);
        });
      case 'build':
        return method(
          ({ args, named }) => ((model.built = args[0] ?? named.get('input_shape')), null),
        );
      case 'train_on_batch':
        return method(({ place }) => {
          this.seen.push({ what: 'a training loop of its own (`train_on_batch`)', place });
          return new Unknown(text);
        });
      case 'layers':
        return new List(model.layers.filter((layer) => !isInput(layer)));
      case 'input':
      case 'inputs':
      case 'output':
      case 'outputs':
        return this.#end(model, name);
      case 'predict_classes':
      case 'predict_proba':
        return method(({ place }) => {
          this.gone.push({ name, place });
          return new Unknown(text);
        });
      default: {
        const meant = meantMethod(name);
        if (meant && !model.fields.has(name))
          return method((call) => {
            this.misspelt.push({ name, meant, place: call.place });
            const right = this.#ofModel(model, meant, text);
            return right instanceof Builtin ? right.call(call) : right;
          });
        return model.fields.has(name) ? model.fields.get(name) : method(() => new Unknown(text));
      }
    }
  }

  /** The input or the output of a model, as a tensor. @param {Model} model @param {string} name @returns {Value} */
  #end(model, name) {
    const isInput = name.startsWith('input');
    if (model.ends) return isInput ? model.ends.inputs : model.ends.outputs;
    /** @type {Tensor | null} */
    let tensor = null;
    for (const layer of isInput ? model.layers.slice(0, 1) : model.layers)
      tensor =
        layer instanceof Tensor ? layer : new Tensor(layer, tensor ? [tensor] : [], model.place);
    return tensor ?? new Unknown('');
  }

  /** Makes an object of a class of the program that extends one of Keras'. @param {import('./values.js').Class} made @param {Call} call @param {Computing} evaluator @returns {Value} */
  construct(made, call, evaluator) {
    const { ancestors } = made;
    const isModel = ancestors.includes('Model') || ancestors.includes('Sequential');
    if (ancestors.includes('Layer') || ancestors.some((name) => name in SIGNATURES.layers))
      return new Thing(made.name, call, ['own', 'layers']);
    if (ancestors.includes('Callback') || ancestors.some((name) => name in SIGNATURES.callbacks))
      return new Thing(made.name, call, ['own', 'callbacks']);
    for (const family of /** @type {const} */ ([
      'losses',
      'metrics',
      'optimizers',
      'schedules',
      'initializers',
      'regularizers',
      'constraints',
    ]))
      if (ancestors.some((name) => name in SIGNATURES[family] || name === OWN_BASES[family]))
        return new Thing(made.name, call, ['own', family]);
    if (!isModel) return undefined;
    const object = new Instance(made);
    const model = this.#begin(call.place);
    if (!ancestors.includes('Sequential')) model.own = made.name;
    this.#own.set(object, model);
    const start = made.find('__init__');
    if (start instanceof Func) evaluator.call(start, { ...call, args: [object, ...call.args] });
    return object;
  }

  /** What an object of the program has from Keras. @param {Instance} object @param {string} name @returns {Value} */
  inherited(object, name) {
    const model = this.#own.get(object);
    return model ? this.#ofModel(model, name, '') : undefined;
  }

  /** `super()` of an object whose class extends Sequential: its `__init__` takes layers. @param {Instance} object @returns {Value} */
  superOf(object) {
    const model = this.#own.get(object);
    if (!model || model.own) return undefined;
    const made = new Instance(object.of);
    const start = (/** @type {Call} */ { args, named }) => {
      for (const layer of knownItems(args[0] ?? named.get('layers')) ?? []) this.#add(model, layer);
      return null;
    };
    made.fields.set('__init__', new Builtin('__init__', start));
    made.fields.set('add', this.#ofModel(model, 'add', ''));
    return made;
  }

  /** Calls an own model with a tensor. @param {Instance} object @param {Call} call @returns {Value} */
  callOwn(object, call) {
    const model = this.#own.get(object);
    return model ? this.apply(model, call) : undefined;
  }
}

/** The layers of a list in a call, as they stand in the text. @param {Call} call @returns {import('./syntax.js').Place[]} */
function listedIn({ place }) {
  const [first] = 'args' in place ? /** @type {any} */ (place).args : [];
  return first?.value?.kind === 'list' ? first.value.items : [];
}

/** All layers that a model is made of, in no order. @param {Model} model */
export function thingsOf(model) {
  /** @type {Set<Value>} */
  const seen = new Set();
  const open = [...model.layers, ...(knownItems(model.ends?.outputs) ?? [model.ends?.outputs])];
  while (open.length > 0 && seen.size < MOST) {
    const part = open.pop();
    if (seen.has(part)) continue;
    seen.add(part);
    if (part instanceof Tensor) open.push(part.layer, ...part.from);
  }
  return [...seen].filter((part) => part instanceof Thing);
}

/** Number of layers that are looked at. */
const MOST = 2000;

/** Methods that build and train a model, and others. */
const METHODS = ['add', 'compile', 'fit', 'fit_generator'];
const OTHER_METHODS =
  /^(fit\w*|built?|pop|call|name|loss|get_\w+|set_\w+|to_\w+|save\w*|load\w*|input\w*|output\w*|add_\w+|compiled?\w*)$/;

/** The method that is meant by a name that is none. @param {string} name */
function meantMethod(name) {
  return OTHER_METHODS.test(name) ? undefined : nearestOf(METHODS, name);
}

/** Arguments of a wrapper that are those of `fit`. */
const FIT_WORDS = [
  'epochs',
  'nb_epoch',
  'batch_size',
  'validation_split',
  'callbacks',
  'shuffle',
  'class_weight',
];

/** The classes that an own class of a family extends. */
const OWN_BASES = {
  losses: 'Loss',
  metrics: 'Metric',
  optimizers: 'Optimizer',
  schedules: 'LearningRateSchedule',
  initializers: 'Initializer',
  regularizers: 'Regularizer',
  constraints: 'Constraint',
};

/** @param {Value} layer */
export function isInput(layer) {
  const thing = layer instanceof Tensor && layer.from.length === 0 ? layer.layer : layer;
  return thing instanceof Thing && thing.name === 'InputLayer';
}

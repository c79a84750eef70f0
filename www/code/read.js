// Reads a Keras program: the experiment that it describes, what it leaves to the data, and what is to be said of it.
import { Describer, NoChain } from './experiment.js';
import { Evaluator } from './evaluate.js';
import { Keras } from './keras.js';
import { Notes } from './notes.js';
import { LONGEST, programOf, pythonOf } from './source.js';
import { parse } from './syntax.js';
import { Func, Unknown } from './values.js';

/** @typedef {import('./values.js').Model} Model */

/**
 * What a program says.
 * @typedef {object} Read
 * @property {{ model: object, compile?: object, fit?: object } | null} experiment in Keras 3's names; null where its model is no chain
 * @property {number} models number of models that the program builds
 * @property {string[]} from_data expressions that only data can give; their value in the experiment is "?"
 * @property {import('./notes.js').Message[]} messages
 * @property {string} corrected the program for Keras 3
 */

/**
 * @param {string} given a script, a notebook or a pasted part of one
 * @param {number} [which] the model that is taken; without it, the first that is compiled and fitted
 * @returns {Read}
 */
export function readCode(given, which) {
  if (given.length > LONGEST)
    return refused(given, `The text has ${given.length} characters; at most ${LONGEST} are read.`);
  const { text } = programOf(given);
  const python = pythonOf(text);
  const notes = new Notes(text);
  const keras = new Keras();
  const evaluator = new Evaluator(python, keras);
  evaluator.run(parse(python));
  if (!keras.models.length) callDefined(evaluator, keras);
  if (evaluator.isExhausted)
    notes.add(
      'warning',
      { from: 0, to: 0 },
      'This program is too long to be read to its end: what comes before is shown.',
    );
  const all = keras.models.filter((model) => !model.isPart || model.fitted.length > 0);
  const models = all.filter((model) => model.layers.length > 0 || model.ends || model.own);
  const model = models[which ?? indexOf(models)];
  const loops = [...evaluator.seen, ...keras.seen];
  for (const { what, place } of loops)
    notes.add(
      'warning',
      place,
      `This is ${what}: it is passed over, \`fit\` is what the page does.`,
    );
  sayEarlier(keras, notes);
  if (!model) {
    notes.add('problem', keras.foreign[0]?.call.place ?? { from: 0, to: 0 }, whyNone(keras, text));
    return {
      experiment: null,
      models: 0,
      from_data: [],
      messages: notes.messages(),
      corrected: notes.corrected(),
    };
  }
  if (models.length > 1 && which === undefined)
    notes.add(
      'note',
      model.place,
      `This text has ${models.length} models. This is the one that is shown.`,
    );
  const describer = new Describer(notes);
  // Models that train each other, as in a GAN, are no experiment.
  const isLoop =
    loops.length > 0 && keras.models.length > 1 && all.every(({ fitted }) => fitted.length === 0);
  const experiment = isLoop ? null : describe(model, describer, notes, python);
  return {
    experiment,
    models: models.length,
    from_data: experiment ? [...describer.fromData] : [],
    messages: notes.messages(),
    corrected: notes.corrected(),
  };
}

/** @param {Model} model @param {Describer} describer @param {Notes} notes @param {string} python */
function describe(model, describer, notes, python) {
  try {
    const layers = describer.layers(model);
    const compile = model.compiled[0] && describer.compile(model.compiled[0]);
    const [fitted] = model.fitted;
    const method =
      fitted && /fit_generator\s*\(/.test(python.slice(fitted.place.from, fitted.place.to))
        ? 'fit_generator'
        : 'fit';
    const fit = fitted && describer.fit(fitted, method, []);
    return {
      model: { class_name: 'Sequential', config: { layers } },
      ...(compile ? { compile } : {}),
      ...(fit ? { fit } : {}),
    };
  } catch (error) {
    if (!(error instanceof NoChain)) throw error;
    notes.add('problem', error.place, error.message);
    return null;
  }
}

/** Where Keras' modules were once. */
const MODULES = [
  'np_utils',
  'scikit_learn',
  'layers.core',
  'layers.convolutional',
  'layers.pooling',
  'layers.recurrent',
  'layers.normalization',
  'layers.embeddings',
  'layers.advanced_activations',
  'layers.noise',
  'layers.wrappers',
  'layers.local',
  'layers.merge',
  'layers.experimental.preprocessing',
  'preprocessing.text',
  'engine',
  'engine.topology',
  'tensorflow.python',
  'tensorflow.contrib',
  'keras.layers.experimental',
];

/** Says what the program takes from places that Keras 3 has no more. @param {Keras} keras @param {Notes} notes */
function sayEarlier(keras, notes) {
  for (const { path, place } of keras.imports) {
    const whole = path.join('.');
    const module = MODULES.find((name) => `.${whole}.`.includes(`.${name}.`));
    const isKeras = /keras|tensorflow/.test(whole);
    if (!module || !isKeras) continue;
    const shown = /^[A-Z]/.test(path[path.length - 1]) ? path.slice(0, -1).join('.') : whole;
    const message = `\`${shown}\` is gone in Keras 3: ${newPlace(module)}`;
    notes.add('warning', place, message);
    if (module.startsWith('layers.')) notes.replaceIn(place, module, 'layers');
  }
  for (const { name, place } of keras.gone) {
    const message =
      name === 'input'
        ? '`Model(input=..., output=...)` takes `inputs` and `outputs` in Keras 3.'
        : `\`${name}\` is gone in Keras 3: use \`predict\`, and \`argmax\` for the class.`;
    notes.add('warning', place, message);
  }
}

/** @param {string} module */
function newPlace(module) {
  if (module === 'np_utils') return '`to_categorical` is in `keras.utils`.';
  if (module === 'scikit_learn') return 'the package SciKeras has these wrappers.';
  if (module.startsWith('layers.') || module.includes('experimental'))
    return 'all layers are in `keras.layers`.';
  if (module.startsWith('preprocessing')) return 'use `keras.layers.TextVectorization`.';
  return 'import from `keras` itself.';
}

/** Why there is no model. @param {Keras} keras @param {string} text */
function whyNone({ foreign, imports }, text) {
  if (foreign[0])
    return `\`${foreign[0].name}\` brings a model from elsewhere, whose layers are not in this program.`;
  const has = (/** @type {string} */ name) => imports.some(({ path }) => path[0] === name);
  if (has('torch')) return 'This is a program for PyTorch (`torch`). Only Keras can be read.';
  if (has('jax') || has('flax')) return 'This is a program for JAX. Only Keras can be read.';
  if (/%>%|\blayer_dense\(/.test(text)) return 'This is a program in R. Only Python can be read.';
  if (/\btf\.(layers|sequential)\b[^\n]*\(\{/.test(text) || /\b(const|let|var) \w+ = /.test(text))
    return 'This is a program in JavaScript. Only Python can be read.';
  return 'There is no Keras model in this text. Paste the lines from `Sequential` to `fit`.';
}

/** The model that is taken: compiled and fitted, or else compiled, or else the first. @param {Model[]} models */
function indexOf(models) {
  const both = models.findIndex(({ compiled, fitted }) => compiled.length > 0 && fitted.length > 0);
  if (both >= 0) return both;
  const compiled = models.findIndex(({ compiled }) => compiled.length > 0);
  return compiled >= 0 ? compiled : 0;
}

/**
 * Calls what the program only defines, where it builds no model otherwise: the last functions first, since `main` comes last.
 * @param {Evaluator} evaluator
 * @param {Keras} keras
 */
function callDefined(evaluator, keras) {
  for (const one of [...evaluator.defined].reverse()) {
    if (keras.models.some(({ fitted }) => fitted.length > 0)) break;
    if (one.called) continue;
    if (one instanceof Func) evaluator.tryCall(one, unknowns(one, 0));
    else {
      const start = one.find('__init__');
      const object = evaluator.tryCall(one, start instanceof Func ? unknowns(start, 1) : []);
      const methods = [...one.scope.names.values()].filter((method) => method instanceof Func);
      for (const method of methods) {
        if (method.called || keras.models.some(({ fitted }) => fitted.length > 0)) continue;
        const isStatic = method.of === 'static';
        evaluator.tryCall(method, [
          ...(isStatic ? [] : [object]),
          ...unknowns(method, isStatic ? 0 : 1),
        ]);
      }
    }
  }
  keras.models.sort((a, b) => a.place.from - b.place.from);
}

/** Values for the parameters that have no default. @param {Func} callee @param {number} after number of parameters that are given */
function unknowns({ params }, after) {
  return params
    .slice(after)
    .filter((param) => !param.default && !param.star)
    .map(({ name }) => new Unknown(name));
}

/** @param {string} text @param {string} why @returns {Read} */
function refused(text, why) {
  const place = { line: 1, column: 1, from: 0, to: 0 };
  return {
    experiment: null,
    models: 0,
    from_data: [],
    messages: [{ ...place, severity: 'problem', text: why }],
    corrected: text,
  };
}

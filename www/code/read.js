// Reads a Keras program: the experiment that it describes, what it leaves to the data, and what is to be said of it.
import { About } from './arguments.js';
import { compileOf } from './compile.js';
import { Evaluator } from './evaluate.js';
import { fitOf } from './fit.js';
import { Keras } from './keras.js';
import { NoChain, layersOf, noteLayers } from './layers.js';
import { sayEarlier, sayErrors, saySlips, sayWide, whyNone } from './modules.js';
import { Notes } from './notes.js';
import { LONGEST, programOf, pythonOf, wideSigns } from './source.js';
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
  const { text, cells } = programOf(given);
  const source = pythonOf(text);
  const python = source.code;
  const notes = new Notes(text, source);
  const keras = new Keras();
  const evaluator = new Evaluator(python, keras);
  const parts = cells.length > 0 ? cells.map((cell) => placeIn(source, text, cell)) : undefined;
  const { statements, errors } = parse(python, parts);
  evaluator.run(statements);
  if (!keras.models.some(hasContent)) callDefined(evaluator, keras);
  if (evaluator.isExhausted)
    notes.add(
      'warning',
      { from: 0, to: 0 },
      'This program is too long to be read to its end: what comes before is shown.',
    );
  const isWhole = keras.models.some((model) => !model.isContinued && hasContent(model));
  const all = keras.models.filter(
    ({ isPart, isContinued, compiled, fitted }) =>
      (!isPart || compiled.length > 0 || fitted.length > 0) && !(isContinued && isWhole),
  );
  const models = all.filter(hasContent);
  const model = models[which ?? indexOf(models)];
  const loops = [...evaluator.seen, ...keras.seen];
  for (const { what, place } of loops)
    notes.add(
      'warning',
      place,
      `This is ${what}: it is passed over, \`fit\` is what the page does.`,
    );
  sayEarlier(keras, notes);
  sayWide(wideSigns(text, source), notes);
  saySlips(evaluator, keras, notes);
  sayErrors(errors, statements, notes);
  if (!model) {
    notes.add(
      'problem',
      keras.elsewhere[0]?.place ?? keras.foreign[0]?.call.place ?? { from: 0, to: 0 },
      whyNone(keras, text),
    );
    return {
      experiment: null,
      models: 0,
      from_data: [],
      messages: notes.messages(),
      corrected: notes.corrected(),
    };
  }
  // Models that train each other, as in a GAN, are no experiment.
  const isLoop =
    loops.length > 0 && keras.models.length > 1 && all.every(({ fitted }) => fitted.length === 0);
  if (models.length > 1 && which === undefined && !isLoop)
    notes.add(
      'note',
      model.place,
      `This text has ${models.length} models. This is the one that is shown.`,
    );
  const about = new About(notes, evaluator);
  if (isLoop)
    notes.add(
      'problem',
      loops[0].place,
      'Several models train each other here, as in a GAN. One model and its `fit` can be shown.',
    );
  const experiment = isLoop ? null : describe(model, about, python);
  notes.isQuiet = true;
  const rest = new About(notes, evaluator);
  for (const other of keras.models) {
    if (other === model && experiment) continue;
    noteLayers(rest, other);
    for (const call of other.compiled) compileOf(rest, call);
    for (const call of other.fitted) fitOf(rest, call, methodOf(call, python));
  }
  return {
    experiment,
    models: models.length,
    from_data: experiment ? [...about.fromData] : [],
    messages: notes.messages(),
    corrected: notes.corrected(),
  };
}

/** The place in the program of a place in the text: lines stay, what stands before them goes. @param {{ code: string, cuts: number[] }} source @param {string} text @param {import('./syntax.js').Place} cell */
function placeIn({ cuts }, text, { from, to }) {
  const lost = (/** @type {number} */ end) =>
    cuts.slice(0, text.slice(0, end).split('\n').length - 1).reduce((sum, cut) => sum + cut, 0);
  return { from: from - lost(from), to: to - lost(to) };
}

/** @param {Model} model @param {About} about @param {string} python */
function describe(model, about, python) {
  try {
    const { compiled, fitted } = model;
    const [first] = fitted;
    const compile = model.fittedAfter ?? compiled[0];
    about.trainable = compile?.trainable;
    const layers = layersOf(about, model);
    return {
      model: { class_name: 'Sequential', config: { layers } },
      ...(compile && { compile: compileOf(about, compile) }),
      ...(first && { fit: fitOf(about, first, methodOf(first, python)) }),
    };
  } catch (error) {
    if (!(error instanceof NoChain)) throw error;
    about.problem(error.place, error.message);
    return null;
  }
}

/** @param {import('./values.js').Call} call @param {string} python @returns {'fit' | 'fit_generator'} */
function methodOf({ place }, python) {
  return /fit_generator\s*\(/.test(python.slice(place.from, place.to)) ? 'fit_generator' : 'fit';
}

/** Whether a model has layers. @param {Model} model */
function hasContent({ layers, ends, own }) {
  return layers.length > 0 || ends !== null || own !== '';
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
      const object = evaluator.tryCall(
        one,
        start instanceof Func ? unknowns(start, 1) : [],
        one.place,
      );
      // The last methods call the first ones.
      const methods = [...one.scope.names.values()]
        .reverse()
        .filter((method) => method instanceof Func);
      for (const method of [...methods, ...methods]) {
        // Once more with what the others have set.
        const text = Array.isArray(method.body) ? evaluator.textOf(method.body) : '';
        if (method.called && !text.includes('.fit(')) continue;
        if (keras.models.some(({ fitted }) => fitted.length > 0)) break;
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

// Reads a Keras program: the experiment that it describes, what it leaves to the data, and what is to be said of it.
import { About } from './arguments.js';
import { compileOf } from './compile.js';
import { callDefined } from './defined.js';
import { Evaluator } from './evaluate.js';
import { fitOf } from './fit.js';
import { Keras } from './keras.js';
import { NoChain, layersOf, noteLayers } from './layers.js';
import { sayEarlier, whyNone } from './modules.js';
import { Notes } from './notes.js';
import { sayErrors, saySlips, sayWide } from './slips.js';
import { LONGEST, programOf, pythonOf, wideSigns } from './source.js';
import { parse } from './syntax.js';

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
  let program = evaluated(given, false);
  // Where no model is built, it is in a branch that is not taken.
  if (modelsOf(program.keras).length === 0) program = evaluated(given, true);
  const { notes, keras, evaluator } = program;
  const models = modelsOf(keras);
  const model = models[which ?? indexOf(models)];
  const loops = [...evaluator.seen, ...keras.seen];
  // Models that train each other, as in a GAN, are no experiment.
  const isLoop = loops.length > 0 && keras.models.length > 1 && models.every(isUnfitted);
  if (!model) notes.add('problem', ...whyNone(keras, notes));
  else if (isLoop) notes.add('problem', loops[0].place, TRAIN_EACH_OTHER);
  else if (models.length > 1 && which === undefined)
    notes.add('note', model.place, severalModels(models));
  const about = new About(notes, evaluator);
  const experiment = model && !isLoop ? describe(model, about) : null;
  noteOthers(keras, experiment ? model : undefined, new About(notes, evaluator));
  return {
    experiment,
    models: models.length,
    from_data: experiment ? [...about.fromData] : [],
    messages: notes.messages(),
    corrected: notes.corrected(),
  };
}

const TRAIN_EACH_OTHER =
  'Several models train each other here, as in a GAN. One model and its `fit` can be shown.';

/** Runs a program, and notes what is to be said of its text. @param {string} given @param {boolean} isEager whether branches that are not taken are entered for a model */
function evaluated(given, isEager) {
  const { text, cells } = programOf(given);
  const source = pythonOf(text);
  const notes = new Notes(text, source);
  const keras = new Keras();
  const evaluator = new Evaluator(source.code, keras);
  evaluator.isEager = isEager;
  notes.inner = evaluator.inner;
  const parts = cells.length > 0 ? cells.map((cell) => placeIn(source, text, cell)) : undefined;
  const { statements, errors } = parse(source.code, parts);
  evaluator.run(statements);
  if (!keras.models.some(hasContent)) callDefined(evaluator, keras);
  if (evaluator.isExhausted) notes.add('warning', { from: 0, to: 0 }, TOO_LONG);
  for (const { what, place } of [...evaluator.seen, ...keras.seen])
    notes.add(
      'warning',
      place,
      `This is ${what}: it is passed over, \`fit\` is what the page does.`,
    );
  sayEarlier(keras, notes);
  sayWide(wideSigns(text, source), notes);
  saySlips(evaluator, keras, notes);
  sayErrors(errors, statements, notes);
  return { notes, keras, evaluator };
}

const TOO_LONG = 'This program is too long to be read to its end: what comes before is shown.';

/** The models that a program builds, without the parts of others. @param {Keras} keras */
function modelsOf({ models }) {
  const isWhole = models.some((model) => !model.isContinued && hasContent(model));
  return models.filter((model) => {
    const isUsed = !model.isPart || model.compiled.length > 0 || model.fitted.length > 0;
    return hasContent(model) && isUsed && !(model.isContinued && isWhole);
  });
}

/** @param {Model[]} models */
function severalModels(models) {
  const places = new Set(models.map(({ place }) => place.from));
  return places.size > 1
    ? `This text has ${models.length} models. This is the one that is shown.`
    : `This model is made ${models.length} times, as in a loop. The first one is shown.`;
}

/** @param {Model} model */
const isUnfitted = ({ fitted }) => fitted.length === 0;

/** Notes what Keras 3 takes otherwise in the models that are not shown. @param {Keras} keras @param {Model | undefined} shown @param {About} about */
function noteOthers({ models }, shown, about) {
  about.notes.isQuiet = true;
  for (const model of models.filter((other) => other !== shown)) {
    noteLayers(about, model);
    for (const call of model.compiled) compileOf(about, call);
    for (const call of model.fitted) fitOf(about, call, methodOf(call, about));
  }
}

/** The place in the program of a place in the text: lines stay, what stands before them goes. @param {{ code: string, cuts: number[] }} source @param {string} text @param {import('./syntax.js').Place} cell */
function placeIn({ cuts }, text, { from, to }) {
  const lost = (/** @type {number} */ end) =>
    cuts.slice(0, text.slice(0, end).split('\n').length - 1).reduce((sum, cut) => sum + cut, 0);
  return { from: from - lost(from), to: to - lost(to) };
}

/** @param {Model} model @param {About} about */
function describe(model, about) {
  try {
    const { compiled, fitted } = model;
    const [first] = fitted;
    const compile = model.fittedAfter ?? compiled[0];
    about.trainable = compile?.trainable;
    const layers = layersOf(about, model);
    return {
      model: { class_name: 'Sequential', config: { layers } },
      ...(compile && { compile: compileOf(about, compile) }),
      ...(first && { fit: fitOf(about, first, methodOf(first, about)) }),
    };
  } catch (error) {
    if (!(error instanceof NoChain)) throw error;
    about.problem(error.place, error.message);
    return null;
  }
}

/** @param {import('./values.js').Call} call @param {About} about @returns {'fit' | 'fit_generator'} */
function methodOf({ place }, { evaluator }) {
  return /fit_generator\s*\(/.test(evaluator.source(place)) ? 'fit_generator' : 'fit';
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

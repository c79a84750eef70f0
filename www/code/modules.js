// What a program takes from other places: modules and methods that Keras 3 has no more, and other frameworks.

/** @typedef {import('./keras.js').Keras} Keras */
/** @typedef {import('./notes.js').Notes} Notes */
/** @typedef {import('./syntax.js').Place} Place */

const LAYERS = 'all layers are in `keras.layers`.';

/** The modules that held the layers. */
const OF_LAYERS =
  'core|convolutional|pooling|recurrent|normalization|embeddings|advanced_activations|noise|wrappers|local|merge';

/**
 * Where Keras' modules were once: what to say, and what to write in place of what.
 * @type {{ path: RegExp, say: string, write: [RegExp, string][] }[]}
 */
const MODULES = [
  {
    path: /layers\.experimental(\.preprocessing)?$/,
    say: LAYERS,
    write: [
      [/(\S+)\.layers\.experimental import preprocessing as (\w+)/, '$1 import layers as $2'],
      [/(\S+)\.layers\.experimental import preprocessing/, '$1 import layers as preprocessing'],
      [/layers\.experimental\.preprocessing/, 'layers'],
    ],
  },
  {
    path: new RegExp(`layers\\.(${OF_LAYERS})$`),
    say: LAYERS,
    write: [[new RegExp(`layers\\.(${OF_LAYERS})`), 'layers']],
  },
  {
    path: /utils\.np_utils$/,
    say: '`to_categorical` is in `keras.utils`.',
    write: [
      [/\.utils\.np_utils import/, '.utils import'],
      [/\.utils\s+import\s+np_utils/, ' import utils as np_utils'],
    ],
  },
  {
    path: /wrappers\.scikit_learn$/,
    say: 'the package SciKeras has these wrappers.',
    write: [[/\S*wrappers\.scikit_learn/, 'scikeras.wrappers']],
  },
  { path: /preprocessing\.text$/, say: 'use `keras.layers.TextVectorization`.', write: [] },
  {
    path: /^tensorflow\.(python|contrib)\.keras/,
    say: 'import from `keras` itself.',
    write: [[/tensorflow\.(python|contrib)\.keras/, 'tensorflow.keras']],
  },
  { path: /^keras\.engine/, say: 'import from `keras` itself.', write: [] },
];

/** Says what the program takes from places that Keras 3 has no more. @param {Keras} keras @param {Notes} notes */
export function sayEarlier(keras, notes) {
  for (const { path, place } of keras.imports) {
    if (path[0] !== 'keras' && path[0] !== 'tensorflow') continue;
    // With the module's last name alone, as in `from keras.utils import np_utils`, or with what is taken from it.
    for (const whole of [path.join('.'), path.slice(0, -1).join('.')]) {
      const module = MODULES.find((one) => one.path.test(whole));
      if (!module) continue;
      notes.add('warning', place, `\`${whole}\` is gone in Keras 3: ${module.say}`);
      rewrite(notes, place, module.write);
      break;
    }
  }
  for (const { name, place } of keras.gone) sayGone(notes, name, place);
}

/** Writes a module where it is now. @param {Notes} notes @param {Place} place @param {[RegExp, string][]} write */
function rewrite(notes, { from, to }, write) {
  for (const [before, after] of write) {
    const found = before.exec(notes.text.slice(from, to));
    if (!found) continue;
    const at = from + found.index;
    const [text] = found;
    return notes.edit({ from: at, to: at + text.length }, text.replace(before, after));
  }
}

/** @param {Notes} notes @param {string} name @param {Place} place */
function sayGone(notes, name, place) {
  if (name === 'Model') {
    notes.add(
      'warning',
      place,
      '`Model(input=..., output=...)` takes `inputs` and `outputs` in Keras 3.',
    );
    for (const { name: word, from } of 'args' in place ? /** @type {any} */ (place).args : [])
      if (word === 'input' || word === 'output')
        notes.edit({ from, to: from + word.length }, `${word}s`);
    return;
  }
  const isClass = name === 'predict_classes';
  const how = isClass
    ? 'the class is `predict(x).argmax(axis=-1)`, or `predict(x) > 0.5` for one unit'
    : 'it is `predict`';
  notes.add('warning', place, `\`${name}\` is gone in Keras 3: ${how}.`);
  if (!isClass) notes.replaceIn(place, name, 'predict');
}

/** Packages whose models have a `fit`, too. */
const OTHER_MODELS = [
  'sklearn',
  'xgboost',
  'lightgbm',
  'statsmodels',
  'torch',
  'catboost',
  'prophet',
  'pmdarima',
];

/** Why there is no model, and where that is seen. @param {Keras} keras @param {Notes} notes @returns {[Place, string]} */
export function whyNone(keras, { text }) {
  const { elsewhere, foreign, otherCell } = keras;
  const place = elsewhere[0]?.place ??
    foreign[0]?.call.place ??
    otherCell?.place ?? { from: 0, to: 0 };
  return [place, why(keras, text)];
}

/** @param {Keras} keras @param {string} text */
function why({ foreign, imports, elsewhere, otherCell }, text) {
  if (elsewhere[0])
    return `\`${elsewhere[0].name}\` comes from another file (\`${elsewhere[0].file}\`): paste that file, too.`;
  if (foreign[0])
    return `\`${foreign[0].name}\` brings a model from elsewhere, whose layers are not in this program.`;
  if (otherCell && !imports.some(({ path }) => OTHER_MODELS.includes(path[0])))
    return `\`${otherCell.name}\` is made in another cell: paste that cell, too.`;
  const has = (/** @type {string} */ name) => imports.some(({ path }) => path[0] === name);
  if (has('torch')) return 'This is a program for PyTorch (`torch`). Only Keras can be read.';
  if (has('jax') || has('flax')) return 'This is a program for JAX. Only Keras can be read.';
  if (/%>%|\blayer_dense\(/.test(text)) return 'This is a program in R. Only Python can be read.';
  if (/\btf\.(layers|sequential)\b[^\n]*\(\{/.test(text) || /\b(const|let|var) \w+ = /.test(text))
    return 'This is a program in JavaScript. Only Python can be read.';
  return 'There is no Keras model in this text. Paste the lines from `Sequential` to `fit`.';
}

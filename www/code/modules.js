// What a program takes from other places: modules and methods that Keras 3 has no more, and other frameworks.

/** @typedef {import('./keras.js').Keras} Keras */
/** @typedef {import('./notes.js').Notes} Notes */
/** @typedef {import('./syntax.js').Place} Place */

const LAYERS = 'all layers are in `keras.layers`.';

/**
 * Where Keras' modules were once: what stands in the text, what to say, and what to write.
 * @type {{ path: RegExp, say: string, text?: RegExp, write?: string }[]}
 */
const MODULES = [
  {
    path: /layers\.experimental(\.preprocessing)?$/,
    say: LAYERS,
    text: /(\S*layers)\.experimental import preprocessing( as (\w+))?/,
    write: '$1 import preprocessing',
  },
  {
    path: /layers\.(core|convolutional|pooling|recurrent|normalization|embeddings|advanced_activations|noise|wrappers|local|merge|experimental\.preprocessing)$/,
    say: LAYERS,
    text: /layers\.(core|convolutional|pooling|recurrent|normalization|embeddings|advanced_activations|noise|wrappers|local|merge|experimental\.preprocessing)/,
    write: 'layers',
  },
  {
    path: /utils\.np_utils$/,
    say: '`to_categorical` is in `keras.utils`.',
    text: /\.utils(\.np_utils import|\s+import\s+np_utils)/,
    write: 'np_utils',
  },
  {
    path: /wrappers\.scikit_learn$/,
    say: 'the package SciKeras has these wrappers.',
    text: /\S*wrappers\.scikit_learn/,
    write: 'scikeras.wrappers',
  },
  { path: /preprocessing\.text$/, say: 'use `keras.layers.TextVectorization`.' },
  {
    path: /^tensorflow\.(python|contrib)\.keras/,
    say: 'import from `keras` itself.',
    text: /tensorflow\.(python|contrib)\.keras/,
    write: 'tensorflow.keras',
  },
  { path: /^keras\.engine/, say: 'import from `keras` itself.' },
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
      if (module.text) rewrite(notes, place, module.text, module.write ?? '');
      break;
    }
  }
  for (const { name, place } of keras.gone) sayGone(notes, name, place);
}

/** Writes a module where it is now. @param {Notes} notes @param {Place} place @param {RegExp} text @param {string} write */
function rewrite(notes, { from, to }, text, write) {
  const found = text.exec(notes.text.slice(from, to));
  if (!found) return;
  const at = { from: from + found.index, to: from + found.index + found[0].length };
  const [whole, first, , alias] = found;
  if (write === 'np_utils')
    return notes.edit(
      at,
      whole.startsWith('.utils.') ? '.utils import' : ' import utils as np_utils',
    );
  if (!write.includes('import')) return notes.edit(at, write);
  return notes.edit(
    at,
    `${first.replace(/\.?layers$/, '')} import layers as ${alias ?? 'preprocessing'}`,
  );
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

// What a program takes from other places: modules and methods that Keras 3 has no more, and other frameworks.

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

/** Says what the program takes from places that Keras 3 has no more. @param {import('./keras.js').Keras} keras @param {import('./notes.js').Notes} notes */
export function sayEarlier(keras, notes) {
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

/** Why there is no model. @param {import('./keras.js').Keras} keras @param {string} text */
export function whyNone({ foreign, imports }, text) {
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

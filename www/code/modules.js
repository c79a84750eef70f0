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

/** Says what was written otherwise than it was meant, and what is Python 2. @param {import('./evaluate.js').Evaluator} evaluator @param {Keras} keras @param {Notes} notes */
export function saySlips(
  { slips, prints, undecided, text },
  { misnamed, channelsFirst, notCalled },
  notes,
) {
  if (notCalled)
    notes.add(
      'problem',
      notCalled,
      '`Sequential` is a class: write `Sequential()` to make a model.',
    );
  for (const { from, to, isAlone } of undecided) {
    const how = isAlone ? 'It is taken to hold.' : 'One branch is read.';
    notes.add(
      'note',
      { from, to },
      `Whether \`${text.slice(from, to)}\` holds cannot be known here. ${how}`,
    );
  }
  if (channelsFirst) {
    const call = text.slice(channelsFirst.from, channelsFirst.to);
    notes.add(
      'warning',
      channelsFirst,
      `\`${call}\` puts the channels of all images first: the layers say so here. The page knows channels last.`,
    );
  }
  for (const { name, place } of slips)
    notes.add(
      'problem',
      place,
      `\`${name}\` has two equals signs, which compare: write \`${name}=\`.`,
    );
  for (const { name, place } of misnamed)
    notes.add(
      'problem',
      place,
      `\`${name}\` is not defined here. The model of this text is taken.`,
    );
  if (prints[0])
    notes.add('warning', prints[0], '`print` is a function since Python 3: `print(...)`.');
  for (const place of prints) {
    const [whole, what] =
      /^print\s*(.*)$/s.exec(notes.text.slice(place.from, place.to).trimEnd()) ?? [];
    if (whole && what !== undefined && !what.startsWith('>>'))
      notes.edit({ from: place.from, to: place.from + whole.length }, `print(${what})`);
  }
}

/** Says which signs have full width. @param {{ at: number, before: string, sign: string }[]} signs @param {Notes} notes */
export function sayWide(signs, notes) {
  if (signs[0]) {
    const { at, before, sign } = signs[0];
    const message = `Python takes \`${sign}\`, not \`${before}\` of full width.`;
    notes.add('warning', { from: at, to: at + 1 }, message);
  }
  for (const { at, sign } of signs) notes.edit({ from: at, to: at + 1 }, sign);
}

/** What a line is about, where a mistake in it costs a part of the model. */
const LINES =
  /\b(Sequential|Model|add|compile|fit|layers|Dense|Conv\w+|LSTM|optimizer|loss|metrics|epochs|batch_size|activation)\b/;
/** Number of mistakes that are named. */
const MISTAKES = 3;

/** Says which lines are no Python. @param {Place[]} errors @param {Place[]} statements @param {Notes} notes */
export function sayErrors(errors, statements, notes) {
  const { text } = notes;
  let said = 0;
  for (const { from } of errors) {
    const inside = statements.find((one) => one.from <= from && from <= one.to);
    const line = text.slice(text.lastIndexOf('\n', from - 1) + 1, from + 1);
    const about = text.slice(inside?.from ?? from, (inside?.from ?? from) + 200) + line;
    if (said >= MISTAKES || !LINES.test(about) || /_{2,}/.test(line)) continue;
    said++;
    const start = text.slice(0, from).trimEnd().length;
    const place = { from: text.lastIndexOf('\n', start - 1) + 1, to: start };
    notes.add(
      'problem',
      place,
      'Python cannot read this line: a bracket or a comma is missing here or before, or there is one too many.',
    );
  }
}

/** Why there is no model. @param {Keras} keras @param {string} text */
export function whyNone({ foreign, imports, elsewhere }, text) {
  if (elsewhere[0])
    return `\`${elsewhere[0].name}\` comes from another file (\`${elsewhere[0].file}\`): paste that file, too.`;
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

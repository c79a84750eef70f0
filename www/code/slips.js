// What was written otherwise than it was meant: two equals signs, wide signs, missing brackets, Python 2.

/** @typedef {import('./keras.js').Keras} Keras */
/** @typedef {import('./notes.js').Notes} Notes */
/** @typedef {import('./syntax.js').Place} Place */

/** The end of what is called. @param {Place} place */
function calledEnd(place) {
  return 'callee' in place ? /** @type {any} */ (place).callee.to : place.to;
}

/** Says what was written otherwise than it was meant, and what is Python 2. @param {import('./evaluate.js').Evaluator} evaluator @param {Keras} keras @param {Notes} notes */
export function saySlips(
  { slips, prints, undecided, text },
  { misnamed, misspelt, channelsFirst, notCalled },
  notes,
) {
  for (const { name, meant, place } of misspelt) {
    notes.add('problem', place, `There is no \`${name}\` in Keras: did you mean \`${meant}\`?`);
    notes.replaceIn({ from: place.from, to: calledEnd(place) }, name, meant);
  }
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

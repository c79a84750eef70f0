// The meaning of the model's output (a probability, one per class, or a value), and its text beside the last layer.
import { number } from '../../app/figures.js';
import { percent, predictedClass } from '../links.js';
import { label } from './marks.js';
import { typeScale } from './type.js';

/** Width of a percentage beside its bar, in pixels. */
const ROOM = 46;
/** Activations whose outputs are probabilities. */
const SHARES = /^((hard_)?sigmoid|softmax)$/;

/**
 * Interprets the outputs for one example. `output`: index of the main output; `value`: its number, which is a probability,
 * a logit or a value; `all`: all outputs as probabilities; `of`: the class of the main output; `answer`: the predicted
 * class; `name`: the class of an output. The three names are empty for regression.
 * @param {import('../../types.js').RunInfo} info
 * @param {Float32Array} outputs
 * @param {ArrayLike<number>} p the outputs as probabilities
 */
export function meaningOf({ task, layers, outputs_are_logits: logits, data }, outputs, p) {
  const all = Array.from(p);
  const { label } = predictedClass(all);
  const output = outputs.length > 1 ? label : 0;
  const classes = task !== 'regression';
  const share = classes && SHARES.test(layers[layers.length - 1].activation ?? '');
  const name = (/** @type {number} */ i) => (classes ? (data.class_names[i] ?? String(i)) : '');
  return {
    kind: classes && logits ? 'logit' : share ? 'p' : 'value',
    all,
    output,
    value: outputs[output],
    of: name(task === 'binary' ? 1 : output),
    answer: name(label),
    name,
  };
}

/** Draws the prediction beside the last column. @param {import('./network.js').Scene} scene */
export function drawPrediction({ context, opened, frame, layout, colours }) {
  const { info } = opened;
  const column = layout.columns[layout.columns.length - 1];
  if (column.kind === 'plane' || column.layer < 0) return;
  const { at, length } = info.layers[column.shown];
  const meaning = meaningOf(info, frame.activations.subarray(at, at + length), frame.answer);
  const { kind, all: p, output: best, value, of, answer, name } = meaning;
  const valued = kind === 'value';
  const small = layout.width < 560;
  const { ink, soft } = colours.ink;
  /** @param {string} text @param {number} x @param {number} y @param {string} colour @param {number} size */
  const write = (text, x, y, colour, size, weight = 400) =>
    label(context, text, x, y, colour, size, 'left', weight);
  if (p.length === 1) {
    const [box] = column.boxes;
    const [x, y] = [box.x + box.w + 10, box.y + box.h / 2];
    const type = typeScale();
    const text = valued ? number(value) : percent(p[0]);
    // “< 0.1 %” is longer than the others.
    const size = (small ? 15 : 20) * (text.length > 5 ? 0.8 : 1);
    write(text, x, y + 1, ink, size, 600);
    const below = valued ? answer && `class “${answer}”` : `for “${of}”`;
    write(below, x, y + (small ? 16 : 20) * type, soft, small ? 11 : 12);
    return;
  }
  for (const box of column.boxes) {
    const x = box.x + box.w + 8;
    const y = box.y + box.h / 2 + 4;
    const bold = box.unit === best && answer !== '';
    const text = valued ? `${name(box.unit)} ${number(p[box.unit])}` : name(box.unit);
    write(text, x, y, bold ? ink : soft, 12, bold ? 700 : 400);
    if (valued) continue;
    const room = layout.tail - (small ? 24 : 36) - ROOM * typeScale();
    context.fillStyle = bold ? ink : soft;
    const [left, length] = [x + 14 * typeScale(), Math.max(1, room * p[box.unit])];
    context.fillRect(left, y - 7, length, 6);
    if (box.unit === best) write(percent(p[best]), left + length + 4, y, ink, 12, 600);
  }
}

// What the answer means, and how it stands beside the last layer: a probability, one for each class, or a value.
import { number } from '../figures.js';
import { percent, probabilities, verdict } from '../links.js';
import { label } from './marks.js';

/** Activations whose outputs are probabilities. */
const SHARES = /^((hard_)?sigmoid|softmax)$/;

/**
 * What the outputs for one row mean. `output`: which of them is meant; `value`: its number, a probability, a logit or a
 * value; `p`: the probability; `of`: the class that it is about, `answer`: the one that the model answers, both empty
 * where it is to give a value.
 * @param {import('../types.js').RunInfo} info
 * @param {Float32Array} outputs
 */
export function meaningOf({ task, layers, outputs_are_logits: logits, data }, outputs) {
  const output = outputs.indexOf(outputs.reduce((a, b) => Math.max(a, b), -Infinity));
  const value = outputs[Math.max(0, output)];
  const names = data.class_names;
  const name = (/** @type {number} */ i) => names[i] ?? String(i);
  const all = probabilities(outputs, logits);
  const shares = SHARES.test(layers[layers.length - 1].activation ?? '');
  const kind = task !== 'regression' && (logits ? 'logit' : shares && 'p');
  const [of, answer] =
    task === 'regression'
      ? ['', '']
      : [name(task === 'binary' ? 1 : output), name(verdict(all).label)];
  return { kind: kind || 'value', output, value, p: all[output], of, answer };
}

/** The answer beside the last column, in words. @param {import('./network.js').Scene} scene */
export function drawAnswer({ context, opened, frame, layout, colours }) {
  const { info } = opened;
  const column = layout.columns[layout.columns.length - 1];
  if (column.kind === 'plane' || column.layer < 0) return;
  const { at, length } = info.layers[column.shown];
  const p = probabilities(frame.activations.subarray(at, at + length), info.outputs_are_logits);
  const names = info.data.class_names;
  const { kind, value, of, answer } = meaningOf(info, frame.activations.subarray(at, at + length));
  const { label: best, sure } = verdict(p);
  const small = layout.width < 560;
  if (p.length === 1) {
    const [box] = column.boxes;
    const [x, y] = [box.x + box.w + 10, box.y + box.h / 2];
    const shown = kind === 'value' ? number(value) : percent(p[0]);
    label(context, shown, x, y + 1, colours.ink.ink, small ? 15 : 20, 'left', 600);
    label(
      context,
      kind !== 'value' ? `for “${of}”` : answer && `is taken as “${answer}”`,
      x,
      y + (small ? 16 : 20),
      colours.ink.soft,
      small ? 11 : 12,
      'left',
    );
    return;
  }
  for (const box of column.boxes) {
    const x = box.x + box.w + 8;
    const y = box.y + box.h / 2 + 4;
    const bold = box.unit === best && answer !== '';
    const name = kind === 'value' ? number(p[box.unit]) : (names[box.unit] ?? String(box.unit));
    label(
      context,
      name,
      x,
      y,
      bold ? colours.ink.ink : colours.ink.soft,
      12,
      'left',
      bold ? 700 : 400,
    );
    if (kind === 'value') continue;
    const room = layout.tail - (small ? 24 : 36);
    context.fillStyle = bold ? colours.ink.ink : colours.ink.soft;
    context.fillRect(x + 14, y - 7, Math.max(1, room * p[box.unit]), 6);
  }
  if (kind === 'value') return;
  const last = column.boxes[column.boxes.length - 1];
  label(
    context,
    percent(sure),
    last.x + last.w + 8,
    last.y + last.h + 18,
    colours.ink.ink,
    13,
    'left',
    600,
  );
}

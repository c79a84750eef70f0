// The answer beside the last layer: a probability, or one for each class.
import { percent, probabilities, verdict } from '../links.js';
import { label } from './marks.js';

/** The answer beside the last column, in words. @param {import('./network.js').Scene} scene */
export function drawAnswer({ context, opened, frame, layout, colours }) {
  const { info } = opened;
  const column = layout.columns[layout.columns.length - 1];
  if (column.kind === 'plane' || column.layer < 0) return;
  const { at, length } = info.layers[column.shown];
  const p = probabilities(frame.activations.subarray(at, at + length), info.outputs_are_logits);
  const names = info.data.class_names;
  const { label: best, sure } = verdict(p);
  const small = layout.width < 560;
  if (p.length === 1) {
    const [box] = column.boxes;
    const [x, y] = [box.x + box.w + 10, box.y + box.h / 2];
    label(context, percent(p[0]), x, y + 1, colours.ink.ink, small ? 15 : 20, 'left', 600);
    label(
      context,
      `for “${names[1] ?? 1}”`,
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
    const bold = box.unit === best;
    label(
      context,
      names[box.unit] ?? String(box.unit),
      x,
      y,
      bold ? colours.ink.ink : colours.ink.soft,
      12,
      'left',
      bold ? 700 : 400,
    );
    const room = layout.tail - (small ? 24 : 36);
    context.fillStyle = bold ? colours.ink.ink : colours.ink.soft;
    context.fillRect(x + 14, y - 7, Math.max(1, room * p[box.unit]), 6);
  }
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

// A small chart without axes: the training loss as a line and the validation loss as a dashed one.
import { clearCanvas } from './pixels.js';

/** Maximum number of drawn points of a line. */
const MOST = 120;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import('../../types.js').History} history
 * @param {import('../../types.js').RunInfo} info
 * @param {import('../colour.js').Colours} colours
 */
export function drawSparkline(canvas, { names, at, epochs, batches }, info, colours) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (!width || !height) return;
  const context = clearCanvas(canvas, width, height);
  const column = (/** @type {string} */ name) => {
    const i = names.indexOf(name);
    return i < 0 ? [] : epochs.map((row) => row[i]);
  };
  const [train, held] = [column('loss'), column('val_loss')];
  // Within the first epochs, the losses of single batches are all there is.
  const inEpochs = epochs.length >= 2;
  const lines = inEpochs ? [train, held] : [batches.losses];
  const values = lines.flat().filter(Number.isFinite);
  if (values.length < 2) return;
  const [low, high] = [
    values.reduce((a, b) => (a < b ? a : b)),
    values.reduce((a, b) => (a > b ? a : b)),
  ];
  const positions = inEpochs ? at.map((epoch) => epoch - info.first_epoch) : batches.at;
  const whole = inEpochs
    ? info.epochs - info.first_epoch
    : Math.max(batches.at.at(-1) ?? 0, info.n_batches);
  lines.forEach((line, i) => {
    context.beginPath();
    context.setLineDash(i ? [3, 2] : []);
    context.lineWidth = 1.5;
    context.strokeStyle = colours.ink.loss;
    const every = Math.max(1, Math.ceil(line.length / MOST));
    let pen = false;
    line.forEach((value, i) => {
      if (i % every && i !== line.length - 1) return;
      if (!Number.isFinite(value)) return void (pen = false);
      const x = 1 + ((positions[i] - 1) / Math.max(1, whole - 1)) * (width - 2);
      const y = 2 + (1 - (value - low) / (high - low || 1)) * (height - 4);
      if (pen) context.lineTo(x, y);
      else context.moveTo(x, y);
      pen = true;
    });
    context.stroke();
  });
  context.setLineDash([]);
}

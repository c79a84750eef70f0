// The viewed example of the batch: its image or its numbers, and its label or target.
import { html, nothing } from 'lit-html';
import { enlarge, pad, paintInk } from '../../picture/charts/pixels.js';
import { number } from '../../app/figures.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */

/** Number of inputs that are written out. */
const FEW = 4;

/** Describes an example of the batch. @param {ViewState} view @param {number} row index in the batch; -1: the whole batch */
export function rowShown({ trace, opened }, row) {
  if (!trace || row < 0) return nothing;
  const { image, class_names } = opened.info.data;
  const rows = trace.rows.length;
  const x = partOf(trace.x, rows, row);
  const t = Array.from(partOf(trace.t, rows, row));
  const name = t.length === 1 ? class_names[t[0]] : class_names[t.indexOf(1)];
  const isValue = opened.info.task === 'regression' || !name;
  const target = isValue ? t.slice(0, FEW).map(number).join(', ') : name;
  const list = Array.from(x.slice(0, FEW), number).join(', ');
  return html`<span class="row-shown"
    >${image ? html`<canvas class="row-image" role="img" aria-label="Image of the example"></canvas>` : html`x = (${list}${x.length > FEW ? ', …' : ''}),`}
    <span
      >training example <b>${trace.rows[row] + 1}</b>, ${isValue ? 'target' : 'label'}
      <b>${target}</b></span
    ></span
  >`;
}

/** @param {HTMLElement} element @param {ViewState} view @param {number} row */
export function paintRow(element, { trace, opened, colours }, row) {
  const canvas = /** @type {HTMLCanvasElement | null} */ (element.querySelector('.row-image'));
  const { image } = opened.info.data;
  if (!canvas || !image || !trace || row < 0) return;
  const small = pad(image.width, image.height);
  paintInk(small, partOf(trace.x, trace.rows.length, row), 0, colours.dark);
  enlarge(canvas, small);
}

/** The numbers of one example. @param {Float32Array} all @param {number} rows @param {number} row */
function partOf(all, rows, row) {
  const width = all.length / rows;
  return all.subarray(row * width, (row + 1) * width);
}

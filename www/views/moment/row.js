// The example of the step: its image or its numbers, and its label or target.
import { html, nothing } from 'lit-html';
import { enlarge, pad, paintInk } from '../../picture/charts/pixels.js';
import { number } from '../../app/figures.js';
import { exampleOf } from '../../step/example.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */

/** Number of inputs that are written out. */
const FEW = 4;

/** Describes an example of the batch. @param {ViewState} view @param {number} row index in the batch; -1: the whole batch */
export function rowShown({ trace, opened }, row) {
  if (!trace || row < 0) return nothing;
  const { input, number: place, kind, target } = exampleOf(trace, opened.info, row);
  const list = Array.from(input.slice(0, FEW), number).join(', ');
  return html`<span class="row-shown"
    >${opened.info.data.image ? html`<canvas class="row-image" role="img" aria-label="Image of the example"></canvas>` : nothing}
    <span
      >training example <b>${place}</b>,
      ${opened.info.data.image ? nothing : `x = (${list}${input.length > FEW ? ', …' : ''}), `}${kind}
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
  paintInk(small, exampleOf(trace, opened.info, row).input, colours.dark);
  enlarge(canvas, small);
}

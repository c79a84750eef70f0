// The key of the picture: what the colours mean, and the range that each of them covers.
import { html } from 'lit-html';
import { reach } from '../colour.js';
import { kernelOf } from '../links.js';

/**
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../layout.js').Layout} layout
 */
export function scales({ info }, frame, { columns }) {
  const ranges = columns.flatMap((column, i) => {
    const kernel = i > 0 ? kernelOf(info, column, columns[i - 1]) : null;
    if (!kernel) return [];
    const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
    return [{ name: column.title, top: reach(weights) }];
  });
  const what = info.data.image
    ? 'A small image is the weights of one unit, its frame what the unit answers.'
    : 'A tile is what one unit answers everywhere; its frame, what it answers here.';
  return html`
    <p class="key">
      <span class="n">−</span
      ><span class="ramp" role="img" aria-label="orange below zero, blue above"></span
      ><span class="n">+</span>
      <span>weights:</span>
      ${ranges.map(({ name, top }) => html`<span class="n">${name} ±${top}</span>`)}
      <span class="soft">(each layer its own range) · answers: 0 to ±1</span>
    </p>
    <p class="soft">${what} Point at a unit for its numbers.</p>
  `;
}

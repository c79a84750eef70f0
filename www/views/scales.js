// The key of the picture: what the colours mean, and the range that each of them covers.
import { html } from 'lit-html';
import { answersTop } from '../charts/network.js';
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
    return [
      { name: column.title, weights: reach(weights), answers: answersTop(info, frame, column) },
    ];
  });
  const what = info.data.image
    ? 'A small image is the weights of one unit; its frame, and the colour of a disc, what the unit answers; the bar under a disc, its bias.'
    : 'A tile is what one unit answers everywhere; its frame, what it answers at the ringed point.';
  return html`
    <p class="key">
      <span class="n">−</span
      ><span class="ramp" role="img" aria-label="orange below zero, blue above"></span
      ><span class="n">+</span>
      ${ranges.map(
        ({ name, weights, answers }) =>
          html`<span
            >${name}: <span class="n">weights ±${weights}, answers ±${answers}</span></span
          >`,
      )}
    </p>
    <p class="soft">${what} Point at a unit for its numbers.</p>
  `;
}

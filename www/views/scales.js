// The key of the picture: what the colours mean, and the range that each of them covers.
import { html } from 'lit-html';
import { answersTop } from '../charts/network.js';
import { reach } from '../colour.js';
import { kernelOf, sourceOf } from '../links.js';

/**
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../layout.js').Layout} layout
 */
export function scales({ info }, frame, layout) {
  const ranges = layout.columns.flatMap((column) => {
    const kernel = kernelOf(info, column, sourceOf(layout, column));
    if (!kernel) return [];
    const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
    const answers = stated(answersTop(info, frame, column));
    return [{ name: column.title, weights: stated(reach(weights)), answers }];
  });
  const what = info.data.image
    ? 'Small images: a unit’s weights. Frames and discs: its answer; the bar below a disc, its bias.'
    : 'Tiles: what a unit answers everywhere. Frames: what it answers at the ringed point.';
  const same = ranges.every(({ answers }) => answers === ranges[0].answers);
  return html`
    <p class="key">
      <span class="n">−</span
      ><span class="ramp" role="img" aria-label="orange below zero, blue above"></span
      ><span class="n">+</span> weights:
      ${ranges.map(({ name, weights }) => html`<span class="n">${name} ±${weights}</span>`)}
      <span class="n"
        >answers:
        ${
          same
            ? html`±${ranges[0]?.answers}`
            : ranges.map(({ name, answers }) => html`${name} ±${answers} `)
        }</span
      >
    </p>
    <p class="soft">${what} Point at a unit for its numbers.</p>
  `;
}

/** A range as a person reads it, also that of a run that went out of bounds. @param {number} top */
function stated(top) {
  return top >= 1e5 ? top.toExponential(0) : String(top);
}

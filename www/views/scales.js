// The key of the picture: what the colours mean, and the range that each of them covers.
import { html, nothing } from 'lit-html';
import { answersTop } from '../charts/network.js';
import { reach } from '../colour.js';
import { FEW } from '../layout.js';
import { kernelOf, sourceOf } from '../links.js';

/** Layers whose ranges are listed. */
const MOST = 6;

/** What the parts of a picture show, where it has them. @type {[string, string][]} */
const KEYS = [
  [
    'responses',
    'Tiles: what a unit answers everywhere. Frames: what it answers at the ringed point.',
  ],
  ['weights', 'Small images: a unit’s weights, framed in the colour of its answer.'],
  ['maps', 'Small images: what each channel answers.'],
  ['grid', 'Grids: a sequence, its steps from top to bottom.'],
  ['discs', 'Discs: a unit’s answer; the bar below, its bias.'],
  ['blocks', 'Blocks: a unit’s answer.'],
];

/**
 * @param {import('../types.js').RunInfo} info
 * @param {import('../layout.js').Column} column
 */
function key({ data }, { kind, layer, units }) {
  if (layer < 0 || kind === 'plane') return data.bounds ? 'responses' : '';
  if (kind === 'discs') return units > FEW ? 'blocks' : kind;
  return kind !== 'tiles' ? kind : data.bounds ? 'responses' : 'weights';
}

/**
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../layout.js').Layout} layout
 */
export function scales({ info }, frame, layout) {
  const { columns } = layout;
  const shapes = columns.some(({ kind }) => kind === 'maps' || kind === 'grid');
  const ranges = columns.flatMap((column) => {
    const kernel = kernelOf(info, column, sourceOf(layout, column));
    if (column.layer < 0 || (!kernel && !shapes)) return [];
    const answers = stated(answersTop(info, frame, column));
    if (!kernel) return [{ name: column.title, weights: '', answers }];
    const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
    return [{ name: column.title, weights: stated(reach(weights)), answers }];
  });
  const what = KEYS.filter(([kind]) => columns.some((column) => key(info, column) === kind));
  const some = ranges.slice(0, MOST);
  const same = ranges.every(({ answers }) => answers === ranges[0].answers);
  return html`
    <p class="key">
      <span class="n">−</span
      ><span class="ramp" role="img" aria-label="orange below zero, blue above"></span
      ><span class="n">+</span> weights:
      ${some.map(
        ({ name, weights }) => weights && html`<span class="n">${name} ±${weights}</span>`,
      )}
      <span class="n"
        >answers:
        ${
          same
            ? html`±${ranges[0]?.answers}`
            : some.map(({ name, answers }) => html`${name} ±${answers} `)
        }</span
      >
      ${ranges.length > MOST ? html`<span>and ${ranges.length - MOST} more layers</span>` : nothing}
    </p>
    <p class="soft">
      ${what.map(([, text]) => `${text} `)}Point at a unit or weight for its numbers.
    </p>
  `;
}

/** A range as a person reads it, also that of a run that went out of bounds. @param {number} top */
function stated(top) {
  return top >= 1e5 ? top.toExponential(0) : String(top);
}

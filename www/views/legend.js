// The legend of the picture: the meaning of its colours and the range of each scale.
import { html, nothing } from 'lit-html';
import { outputScale } from '../picture/charts/network.js';
import { scaleEnd } from '../picture/colour.js';
import { FEW } from '../picture/layout.js';
import { kernelOf, sourceOf } from '../picture/links.js';
import { spaceOf } from '../picture/space.js';

/** Number of layers whose ranges are listed. */
const MOST = 6;

/** Whether the pointer can hover; a finger cannot. */
const hovers = matchMedia('(hover: hover)').matches;

/** Explanations of the parts of a picture. @type {[string, string][]} */
const KEYS = [
  [
    'curves',
    'Each tile shows a unit’s output over the input; its frame, the output for the marked example. The curve is the model’s output; the marked line is the example’s error.',
  ],
  [
    'responses',
    'Each tile shows a unit’s output over the whole plane; its frame, the output at the circled point.',
  ],
  ['weights', 'Each tile shows one unit’s {n} weights; its frame shows the unit’s output.'],
  ['maps', 'Each small image shows the output of one channel.'],
  ['grid', 'Each grid shows a sequence, its steps from top to bottom.'],
  ['discs', 'Each disc shows a unit’s output; the small bar is its bias.'],
  ['blocks', 'Each block shows a unit’s output.'],
];

/**
 * Selects the explanation for a column.
 * @param {import('../types.js').RunInfo} info
 * @param {import('../picture/layout.js').Column} column
 */
function key(info, { kind, layer, units }) {
  const space = spaceOf(info);
  const responses = space === 'line' ? 'curves' : 'responses';
  if (layer < 0 || kind === 'plane') return space ? responses : '';
  if (kind === 'discs') return units > FEW ? 'blocks' : kind;
  return kind !== 'tiles' ? kind : space ? responses : 'weights';
}

/**
 * Renders the legend.
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../picture/layout.js').Layout} layout
 */
export function legend({ info }, frame, layout) {
  const { columns } = layout;
  const shapes = columns.some(({ kind }) => kind === 'maps' || kind === 'grid');
  const ranges = columns.flatMap((column) => {
    const kernel = kernelOf(info, column, sourceOf(layout, column));
    if (column.layer < 0 || (!kernel && !shapes)) return [];
    const { activation } = info.layers[column.shown];
    const answers = outputs(stated(outputScale(info, frame, column)), activation);
    if (!kernel) return [{ name: column.title, weights: '', answers }];
    const weights = frame.weights.subarray(kernel.at, kernel.at + kernel.inputs * kernel.units);
    return [{ name: column.title, weights: stated(scaleEnd(weights)), answers }];
  });
  const what = KEYS.filter(([kind]) => columns.some((column) => key(info, column) === kind));
  const inputs = columns[0].n.toLocaleString('en');
  const some = ranges.slice(0, MOST);
  const same = ranges.every(({ answers }) => answers === ranges[0].answers);
  return html`
    <p class="key">
      <span class="n">−</span
      ><span class="ramp" role="img" aria-label="orange below zero, blue above"></span
      ><span class="n">+</span> weights:
      ${some.map(
        ({ name, weights }) =>
          weights && html`<span class="n">${name} <span class="slot">±${weights}</span></span>`,
      )}
      <span class="n"
        >outputs:
        ${same ? ranges[0]?.answers : some.map(({ name, answers }) => html`${name} <span class="slot">${answers}</span> `)}</span
      >
      ${ranges.length > MOST ? html`<span>and ${ranges.length - MOST} more layers</span>` : nothing}
    </p>
    <p class="soft">
      ${what.map(([, text]) => `${text.replace('{n}', inputs)} `)}${hovers ? 'Hover over' : 'Tap'} a
      unit or weight for its numbers.
    </p>
  `;
}

/** The range of a layer's outputs. @param {string} top @param {string | null} activation */
function outputs(top, activation) {
  return /^(sigmoid|softmax|relu)$/.test(activation ?? '') ? `0 to ${top}` : `±${top}`;
}

/** The end of a scale as text, short also for a run that diverges. @param {number} top */
function stated(top) {
  return top >= 1e5 ? top.toExponential(0) : String(top);
}

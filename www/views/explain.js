// The content of the card: the computation of one unit: its formula with inputs, weighted sum and output.
import { html, mathml, nothing } from 'lit-html';
import { number } from '../app/figures.js';
import { kernelOf, linksInto, percent, sourceOf, valuesOf } from '../picture/links.js';
import { explainWeight } from './single.js';

/** @typedef {import('../picture/layout.js').Column} Column */

/** Number of listed contributions. */
const LISTED = 4;

/** Symbols of the activations. @type {Record<string, string>} */
const FORMULAS = { sigmoid: 'σ', tanh: 'tanh', relu: 'relu', softmax: 'softmax', linear: '' };

/**
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../picture/layout.js').Layout} layout
 * @param {{ box: import('../picture/layout.js').Box, from: number }} mark unit, and index of the input whose weight is explained
 * @param {Float32Array} input
 * @param {{ inside: (() => void) | null, set: ((at: number, text: string) => void) | null }} actions `inside` opens the step view at
 *   this unit; `set` changes the weight at a place in
 *   `get_weights()`
 */
export function explain({ info }, frame, layout, { box, from }, input, { inside, set }) {
  const column = layout.columns[box.column];
  const before = sourceOf(layout, column);
  const image = info.data.image;
  if (column.layer < 0) {
    const name = info.data.feature_names[box.unit] ?? 'input';
    return image
      ? html`<p>
          <b>Input</b>: ${input.length} pixel values from 0 (paper) to 1 (ink), row by row.
        </p>`
      : html`<p><b>${name}</b> of this example is <b class="n">${number(input[box.unit])}</b>.</p>`;
  }
  const answers = valuesOf(info, frame, column, input);
  const out = answers[box.unit];
  const kernel = kernelOf(info, column, before);
  const open = inside
    ? html`<button type="button" class="quiet" @click=${inside}>Step by step</button>`
    : nothing;
  if (!kernel || !before) {
    const weighs = column.layers.some((i) => info.layers[i]?.n_params);
    return html`<p>${whole(column, box, answers)} ${weighs ? open : nothing}</p>
      ${weights(info, frame, column)}`;
  }
  const values = valuesOf(info, frame, before, input);
  const name = `${column.title}, unit ${box.unit + 1}`;
  if (from >= 0) {
    const own = from < kernel.inputs;
    const at = (own ? kernel.at + from * kernel.units : kernel.biasAt) + box.unit;
    const w = frame.weights[at];
    const what = own ? `weight of ${placeOf(before, from, image)}` : 'bias';
    return explainWeight(name, what, w, values[from], open, set && ((text) => set(at, text)));
  }
  const links = linksInto(kernel, frame.weights, values, box.unit);
  const bias = kernel.biasAt >= 0 ? frame.weights[kernel.biasAt + box.unit] : 0;
  const sum = links.reduce((total, { weight, value }) => total + weight * value, bias);
  const activation = info.layers[column.shown].activation ?? info.layers[column.layer].activation;
  const f = FORMULAS[activation ?? 'linear'] ?? activation ?? '';
  return html`
    <p>
      <b>${name}</b>:
      <math
        >${letter('z')} ${equals} <mo>∑</mo> ${letter('w')} ${letter('x')} <mo>+</mo> ${letter('b')}
        ${equals} ${value(sum)}</math
      >
      with <math>${letter('b')} ${equals} ${value(bias)}</math>;
      <math
        >${letter('a')} ${equals}
        ${f ? mathml`${letter(f)} <mo>(</mo> ${value(sum)} <mo>)</mo>` : letter('z')} ${equals}
        ${value(out)}</math
      >
      ${open}
    </p>
    ${outputNote(info, frame, column, box.unit, activation)}
    <p class="soft">Largest contributions w x to z:</p>
    <ul class="soft">
      ${links.slice(0, LISTED).map(
        ({ from, weight, value }) =>
          html`<li>
            ${placeOf(before, from, image)}:
            <span class="n">${number(weight)} × ${number(value)}</span>
          </li>`,
      )}
      ${links.length > LISTED ? html`<li>and ${links.length - LISTED} more</li>` : nothing}
    </ul>
    <p class="soft by-key">Shift + ↑ ↓: step through its weights</p>
  `;
}

/**
 * Says what an output of the last layer means: a share of a softmax, or a logit that the loss turns into a probability.
 * @param {import('../types.js').RunInfo} info
 * @param {import('../types.js').Frame} frame
 * @param {Column} column
 * @param {number} unit
 * @param {string | null | undefined} activation
 */
function outputNote(info, frame, { shown }, unit, activation) {
  if (shown !== info.layers.length - 1) return nothing;
  const n = info.n_outputs;
  if (activation === 'softmax')
    return html`<p>
      softmax:
      <math
        ><msup><mi>e</mi>${letter('z')}</msup></math
      >
      of this unit, divided by the sum over all ${n} units. The ${n} outputs add up to 1.
    </p>`;
  if (!info.outputs_are_logits) return nothing;
  const how = n > 1 ? 'softmax over all outputs' : 'sigmoid';
  return html`<p>
    This is a logit (<code>from_logits</code>): the loss turns it into a probability by
    ${n > 1 ? 'a' : 'the'} ${how}, here <b class="n">${percent(frame.answer[unit])}</b>.
  </p>`;
}

const equals = mathml`<mo>=</mo>`;
/** @param {string} name */
const letter = (name) => mathml`<mi>${name}</mi>`;
/** @param {number} of */
const value = (of) => mathml`<mn>${number(of)}</mn>`;

/**
 * Describes a box that is not a weighted sum of inputs: one number, a channel or a sequence.
 * @param {Column} column
 * @param {import('../picture/layout.js').Box} box
 * @param {Float32Array} answers
 */
function whole({ kind, title, shape }, { unit }, answers) {
  if (kind !== 'maps' && kind !== 'grid') {
    return html`<b>${title}, unit ${unit + 1}</b>: output
      <b class="n">${number(answers[unit])}</b>.`;
  }
  const [rows, across, channels = 1] = shape;
  const own = answers.filter((_, i) => i % channels === unit);
  const size = html`${rows} × ${across}`;
  const what = kind === 'maps' ? `, channel ${unit + 1} of ${channels}` : '';
  const read =
    kind === 'maps' ? html`${size} outputs` : html`${rows} steps (rows) of ${across} outputs each`;
  return html`<b>${title}${what}</b>: ${read}, from <b class="n">${number(least(own))}</b> to
    <b class="n">${number(most(own))}</b>.`;
}

/**
 * Lists the weight arrays of a column's layers, each with its shape and range.
 * @param {import('../types.js').RunInfo} info
 * @param {import('../types.js').Frame} frame
 * @param {Column} column
 */
function weights(info, frame, { layers }) {
  const params = layers.flatMap((i) => info.layers[i]?.params ?? []);
  if (params.length === 0) return html`<p class="soft">This layer has no weights.</p>`;
  return html`<p class="soft">
    Weights:
    ${params.map(({ path, name, shape, at, length }, i) => {
      const part = frame.weights.subarray(at, at + length);
      return html`${i ? ' · ' : nothing}<span title=${path}>${name}</span> ${shape.join(' × ')}
        <span class="n">(${number(least(part))} to ${number(most(part))})</span>`;
    })}
  </p>`;
}

/** @param {Float32Array} values */
function least(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

/** @param {Float32Array} values */
function most(values) {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}

/**
 * Names one output of a column.
 * @param {Column} column
 * @param {number} from
 * @param {{ width: number } | null} image the image that the inputs form, even where the model takes them as a vector
 */
function placeOf({ kind, shape }, from, image) {
  const [, across = image?.width ?? 1, channels = 1] = shape;
  if (kind === 'discs' || kind === 'tiles') return `unit ${from + 1}`;
  const at = Math.floor(from / channels);
  const [row, place] = [Math.floor(at / across) + 1, (at % across) + 1];
  if (kind === 'grid') return `step ${row}, feature ${place}`;
  return kind === 'image'
    ? `pixel (${row}, ${place})`
    : `channel ${(from % channels) + 1} (${row}, ${place})`;
}

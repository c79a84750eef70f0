// One unit in numbers: what comes in, what is added up, what goes out, with the formula around it.
import { html, nothing } from 'lit-html';
import { number } from '../charts/curve.js';
import { kernelOf, linksInto, valuesOf } from '../links.js';

/** Links that are listed. */
const LISTED = 4;

/** How an activation is written with a number in it. @type {Record<string, string>} */
const FORMULAS = { sigmoid: 'σ', tanh: 'tanh', relu: 'relu', softmax: 'softmax', linear: '' };

/**
 * @param {import('../types.js').Opened} opened
 * @param {import('../types.js').Frame} frame
 * @param {import('../layout.js').Layout} layout
 * @param {import('../layout.js').Box} box
 * @param {Float32Array} input
 */
export function explain({ info }, frame, layout, box, input) {
  const column = layout.columns[box.column];
  const before = layout.columns[box.column - 1];
  const image = info.data.image;
  if (!before) {
    const name = info.data.feature_names[box.unit] ?? 'input';
    return image
      ? html`<p>
          <b>The input</b>: ${input.length} numbers from 0 (paper) to 1 (ink), row after row.
        </p>`
      : html`<p><b>${name}</b> of this example is <b class="n">${number(input[box.unit])}</b>.</p>`;
  }
  const out = valuesOf(info, frame, column, input)[box.unit];
  const kernel = kernelOf(info, column, before);
  if (!kernel) {
    return html`<p>
      <b>${column.title}, unit ${box.unit + 1}</b> gives <b class="n">${number(out)}</b>.
    </p>`;
  }
  const values = valuesOf(info, frame, before, input);
  const links = linksInto(kernel, frame.weights, values, box.unit);
  const bias = kernel.biasAt >= 0 ? frame.weights[kernel.biasAt + box.unit] : 0;
  const sum = links.reduce((total, { weight, value }) => total + weight * value, bias);
  const activation = info.layers[column.shown].activation ?? info.layers[column.layer].activation;
  const f = FORMULAS[activation ?? 'linear'] ?? activation ?? '';
  const source = image && before.kind === 'image' ? 'pixel' : 'unit';
  return html`
    <p>
      <b>${column.title}, unit ${box.unit + 1}</b>: z = Σ w x + b =
      <b class="n">${number(sum)}</b> with b = <b class="n">${number(bias)}</b>; y =
      ${f ? html`${f}(<span class="n">${number(sum)}</span>)` : 'z'} =
      <b class="n">${number(out)}</b>
    </p>
    <p class="soft">
      Most is carried by
      ${links
        .slice(0, LISTED)
        .map(
          ({ from, weight, value }, i) =>
            html`${i ? ' · ' : nothing} ${placeOf(source, from, image)}
              <span class="n">${number(weight)} × ${number(value)}</span>`,
        )}
      ${links.length > LISTED ? html` and ${links.length - LISTED} more` : nothing}
    </p>
  `;
}

/**
 * @param {string} source
 * @param {number} from
 * @param {{ width: number } | null} image
 */
function placeOf(source, from, image) {
  if (source !== 'pixel' || !image) return `${source} ${from + 1}`;
  return `pixel (${Math.floor(from / image.width) + 1}, ${(from % image.width) + 1})`;
}

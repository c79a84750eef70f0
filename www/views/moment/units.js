// Explanation of a prediction: the contribution of each input, and the examples with the highest and the lowest output
// of a unit.
import { html, nothing, render } from 'lit-html';
import { meaningOf } from '../../picture/charts/answer.js';
import { number } from '../../app/figures.js';
import { percent } from '../../picture/links.js';
import { enlarge, pad, paintInk, paintSigned } from '../../picture/charts/pixels.js';
import { inputOf } from '../../picture/rows.js';
import { shownSet } from '../../engine/frame.js';
import { LatestRequest } from '../../step/latest-request.js';
import { weightAt } from '../../step/numbers.js';
import { mainStage, stepLayers } from '../../step/stages.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {{ row: number, value: number }[]} Rows */

const LISTED = 10;
/** Side of the covered patch in pixels. */
const PATCH = 3;

/** Simplifications of this view. */
export const simplified = [
  'The products w · x are exact for the selected unit of the first layer and for a model without hidden layers. They ignore everything after that unit.',
  'The input gradient is the effect of a small change of each input on the output. It is a central difference with h = 1/64, not a share of the output.',
  'Occlusion covers a patch of 3 × 3 pixels with paper. A patch that is already paper changes nothing, even if its emptiness matters.',
  'The examples with the highest output are searched among at most 1,000 of the shown set.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new UnitsView(element, tools);

class UnitsView extends StepView {
  /** @type {LatestRequest<{ best: Rows, least: Rows, of: number }>} */
  topExamples = new LatestRequest(this.tools);
  /** @type {LatestRequest<import('../../analysis/reasons.js').Reasons>} */
  reasons = new LatestRequest(this.tools);

  /** @param {ViewState} view */
  draw(view) {
    const { opened, frame, state, step } = view;
    const { info } = opened;
    if (state.playing && state.viewedStep === null) {
      return this.showMessage(
        'Pause training or go back on the timeline to see why the model predicts as it does.',
      );
    }
    const shown = shownSet(info);
    // Without a selection the view shows the first unit with weights.
    const learns = Math.max(
      0,
      info.layers.findIndex(({ n_params }) => n_params > 0),
    );
    const picked = state.selection && state.selection.layer >= 0;
    const selected = state.selection && picked ? state.selection : { layer: learns, unit: 0 };
    // A layer as a whole stands for its first unit.
    const selection = { ...selected, unit: Math.max(0, selected.unit) };
    const layer = info.layers[selection.layer];
    const unit = `${layer.output_shape.length > 1 ? 'channel' : 'unit'} ${selection.unit + 1}`;
    const { text } = opened;
    const { client } = this.tools;
    const key = `${step} ${selection.layer} ${selection.unit} ${text}`;
    const topExamples = this.topExamples.get(key, () =>
      client.ask(opened, 'topExamples', step, shown, selection, LISTED),
    );
    const input = this.#input(view);
    const last = info.layers[info.layers.length - 1];
    const answers = frame.activations.subarray(last.at, last.at + last.length);
    const meaning = meaningOf(info, answers, frame.answer);
    const { output } = meaning;
    const image = info.data.image ?? { height: 1, width: input.length };
    const area = { ...image, patch: info.data.image ? PATCH : 1 };
    const reasonsKey = `${step} ${frame.drawn ? input.join() : frame.example} ${output} ${text}`;
    const reasons = this.reasons.get(reasonsKey, () =>
      client.ask(opened, 'reasons', step, input.slice(), output, area),
    );
    const linear = this.#linear(view, selection, input);
    const what = quantityOf(meaning, info);
    render(
      html`<h3>
          Why this prediction? ${meaning.answer && html`“${meaning.answer}”: `}${what} is
          <span class="n">${number(meaning.value)}</span
          >${meaning.kind === 'logit' ? html` (p = ${percent(meaning.all[output])})` : nothing}
        </h3>
        <p class="soft">
          ${info.data.image ? 'Blue pixels' : 'Inputs with a positive value'} raise ${what},
          ${info.data.image ? 'orange pixels' : 'those with a negative value'} lower it.
        </p>
        <div class="reasons">
          ${linear ? this.#reason('linear', `w · x of ${layer.name}, ${unit} (exact)`, linear, info) : nothing}
          ${this.#reason('gradient', 'input gradient: effect of a small change of each input', reasons?.gradient, info)}
          ${this.#reason('occlusion', info.data.image ? 'occlusion: change when a 3 × 3 patch is covered' : 'occlusion: change when an input is set to 0', reasons?.occlusion, info)}
        </div>
        ${info.data.image ? html`<p class="key soft">− <span class="ramp"></span> +</p>` : nothing}
        <h3>
          What ${layer.name}, ${unit} responds to
          ${picked ? nothing : html`<span class="soft">(select another unit in the picture)</span>`}
        </h3>
        ${topExamples ? this.#examples(view, topExamples) : html`<p class="soft" role="status">Searching for the examples with the highest output …</p>`}`,
      this.element,
    );
    this.#paint(
      view,
      { linear, gradient: reasons?.gradient, occlusion: reasons?.occlusion },
      topExamples,
    );
  }

  /** The shown example or drawing. @param {ViewState} view */
  #input({ opened, frame, drawing }) {
    const { set } = shownSet(opened.info);
    const rows = opened.data[set];
    return frame.drawn && drawing ? drawing : inputOf(rows, frame.example);
  }

  /** The products w x of a unit of the first layer; undefined for other units. @param {ViewState} view @param {import('../../types.js').UnitRef} chosen @param {Float32Array} input */
  #linear({ opened, frame }, { layer: index, unit }, input) {
    const layer = mainStage(stepLayers(opened.info), index);
    const plain = layer?.weights && layer.n === layer.channels && layer.terms === layer.inputs;
    if (!plain || layer.source >= 0) return undefined;
    return input.map((x, i) => x * frame.weights[weightAt(layer, unit, i)]);
  }

  /**
   * @param {string} id
   * @param {string} label
   * @param {Float32Array | undefined} values
   * @param {import('../../types.js').RunInfo} info
   */
  #reason(id, label, values, { data, input_shape }) {
    const names = data.feature_names;
    const most = values?.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    return html`<figure>
      ${
        data.image
          ? html`<canvas
              class="slice square"
              data-reason=${id}
              role="img"
              aria-label=${label}
            ></canvas>`
          : html`<ol class="n">
              ${[...(values ?? [])].slice(0, 12).map((v, i) => html`<li>${names[i] ?? `input ${i + 1}`}: ${number(v)}</li>`)}
              ${(values?.length ?? 0) > 12 ? html`<li>… ${input_shape.join(' × ')} inputs</li>` : nothing}
            </ol>`
      }
      <figcaption>
        ${label}${most === undefined ? ' …' : html`; scale ± <span class="n">${number(most)}</span>`}
      </figcaption>
    </figure>`;
  }

  /** @param {ViewState} view @param {{ best: Rows, least: Rows, of: number }} exciting */
  #examples(view, { best, least, of }) {
    const { value } = best[0];
    if (Object.is(value, least[0].value)) {
      return html`<p class="soft">
        Its output is the same (<b class="n">${number(value)}</b>) for all ${of} examples.
      </p>`;
    }
    return html`${this.#rows(view, 'highest', best)}${this.#rows(view, 'lowest', least)}`;
  }

  /** @param {ViewState} view @param {string} which @param {Rows} rows */
  #rows({ opened, state }, which, rows) {
    const point = (/** @type {number | null} */ row) => () => this.tools.hoverRow(row);
    const { info, data } = opened;
    const labels = data[shownSet(info).set].y;
    const classes = info.task !== 'regression';
    const truth = (/** @type {number} */ y) => (classes && info.data.class_names[y]) || number(y);
    return html`<p class="soft">
        Examples with the ${which} output (output · ${classes ? 'label' : 'target'}):
      </p>
      <ul class="exciting ${info.data.image ? '' : 'texts'}">
        ${rows.map(
          ({ row, value }) =>
            html`<li
              class=${row === state.hoveredRow ? 'pointed' : ''}
              @pointerenter=${point(row)}
              @pointerleave=${point(null)}
            >
              ${info.data.image ? html`<canvas data-row=${row} role="img" aria-label="example ${row + 1}"></canvas>` : html`example ${row + 1}:`}
              <span
                ><b class="n">${number(value)}</b
                >${info.data.image ? (classes ? ' · ' : html`<br />`) : classes ? ', label ' : ', target '}${truth(labels[row])}</span
              >
            </li>`,
        )}
      </ul>`;
  }

  /**
   * @param {ViewState} view
   * @param {Record<string, Float32Array | undefined>} reasons
   * @param {{ best: Rows, least: Rows } | null} topExamples
   */
  #paint({ opened, colours }, reasons, topExamples) {
    const { image } = opened.info.data;
    if (!image) return;
    const small = pad(image.width, image.height);
    for (const canvas of this.canvases('[data-reason]')) {
      const values = reasons[canvas.dataset.reason ?? ''];
      if (!values) continue;
      const top = values.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-12);
      paintSigned(
        small,
        values,
        0,
        values.length / (image.width * image.height),
        top,
        colours.packed,
      );
      enlarge(canvas, small);
    }
    if (!topExamples) return;
    const rows = opened.data[shownSet(opened.info).set];
    for (const canvas of this.canvases('[data-row]')) {
      paintInk(small, inputOf(rows, Number(canvas.dataset.row)), colours.dark);
      enlarge(canvas, small);
    }
  }
}

/**
 * Names the explained quantity.
 * @param {ReturnType<typeof meaningOf>} meaning
 * @param {import('../../types.js').RunInfo} info
 */
function quantityOf({ kind, of, output }, { n_outputs }) {
  if (kind === 'value') return n_outputs > 1 ? `output ${output + 1}` : 'the output';
  return kind === 'logit' ? `the logit of “${of}”` : `the probability of “${of}”`;
}

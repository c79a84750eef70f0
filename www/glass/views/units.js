// What a unit looks for, and why the model answers as it does: the rows that excite the unit most, and what of the input
// pushed the answer which way.
import { html, nothing, render } from 'lit-html';
import { meaningOf } from '../../charts/answer.js';
import { number } from '../../figures.js';
import { percent } from '../../links.js';
import { fresh, pad, paintInk, paintSigned } from '../../charts/pixels.js';
import { shownSet } from '../../engine/frame.js';
import { Asked } from '../asked.js';
import { weightAt } from '../numbers.js';
import { stepLayers } from '../program.js';

/** @typedef {import('../glass.js').Look} Look */
/** @typedef {{ row: number, value: number }[]} Rows */

const LISTED = 10;
/** Side of the patch that is covered. */
const PATCH = 3;

/** @type {import('../glass.js').ViewKind} */
export const units = {
  id: 'units',
  label: 'Why this answer',
  traced: false,
  simplified: [
    'The linear part w · x is exact for the chosen unit of the first layer, and for a model without hidden layers; it says nothing of what comes after that unit.',
    'The input gradient says how the answer would move with tiny changes of each input; it is a central difference with h = 1/64, not a share of the answer.',
    'Occlusion covers a patch of 3 × 3 pixels with paper: a patch that holds nothing but paper changes nothing, whatever it means.',
    'Rows that excite a unit most are looked for among at most 1,000 of the set that is shown.',
  ],
  make: (element, tools) => new UnitsView(element, tools),
};

class UnitsView {
  /**
   * @param {HTMLElement} element
   * @param {import('../glass.js').Tools} tools
   */
  constructor(element, tools) {
    this.element = element;
    this.tools = tools;
    /** @type {Asked<{ best: Rows, least: Rows, of: number }>} */
    this.exciting = new Asked(tools);
    /** @type {Asked<import('../reasons.js').Reasons>} */
    this.reasons = new Asked(tools);
  }

  /** @param {Look} look */
  draw(look) {
    const { opened, frame, state, step } = look;
    const { info } = opened;
    if (state.playing && state.moment === null) {
      render(
        html`<p class="soft pad-text">
          Pause the run, or go back on the timeline: reasons are given for one moment.
        </p>`,
        this.element,
      );
      return;
    }
    const shown = shownSet(info);
    // Of itself it shows the first unit that has weights.
    const learns = Math.max(
      0,
      info.layers.findIndex(({ n_params }) => n_params > 0),
    );
    const picked = state.chosen && state.chosen.layer >= 0;
    const given = state.chosen && picked ? state.chosen : { layer: learns, unit: 0 };
    // A layer as a whole stands for its first unit.
    const chosen = { ...given, unit: Math.max(0, given.unit) };
    const layer = info.layers[chosen.layer];
    const unit = `${layer.output_shape.length > 1 ? 'channel' : 'unit'} ${chosen.unit + 1}`;
    const { text } = opened;
    const { study } = this.tools;
    const key = `${step} ${chosen.layer} ${chosen.unit} ${text}`;
    const exciting = this.exciting.get(key, () =>
      study.ask(opened, 'exciting', step, shown, chosen, LISTED),
    );
    const input = this.#input(look);
    const last = info.layers[info.layers.length - 1];
    const answers = frame.activations.subarray(last.at, last.at + last.length);
    const meaning = meaningOf(info, answers);
    const { output } = meaning;
    const image = info.data.image ?? { height: 1, width: input.length };
    const area = { ...image, patch: info.data.image ? PATCH : 1 };
    const asked = `${step} ${frame.drawn ? input.join() : frame.example} ${output} ${text}`;
    const reasons = this.reasons.get(asked, () =>
      study.ask(opened, 'reasons', step, input.slice(), output, area),
    );
    const linear = this.#linear(look, chosen, input);
    const what = quantityOf(meaning, info);
    render(
      html`<h3>
          Why this answer: ${meaning.answer && html`“${meaning.answer}”, where `}${what} is
          <span class="n">${number(meaning.value)}</span
          >${meaning.kind === 'logit' ? html` (p = ${percent(meaning.all[output])})` : nothing}
        </h3>
        <p class="soft">
          Reasons are for ${what}: what is above 0${info.data.image ? ' (blue)' : ''} raises it,
          what is below${info.data.image ? ' (orange)' : ''} lowers it.
        </p>
        <div class="reasons">
          ${linear ? this.#reason('linear', `w · x of ${layer.name}, ${unit}: exact`, linear, info) : nothing}
          ${this.#reason('gradient', 'input gradient: which way each input pushes now', reasons?.gradient, info)}
          ${this.#reason('occlusion', info.data.image ? 'occlusion: what covering 3 × 3 pixels takes away' : 'what setting an input to 0 takes away', reasons?.occlusion, info)}
        </div>
        ${info.data.image ? html`<p class="key soft">− <span class="ramp"></span> +</p>` : nothing}
        <h3>
          What ${layer.name}, ${unit} looks for
          ${picked ? nothing : html`<span class="soft">(choose another unit in the picture)</span>`}
        </h3>
        ${exciting ? this.#looksFor(look, exciting) : html`<p class="soft" role="status">The rows that excite it are being looked for …</p>`}`,
      this.element,
    );
    this.#paint(
      look,
      { linear, gradient: reasons?.gradient, occlusion: reasons?.occlusion },
      exciting,
    );
  }

  /** The example that the picture shows, or the drawing. @param {Look} look */
  #input({ opened, frame, drawing }) {
    const { set } = shownSet(opened.info);
    const rows = opened.data[set];
    const width = rows.x.length / rows.n;
    const row = rows.x.subarray(frame.example * width, (frame.example + 1) * width);
    return frame.drawn && drawing ? drawing : row;
  }

  /** w times x of a unit that sees the input itself. @param {Look} look @param {import('../../types.js').Lit} chosen @param {Float32Array} input */
  #linear({ opened, frame }, { layer: index, unit }, input) {
    const layer = stepLayers(opened.info, opened.experiment)[index];
    const plain = layer?.class_name === 'Dense' && layer.n === layer.channels;
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

  /** @param {Look} look @param {{ best: Rows, least: Rows, of: number }} exciting */
  #looksFor(look, { best, least, of }) {
    const { value } = best[0];
    if (Object.is(value, least[0].value)) {
      return html`<p class="soft">
        No row excites it more than another: it gives <b class="n">${number(value)}</b> for each of
        ${of}.
      </p>`;
    }
    return html`${this.#rows(look, 'most', best)}${this.#rows(look, 'least', least)}`;
  }

  /** @param {Look} look @param {string} which @param {Rows} rows */
  #rows({ opened, state }, which, rows) {
    const point = (/** @type {number | null} */ row) => () => this.tools.point(row);
    const { info, data } = opened;
    const labels = data[shownSet(info).set].y;
    const classes = info.task !== 'regression';
    const truth = (/** @type {number} */ y) => (classes && info.data.class_names[y]) || number(y);
    return html`<p class="soft">
        These excite it ${which}: what it gives, and the row’s ${classes ? 'class' : 'target'}.
      </p>
      <ul class="exciting ${info.data.image ? '' : 'texts'}">
        ${rows.map(
          ({ row, value }) =>
            html`<li
              class=${row === state.pointed ? 'pointed' : ''}
              @pointerenter=${point(row)}
              @pointerleave=${point(null)}
            >
              ${info.data.image ? html`<canvas data-row=${row} role="img" aria-label="example ${row + 1}"></canvas>` : html`example ${row + 1}:`}
              <span
                ><b class="n">${number(value)}</b
                >${info.data.image ? (classes ? ' · ' : html`<br />`) : classes ? ', class ' : ', target '}${truth(labels[row])}</span
              >
            </li>`,
        )}
      </ul>`;
  }

  /**
   * @param {Look} look
   * @param {Record<string, Float32Array | undefined>} reasons
   * @param {{ best: Rows, least: Rows } | null} exciting
   */
  #paint({ opened, colours }, reasons, exciting) {
    const { image } = opened.info.data;
    if (!image) return;
    const small = pad(image.width, image.height);
    const put = (/** @type {HTMLCanvasElement} */ canvas) => {
      const context = fresh(canvas, canvas.clientWidth, canvas.clientHeight);
      context.imageSmoothingEnabled = false;
      context.drawImage(small.canvas, 0, 0, canvas.clientWidth, canvas.clientHeight);
    };
    for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (
      this.element.querySelectorAll('[data-reason]')
    )) {
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
      put(canvas);
    }
    if (!exciting) return;
    const { set, n } = shownSet(opened.info);
    const { x } = opened.data[set];
    const width = x.length / n;
    for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (
      this.element.querySelectorAll('[data-row]')
    )) {
      paintInk(small, x, Number(canvas.dataset.row) * width, colours.dark);
      put(canvas);
    }
  }
}

/**
 * What the reasons are for, in words.
 * @param {ReturnType<typeof meaningOf>} meaning
 * @param {import('../../types.js').RunInfo} info
 */
function quantityOf({ kind, of, output }, { n_outputs }) {
  if (kind === 'value') return n_outputs > 1 ? `output ${output + 1}` : 'the output';
  return kind === 'logit' ? `the logit of “${of}”` : `p(“${of}”)`;
}

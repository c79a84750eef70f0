// The predictions for examples that the model was not trained on, and which of them are wrong.
import { html, nothing, render } from 'lit-html';
import { brief, number, padded } from '../app/figures.js';
import { paintInk, pad } from '../picture/charts/pixels.js';
import { meaningOf } from '../picture/charts/answer.js';
import { percent, predictedClass } from '../picture/links.js';
import { inputOf } from '../picture/rows.js';
import { spaceOf } from '../picture/space.js';
import { LISTED, shownSet } from '../engine/frame.js';

/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../types.js').Frame} Frame */

/** Milliseconds between two updates of the list during training. */
const EVERY = 120;

/** Simplifications of the predictions. */
export const simplified = [
  'Only the first 24 examples of a set are listed. The test accuracy counts all of them.',
  'While it trains, predictions take 2 % of the time: the listed examples and the others are renewed in turn, so the accuracy is made of predictions of different ages. A paused run shows them all exactly.',
  'Probabilities are rounded. 100 % means exactly 1, and 0 % exactly 0.',
];

export class PredictionsView {
  #drawnAt = 0;

  /**
   * @param {HTMLElement} element
   * @param {{ pick: (example: number) => void, point: (example: number | null) => void, filter: (filter: 'all' | 'wrong') => void }} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
  }

  /**
   * @param {Opened} opened
   * @param {Frame} frame
   * @param {import('../app/store.js').State} state
   * @param {import('../picture/colour.js').Colours} colours
   */
  draw(opened, frame, state, colours) {
    const now = performance.now();
    if (state.playing && now - this.#drawnAt < EVERY) return;
    this.#drawnAt = now;
    const { info, data } = opened;
    const { set, n } = shownSet(info);
    const rows = data[set];
    const width = info.n_outputs;
    const of = (/** @type {number} */ i) => frame.predictions.subarray(i * width, (i + 1) * width);
    const classes = info.task !== 'regression';
    /** @type {number[]} */
    const wrong = [];
    let off = 0;
    for (let i = 0; i < n; i++) {
      if (!classes) off += Math.abs(of(i)[0] - rows.y[i]) / n;
      else if (!isRight(of(i), rows.y[i])) wrong.push(i);
    }
    const { filter, example } = state.settings;
    const list = (
      classes && filter === 'wrong' ? wrong : Array.from({ length: n }, (_, i) => i)
    ).slice(0, LISTED);
    const show = (/** @type {'all' | 'wrong'} */ value, /** @type {unknown} */ label) =>
      html`<label
        ><input
          type="radio"
          name="filter"
          .checked=${filter === value}
          @change=${() => this.actions.filter(value)}
        /><span>${label}</span></label
      >`;
    render(
      html`<div class="panel-head">
          <h2>Predictions</h2>
          <p class="score">
            ${classes ? html`${set} accuracy <b class="n slot" data-n="test-accuracy">${percent(1 - wrong.length / n)}</b>` : html`mean |error| <b class="n slot">${number(off)}</b>`}
          </p>
        </div>
        ${
          classes
            ? html`<fieldset class="speed filter">
                <legend>show</legend>
                ${show('all', `first ${Math.min(LISTED, n)}`)}
                ${show('wrong', html`wrong: <b class="n" data-n="wrong">${padded(wrong.length, n)}</b> of ${n}`)}
              </fieldset>`
            : ''
        }
        <ul class="examples ${listKind(info)}">
          ${list.map((i) => this.#item(opened, i, of(i), rows, i === example && !frame.drawn, i === state.hoveredRow))}
        </ul>
        ${list.length === 0 ? html`<p class="soft">None. Every prediction is correct.</p>` : ''}`,
      this.element,
    );
    if (info.data.image) this.#paint(rows, info.data.image, colours.dark);
  }

  /**
   * @param {Opened} opened
   * @param {number} i
   * @param {Float32Array} p
   * @param {import('../types.js').Rows} rows
   * @param {boolean} current
   * @param {boolean} pointed
   */
  #item({ info }, i, p, rows, current, pointed) {
    const point = (/** @type {number | null} */ at) => () => this.actions.point(at);
    const { image, class_names: names } = info.data;
    const place = spaceOf(info) && placeOf(info, rows, i);
    const classes = info.task !== 'regression';
    const named = (/** @type {number} */ y) => (classes ? (names[y] ?? String(y)) : number(y));
    const truth = named(rows.y[i]);
    const { label, sure } = predictedClass(p);
    const shares = meaningOf(info, p, p).kind !== 'value';
    const right = isRight(p, rows.y[i]);
    const answer = classes ? named(label) : `output ${number(p[0])}`;
    const aside = (/** @type {string} */ text) => html`<span class="unseen">${text}</span>`;
    return html`<li>
      <button
        type="button"
        class="${!classes ? '' : right ? 'right' : 'wrong'} ${pointed ? 'pointed' : ''}"
        aria-pressed=${current}
        @click=${() => this.actions.pick(i)}
        @pointerenter=${point(i)}
        @pointerleave=${point(null)}
        @focus=${point(i)}
        @blur=${point(null)}
      >
        ${aside(`Example ${i + 1}`)}
        ${
          image
            ? html`<canvas data-example=${i} width=${image.width} height=${image.height}></canvas>`
            : nothing
        }
        ${place ? html`<span class="place">${place}</span>` : nothing}
        <span class=${image && classes ? 'unseen' : 'truth'}
          >${classes ? 'label' : 'target'} ${truth}</span
        >
        ${classes ? aside('prediction') : nothing}
        <span class="answer"
          ><b>${answer}</b>
          <span class=${image && classes ? 'unseen' : ''}
            >${classes ? (shares ? percent(sure) : number(p[p.length > 1 ? label : 0])) : ''}</span
          ></span
        >
        ${
          classes
            ? html`<span class="mark" aria-hidden="true">${right ? '✓' : '✗'}</span>
                ${aside(right ? 'correct' : 'wrong')}`
            : nothing
        }
      </button>
    </li>`;
  }

  /**
   * @param {import('../types.js').Rows} rows
   * @param {{ width: number, height: number }} image
   * @param {boolean} dark
   */
  #paint(rows, { width, height }, dark) {
    for (const canvas of this.element.querySelectorAll('canvas')) {
      const key = `${canvas.dataset.example} ${dark} ${rows.x.length}`;
      if (canvas.dataset.painted === key) continue;
      canvas.dataset.painted = key;
      const digit = pad(width, height);
      paintInk(digit, inputOf(rows, Number(canvas.dataset.example)), dark);
      canvas.getContext('2d')?.drawImage(digit.canvas, 0, 0);
    }
  }
}

/**
 * Describes the inputs of an example on a line or a plane.
 * @param {import('../types.js').RunInfo} info
 * @param {import('../types.js').Rows} rows
 * @param {number} i
 */
function placeOf({ data }, rows, i) {
  const inputs = Array.from(inputOf(rows, i), brief);
  return inputs.length > 1
    ? `(${inputs.join(', ')})`
    : `${data.feature_names[0] ?? 'input'} = ${inputs[0]}`;
}

/** Whether a prediction is correct. A prediction that is not finite is wrong. @param {Float32Array} p @param {number} y */
function isRight(p, y) {
  return p.every(Number.isFinite) && predictedClass(p).label === y;
}

/** How the examples are listed: images with a word, values with their coordinates, or plain. @param {import('../types.js').RunInfo} info */
function listKind(info) {
  if (info.task === 'regression' || spaceOf(info)) return 'values';
  return info.data.image ? 'images' : '';
}

// The errors of the model on the shown set: confusion matrix, most confident mistakes, and the threshold with its curves;
// for regression, predicted values against targets.
import { html, nothing, render } from 'lit-html';
import { onValue } from '../../app/dom.js';
import { number } from '../../app/figures.js';
import {
  confusion,
  curvesOf,
  histogram,
  inCell,
  judge,
  mistakes,
  ratesAt,
} from '../../analysis/errors.js';
import { shownSet } from '../../engine/frame.js';
import { drawHistogram, drawRate, drawScatter } from '../../picture/charts/rates.js';
import { pad, paintInk } from '../../picture/charts/pixels.js';
import { inputOf } from '../../picture/rows.js';
import { percent } from '../../picture/links.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {import('../../analysis/errors.js').Judged} Judged */
/** @typedef {import('../../analysis/errors.js').Predictions} Predictions */

/** Maximum number of listed examples. */
const LISTED = 24;
const BINS = 20;

/** Simplifications of this view. */
export const simplified = [
  `At most ${LISTED} examples of a cell are listed, those with the highest probability first.`,
  'The area under the ROC curve and the average precision are those of this set, which is small; another one gives other numbers.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new ErrorsView(element, tools);

class ErrorsView extends StepView {
  #threshold = 0.5;
  /** The selected cell: label and predicted class; null for all mistakes. @type {[number, number] | null} */
  #cell = null;
  #text = '';

  /** @param {ViewState} view */
  draw(view) {
    const { opened, frame } = view;
    const { info, data } = opened;
    if (opened.text !== this.#text) [this.#text, this.#cell] = [opened.text, null];
    const { set, n } = shownSet(info);
    const { y } = data[set];
    const predictions = { p: frame.predictions, width: info.n_outputs, y, n };
    if (info.task === 'regression') return this.#regression(view, predictions, set);
    const hasThreshold = info.n_outputs === 1;
    const judged = judge(predictions, hasThreshold ? this.#threshold : undefined);
    const classes = Math.max(2, info.data.class_names.length);
    const counts = confusion(judged, classes);
    const wrong = mistakes(judged);
    const cell = this.#cell;
    const list = cell ? inCell(judged, ...cell) : wrong;
    const name = (/** @type {number} */ i) => info.data.class_names[i] ?? String(i);
    render(
      html`<div class="errors">
        <figure>
          <figcaption>
            <b>Confusion matrix</b>, ${n} ${set} examples: each row is a label, each column a
            prediction. Select a cell to see its examples.
          </figcaption>
          ${this.#matrix(counts, name)}
          <p class="score">${percent(1 - wrong.length / n)} correct, ${wrong.length} wrong</p>
        </figure>
        ${hasThreshold ? this.#curves(predictions) : nothing}
        <div class="listed">
          <h3>
            ${
              cell
                ? html`Label ${name(cell[0])}, predicted ${name(cell[1])} (${list.length})
                    <button type="button" class="quiet" @click=${() => this.#select(null)}>
                      All mistakes
                    </button>`
                : html`Most confident mistakes (${wrong.length})
                    <span class="soft">below each: the prediction and its probability</span>`
            }
          </h3>
          ${this.#list(view, list.slice(0, LISTED), name)}
        </div>
      </div>`,
      this.element,
    );
    if (hasThreshold) this.#paintCurves(view, predictions);
    if (info.data.image) this.#paintImages(view, set);
  }

  /** @param {number[][]} counts @param {(i: number) => string} name */
  #matrix(counts, name) {
    const most = Math.max(1, ...counts.flat());
    return html`<table class="confusion">
      <thead>
        <tr>
          <th scope="col" class="soft">label \\ predicted</th>
          ${counts.map((_, i) => html`<th scope="col">${name(i)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${counts.map(
          (row, label) =>
            html`<tr>
              <th scope="row">${name(label)}</th>
              ${row.map((count, predicted) => {
                const isOn = this.#cell?.[0] === label && this.#cell[1] === predicted;
                const kind = label === predicted ? 'right' : count ? 'wrong' : '';
                return html`<td>
                  <button
                    type="button"
                    class=${kind}
                    aria-pressed=${isOn}
                    aria-label="label ${name(label)}, predicted ${name(predicted)}: ${count}"
                    .style=${`--share: ${((100 * count) / most).toFixed(0)}%`}
                    @click=${() => this.#select([label, predicted])}
                  >
                    ${count}
                  </button>
                </td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  /** @param {[number, number] | null} cell */
  #select(cell) {
    this.#cell = cell;
    this.tools.redraw();
  }

  /** The threshold, its rates, and the canvases of the curves. @param {Predictions} predictions */
  #curves(predictions) {
    const rates = ratesAt(predictions, this.#threshold);
    const { area, average } = curvesOf(predictions);
    const slide = onValue((value) => {
      this.#threshold = Number(value);
      this.tools.redraw();
    });
    return html`<div class="thresholds">
      <label for="threshold"
        >threshold: class 1 above <b class="n">${this.#threshold.toFixed(2)}</b></label
      >
      <input
        id="threshold"
        type="range"
        min="0"
        max="1"
        step="0.01"
        .value=${String(this.#threshold)}
        @input=${slide}
      />
      <p class="soft">
        precision <b class="n" data-n="precision">${percent(rates.precision)}</b>, recall
        <b class="n" data-n="recall">${percent(rates.recall)}</b>, false positive rate
        <b class="n">${percent(rates.falsePositives)}</b>, accuracy
        <b class="n">${percent(rates.accuracy)}</b>
      </p>
      <div class="rate-plots">
        <figure>
          <canvas
            class="outputs"
            role="img"
            aria-label="Histogram of the outputs by label"
          ></canvas>
          <figcaption>outputs, by label</figcaption>
        </figure>
        <figure>
          <canvas class="roc" role="img" aria-label="ROC curve"></canvas>
          <figcaption>
            ROC: true against false positive rate, area
            <b class="n" data-n="auc">${number(area)}</b>
          </figcaption>
        </figure>
        <figure>
          <canvas class="pr" role="img" aria-label="Precision-recall curve"></canvas>
          <figcaption>
            precision against recall, average
            <b class="n" data-n="average-precision">${number(average)}</b>
          </figcaption>
        </figure>
      </div>
    </div>`;
  }

  /** @param {ViewState} view @param {Judged[]} list @param {(i: number) => string} name */
  #list({ opened, state }, list, name) {
    if (list.length === 0) return html`<p class="soft">None. Every prediction is correct.</p>`;
    const { image } = opened.info.data;
    return html`<ul class="examples ${image ? 'images' : ''}">
      ${list.map(
        ({ row, label, predicted, sure }) =>
          html`<li>
            <button
              type="button"
              class=${label === predicted ? 'right' : 'wrong'}
              title="example ${row + 1}: label ${name(label)}, predicted ${name(predicted)} with ${percent(sure)}"
              aria-pressed=${row === state.settings.example}
              @click=${() => this.tools.showExample(row)}
              @pointerenter=${() => this.tools.hoverRow(row)}
              @pointerleave=${() => this.tools.hoverRow(null)}
            >
              ${image ? html`<canvas data-row=${row} width=${image.width} height=${image.height}></canvas>` : html`<span>${row + 1}:&nbsp;</span>`}
              <span class="answer"><b>${name(predicted)}</b> ${percent(sure)}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  /** @param {ViewState} view @param {Predictions} predictions */
  #paintCurves({ colours }, predictions) {
    const { roc, pr } = curvesOf(predictions);
    const at = this.#threshold;
    const counts = histogram(predictions, BINS);
    for (const canvas of this.canvases('.outputs')) drawHistogram(canvas, counts, at, colours);
    const { precision, recall, falsePositives } = ratesAt(predictions, at);
    for (const canvas of this.canvases('.roc'))
      drawRate(canvas, roc, { x: falsePositives, y: recall }, colours, true);
    for (const canvas of this.canvases('.pr'))
      drawRate(canvas, pr, { x: recall, y: precision }, colours, false);
  }

  /** @param {ViewState} view @param {import('../../types.js').SetName} set */
  #paintImages({ opened, colours }, set) {
    const { image } = opened.info.data;
    if (!image) return;
    for (const canvas of this.canvases('[data-row]')) {
      const key = `${canvas.dataset.row} ${colours.dark} ${opened.text.length}`;
      if (canvas.dataset.painted === key) continue;
      canvas.dataset.painted = key;
      const digit = pad(image.width, image.height);
      paintInk(digit, inputOf(opened.data[set], Number(canvas.dataset.row)), colours.dark);
      canvas.getContext('2d')?.drawImage(digit.canvas, 0, 0);
    }
  }

  /** Predicted values against targets. @param {ViewState} view @param {Predictions} predictions @param {string} set */
  #regression({ colours }, { p, width, y, n }, set) {
    const errors = Array.from({ length: n }, (_, i) => p[i * width] - y[i]);
    const mean = errors.reduce((sum, error) => sum + Math.abs(error), 0) / n;
    render(
      html`<div class="errors">
        <figure class="scatter-figure">
          <canvas class="scatter" role="img" aria-label="Predicted values against targets"></canvas>
          <figcaption>
            Predicted value (up) against target (right) for ${n} ${set} examples. On the line,
            prediction and target are equal. Mean absolute error <b class="n">${number(mean)}</b>.
          </figcaption>
        </figure>
      </div>`,
      this.element,
    );
    const points = errors.map((_, i) => ({ x: y[i], y: p[i * width] }));
    for (const canvas of this.canvases('.scatter')) drawScatter(canvas, points, colours);
  }
}

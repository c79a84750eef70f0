// The charts of the right column: the loss and one metric, each also as a table.
import { html, render } from 'lit-html';
import { lineOf, viewedMark, marksOf, series } from '../picture/charts/series.js';
import { number } from '../app/figures.js';
import { onValue } from '../app/dom.js';

/** @typedef {import('../types.js').History} History */
/** @typedef {{ history: History, previousRuns: import('../app/branching.js').PreviousRun[], info: import('../types.js').RunInfo }} Shown */

/** Milliseconds between two redraws of the mark of the viewed step, as often as the charts are drawn during training. */
const MARK_EVERY = 112;
/** Maximum number of table rows. A longer run shows its last rows. */
const MOST_ROWS = 500;

/** Simplifications of the charts. */
export const simplified = [
  'The training loss of an epoch is the mean over its batches, each measured before its update, as Keras logs it. The validation loss is measured after the epoch.',
  'A run of more than 800 epochs or batches is drawn with every n-th value only.',
];

export class CurvesView {
  /** @type {Record<string, boolean>} */
  #tables = { loss: false, metric: false };
  /** The chart class, once it has loaded. @type {typeof import('../picture/charts/curve.js').Curve | undefined} */
  #Curve;
  /** @type {Record<string, import('../picture/charts/curve.js').Curve>} */
  #curves = {};
  #drawnKey = '';
  /** The marked step, the time of that drawing, and the timer of the next one. */
  #marked = { viewedStep: /** @type {number | null} */ (null), at: 0, again: 0 };

  /**
   * @param {HTMLElement} element
   * @param {{ redraw: () => void, metric: (name: string) => void, goTo: (epoch: number) => void }} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
  }

  /** Sets the chart class, which loads after the first drawing. @param {typeof import('../picture/charts/curve.js').Curve} Curve */
  drawWith(Curve) {
    this.#Curve = Curve;
    this.#drawnKey = '';
  }

  /**
   * @param {History} history
   * @param {import('../app/branching.js').PreviousRun[]} previousRuns previous runs to compare with
   * @param {import('../types.js').RunInfo} info
   * @param {string} wantedMetric metric to show
   * @param {import('../picture/colour.js').Colours} colours
   * @param {number | null} viewedStep viewed step; null: the latest
   */
  draw(history, previousRuns, info, wantedMetric, colours, viewedStep) {
    const names = info.log_names.filter((n) => n !== 'loss' && !n.startsWith('val_'));
    const metric = names.includes(wantedMetric) ? wantedMetric : (names[0] ?? '');
    // Skip rendering where nothing has changed: the tables are long.
    const state = [
      history.batches.length,
      history.epochs.length,
      history.events.length,
      previousRuns.map(({ label }) => label),
      metric,
      colours.dark,
      this.element.clientWidth,
    ];
    const key = [...state, ...Object.values(this.#tables), info.epochs, info.log_names].join();
    if (key === this.#drawnKey && history.batches.length > 0) {
      this.#mark(viewedStep, history, info);
      return;
    }
    this.#drawnKey = key;
    this.#marked.viewedStep = viewedStep;
    const shown = { history, previousRuns, info };
    render(
      html`${this.#panel(shown, 'loss', 'Loss', 'loss', [])}
      ${
        metric
          ? this.#panel(shown, 'metric', title(metric, info), metric, names)
          : html`<p class="panel soft">No metric is measured. Add one under “Loss and cost”.</p>`
      }`,
      this.element,
    );
    this.#plot(shown, 'loss', 'loss', colours);
    if (metric) this.#plot(shown, 'metric', metric, colours);
  }

  /**
   * Moves the mark to another step, at most every `MARK_EVERY` milliseconds.
   * @param {number | null} viewedStep
   * @param {History} history
   * @param {import('../types.js').RunInfo} info
   */
  #mark(viewedStep, { events }, info) {
    const marked = this.#marked;
    if (viewedStep === marked.viewedStep || marked.again) return;
    const wait = marked.at + MARK_EVERY - performance.now();
    if (wait > 0) {
      marked.again = window.setTimeout(() => {
        marked.again = 0;
        this.actions.redraw();
      }, wait);
      return;
    }
    this.#marked = { viewedStep, at: performance.now(), again: 0 };
    const marks = marksOf(events).concat(viewedMark(viewedStep, info));
    for (const curve of Object.values(this.#curves)) curve.mark(marks);
  }

  /**
   * @param {Shown} shown
   * @param {string} id
   * @param {string} heading
   * @param {string} name
   * @param {string[]} names metrics to choose from
   */
  #panel({ history, previousRuns, info }, id, heading, name, names) {
    const open = this.#tables[id];
    const toggle = () => {
      this.#tables[id] = !open;
      this.actions.redraw();
    };
    const beside = previousRuns.map(({ label }) => label).join(', ');
    return html`<section class="panel curve" aria-label=${heading}>
      <div class="panel-head">
        ${
          names.length > 1
            ? html`<h2>
                <select aria-label="metric" @change=${onValue(this.actions.metric)}>
                  ${names.map((n) => html`<option value=${n} .selected=${n === name}>${title(n, info)}</option>`)}
                </select>
              </h2>`
            : html`<h2>${heading}</h2>`
        }
        <p class="now">${latest(name, history)}</p>
        <button type="button" class="quiet" aria-pressed=${open} @click=${toggle}>table</button>
      </div>
      <div
        class="plot"
        id="plot-${id}"
        role="group"
        aria-label="${heading} by epoch${beside && `, compared with: ${beside}`}"
        ?hidden=${open}
      ></div>
      ${open ? table(heading, name, history, info.first_epoch) : ''}
    </section>`;
  }

  /**
   * @param {Shown} shown
   * @param {string} id
   * @param {string} name
   * @param {import('../picture/colour.js').Colours} colours
   */
  #plot({ history, previousRuns, info }, id, name, colours) {
    const element = /** @type {HTMLElement | null} */ (this.element.querySelector(`#plot-${id}`));
    if (!element || !this.#Curve || this.#tables[id]) return;
    if (this.#curves[id]?.element !== element)
      this.#curves[id] = new this.#Curve(element, this.actions.goTo);
    const isLoss = id === 'loss';
    const share = name.includes('accuracy');
    const data = series(history, name, info.n_batches, isLoss, info.first_epoch);
    this.#curves[id].draw(data, info.epochs, {
      name,
      hue: isLoss ? colours.ink.loss : colours.ink.metric,
      colours,
      batches: isLoss,
      range: share ? [0, 1.02] : null,
      marks: marksOf(history.events).concat(viewedMark(this.#marked.viewedStep, info)),
      others: previousRuns.flatMap((run) => lineOf({ label: run.label }, run, name)),
    });
  }
}

/**
 * The latest training and validation values.
 * @param {string} name
 * @param {History} history
 */
function latest(name, { names, epochs }) {
  const row = epochs[epochs.length - 1];
  if (!row) return '';
  const [train, held] = [names.indexOf(name), names.indexOf(`val_${name}`)];
  return html`train
    <b data-n=${name}>${number(row[train])}</b>
    ${held < 0 ? '' : html`val <b data-n="val_${name}">${number(row[held])}</b>`}`;
}

/**
 * Title of a metric. The chart of a metric with several values shows their mean, as Keras' progress bar does.
 * @param {string} name
 * @param {import('../types.js').RunInfo} info
 */
function title(name, { log_names, log_counts }) {
  const words = name.replaceAll('_', ' ');
  const count = log_counts[log_names.indexOf(name)];
  return `${words[0].toUpperCase()}${words.slice(1)}${count > 1 ? ` (mean of ${count})` : ''}`;
}

/**
 * @param {string} heading
 * @param {string} name
 * @param {History} history
 * @param {number} firstEpoch number of the first epoch
 */
function table(heading, name, { names, epochs, events }, firstEpoch) {
  const [train, held] = [names.indexOf(name), names.indexOf(`val_${name}`)];
  const first = Math.max(0, epochs.length - MOST_ROWS);
  const marks = marksOf(events);
  const note = (/** @type {number} */ epoch) =>
    marks.flatMap(({ at, label }) => (at === epoch ? `, ${label}` : [])).join('');
  return html`<div class="table" tabindex="0" role="region" aria-label="${heading} by epoch">
    <table>
      <thead>
        <tr>
          <th scope="col">epoch</th>
          <th scope="col">training</th>
          <th scope="col">validation</th>
        </tr>
      </thead>
      <tbody>
        ${epochs.slice(first).map(
          (row, i) =>
            html`<tr>
              <th scope="row">${firstEpoch + first + i + 1}${note(firstEpoch + first + i + 1)}</th>
              <td>${number(row[train])}</td>
              <td>${number(row[held])}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

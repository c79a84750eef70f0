// The charts of the right column: the loss and one metric, each also as a table, with the runs to compare with.
import { html, render } from 'lit-html';
import { linesOf, marksOf, series, viewedMark } from '../picture/charts/series.js';
import { number } from '../app/figures.js';
import { onValue } from '../app/dom.js';
import { isLowBest } from '../compare/record.js';
import { chartBar } from './compare/chart-bar.js';
import { table } from './compare/chart-table.js';

/** @typedef {import('../types.js').History} History */
/** @typedef {import('../compare/shown.js').ShownRun} ShownRun */
/** @typedef {import('../app/store.js').Settings} Settings */
/** @typedef {import('../picture/charts/curve.js').Pointed} Pointed */
/**
 * What the charts show.
 * @typedef {object} Shown
 * @property {History} history
 * @property {ShownRun[]} others runs to compare with
 * @property {import('../types.js').RunInfo} info
 * @property {import('../types.js').Experiment} experiment
 * @property {Settings} settings
 * @property {import('../picture/colour.js').Colours} colours
 * @property {number | null} viewedStep viewed step; null: the latest
 */

/** Milliseconds between two redraws of the mark of the viewed step, as often as the charts are drawn during training. */
const MARK_EVERY = 112;
/** Simplifications of the charts. */
export const simplified = [
  'The training loss of an epoch is the mean over its batches, each measured before its update, as Keras logs it. The validation loss is measured after the epoch.',
  'A run of more than 800 epochs or batches is drawn with every n-th value only. Of more than 10,000 epochs or 4,096 batches the page keeps every n-th one; the log, the table and the files have these.',
  'Runs on another data set are not drawn, and the loss of a run with another loss function is not drawn, since these numbers cannot be compared.',
  'A run whose values are more than three times those of most others leaves the chart at the top. The log scale shows it whole.',
  'Smoothing is an exponential moving average that keeps 80 % of the earlier values. The raw lines stay visible behind.',
];

export class CurvesView {
  #isTable = false;
  /** The chart class, once it has loaded. @type {typeof import('../picture/charts/curve.js').Curve | undefined} */
  #Curve;
  /** @type {Record<string, import('../picture/charts/curve.js').Curve>} */
  #curves = {};
  #drawnKey = '';
  /** The marked step, the time of that drawing, and the timer of the next one. */
  #marked = { viewedStep: /** @type {number | null} */ (null), at: 0, again: 0 };
  /** What was drawn last, for the export. @type {{ shown: Shown, metric: string } | null} */
  #drawn = null;

  /**
   * @param {HTMLElement} element
   * @param {{ redraw: () => void, metric: (name: string) => void, goTo: (epoch: number) => void, setting: (change: Partial<Settings>) => void, save: (name: string, content: Blob) => void }} actions
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

  /** @param {Shown} shown */
  draw(shown) {
    const { history, others, info, settings, colours, viewedStep } = shown;
    const names = metricsOf(info);
    const metric = names.includes(settings.metric) ? settings.metric : (names[0] ?? '');
    // Skip rendering where nothing has changed: the tables are long.
    const key = [
      history.batches.at.at(-1),
      history.at.at(-1),
      history.events.length,
      others.map(({ run, name, hue }) => [run.id, run.steps, run.seconds, run.dimmed, name, hue]),
      metric,
      colours.dark,
      this.element.clientWidth,
      settings.chartLog,
      settings.chartBatches,
      settings.chartSmooth,
      settings.chartWhole,
      this.#isTable,
      info.epochs,
      info.log_names,
    ].join();
    if (key === this.#drawnKey && history.batches.at.length > 0) {
      this.#mark(viewedStep, history, info);
      return;
    }
    this.#drawnKey = key;
    this.#marked.viewedStep = viewedStep;
    this.#drawn = { shown, metric };
    render(
      html`${chartBar(settings, this.#isTable, !history.batches.at.length && !others.length, {
        setting: this.actions.setting,
        table: () => {
          this.#isTable = !this.#isTable;
          this.actions.redraw();
        },
        save: (kind) => this.#save(kind),
      })}
      ${this.#panel(shown, 'loss', 'Loss', 'loss', [])}
      ${
        metric
          ? this.#panel(shown, 'metric', title(metric, info), metric, names)
          : html`<p class="panel soft">No metric is measured. Add one under “Loss and cost”.</p>`
      }`,
      this.element,
    );
    this.#plot(shown, 'loss', 'loss');
    if (metric) this.#plot(shown, 'metric', metric);
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
  #panel(shown, id, heading, name, names) {
    const { history, others, info } = shown;
    const beside = others.map((other) => other.name).join(', ');
    const empty = this.#isTable ? '' : emptyText(shown, id, name);
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
        <p class="now at-pointer" id="pointed-${id}" aria-hidden="true"></p>
      </div>
      <div class="plot-holder" ?hidden=${this.#isTable}>
        <div
          class="plot"
          id="plot-${id}"
          role="group"
          aria-label="${heading} by epoch${beside && `, compared with: ${beside}`}"
          ?hidden=${empty !== ''}
        ></div>
        <p class="plot-empty soft" ?hidden=${empty === ''}>${empty}</p>
      </div>
      ${this.#isTable ? table(heading, name, history) : ''}
    </section>`;
  }

  /**
   * @param {Shown} shown
   * @param {string} id
   * @param {string} name
   */
  #plot(shown, id, name) {
    const { history, info, settings, colours } = shown;
    const element = /** @type {HTMLElement | null} */ (this.element.querySelector(`#plot-${id}`));
    if (!element || !this.#Curve || element.hidden || this.#isTable) return;
    if (this.#curves[id]?.element !== element) {
      this.#curves[id]?.destroy();
      this.#curves[id] = new this.#Curve(element, this.actions.goTo, (pointed) =>
        this.#point(id, pointed),
      );
    }
    const isLoss = id === 'loss';
    this.#curves[id].draw(columnsOf(shown, name), info.epochs, {
      name,
      hue: isLoss ? colours.ink.loss : colours.ink.metric,
      colours,
      zero: isLoss,
      log: settings.chartLog && isLowBest(name),
      smooth: settings.chartSmooth,
      whole: settings.chartWhole && !isLowBest(name),
      marks: marksOf(history.events).concat(viewedMark(this.#marked.viewedStep, info)),
      others: linesBeside(shown, name),
    });
  }

  /** Shows the values under the pointer in the place of the latest ones. @param {string} id @param {Pointed | null} pointed */
  #point(id, pointed) {
    const element = this.element.querySelector(`#pointed-${id}`);
    if (!element) return;
    const values = Object.entries({
      batch: pointed?.batch,
      train: pointed?.train,
      val: pointed?.held,
    }).flatMap(([name, v]) => (v === null || v === undefined ? [] : `${name} ${number(v)}`));
    const epoch = Math.round((pointed?.epoch ?? 0) * 100) / 100;
    element.textContent = pointed ? `epoch ${epoch}: ${values.join(' ')}` : '';
  }

  /** @param {import('./compare/chart-bar.js').ExportKind} kind */
  async #save(kind) {
    if (!this.#drawn) return;
    const { shown, metric } = this.#drawn;
    const { fileOf } = await import('./compare/chart-files.js');
    const names = ['loss', ...(metric ? [metric] : [])];
    const charts = names.map((name, i) => ({
      title: title(name, shown.info),
      name,
      canvas: this.#curves[i ? 'metric' : 'loss']?.canvas ?? null,
      others: linesBeside(shown, name),
      columns: columnsOf(shown, name),
    }));
    const content = await fileOf(kind, shown, charts);
    if (content) this.actions.save(`glassbox-curves.${kind}`, content);
  }
}

/** The columns of a chart. @param {Shown} shown @param {string} name */
function columnsOf({ history, info, settings }, name) {
  const batches = name === 'loss' && settings.chartBatches;
  return series(history, name, info.n_batches, batches, info.first_epoch);
}

/** The metrics that are measured, beside the loss. @param {import('../types.js').RunInfo} info */
function metricsOf({ log_names }) {
  return log_names.filter((n) => n !== 'loss' && !n.startsWith('val_'));
}

/** The lines of the runs to compare with, in one column. @param {Shown} shown @param {string} name */
function linesBeside({ others, experiment, colours }, name) {
  // The numbers of two loss functions cannot be compared.
  const loss = experiment.compile.loss.class_name;
  return others.flatMap((other) =>
    name === 'loss' && other.run.experiment.compile.loss.class_name !== loss
      ? []
      : linesOf(other, name, colours.runs),
  );
}

/** What stands in the place of a chart without any line. @param {Shown} shown @param {string} id @param {string} name */
function emptyText(shown, id, name) {
  const { history, settings } = shown;
  const hasBatches = id === 'loss' && settings.chartBatches && history.batches.at.length > 0;
  if (history.epochs.length || hasBatches || linesBeside(shown, name).length) return '';
  if (history.batches.at.length) return 'The first value comes at the end of the first epoch.';
  return id === 'loss'
    ? 'Nothing has been trained yet. Press Play, and the loss of each batch and each epoch appears here.'
    : 'This metric appears here after each epoch.';
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
  return html`<span class="line" aria-hidden="true"></span> train
    <b class="slot" data-n=${name}>${number(row[train])}</b>
    ${
      held < 0
        ? ''
        : html`<span class="line dashed" aria-hidden="true"></span> val
            <b class="slot" data-n="val_${name}">${number(row[held])}</b>`
    }`;
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

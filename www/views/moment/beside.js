// The network compared with the same experiment without hidden layers: the three steps of both, and both curves.
import { html, nothing, render, svg } from 'lit-html';
import { Curve } from '../../picture/charts/curve.js';
import { enlarge, pad, paintSigned } from '../../picture/charts/pixels.js';
import { series } from '../../picture/charts/series.js';
import { nameOf, optionOf } from '../../forms/choices.js';
import { number } from '../../app/figures.js';
import { verdictOf } from '../../analysis/verdict.js';
import { withoutHidden } from '../../step/plain.js';
import { messageOf } from '../../app/errors.js';
import { StepView } from './view.js';

/** @typedef {import('../../step/inspector.js').ViewState} ViewState */
/** @typedef {Awaited<ReturnType<import('../../step/inspector-client.js').InspectorClient['baseline']>>} Baseline */

/** Simplifications of this view. */
export const simplified = [
  'The regression is trained separately, with the same data, seed, optimizer and batches, and for as many steps as the network.',
  'Its initial weights come from the same seed, but they have another shape, so they are not those of a layer of the network.',
];

/** @type {import('../../step/inspector.js').ViewModule['make']} */
export const make = (element, tools) => new BesideView(element, tools);

/** Milliseconds of training in one call: while the network trains, and while it is paused. */
const [AMID, ALONE] = [40, 200];
/** Milliseconds between two calls, while the network trains. */
const BETWEEN = 500;

/** Names of models without hidden layers, by output activation. @type {Record<string, string>} */
const NAMES = { sigmoid: 'Logistic regression', softmax: 'Softmax regression' };

class BesideView extends StepView {
  /** `of`: the experiment that it is the run of. @type {(Baseline & { of: unknown }) | null} */
  #baseline = null;
  #asking = false;
  /** The experiment without hidden layers, and the text of the original. */
  #experiment = {
    of: '',
    experiment: /** @type {import('../../types.js').Experiment | null} */ (null),
  };
  /** @type {Curve | null} */
  #curve = null;
  /** Key of the last drawing. */
  #drawnKey = '';

  /** @param {ViewState} view */
  draw(view) {
    const { text, experiment, info } = view.opened;
    if (this.#experiment.of !== text)
      this.#experiment = {
        of: text,
        experiment: withoutHidden(experiment, info.input_shape, view.state.catalog),
      };
    const plain = this.#experiment.experiment;
    if (plain) this.#ask(view, plain);
    const baseline = this.#baseline?.of === plain ? this.#baseline : null;
    // While the network trains, the view is drawn only when the regression has progressed, since training has priority.
    const { playing } = view.state;
    const at = playing
      ? ''
      : [view.step, view.history.at.at(-1), view.frame.epochs, view.frame.test].join();
    const key = [text, baseline?.steps, baseline?.finished, playing, at].join();
    const drawnKey = [key, view.colours.dark, this.element.clientWidth].join();
    if (drawnKey === this.#drawnKey) return;
    this.#drawnKey = drawnKey;
    if (!plain) {
      return this.showMessage(
        'This model has no hidden layer or does not end in a Dense layer, so there is no simpler model to compare it with.',
      );
    }
    const { activation } = info.layers[info.layers.length - 1];
    const name = info.outputs_are_logits
      ? NAMES[info.n_outputs > 1 ? 'softmax' : 'sigmoid']
      : (NAMES[activation ?? ''] ?? 'Linear regression');
    this.#renderTable(view, baseline, name);
    if (!baseline) return;
    this.#chart(view, baseline);
    this.#image(view, baseline);
  }

  /** @param {ViewState} view @param {Baseline | null} baseline @param {string} name */
  #renderTable(view, baseline, name) {
    const { experiment, info } = view.opened;
    const { compile, fit } = experiment;
    const f = info.layers[info.layers.length - 1].activation ?? '';
    const optimizer = compile.optimizer.class_name;
    const rate = optionOf(view.state.catalog.optimizers, compile.optimizer, 'learning_rate');
    const own = view.frame.test;
    const row = (
      /** @type {string} */ step,
      /** @type {unknown} */ theirs,
      /** @type {unknown} */ ours,
    ) =>
      html`<tr>
        <th scope="row">${step}</th>
        <td>${theirs}</td>
        <td>${ours}</td>
      </tr>`;
    const rest = `${optimizer}, learning rate ${typeof rate === 'number' ? rate : nameOf(rate)}, batches of ${fit.batch_size ?? 32}`;
    const metrics = info.log_names.filter((n) => n !== 'loss' && !n.startsWith('val_'));
    const tested = (/** @type {number[] | null | undefined} */ test) =>
      test
        ? html`loss
            <b>${number(test[0])}</b
            >${metrics[0] ? html`, ${metrics[0]} <b>${number(test[1])}</b>` : nothing}`
        : '–';
    const verdict = baseline?.finished
      ? verdictOf({
          name,
          metric: metrics[0],
          own,
          plain: baseline.test,
          data: experiment.data.class_name,
          task: info.task,
        })
      : null;
    const offer = view.state.catalog.datasets.find((d) => d.class_name === verdict?.offer);
    render(
      html`${
          verdict && view.step > 0
            ? html`<p class="verdict-line">
                ${verdict.text}
                ${
                  offer
                    ? html`<button
                        type="button"
                        class="quiet"
                        @click=${() => this.tools.chooseData(offer.class_name)}
                      >
                        Try ${offer.label}, where it is the other way round
                      </button>`
                    : nothing
                }
              </p>`
            : nothing
        }
        <table class="versus">
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">${name}</th>
              <th scope="col">this network</th>
            </tr>
          </thead>
          <tbody>
            ${row('1 Specify the model', html`a = ${f || 'z'}${f ? '(w · x + b)' : ' = w · x + b'}, ${baseline ? baseline.n_weights.toLocaleString('en') : '…'} parameters`, html`${info.layers.filter((l) => l.n_params > 0).length} layers with weights, ${info.n_weights.toLocaleString('en')} parameters`)}
            ${row('2 Loss and cost', compile.loss.class_name, compile.loss.class_name)}
            ${row('3 Train', rest, rest)} ${row('test set', tested(baseline?.test), tested(own))}
          </tbody>
        </table>
        <div class="versus-plots">
          <div class="plot"></div>
          ${
            info.data.image && info.n_outputs === 1
              ? html`<figure>
                  <canvas
                    class="slice weights"
                    role="img"
                    aria-label="All weights of the regression as an image"
                  ></canvas>
                  <figcaption>all weights of the regression</figcaption>
                </figure>`
              : nothing
          }
        </div>
        <p class="soft key">
          <span>${swatch(view.colours.ink.loss)} this network</span>
          <span>${swatch(view.colours.ink.metric)} ${name.toLowerCase()}</span>
          <span>solid: training, dashed: validation</span>
        </p>
        <p class="soft" role="status">
          ${baseline?.finished === false ? `The regression is at batch ${baseline.steps.toLocaleString('en')} of ${baseline.step.toLocaleString('en')} …` : nothing}
        </p>`,
      this.element,
    );
  }

  /** @param {ViewState} view @param {import('../../types.js').Experiment} plain */
  async #ask({ step, state }, plain) {
    const there =
      this.#baseline?.of === plain && this.#baseline.step === step && this.#baseline.finished;
    if (there || this.#asking || document.hidden) return;
    this.#asking = true;
    try {
      const time = state.playing ? AMID : ALONE;
      this.#baseline = { of: plain, ...(await this.tools.client.baseline(step, plain, time)) };
    } catch (error) {
      this.tools.notify(`The model without hidden layers cannot be trained: ${messageOf(error)}`);
      this.#baseline = {
        of: plain,
        step,
        finished: true,
        steps: 0,
        n_weights: 0,
        lines: [],
        weights: new Float32Array(),
        test: null,
      };
    }
    if (state.playing) await new Promise((resolve) => setTimeout(resolve, BETWEEN));
    this.#asking = false;
    this.tools.redraw();
  }

  /** @param {ViewState} view @param {Baseline} baseline */
  #chart({ history, frame, opened: { info }, colours }, baseline) {
    const element = /** @type {HTMLElement | null} */ (this.element.querySelector('.plot'));
    if (!element) return;
    if (this.#curve?.element !== element) this.#curve = new Curve(element, this.tools.goToEpoch);
    // Both curves end at the viewed step.
    const epochs = history.epochs.filter((_, i) => history.at[i] <= frame.epochs);
    const data = series({ ...history, epochs }, 'loss', info.n_batches, false, info.first_epoch);
    this.#curve.draw(data, info.epochs, {
      name: 'loss',
      hue: colours.ink.loss,
      colours,
      zero: true,
      marks: [],
      others: baseline.lines.map((line) => ({ ...line, hue: colours.ink.metric })),
    });
  }

  /** @param {ViewState} view @param {Baseline} baseline */
  #image({ opened, colours }, baseline) {
    const [canvas] = this.canvases('.weights');
    const { image } = opened.info.data;
    if (!canvas || !image || baseline.weights.length < image.height * image.width) return;
    const small = pad(image.width, image.height);
    const top = baseline.weights.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
    paintSigned(small, baseline.weights, 0, 1, top, colours.packed);
    enlarge(canvas, small);
  }
}

/** @param {string} hue */
function swatch(hue) {
  const line = svg`<line y1="1" y2="1" x2="20" stroke=${hue} stroke-width="2" />`;
  return html`<svg width="20" height="2" aria-hidden="true">${line}</svg>`;
}

// The network beside the same experiment without a hidden layer: what each of the three steps is in both, and both curves.
import { html, nothing, render } from 'lit-html';
import uPlot from 'uplot';
import { number } from '../../charts/curve.js';
import { fresh, pad, paintSigned } from '../../charts/pixels.js';
import { withoutHidden } from '../plain.js';

/** @typedef {import('../glass.js').Look} Look */
/** @typedef {Awaited<ReturnType<import('../study.js').Study['beside']>>} Beside */

/** @type {import('../glass.js').ViewKind} */
export const beside = {
  id: 'beside',
  label: 'Logistic regression',
  traced: false,
  simplified: [
    'The regression beside the network is trained by itself, with the same data, seed, optimizer and batches, as many steps as the network has.',
    'Its first weights are drawn from the same seed, but for another shape: they are not those of a layer of the network.',
  ],
  make: (element, tools) => new BesideView(element, tools),
};

class BesideView {
  /** @type {Beside | null} */
  #found = null;
  #asking = '';
  /** @type {uPlot | null} */
  #plot = null;
  #plotted = '';

  /**
   * @param {HTMLElement} element
   * @param {import('../glass.js').Tools} tools
   */
  constructor(element, tools) {
    this.element = element;
    this.tools = tools;
  }

  /** @param {Look} look */
  draw(look) {
    const plain = withoutHidden(look.opened.text);
    if (!plain) {
      render(
        html`<p class="soft pad-text">
          This model has no hidden layer, or does not end in Dense: it is what others are compared
          with.
        </p>`,
        this.element,
      );
      this.#plot = null;
      this.#plotted = '';
      return;
    }
    this.#ask(look, plain);
    const found = this.#found?.text === plain ? this.#found : null;
    const { info } = look.opened;
    const { compile, fit } = JSON.parse(look.opened.text);
    const name =
      info.task === 'regression'
        ? 'Linear regression'
        : info.n_outputs > 1
          ? 'Softmax regression'
          : 'Logistic regression';
    const last = info.layers[info.layers.length - 1];
    const f = last.activation ?? '';
    const optimizer = compile.optimizer.class_name;
    // The canonical text leaves defaults out.
    const entry = look.state.catalog.optimizers.find(({ class_name }) => class_name === optimizer);
    const preset = entry?.options.find((o) => o.name === 'learning_rate')?.default;
    const rate = compile.optimizer.config?.learning_rate ?? preset;
    const own = look.frame.test;
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
    const rest = `${optimizer}, learning rate ${typeof rate === 'number' ? rate : rate?.class_name}, batches of ${fit.batch_size ?? 32}`;
    const metrics = info.log_names.filter((n) => n !== 'loss' && !n.startsWith('val_'));
    const tested = (/** @type {number[] | null | undefined} */ test) =>
      test
        ? html`loss
            <b>${number(test[0])}</b
            >${metrics[0] ? html`, ${metrics[0]} <b>${number(test[1])}</b>` : nothing}`
        : '–';
    render(
      html`<table class="versus">
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col">${name}</th>
              <th scope="col">this network</th>
            </tr>
          </thead>
          <tbody>
            ${row('1 Specify', html`a = ${f || 'z'}${f ? '(w · x + b)' : ' = w · x + b'}; ${found ? found.n_weights.toLocaleString('en') : '…'} weights`, html`${info.layers.filter((l) => l.n_params > 0).length} layers, one after another; ${info.n_weights.toLocaleString('en')} weights`)}
            ${row('2 Loss and cost', compile.loss.class_name, compile.loss.class_name)}
            ${row('3 Descend', rest, rest)} ${row('test set', tested(found?.test), tested(own))}
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
        ${found && !found.still ? html`<p class="soft" role="status">It is being trained: batch ${found.steps} of ${found.step} …</p>` : nothing}`,
      this.element,
    );
    if (found) this.#chart(look, found, name);
    if (found) this.#image(look, found);
  }

  /** @param {Look} look @param {string} plain */
  async #ask({ step, state }, plain) {
    const key = `${step} ${plain}`;
    const there = this.#found?.text === plain && this.#found.step === step && this.#found.still;
    // While it plays, the regression follows twice a second.
    if (there || this.#asking || document.hidden) return;
    this.#asking = key;
    try {
      this.#found = await this.tools.study.beside(step, plain);
    } catch (error) {
      this.tools.say(
        `Without a hidden layer it cannot be trained: ${error instanceof Error ? error.message : error}`,
      );
      this.#found = {
        text: plain,
        step,
        still: true,
        steps: 0,
        n_weights: 0,
        names: [],
        epochs: new Float64Array(),
        weights: new Float32Array(),
        test: null,
      };
    }
    if (state.playing) await new Promise((resolve) => setTimeout(resolve, 500));
    this.#asking = '';
    this.tools.redraw();
  }

  /** @param {Look} look @param {Beside} found @param {string} name */
  #chart({ history, opened, colours }, found, name) {
    const element = /** @type {HTMLElement | null} */ (this.element.querySelector('.plot'));
    if (!element) return;
    const width = Math.max(240, element.clientWidth);
    const columns = (
      /** @type {string[]} */ names,
      /** @type {(epoch: number, column: number) => number} */ at,
      /** @type {number} */ n,
    ) =>
      ['loss', 'val_loss'].map((key) => {
        const column = names.indexOf(key);
        return Array.from({ length: n }, (_, epoch) => (column < 0 ? null : at(epoch, column)));
      });
    const theirs = found.epochs.length / Math.max(1, found.names.length);
    const n = Math.max(history.epochs.length, theirs);
    const long = (/** @type {(number | null)[]} */ list) => [
      ...list,
      ...Array(n - list.length).fill(null),
    ];
    const data = [
      Array.from({ length: n }, (_, i) => opened.info.first_epoch + i + 1),
      ...columns(found.names, (e, c) => found.epochs[e * found.names.length + c], theirs).map(long),
      ...columns(history.names, (e, c) => history.epochs[e][c], history.epochs.length).map(long),
    ];
    const key = [width, colours.dark, opened.info.epochs, name].join();
    if (this.#plot && key === this.#plotted && this.#plot.root.parentElement === element) {
      this.#plot.setData(/** @type {any} */ (data));
      return;
    }
    this.#plot?.destroy();
    this.#plotted = key;
    const { ink } = colours;
    const line = (
      /** @type {string} */ label,
      /** @type {string} */ stroke,
      /** @type {boolean} */ dashed,
    ) => ({
      label,
      stroke,
      width: 2,
      spanGaps: true,
      points: { show: false },
      ...(dashed ? { dash: [5, 4] } : {}),
      value: (/** @type {any} */ _, /** @type {number | null} */ v) => number(v),
    });
    const axis = {
      stroke: ink.soft,
      font: '11px system-ui',
      grid: { stroke: ink.faint, width: 1 },
      ticks: { stroke: ink.faint, width: 1 },
    };
    this.#plot = new uPlot(
      {
        width,
        height: 200,
        scales: {
          x: { time: false, range: [0, opened.info.epochs] },
          y: { range: (_u, _min, max) => [0, Math.max(0.05, (max || 0) * 1.06)] },
        },
        axes: [
          { ...axis, label: 'epoch', labelSize: 16, labelFont: axis.font, size: 26 },
          { ...axis, label: 'loss', labelSize: 16, labelFont: axis.font, size: 42 },
        ],
        series: [
          { label: 'epoch' },
          line(`${name}, training`, ink.metric, false),
          line(`${name}, validation`, ink.metric, true),
          line('network, training', ink.loss, false),
          line('network, validation', ink.loss, true),
        ],
        cursor: { drag: { x: false, y: false } },
      },
      /** @type {any} */ (data),
      element,
    );
  }

  /** @param {Look} look @param {Beside} found */
  #image({ opened, colours }, found) {
    const canvas = /** @type {HTMLCanvasElement | null} */ (this.element.querySelector('.weights'));
    const { image } = opened.info.data;
    if (!canvas || !image || found.weights.length < image.height * image.width) return;
    const context = fresh(canvas, canvas.clientWidth, canvas.clientHeight);
    const small = pad(image.width, image.height);
    const top = found.weights.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
    paintSigned(small, found.weights, 0, 1, top, colours.packed);
    context.imageSmoothingEnabled = false;
    context.drawImage(small.canvas, 0, 0, canvas.clientWidth, canvas.clientHeight);
  }
}

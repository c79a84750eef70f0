// The counter of epochs and a sparkline of both losses, always in sight. It also announces the progress to screen readers.
import { html, render } from 'lit-html';
import { number, padded } from '../app/figures.js';
import { positionOf, positionText } from '../app/position.js';
import { drawSparkline } from '../picture/charts/sparkline.js';

/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').History} History */
/** @typedef {import('../app/store.js').State} State */

/** Milliseconds between two announcements during training. */
const ANNOUNCE_EVERY = 4000;

export class MeterView {
  #announcedAt = 0;
  #wasPlaying = false;
  /** What the sparkline shows. */
  #drawnKey = '';

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    render(
      html`<dl class="counter">
          <div>
            <dt>epoch</dt>
            <dd><span data-n="epoch">–</span><span class="of" data-n="epochs"></span></dd>
          </div>
          <div class="batch-counter">
            <dt>batch</dt>
            <dd><span data-n="batch">–</span><span class="of" data-n="batches"></span></dd>
          </div>
        </dl>
        <dl class="losses">
          <div class="train">
            <dt>loss</dt>
            <dd data-n="now-loss">–</dd>
          </div>
          <div class="held">
            <dt>val loss</dt>
            <dd data-n="now-val_loss">–</dd>
          </div>
        </dl>
        <canvas
          class="sparkline"
          role="img"
          aria-label="Training and validation loss so far"
        ></canvas>
        <p class="live unseen" role="status" aria-live="polite"></p>`,
      element,
    );
  }

  /**
   * @param {State} state
   * @param {Frame} frame
   * @param {History} history
   * @param {import('../picture/colour.js').Colours} colours
   */
  draw({ opened, playing, viewedStep }, frame, history, colours) {
    if (!opened) return;
    const { info } = opened;
    // While looking back: the position and the losses of that moment.
    const back = viewedStep === null ? 0 : frame.steps - viewedStep;
    const { epoch, epochs, batch, batches } = positionOf(frame.steps - back, info);
    const finished = Math.floor((frame.steps - back) / info.n_batches);
    const row = back
      ? history.epochs[history.at.indexOf(info.first_epoch + finished)]
      : history.epochs.at(-1);
    const valueOf = (/** @type {string} */ name) => row?.[history.names.indexOf(name)];
    const { at, losses } = history.batches;
    const batchLoss = finished > 0 ? undefined : losses[at.indexOf(frame.steps - back)];
    const [loss, val] = [valueOf('loss') ?? batchLoss, valueOf('val_loss')];
    this.#write({
      epoch: padded(epoch, epochs),
      epochs: ` of ${epochs}`,
      batch: padded(batch, batches),
      batches: ` of ${batches}`,
      'now-loss': loss === undefined ? '–' : number(loss),
      'now-val_loss': val === undefined ? '–' : number(val),
    });
    const { dataset } = this.element;
    [dataset.steps, dataset.epochs, dataset.batch] = [frame.steps, frame.epochs, frame.batch].map(
      String,
    );
    const canvas = /** @type {HTMLCanvasElement} */ (this.element.querySelector('canvas'));
    const key = `${history.at.at(-1)} ${history.batches.at.at(-1)} ${opened.text.length} ${colours.dark} ${canvas.clientWidth}`;
    if (key !== this.#drawnKey) drawSparkline(canvas, history, info, colours);
    this.#drawnKey = key;
    const rate = valueOf('learning_rate');
    this.#announce(frame, playing, positionText(frame.steps - back, info), {
      loss: valueOf('loss'),
      val,
      rate,
    });
  }

  /** @param {Record<string, string>} texts */
  #write(texts) {
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (
      this.element.querySelectorAll('[data-n]')
    )) {
      const text = texts[part.dataset.n ?? ''];
      if (text !== undefined && part.textContent !== text) part.textContent = text;
    }
  }

  /**
   * @param {Frame} frame
   * @param {boolean} playing
   * @param {string} position
   * @param {{ loss?: number, val?: number, rate?: number }} values
   */
  #announce(frame, playing, position, { loss, val, rate }) {
    const now = performance.now();
    const stopped = this.#wasPlaying && !playing;
    this.#wasPlaying = playing;
    if (frame.steps === 0 || (playing && now - this.#announcedAt < ANNOUNCE_EVERY && !stopped))
      return;
    this.#announcedAt = now;
    const parts = [
      position[0].toUpperCase() + position.slice(1),
      loss === undefined ? '' : `loss ${number(loss)}`,
      val === undefined ? '' : `validation loss ${number(val)}`,
      rate === undefined ? '' : `learning rate ${number(rate)}`,
    ];
    const text = frame.trouble ?? `${parts.filter(Boolean).join(', ')}.`;
    const live = this.element.querySelector('.live');
    if (live && live.textContent !== text) live.textContent = text;
  }
}

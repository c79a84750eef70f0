// The drawing pad: draw a digit by mouse, pen, finger or keyboard. The drawing is cropped, centred and scaled, and the
// network predicts it.
import { html, render } from 'lit-html';
import { number } from '../app/figures.js';
import { clearCanvas, pad, paintInk } from '../picture/charts/pixels.js';
import { SIDE, paper, stroke } from '../picture/ink.js';
import { percent, predictedClass } from '../picture/links.js';

/** @typedef {import('../types.js').Prepared} Prepared */

/** Cells by which an arrow key moves the pen. */
const STEP = 2;
const SEEN = 196;
const SMALL = 84;

/** Simplifications of the drawing pad. */
export const simplified = [
  'A drawing is cropped, scaled and centred to look like the training digits. The image that the network receives is shown beside it.',
];

export class DrawView {
  #ink = paper();
  /** @type {Float32Array[]} */
  #before = [];
  /** @type {Prepared | null} */
  #prepared = null;
  #cursor = { x: SIDE / 2, y: SIDE / 2 };
  #penDown = false;
  #keyboard = false;
  /** @type {{ x: number, y: number } | null} */
  #last = null;

  /**
   * @param {HTMLElement} element
   * @param {{ drawn: (ink: Float32Array, side: number) => Promise<Prepared | undefined>, show: (input: Float32Array | null) => void, redraw: () => void }} actions
   */
  constructor(element, actions) {
    this.element = element;
    this.actions = actions;
    render(this.#frame(), element);
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('.ink'));
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#keyboard = false;
      this.#begin();
      this.#to(this.#at(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      if (this.#last)
        for (const e of event.getCoalescedEvents?.() ?? [event]) this.#to(this.#at(e));
    });
    for (const end of ['pointerup', 'pointercancel'])
      canvas.addEventListener(end, () => (this.#last = null));
    canvas.addEventListener('keydown', (event) => this.#key(event));
    canvas.addEventListener('blur', () => {
      this.#keyboard = this.#penDown = false;
      this.actions.redraw();
    });
  }

  /**
   * @param {import('../types.js').Opened} opened
   * @param {import('../types.js').Frame} frame
   * @param {import('../picture/colour.js').Colours} colours
   */
  draw({ info }, frame, colours) {
    const { image } = info.data;
    if (!image || this.element.hidden) return;
    this.side = image.height;
    this.#drawInk(colours);
    const prepared = this.#prepared;
    if (prepared && !prepared.empty) {
      this.#small('crop', prepared.crop, prepared.crop_width, prepared.crop_height, colours);
      this.#small('input', prepared.input, image.width, image.height, colours);
    } else {
      this.#small('crop', new Float32Array(1), 1, 1, colours);
      this.#small('input', new Float32Array(1), 1, 1, colours);
    }
    render(
      this.#answer(info, frame),
      /** @type {HTMLElement} */ (this.element.querySelector('.verdict')),
    );
  }

  #frame() {
    return html`<div class="drawing">
      <figure>
        <canvas
          class="ink"
          tabindex="0"
          role="application"
          aria-label="Drawing pad. Arrow keys move the pen, space puts it down or lifts it, backspace undoes the last stroke."
          aria-describedby="ink-help"
        ></canvas>
        <figcaption id="ink-help">Draw here. Keys: arrows, space</figcaption>
      </figure>
      <ol class="way">
        <li><canvas data-step="crop"></canvas><span>cropped</span></li>
        <li><canvas data-step="input"></canvas><span>centred, 20 × 20</span></li>
      </ol>
      <div class="verdict" role="group" aria-label="Prediction for the drawing"></div>
      <div class="drawing-buttons">
        <button type="button" @click=${() => this.clear()}>Clear</button>
        <button type="button" @click=${() => this.#back()}>Undo stroke</button>
      </div>
    </div>`;
  }

  /** @param {import('../types.js').RunInfo} info @param {import('../types.js').Frame} frame */
  #answer(info, frame) {
    const names = info.data.class_names;
    if (!this.#prepared || this.#prepared.empty || !frame.drawn) {
      return html`<p class="soft">
        Draw ${names.length ? oneOf(names) : 'something'}. The network predicts while you draw, even
        during training.
      </p>`;
    }
    const raw = frame.answer;
    if (names.length === 0)
      return html`<p class="big"><span class="n">${number(raw[0])}</span></p>`;
    const p = raw.length === 1 ? [1 - raw[0], raw[0]] : Array.from(raw);
    const { label, sure } = predictedClass(raw);
    return html`<p class="big">
        “${names[label] ?? label}” <span class="n">${percent(sure)}</span>
      </p>
      <ul class="bars">
        ${p.map(
          (share, i) =>
            html`<li class=${i === label ? 'best' : ''}>
              <span>${names[i] ?? i}</span
              ><meter
                min="0"
                max="1"
                value=${share}
                aria-label="probability of ${names[i] ?? i}"
              ></meter
              ><span class="n">${percent(share)}</span>
            </li>`,
        )}
      </ul>
      <p class="soft known">
        This network knows only ${allOf(names)}: it must call any drawing one of them.
      </p>`;
  }

  clear() {
    this.#begin();
    this.#last = null;
    this.#ink = paper();
    this.#changed();
  }

  #back() {
    this.#ink = this.#before.pop() ?? this.#ink;
    this.#changed();
  }

  #begin() {
    this.#before.push(this.#ink.slice());
    if (this.#before.length > 30) this.#before.shift();
  }

  /** @param {{ x: number, y: number }} point */
  #to(point) {
    const { x, y } = this.#last ?? point;
    stroke(this.#ink, x, y, point.x, point.y);
    this.#last = point;
    this.#changed();
  }

  #pending = false;

  /** Prepares the latest drawing. Only one preparation runs at a time. */
  async #changed() {
    this.actions.redraw();
    if (this.#pending || !this.side) return;
    this.#pending = true;
    let ink;
    do {
      ink = this.#ink.slice();
      this.#prepared = (await this.actions.drawn(ink, this.side)) ?? null;
      const input = this.#prepared && !this.#prepared.empty ? this.#prepared.input : null;
      this.actions.show(input);
    } while (ink.some((value, i) => value !== this.#ink[i]));
    this.#pending = false;
  }

  /** @param {PointerEvent} event */
  #at(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - left) / width) * SIDE,
      y: ((event.clientY - top) / height) * SIDE,
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const by = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    }[event.key];
    if (by) {
      const limit = (/** @type {number} */ v) => Math.min(SIDE - 4, Math.max(4, v));
      this.#cursor = { x: limit(this.#cursor.x + by[0]), y: limit(this.#cursor.y + by[1]) };
      if (this.#penDown) this.#to(this.#cursor);
    } else if (event.key === ' ') {
      this.#penDown = !this.#penDown;
      this.#last = null;
      if (this.#penDown) {
        this.#begin();
        this.#to(this.#cursor);
      }
    } else if (event.key === 'Backspace' || event.key === 'Delete') {
      this.#back();
    } else {
      return;
    }
    this.#keyboard = true;
    event.preventDefault();
    event.stopPropagation();
    this.actions.redraw();
  }

  /** @param {import('../picture/colour.js').Colours} colours */
  #drawInk(colours) {
    const context = clearCanvas(this.canvas, SEEN, SEEN);
    const sheet = pad(SIDE, SIDE);
    paintInk(sheet, this.#ink, colours.dark);
    context.imageSmoothingEnabled = true;
    context.drawImage(sheet.canvas, 0, 0, SEEN, SEEN);
    const cell = SEEN / SIDE;
    if (this.#prepared && !this.#prepared.empty) {
      const [top, left, bottom, right] = this.#prepared.box;
      context.setLineDash([4, 3]);
      context.strokeStyle = colours.ink.soft;
      context.strokeRect(left * cell, top * cell, (right - left) * cell, (bottom - top) * cell);
      context.setLineDash([]);
    }
    if (!this.#keyboard) return;
    const { x, y } = this.#cursor;
    context.lineWidth = 2;
    context.strokeStyle = this.#penDown ? colours.ink.bad : colours.ink.soft;
    context.beginPath();
    context.arc(x * cell, y * cell, 8, 0, 2 * Math.PI);
    context.stroke();
  }

  /**
   * @param {string} step
   * @param {Float32Array} values
   * @param {number} width
   * @param {number} height
   * @param {import('../picture/colour.js').Colours} colours
   */
  #small(step, values, width, height, colours) {
    const canvas = /** @type {HTMLCanvasElement} */ (
      this.element.querySelector(`[data-step=${step}]`)
    );
    const context = clearCanvas(canvas, SMALL, SMALL);
    const picture = pad(width, height);
    paintInk(picture, values, colours.dark);
    const scale = SMALL / Math.max(width, height);
    context.imageSmoothingEnabled = false;
    const [w, h] = [width * scale, height * scale];
    context.drawImage(picture.canvas, (SMALL - w) / 2, (SMALL - h) / 2, w, h);
  }
}

/** Whether classes are named by consecutive numbers. @param {string[]} names */
function areNumbers(names) {
  return names.every((name, i) => name === String(Number(names[0]) + i));
}

/** Names what to draw. @param {string[]} names */
export function oneOf(names) {
  const last = names[names.length - 1];
  if (names.length > 2 && areNumbers(names)) return `a digit from ${names[0]} to ${last}`;
  const all = names.map((name) => `a ${name}`);
  return all.length > 1 ? `${all.slice(0, -1).join(', ')} or ${all[all.length - 1]}` : all[0];
}

/** Names all classes. @param {string[]} names */
export function allOf(names) {
  const last = names[names.length - 1];
  if (names.length > 2 && areNumbers(names)) return `the digits ${names[0]} to ${last}`;
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
}

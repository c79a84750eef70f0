// The centre: the picture of the network, its units to point at, and the numbers of the one pointed at.
import { html, nothing, render } from 'lit-html';
import { drawLinkLayer, drawNetwork } from '../charts/network.js';
import { fresh } from '../charts/pixels.js';
import { boxAt, boxOf, boxesOf, layout } from '../layout.js';
import { explain } from './explain.js';
import { scales } from './scales.js';

/** @typedef {import('../layout.js').Box} Box */
/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').Lit} Lit */

/** What in the picture is simplified. */
export const simplified = [
  'Of a layer whose units are drawn as images only 64 are there, of others 512; of the weights, only those that stand out.',
  'Weight images and lines have a colour scale for each layer: colours of two layers are not to be compared.',
  'While it trains at full speed, the picture shows a moment up to a thirtieth of a second old.',
];

export class NetworkView {
  /** @type {import('../layout.js').Layout | null} */
  #layout = null;
  /** @type {Opened | null} */
  #opened = null;
  /** @type {Box | null} */
  #hovered = null;
  /** The layout is another than that for which the links were drawn. */
  #moved = true;
  /** The unit for which the links were drawn. @type {Box | null} */
  #litBelow = null;
  /** The paths for which the links were drawn. @type {import('../types.js').Hop[]} */
  #trail = [];
  /** The unit that was clicked or has the focus: its number among all boxes. */
  #held = -1;

  /**
   * @param {HTMLElement} element
   * @param {{ redraw: () => void, example: (by: number) => void, light: (lit: Lit | null) => void,
   *   choose: (chosen: Lit) => void, inside: ((chosen: Lit) => void) | null }} actions
   */
  constructor(element, actions) {
    this.actions = actions;
    render(
      html`<div class="picture">
          <canvas class="link-layer" aria-hidden="true"></canvas>
          <canvas class="unit-layer" aria-hidden="true"></canvas>
          <div class="heads"></div>
          <div
            class="units"
            role="group"
            aria-label="Units of the network: arrow keys go from one to the next"
          ></div>
        </div>
        <div class="example-bar"></div>
        <div class="explain"></div>`,
      element,
    );
    const get = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (element.querySelector(selector));
    this.picture = get('.picture');
    this.below = /** @type {HTMLCanvasElement} */ (get('.link-layer'));
    this.canvas = /** @type {HTMLCanvasElement} */ (get('.unit-layer'));
    this.heads = get('.heads');
    this.units = get('.units');
    this.bar = get('.example-bar');
    this.note = get('.explain');
    this.picture.addEventListener('pointermove', (event) => this.#point(event));
    this.picture.addEventListener('pointerleave', () => this.#light(null));
    this.units.addEventListener('keydown', (event) => this.#move(event));
    new ResizeObserver(() => this.#arrange()).observe(this.picture);
  }

  /** @param {Opened} opened */
  open(opened) {
    this.#opened = opened;
    this.#held = -1;
    this.#hovered = null;
    this.units.replaceChildren();
    this.#arrange();
  }

  /** Side of the response maps that this picture can show. */
  get side() {
    const opened = this.#opened;
    if (!opened?.info.data.bounds) return 0;
    const { n_activations } = opened.info;
    return n_activations > 150 ? 24 : n_activations > 40 ? 40 : 64;
  }

  /**
   * @param {Frame} frame
   * @param {Float32Array} input
   * @param {{ label: string, of: number, drawn: boolean }} example
   * @param {{ lit: Lit | null, chosen: Lit | null, trail: import('../types.js').Hop[] }} state
   * @param {import('../colour.js').Colours} colours
   * @param {boolean} links whether they are drawn anew as well
   */
  draw(frame, input, example, state, colours, links) {
    const opened = this.#opened;
    const layout = this.#layout;
    if (!opened || !layout) return;
    const lit =
      this.#hovered ??
      boxesOf(layout)[this.#held] ??
      boxOf(layout, state.lit) ??
      boxOf(layout, state.chosen);
    const trail = state.trail.flatMap(({ from, to, share }) => {
      const [a, b] = [boxOf(layout, from), boxOf(layout, to)];
      return a && b ? [{ from: a, to: b, share }] : [];
    });
    const scene = { opened, frame, input, layout, colours, lit, trail };
    if (links || this.#moved || lit !== this.#litBelow || state.trail !== this.#trail) {
      this.#trail = state.trail;
      this.#moved = false;
      drawLinkLayer({ ...scene, context: fresh(this.below, layout.width, layout.height) });
      this.#litBelow = lit;
    }
    const layer = (state.lit ?? state.chosen)?.layer;
    layout.columns.forEach(({ layers }, i) => {
      const head = this.heads.children[i];
      head?.classList.toggle('lit', layer !== undefined && layers.includes(layer));
    });
    drawNetwork({ ...scene, context: fresh(this.canvas, layout.width, layout.height) });
    render(this.#exampleBar(frame, opened, example), this.bar);
    render(
      lit
        ? explain(opened, frame, layout, lit, input, this.#inside(lit))
        : scales(opened, frame, layout),
      this.note,
    );
  }

  /**
   * @param {Frame} frame
   * @param {Opened} opened
   * @param {{ label: string, of: number, drawn: boolean }} example
   */
  #exampleBar(frame, { info }, { label, of, drawn }) {
    const turn = (/** @type {number} */ by) => () => this.actions.example(by);
    const what = drawn ? 'your drawing' : html`example <b>${frame.example + 1}</b> of ${of}`;
    const truth = drawn ? nothing : html` · it is <b>${label}</b>`;
    return html`<button type="button" class="icon" aria-label="Previous example" @click=${turn(-1)}>
        ‹
      </button>
      <span>${what}${truth}</span>
      <button type="button" class="icon" aria-label="Next example" @click=${turn(1)}>›</button>
      ${info.data.bounds ? html`<span class="soft">filled: training, hollow: validation</span>` : nothing}`;
  }

  #arrange() {
    const opened = this.#opened;
    const { clientWidth: width, clientHeight: height } = this.picture;
    if (!opened || width === 0 || height === 0) return;
    this.#layout = layout(opened.info, width, height);
    for (const { style } of [this.below, this.canvas]) {
      style.width = `${this.#layout.width}px`;
      style.height = `${height}px`;
    }
    this.#moved = true;
    this.#label(this.#layout);
    this.#place(this.#layout);
    this.actions.redraw();
  }

  /** @param {import('../layout.js').Layout} layout */
  #label({ columns }) {
    let end = 0;
    this.heads.replaceChildren(
      ...columns.map(({ x, w, title, note }, i) => {
        const head = document.createElement('div');
        head.className = 'head';
        const before = i > 0 ? x - (columns[i - 1].x + columns[i - 1].w) : 40;
        const after = i < columns.length - 1 ? columns[i + 1].x - x - w : 80;
        const room = Math.max(44, w + Math.min(before, after) - 6);
        head.classList.toggle('tight', room < 62);
        const long = 5.9 * Math.max(note.length, 1.2 * title.length) > room;
        head.classList.toggle('long', long);
        const left = Math.max(0, x + w / 2 - room / 2);
        head.style.left = `${left}px`;
        head.style.width = `${room}px`;
        // Where columns stand closer than headings can, some of these are left out.
        const over = left < end - 12;
        if (over) head.style.visibility = 'hidden';
        else end = left + room;
        const [name, small] = [document.createElement('b'), document.createElement('span')];
        name.textContent = long ? title.replaceAll('_', '_\u200b') : title;
        small.textContent = note;
        head.append(name, small);
        return head;
      }),
    );
  }

  /**
   * A button on each unit, so that the keyboard and screen readers reach it. A change of size only moves
   * the buttons: the one that has the focus keeps it.
   * @param {import('../layout.js').Layout} layout
   */
  #place(layout) {
    const boxes = boxesOf(layout);
    if (this.units.children.length !== boxes.length) {
      this.units.replaceChildren(...boxes.map((box, i) => this.#button(layout, box, i)));
    }
    boxes.forEach(({ x, y, w, h }, i) => {
      const { style } = /** @type {HTMLElement} */ (this.units.children[i]);
      style.left = `${x}px`;
      style.top = `${y}px`;
      style.width = `${w}px`;
      style.height = `${h}px`;
    });
  }

  /**
   * @param {import('../layout.js').Layout} layout
   * @param {Box} box
   * @param {number} i
   */
  #button({ columns }, { column, unit }, i) {
    const { title, kind } = columns[column];
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = i === 0 ? 0 : -1;
    const maps = `channel ${unit + 1}`;
    const names = { image: 'the digit', plane: 'the decision', grid: 'all steps', maps };
    const name = /** @type {Record<string, string>} */ (names)[kind];
    button.setAttribute('aria-label', `${title}, ${name || `unit ${unit + 1}`}`);
    button.addEventListener('focus', () => this.#hold(i));
    button.addEventListener('blur', () => this.#hold(-1));
    button.addEventListener('click', () => {
      this.#hold(i);
      const unit = this.#unitOf(this.#layout && boxesOf(this.#layout)[i]);
      if (unit) this.actions.choose(unit);
    });
    return button;
  }

  /** @param {PointerEvent} event */
  #point(event) {
    if (!this.#layout || event.pointerType === 'touch') return;
    const { left, top } = this.picture.getBoundingClientRect();
    const x = event.clientX - left + this.picture.scrollLeft;
    this.#light(boxAt(this.#layout, x, event.clientY - top));
  }

  /** @param {Box | null} box */
  #light(box) {
    if (box === this.#hovered) return;
    this.#hovered = box;
    this.actions.light(this.#unitOf(box));
    this.actions.redraw();
  }

  /** @param {Box} box */
  #inside(box) {
    const unit = this.#unitOf(box);
    return unit && this.actions.inside ? () => this.actions.inside?.(unit) : null;
  }

  /** Which unit of which layer a box shows. @param {Box | null | undefined} box @returns {Lit | null} */
  #unitOf(box) {
    const layer = box ? this.#layout?.columns[box.column].layer : undefined;
    return box && layer !== undefined && layer >= 0 ? { layer, unit: box.unit } : null;
  }

  /** @param {number} i */
  #hold(i) {
    this.#held = i;
    this.actions.redraw();
  }

  /** Arrow keys: up and down within a layer, left and right to the next. @param {KeyboardEvent} event */
  #move(event) {
    const layout = this.#layout;
    const boxes = layout ? boxesOf(layout) : [];
    const held = boxes[this.#held];
    if (!layout || !held || !event.key.startsWith('Arrow')) return;
    event.preventDefault();
    let next = this.#held + (event.key === 'ArrowUp' ? -1 : 1);
    const beside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (beside !== undefined) {
      const column = layout.columns[held.column + beside];
      next = column
        ? boxes.indexOf(column.boxes[Math.min(held.unit, column.boxes.length - 1)])
        : -1;
    }
    const buttons = /** @type {HTMLButtonElement[]} */ ([...this.units.children]);
    if (!buttons[next]) return;
    for (const button of buttons) button.tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
  }
}

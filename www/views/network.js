// The centre: the picture of the network, its units to point at, and the numbers of the one pointed at.
import { html, nothing, render } from 'lit-html';
import { drawLinkLayer, drawNetwork } from '../charts/network.js';
import { fresh } from '../charts/pixels.js';
import { boxOf, layout } from '../layout.js';
import { strongest } from '../links.js';
import { brightOf, litOf, markOf } from '../pointing.js';
import { explain } from './explain.js';
import { heads } from './heads.js';
import { scales } from './scales.js';
import { Units } from './units.js';

/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').Lit} Lit */

/** What in the picture is simplified. */
export const simplified = [
  'Of a layer 512 units are there; where more than 64 would each be an image, each is a block in the colour of its answer for the example.',
  'Of a convolution 8 channels are there, of a sequence all its steps as one picture; “Inside a step” has a field for any channel, and for its weights.',
  'Of the weights only those are drawn that stand out; the one that is pointed at always is.',
  'Weight images and lines have a colour scale for each layer: colours of two layers are not to be compared.',
  'While it trains at full speed, the picture shows a moment up to a thirtieth of a second old.',
];

export class NetworkView {
  /** @type {import('../layout.js').Layout | null} */
  #layout = null;
  /** @type {Opened | null} */
  #opened = null;
  /** The frame that is drawn. @type {Frame | null} */
  #frame = null;
  /** The links of the unit that is looked at. @type {import('../links.js').Strong[]} */
  #strong = [];
  /** The layout is another than that for which the links were drawn. */
  #moved = true;
  /** What was looked at when the links were drawn. */
  #litBelow = '';

  /**
   * @param {HTMLElement} element
   * @param {{ redraw: () => void, example: (by: number) => void, light: (lit: Lit | null) => void,
   *   choose: (chosen: Lit | null) => void, inside: ((chosen: Lit) => void) | null }} actions
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
    this.bar = get('.example-bar');
    this.note = get('.explain');
    const shown = () => {
      const [opened, layout] = [this.#opened, this.#layout];
      if (!opened || !layout) return null;
      const weights = this.#frame?.weights ?? new Float32Array();
      return { info: opened.info, layout, weights, strong: this.#strong };
    };
    this.units = new Units(this.picture, get('.units'), shown, actions);
    // In the next picture: what is moved may change the size of the picture itself, which the browser calls an error
    // while it tells of sizes.
    new ResizeObserver(() => requestAnimationFrame(() => this.#arrange())).observe(this.picture);
  }

  /** @param {Opened} opened */
  open(opened) {
    this.#opened = opened;
    this.#strong = [];
    this.units.clear();
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
   * @param {{ lit: Lit | null, chosen: Lit | null, trail: import('../types.js').Hop[], playing: boolean }} state
   * @param {Float32Array | null} row that is pointed at
   * @param {import('../colour.js').Colours} colours
   * @param {boolean} links whether they are drawn anew as well
   */
  draw(frame, input, example, state, row, colours, links) {
    const opened = this.#opened;
    const layout = this.#layout;
    if (!opened || !layout) return;
    this.#frame = frame;
    // What is pointed at, or what a step is at, dims the rest; what was only chosen does not.
    const chosen = markOf(layout, state.chosen);
    const pointed = this.units.mark ?? markOf(layout, state.lit);
    const lit = pointed ?? chosen;
    const { box, from } = lit ?? { box: null, from: -1 };
    const strong = box ? strongest(opened.info, frame, layout, box, from, input) : [];
    this.#strong = strong;
    // The paths are those of what was chosen: while another weight is looked at, it alone is there.
    const own = chosen && box === chosen.box && (from < 0 || from === chosen.from);
    const trail = (own ? state.trail : []).flatMap((hop) => {
      const [from, to] = [boxOf(layout, hop.from), boxOf(layout, hop.to)];
      return from && to ? [{ from, to, share: hop.share }] : [];
    });
    const bright = pointed && brightOf(layout, pointed, strong, trail);
    const scene = {
      opened,
      frame,
      input,
      layout,
      colours,
      lit,
      strong,
      bright,
      trail,
      pointed: row,
    };
    const below = lit ? `${lit.column} ${box?.unit} ${from}` : '';
    if (links || this.#moved || below !== this.#litBelow) {
      this.#moved = false;
      drawLinkLayer({ ...scene, context: fresh(this.below, layout.width, layout.height) });
      this.#litBelow = below;
    }
    const layer = (state.lit ?? state.chosen)?.layer;
    layout.columns.forEach(({ layers }, i) => {
      const head = this.heads.children[i];
      head?.classList.toggle('lit', layer !== undefined && layers.includes(layer));
    });
    drawNetwork({ ...scene, context: fresh(this.canvas, layout.width, layout.height) });
    render(this.#exampleBar(frame, opened, example), this.bar);
    // Who walks along the weights is told each; not while all numbers change.
    this.note.ariaLive = this.units.walking && !state.playing ? 'polite' : 'off';
    render(
      lit && box
        ? explain(opened, frame, layout, { box, from }, input, this.#inside(lit))
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
    heads(this.heads, this.#layout.columns, this.actions.light);
    this.units.place(this.#layout);
    this.actions.redraw();
  }

  /** @param {import('../pointing.js').Mark} mark */
  #inside(mark) {
    const lit = this.#layout && litOf(this.#layout, mark);
    return lit && this.actions.inside ? () => this.actions.inside?.(lit) : null;
  }
}

// The picture of the network, its units as buttons, and the numbers of the selected or hovered one.
import { html, nothing, render } from 'lit-html';
import { drawLinkLayer, drawNetwork } from '../picture/charts/network.js';
import { clearCanvas } from '../picture/charts/pixels.js';
import { boxOf, layout } from '../picture/layout.js';
import { strongest } from '../picture/links.js';
import { brightOf, unitRefOf, pictureRefOf } from '../picture/pointing.js';
import { explain } from './explain.js';
import { headings } from './headings.js';
import { legend } from './legend.js';
import { Units } from './units.js';

/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').UnitRef} UnitRef */

/** Simplifications of the picture. */
export const simplified = [
  'A layer shows at most 512 units. Where more than 64 units would each be an image, each is a block in the colour of its output for the example.',
  'A convolution shows 8 channels, and a sequence shows all its steps as one image. “Step by step” can show any channel and its weights.',
  'Only the larger weights are drawn as lines. The weight under the pointer is always drawn.',
  'Each layer has its own colour scale for weight images and lines, so colours of two layers cannot be compared.',
  'At full training speed the picture is up to a thirtieth of a second old.',
];

export class NetworkView {
  /** @type {import('../picture/layout.js').Layout | null} */
  #layout = null;
  /** @type {Opened | null} */
  #opened = null;
  /** The drawn frame. @type {Frame | null} */
  #frame = null;
  /** The strongest links of the highlighted unit. @type {import('../picture/links.js').StrongLink[]} */
  #strongLinks = [];
  /** Whether the layout has changed since the links were drawn. */
  #layoutChanged = true;
  /** The highlight for which the links were drawn. */
  #linksDrawnFor = '';

  /**
   * @param {HTMLElement} element
   * @param {{ redraw: () => void, example: (by: number) => void, light: (ref: UnitRef | null) => void,
   *   choose: (ref: UnitRef | null) => void, inside: ((ref: UnitRef) => void) | null }} actions
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
            aria-label="Units of the network. Arrow keys move between them"
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
      return { info: opened.info, layout, weights, strong: this.#strongLinks };
    };
    this.units = new Units(this.picture, get('.units'), shown, actions);
    // In the next animation frame: arranging may resize the picture itself, which the browser reports as an error
    // inside a ResizeObserver callback.
    new ResizeObserver(() => requestAnimationFrame(() => this.#arrange())).observe(this.picture);
  }

  /** @param {Opened} opened */
  open(opened) {
    this.#opened = opened;
    this.#strongLinks = [];
    this.units.clear();
    this.#arrange();
  }

  /** Side of the response maps in cells; 0 where the data has no plane. */
  get side() {
    const opened = this.#opened;
    if (!opened?.info.data.bounds) return 0;
    const { n_activations } = opened.info;
    return n_activations > 150 ? 24 : n_activations > 40 ? 40 : 64;
  }

  /**
   * @param {Frame} frame
   * @param {Float32Array} input
   * @param {{ label: string, of: number, set: string, drawn: boolean, text?: string }} example
   * @param {Pick<import('../app/store.js').State, 'highlight' | 'selection' | 'gradientPaths' | 'playing'>} state
   * @param {Float32Array | null} hoveredRow hovered example
   * @param {import('../picture/colour.js').Colours} colours
   * @param {boolean} links whether to redraw the links as well
   */
  draw(frame, input, example, state, hoveredRow, colours, links) {
    const opened = this.#opened;
    const layout = this.#layout;
    if (!opened || !layout) return;
    this.#frame = frame;
    // A highlight dims everything else; a selection does not.
    const selection = pictureRefOf(layout, state.selection);
    const hovered = this.units.current ?? pictureRefOf(layout, state.highlight);
    const highlight = hovered ?? selection;
    const { box, from } = highlight ?? { box: null, from: -1 };
    const strong = box ? strongest(opened.info, frame, layout, box, from, input) : [];
    this.#strongLinks = strong;
    // The paths belong to the selected weight, so they are hidden while another one is highlighted.
    const own = selection && box === selection.box && (from < 0 || from === selection.from);
    const gradientPaths = (own ? state.gradientPaths : []).flatMap((edge) => {
      const [from, to] = [boxOf(layout, edge.from), boxOf(layout, edge.to)];
      return from && to ? [{ from, to, share: edge.share }] : [];
    });
    const bright = hovered && brightOf(layout, hovered, strong, gradientPaths);
    const scene = {
      opened,
      frame,
      input,
      layout,
      colours,
      highlight,
      strong,
      bright,
      gradientPaths,
      hoveredRow,
    };
    const linksFor = highlight ? `${highlight.column} ${box?.unit} ${from}` : '';
    if (links || this.#layoutChanged || linksFor !== this.#linksDrawnFor) {
      this.#layoutChanged = false;
      drawLinkLayer({ ...scene, context: clearCanvas(this.below, layout.width, layout.height) });
      this.#linksDrawnFor = linksFor;
    }
    const layer = (state.highlight ?? state.selection)?.layer;
    layout.columns.forEach(({ layers }, i) => {
      const head = this.heads.children[i];
      head?.classList.toggle('lit', layer !== undefined && layers.includes(layer));
    });
    drawNetwork({ ...scene, context: clearCanvas(this.canvas, layout.width, layout.height) });
    render(this.#exampleBar(frame, opened, example), this.bar);
    // Announce each weight that the keyboard steps to, except while training changes all numbers.
    this.note.ariaLive = this.units.atWeight && !state.playing ? 'polite' : 'off';
    render(
      highlight && box
        ? explain(opened, frame, layout, { box, from }, input, this.#inside(highlight))
        : legend(opened, frame, layout),
      this.note,
    );
  }

  /**
   * @param {Frame} frame
   * @param {Opened} opened
   * @param {{ label: string, of: number, set: string, drawn: boolean, text?: string }} example
   */
  #exampleBar(frame, { info }, { label, of, set, drawn, text }) {
    const turn = (/** @type {number} */ by) => () => this.actions.example(by);
    const from = set === 'train' ? 'training' : set;
    const what =
      text ?? (drawn ? 'your drawing' : html`${from} example <b>${frame.example + 1}</b> of ${of}`);
    const kind = info.task === 'regression' ? 'target' : 'label';
    const truth = text || drawn ? nothing : html` · ${kind} <b>${label}</b>`;
    return html`<button type="button" class="icon" aria-label="Previous example" @click=${turn(-1)}>
        ‹
      </button>
      <span>${what}${truth}</span>
      <button type="button" class="icon" aria-label="Next example" @click=${turn(1)}>›</button>
      ${info.data.bounds ? html`<span class="soft">filled points: training, hollow: validation</span>` : nothing}`;
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
    this.#layoutChanged = true;
    headings(this.heads, this.#layout.columns, this.actions.light);
    this.units.place(this.#layout);
    this.actions.redraw();
  }

  /** @param {import('../picture/pointing.js').PictureRef} ref */
  #inside(ref) {
    const highlight = this.#layout && unitRefOf(this.#layout, ref);
    return highlight && this.actions.inside ? () => this.actions.inside?.(highlight) : null;
  }
}

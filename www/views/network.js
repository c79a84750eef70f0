// The picture of the network: its heads, its units as buttons, and the card with the numbers of the selected or hovered
// one.
import { html, nothing, render } from 'lit-html';
import { drawLinkLayer, drawNetwork } from '../picture/charts/network.js';
import { typeScale } from '../picture/charts/type.js';
import { clearCanvas } from '../picture/charts/pixels.js';
import { boxOf, boxesOf, isChain, layout, partOf } from '../picture/layout.js';
import { sideOf } from '../picture/space.js';
import { strongest } from '../picture/links.js';
import { brightOf, unitRefOf, pictureRefOf } from '../picture/pointing.js';
import { openColumnSheet } from './column-sheet.js';
import { explain } from './explain.js';
import { callouts } from './callouts.js';
import { Card } from './card.js';
import { heads } from './heads.js';
import { legend } from './legend.js';
import { Units } from './units.js';

/** @typedef {import('../types.js').Opened} Opened */
/** @typedef {import('../types.js').Frame} Frame */
/** @typedef {import('../types.js').UnitRef} UnitRef */

const narrow = matchMedia('(width < 768px)');

/** Simplifications of the picture. */
export const simplified = [
  'A layer shows at most 512 units. Where more than 64 units would each be an image, each is a block in the colour of its output for the example.',
  'A convolution shows 8 channels, and a sequence shows all its steps as one image. “Step by step” can show any channel and its weights.',
  'Only the larger weights are drawn as lines. The weight under the pointer is always drawn.',
  'Each layer has its own colour scale for weight images and lines, so colours of two layers cannot be compared.',
  'While it trains, the picture is up to a thirtieth of a second old. Weights take 1 % of the time, outputs 2 % and their maps 3 %, so those of a large network may be older. A paused run is exact.',
];

/** Number of boxes of a large picture. While it trains, its links are drawn in so many parts, and its units every other time. */
const MANY = 300;
const PARTS = 16;

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
  /** The next part of the links of a large picture, and whether its units are next. */
  #next = { part: 0, units: true };
  /** The layer that was just moved by its head; -1: none. */
  #moved = -1;
  /** Whether the field of the selected weight is to get the focus. */
  #editsWeight = false;
  /** The highlight for which the links were drawn. */
  #linksDrawnFor = '';

  /**
   * @param {HTMLElement} element
   * @param {HTMLDialogElement} sheet the sheet of a column on a narrow screen
   * @param {{ redraw: () => void, example: (by: number) => void, light: (ref: UnitRef | null) => void,
   *   choose: (ref: UnitRef | null) => void, inside: ((ref: UnitRef) => void) | null,
   *   setWeight: ((at: number, text: string) => void) | null, heads: import('./heads.js').HeadActions }} actions
   */
  constructor(element, sheet, actions) {
    this.actions = actions;
    this.sheet = sheet;
    render(
      html`<div class="picture" aria-busy="true">
          <div class="skeleton">
            <img src="./skeleton.svg" alt="" width="640" height="320" />
            <p>Loading the engine …</p>
          </div>
          <canvas class="link-layer" aria-hidden="true"></canvas>
          <canvas class="unit-layer" aria-hidden="true"></canvas>
          <div class="heads"></div>
          <div class="callouts"></div>
          <div
            class="units"
            role="group"
            aria-label="Units of the network. Arrow keys move between them"
          ></div>
        </div>
        <div class="example-bar"></div>
        <div class="legend"></div>
        <div
          class="card explain"
          role="region"
          aria-label="Numbers of the selected unit or weight"
          hidden
        ></div>`,
      element,
    );
    const get = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (element.querySelector(selector));
    this.picture = get('.picture');
    this.below = /** @type {HTMLCanvasElement} */ (get('.link-layer'));
    this.canvas = /** @type {HTMLCanvasElement} */ (get('.unit-layer'));
    this.heads = get('.heads');
    this.callouts = get('.callouts');
    this.bar = get('.example-bar');
    this.legend = get('.legend');
    this.card = new Card(get('.card'), this.picture, () => {
      const unit = this.units.marked;
      const hadFocus = this.card.element.contains(document.activeElement);
      actions.choose(null);
      if (hadFocus) unit?.focus();
    });
    const shown = () => {
      const [opened, layout] = [this.#opened, this.#layout];
      if (!opened || !layout) return null;
      const weights = this.#frame?.weights ?? new Float32Array();
      return { info: opened.info, layout, weights, strong: this.#strongLinks };
    };
    this.units = new Units(this.picture, get('.units'), shown, {
      ...actions,
      editWeight: () => (this.#editsWeight = true),
    });
    // In the next animation frame: arranging may resize the picture itself, which the browser reports as an error
    // inside a ResizeObserver callback.
    new ResizeObserver(() => requestAnimationFrame(() => this.#arrange())).observe(this.picture);
  }

  /** @param {Opened} opened */
  open(opened) {
    if (!this.#opened) this.#endLoading();
    this.#opened = opened;
    this.#strongLinks = [];
    this.units.clear();
    this.#arrange();
  }

  /** Side of the response maps in points; 0 where the data has no bounds. */
  get side() {
    return this.#opened ? sideOf(this.#opened.info) : 0;
  }

  /**
   * @param {Frame} frame
   * @param {Float32Array} input
   * @param {{ label: string, of: number, set: string, drawn: boolean, text?: string }} example
   * @param {Pick<import('../app/store.js').State, 'highlight' | 'selection' | 'gradientPaths' | 'playing' | 'settings'> & { hasCard: boolean }} state `hasCard`: whether the selection shows a card
   * @param {Float32Array | null} hoveredRow hovered example
   * @param {import('../picture/colour.js').Colours} colours
   * @param {boolean} links whether to redraw the links and the legend as well
   */
  draw(frame, input, example, state, hoveredRow, colours, links) {
    const opened = this.#opened;
    const layout = this.#layout;
    if (!opened || !layout) return;
    this.#frame = frame;
    // A highlight dims everything else; a selection does not.
    const selection = pictureRefOf(layout, state.selection);
    this.units.mark(selection?.box ?? null);
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
    const { width, height } = layout;
    const linksFor = highlight ? `${highlight.column} ${box?.unit} ${from}` : '';
    const isNew = this.#layoutChanged || linksFor !== this.#linksDrawnFor;
    const takesTurns = state.playing && !isNew && boxesOf(layout).length > MANY && isChain(layout);
    if (links || isNew || takesTurns) {
      const count = takesTurns ? Math.min(PARTS, layout.columns.length) : 1;
      const part = partOf(layout, takesTurns ? this.#next.part++ % count : 0, count);
      const context = clearCanvas(this.below, width, height, part.strip);
      drawLinkLayer({ ...scene, context }, part);
      this.#layoutChanged = false;
      this.#linksDrawnFor = linksFor;
    }
    if (links || isNew) render(legend(opened, frame, layout), this.legend);
    this.#next.units = !takesTurns || !this.#next.units;
    if (this.#next.units)
      drawNetwork({ ...scene, context: clearCanvas(this.canvas, width, height) });
    const layer = (state.highlight ?? state.selection)?.layer;
    layout.columns.forEach(({ layers }, i) => {
      const head = this.heads.children[i];
      head?.classList.toggle('lit', layer !== undefined && layers.includes(layer));
    });
    render(this.#exampleBar(frame, opened, example), this.bar);
    callouts(this.callouts, opened.info, layout, !state.settings.visited && !highlight);
    // Announce each weight that the keyboard steps to, except while training changes all numbers.
    this.card.element.ariaLive = this.units.atWeight && !state.playing ? 'polite' : 'off';
    if (!highlight || !box || !(hovered || state.hasCard)) return this.card.hide();
    const isPinned = Boolean(selection && box === selection.box && from === selection.from);
    const ref = unitRefOf(layout, highlight);
    const { inside, setWeight } = this.actions;
    this.card.show(
      box,
      isPinned,
      explain(opened, frame, layout, { box, from }, input, {
        inside: ref && inside ? () => inside(ref) : null,
        set: isPinned && !state.playing ? setWeight : null,
      }),
    );
    if (!this.#editsWeight || !isPinned) return;
    this.#editsWeight = false;
    const field = /** @type {HTMLInputElement | null} */ (
      this.card.element.querySelector('#card-weight')
    );
    field?.select();
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

  /** Removes the drawing that stands in for the network while the engine loads. */
  #endLoading() {
    this.picture.removeAttribute('aria-busy');
    /** @type {HTMLElement} */ (this.picture.querySelector('.skeleton')).hidden = true;
  }

  /** Keeps the focus on the head of a layer that was moved. */
  #followMoved() {
    const head = this.heads.querySelector(`[data-layer="${this.#moved}"] .head-name`);
    this.#moved = -1;
    if (!this.heads.contains(document.activeElement)) return;
    /** @type {HTMLElement | null} */ (head)?.focus({ preventScroll: true });
  }

  #arrange() {
    const opened = this.#opened;
    const { clientWidth: width, clientHeight: height } = this.picture;
    if (!opened || width === 0 || height === 0) return;
    this.#layout = layout(opened.info, width, height, typeScale());
    for (const { style } of [this.below, this.canvas]) {
      style.width = `${this.#layout.width}px`;
      style.height = `${height}px`;
    }
    this.#layoutChanged = true;
    const { columns } = this.#layout;
    heads(this.heads, columns, opened.info.layers.length, {
      ...this.actions.heads,
      open: (layer) => this.#openHead(columns, layer),
      move: (layer, count, by) => {
        this.#moved = layer + by;
        this.actions.heads.move(layer, count, by);
      },
    });
    this.#followMoved();
    this.units.place(this.#layout);
    this.actions.redraw();
  }

  /** Opens the form of a layer; on a narrow screen, the sheet with its units. @param {import('../picture/layout.js').Column[]} columns @param {number} layer */
  #openHead(columns, layer) {
    const { open, canResize, resize } = this.actions.heads;
    const column = columns.find((c) => c.layer === layer);
    if (!column || !narrow.matches) return open(layer);
    const isOutput = column.layers.includes((this.#opened?.info.layers.length ?? 0) - 1);
    openColumnSheet(this.sheet, column, {
      settings: () => open(layer),
      resize: !isOutput && canResize(layer) ? (by) => resize(layer, by) : null,
      select: (unit) => this.actions.choose({ layer, unit }),
    });
  }
}

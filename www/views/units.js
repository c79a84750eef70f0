// Pointer and keyboard in the picture: a button on each unit, and the weights between them.
import { boxesOf } from '../picture/layout.js';
import { kernelOf, sourceOf } from '../picture/links.js';
import { pictureRefAt } from '../picture/nearest.js';
import { unitRefOf } from '../picture/pointing.js';
import { outputName } from '../picture/space.js';

/** @typedef {import('../picture/layout.js').Layout} Layout */
/** @typedef {import('../picture/pointing.js').PictureRef} PictureRef */
/** @typedef {import('../types.js').UnitRef} UnitRef */

/**
 * The content of the picture.
 * @typedef {object} Shown
 * @property {import('../types.js').RunInfo} info
 * @property {Layout} layout
 * @property {Float32Array} weights
 * @property {import('../picture/links.js').StrongLink[]} strong the strongest links of the highlighted unit
 */

export class Units {
  /** The unit or weight under the pointer. @type {PictureRef | null} */
  #hovered = null;
  /** Index among all boxes of the unit that was clicked or has the focus; -1 for none. */
  #focusedIndex = -1;
  /** Index of the weight of that unit that was clicked or reached by keyboard; -1 for none. */
  #from = -1;
  /** Index of the button that is marked; -1 for none. */
  #marked = -1;
  /** Index of the input whose weight was selected last; -1: none. */
  #selectedFrom = -1;

  /**
   * @param {HTMLElement} picture
   * @param {HTMLElement} element contains the buttons
   * @param {() => Shown | null} shown
   * @param {{ redraw: () => void, light: (ref: UnitRef | null) => void, choose: (ref: UnitRef | null) => void, editWeight: () => void }} actions `editWeight` moves the focus to the field of the selected weight
   */
  constructor(picture, element, shown, actions) {
    this.picture = picture;
    this.element = element;
    this.shown = shown;
    this.actions = actions;
    picture.addEventListener('pointermove', (event) => {
      if (event.pointerType !== 'touch') this.#point(this.#at(event));
    });
    picture.addEventListener('pointerleave', () => this.#point(null));
    picture.addEventListener('click', (event) => this.#click(event));
    element.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Whether the keyboard is at a weight. */
  get atWeight() {
    return this.#from >= 0;
  }

  /** The hovered or focused unit or weight. @returns {PictureRef | null} */
  get current() {
    return this.#hovered ?? this.#focused;
  }

  /** The focused unit or weight. @returns {PictureRef | null} */
  get #focused() {
    const shown = this.shown();
    const box = shown && boxesOf(shown.layout)[this.#focusedIndex];
    return box ? { column: box.column, box, from: this.#from } : null;
  }

  /** Marks the button of the selected unit, or of the unit of the selected weight. @param {import('../picture/layout.js').Box | null} box */
  mark(box) {
    const shown = this.shown();
    const i = box && shown ? boxesOf(shown.layout).indexOf(box) : -1;
    if (i === this.#marked) return;
    this.element.children[this.#marked]?.removeAttribute('aria-current');
    this.element.children[i]?.setAttribute('aria-current', 'true');
    this.#marked = i;
  }

  /** The button of the selected unit. @returns {HTMLElement | undefined} */
  get marked() {
    return /** @type {HTMLElement | undefined} */ (this.element.children[this.#marked]);
  }

  clear() {
    [this.#hovered, this.#focusedIndex, this.#from, this.#marked] = [null, -1, -1, -1];
    this.element.replaceChildren();
  }

  /**
   * Places a button on each unit for the keyboard and screen readers. A change of size only moves the buttons, so
   * that the focus stays.
   * @param {Layout} layout
   */
  place(layout) {
    // The boxes have changed.
    this.#hovered = null;
    const boxes = boxesOf(layout);
    if (this.element.children.length !== boxes.length) {
      this.element.replaceChildren(...boxes.map((box, i) => this.#button(layout, box, i)));
      this.#marked = -1;
    }
    boxes.forEach(({ x, y, w, h }, i) => {
      const { style } = /** @type {HTMLElement} */ (this.element.children[i]);
      style.left = `${x}px`;
      style.top = `${y}px`;
      style.width = `${w}px`;
      style.height = `${h}px`;
    });
  }

  /** @param {Layout} layout @param {import('../picture/layout.js').Box} box @param {number} i */
  #button({ columns }, { column, unit }, i) {
    const { title, kind } = columns[column];
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = i === 0 ? 0 : -1;
    const maps = `channel ${unit + 1}`;
    const info = this.shown()?.info;
    const names = {
      image: 'the digit',
      plane: info ? outputName(info) : '',
      grid: 'all steps',
      maps,
    };
    const name = /** @type {Record<string, string>} */ (names)[kind];
    button.setAttribute('aria-label', `${title}, ${name || `unit ${unit + 1}`}`);
    button.addEventListener('focus', () => this.#focus(i));
    button.addEventListener('blur', () => this.#focus(-1));
    return button;
  }

  /** @param {MouseEvent} event */
  #at(event) {
    const shown = this.shown();
    if (!shown) return null;
    const { left, top } = this.picture.getBoundingClientRect();
    const [x, y] = [event.clientX - left + this.picture.scrollLeft, event.clientY - top];
    const { info, layout, weights, strong } = shown;
    return pictureRefAt(info, layout, weights, strong, x, y);
  }

  /** @param {PictureRef | null} ref */
  #point(ref) {
    const now = this.#hovered;
    if (ref?.box === now?.box && ref?.from === now?.from) return;
    this.#hovered = ref;
    this.picture.style.cursor = ref ? 'pointer' : '';
    this.#light(ref);
  }

  /** @param {PictureRef | null} ref */
  #light(ref) {
    const shown = this.shown();
    this.actions.light(shown && unitRefOf(shown.layout, ref));
    this.actions.redraw();
  }

  /** @param {number} i @param {number} [from] */
  #focus(i, from = -1) {
    [this.#focusedIndex, this.#from] = [i, from];
    this.#light(this.current);
  }

  /** Selects a unit or a weight. A finger always selects the unit, since it covers many weights. @param {MouseEvent} event */
  #click(event) {
    const shown = this.shown();
    if (!shown) return;
    const i = [...this.element.children].indexOf(/** @type {Element} */ (event.target));
    const from = i === this.#focusedIndex ? this.#from : -1;
    const mouse = event.detail > 0;
    const at = mouse ? this.#at(event) : null;
    const touched = /** @type {PointerEvent} */ (event).pointerType === 'touch';
    if (i < 0) return this.actions.choose(unitRefOf(shown.layout, at));
    this.#focus(i, mouse ? (touched ? -1 : (at?.from ?? -1)) : from);
    const ref = unitRefOf(shown.layout, this.#focused);
    if (!ref) return;
    // Enter selects a weight; on the selected one it goes into its field.
    const isSelected = i === this.#marked && this.#selectedFrom === from;
    this.#selectedFrom = from;
    this.actions.choose(ref);
    if (!mouse && from >= 0 && isSelected) this.actions.editWeight();
  }

  /**
   * Handles keys: up and down move within a layer, left and right between layers, Shift with up and down along a
   * unit's weights. Escape returns to the unit.
   * @param {KeyboardEvent} event
   */
  #key(event) {
    const { key, shiftKey } = event;
    const shown = this.shown();
    const focused = this.#focused?.box;
    if (!shown || !focused || !/^Arrow|^Escape/.test(key)) return;
    event.preventDefault();
    const { layout, info } = shown;
    const column = layout.columns[focused.column];
    const by = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (key === 'Escape') {
      if (!this.atWeight) this.actions.choose(null);
      return this.#focus(this.#focusedIndex);
    }
    if (by && shiftKey) {
      const kernel = kernelOf(info, column, sourceOf(layout, column));
      if (!kernel) return;
      const last = kernel.inputs - (kernel.biasAt < 0 ? 1 : 0);
      const next = this.atWeight ? this.#from + by : by > 0 ? 0 : last;
      return this.#focus(this.#focusedIndex, Math.min(last, Math.max(0, next)));
    }
    let next = this.#focusedIndex + (by ?? 0);
    if (!by) {
      const boxes = layout.columns[focused.column + (key === 'ArrowLeft' ? -1 : 1)]?.boxes ?? [];
      next = boxesOf(layout).indexOf(boxes[Math.min(focused.unit, boxes.length - 1)]);
    }
    const buttons = /** @type {HTMLButtonElement[]} */ ([...this.element.children]);
    if (!buttons[next]) return;
    for (const button of buttons) button.tabIndex = -1;
    buttons[next].tabIndex = 0;
    buttons[next].focus();
  }
}

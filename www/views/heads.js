// The heads of the picture's columns, where the network is edited: a head opens the form of its layer, − and + change its
// units, + between two columns adds a layer, and dragging a head (or Alt with an arrow key) moves its layers.
import { html, nothing, render } from 'lit-html';
import { breakable } from './breakable.js';

/** @typedef {import('../picture/layout.js').Column} Column */
/** @typedef {import('../types.js').UnitRef} UnitRef */

/**
 * @typedef {object} HeadActions
 * @property {(ref: UnitRef | null) => void} light highlights the layer of the hovered head
 * @property {(layer: number) => void} open opens the form of a layer
 * @property {((layer: number, by: number) => void)} resize changes the number of units
 * @property {(layer: number) => boolean} canResize
 * @property {(before: number) => void} insert adds a layer before another one
 * @property {(layer: number) => void} remove removes a layer
 * @property {(layer: number, count: number, by: number) => void} move moves some layers by some places
 * @property {() => boolean} canArrange whether layers can be added and moved
 */

/** Width of a button in pixels, with its gap. */
const BUTTON = 26;
/** Top of a button below the names. */
const BELOW = 52;
/** Width of a head below which its buttons do not fit. */
const NARROW = 112;
/** Pixels that a pointer moves before it drags. */
const DRAG = 8;

/**
 * Draws the heads.
 * @param {HTMLElement} element
 * @param {Column[]} columns
 * @param {number} nLayers number of the model's layers
 * @param {HeadActions} actions
 */
export function heads(element, columns, nLayers, actions) {
  const arranges = actions.canArrange();
  render(
    html`${places(columns).map(({ left, width }, i) => head(columns, i, left, width, nLayers, actions))}
    ${arranges ? columns.map((column, i) => (i ? adder(columns[i - 1], column, actions) : nothing)) : nothing}`,
    element,
  );
}

/**
 * The left ends and widths of the heads: as wide as the gaps allow, and never over one another.
 * @param {Column[]} columns
 */
function places(columns) {
  let end = 0;
  return columns.map(({ x, w }, i) => {
    const middle = x + w / 2;
    const next = columns[i + 1];
    const before = i ? middle - end : middle;
    // The gap to the next column belongs to both halves.
    const after = next ? (next.x - x - w) / 2 + w / 2 : w / 2 + 70;
    const half = Math.max(15, Math.min(i ? before - 2 : Math.max(before, after), after));
    const left = Math.max(0, middle - half);
    end = middle + half;
    return { left, width: 2 * half };
  });
}

/**
 * @param {Column[]} columns
 * @param {number} i
 * @param {number} left
 * @param {number} width
 * @param {number} nLayers
 * @param {HeadActions} actions
 */
function head(columns, i, left, width, nLayers, actions) {
  const { title, note, layer, layers, kind } = columns[i];
  const noun = kind === 'maps' ? 'filter' : 'unit';
  // A narrow head shows the number of units only.
  const [, count, what] = /^([\d,]*)(.*)$/.exec(note) ?? [];
  const style = `left: ${left}px; width: ${width}px`;
  const size = Math.max(6.2 * note.length, 8.4 * title.length) > width ? 'long' : '';
  if (layer < 0)
    return html`<div class="head ${size}" .style=${style}>
      <b>${title}</b><span class="note">${note}</span>
    </div>`;
  const isOutput = layers.includes(nLayers - 1);
  const resizes = !isOutput && width >= NARROW && actions.canResize(layer);
  const change = (/** @type {number} */ by) => () => actions.resize(layer, by);
  return html`<div
    class="head ${size}"
    data-layer=${layer}
    .style=${style}
    @pointerenter=${() => actions.light({ layer, unit: -1 })}
    @pointerleave=${() => actions.light(null)}
  >
    <button
      type="button"
      class="head-name"
      aria-label="${title}, ${note}: open its settings"
      title="Open the settings of ${title}. Drag it, or press Alt and an arrow key, to move it; Delete removes it."
      @click=${() => actions.open(layer)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => {
        if (!actions.canArrange()) return;
        const by = event.altKey && { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!by && event.key !== 'Delete') return;
        event.preventDefault();
        if (by) shift(columns, i, by, actions);
        else actions.remove(layer);
      }}
      @pointerdown=${(/** @type {PointerEvent} */ event) => drag(event, columns, i, actions)}
    >
      <b>${breakable(title)}</b>
    </button>
    <span class="head-size"
      >${
        resizes
          ? html`<button
              type="button"
              class="icon"
              aria-label="One ${noun} less in ${title}"
              title="One ${noun} less"
              @click=${change(-1)}
            >
              −
            </button>`
          : nothing
      }<span class="note">${count}<span class="what">${what}</span></span
      >${
        resizes
          ? html`<button
              type="button"
              class="icon"
              aria-label="One ${noun} more in ${title}"
              title="One ${noun} more"
              @click=${change(1)}
            >
              +
            </button>`
          : nothing
      }</span
    >
  </div>`;
}

/**
 * The button that adds a layer between two columns.
 * @param {Column} before
 * @param {Column} column
 * @param {HeadActions} actions
 */
function adder(before, column, { insert }) {
  const middle = (before.x + before.w + column.x) / 2;
  // The names on both sides are wider than their columns.
  const [left, right] = [before, column].map(({ x, w, title }) => [
    x + w / 2,
    4 * title.length + 4,
  ]);
  const isTight =
    middle - BUTTON / 2 < left[0] + left[1] || middle + BUTTON / 2 > right[0] - right[1];
  // Without room between the names, it stands below them, between the columns.
  if (isTight && column.x - before.x - before.w < BUTTON) return nothing;
  // A decision is drawn from the outputs of the column before it.
  if (column.layer === before.layer) return nothing;
  const style = `left: ${middle - BUTTON / 2 + 1}px; top: ${isTight ? BELOW : 1}px`;
  return html`<button
    type="button"
    class="icon adder"
    aria-label="Add a layer before ${column.title}"
    title="Add a layer here"
    .style=${style}
    @click=${() => insert(column.layer)}
  >
    +
  </button>`;
}

/**
 * Moves the layers of a column past the column beside it.
 * @param {Column[]} columns
 * @param {number} i
 * @param {number} to number of columns to move by
 * @param {HeadActions} actions
 */
function shift(columns, i, to, actions) {
  const { layers, layer } = columns[i];
  const passed = to < 0 ? columns.slice(Math.max(1, i + to), i) : columns.slice(i + 1, i + 1 + to);
  const by = passed.reduce((sum, column) => sum + column.layers.length, 0);
  if (by) actions.move(layer, layers.length, to < 0 ? -by : by);
}

/**
 * Follows a pointer that drags a head, and moves its layers where it is dropped.
 * @param {PointerEvent} down
 * @param {Column[]} columns
 * @param {number} i
 * @param {HeadActions} actions
 */
function drag(down, columns, i, actions) {
  const button = /** @type {HTMLElement} */ (down.currentTarget);
  const head = /** @type {HTMLElement} */ (button.parentElement);
  if (!actions.canArrange() || down.button !== 0) return;
  let by = 0;
  const mark = document.createElement('i');
  mark.className = 'drop-mark';
  const end = new AbortController();
  const options = { signal: end.signal };
  const stop = () => {
    end.abort();
    mark.remove();
    head.style.translate = '';
    head.classList.remove('dragged');
  };
  window.addEventListener(
    'pointermove',
    (event) => {
      by = event.clientX - down.clientX;
      if (Math.abs(by) < DRAG) return;
      head.classList.add('dragged');
      head.style.translate = `${by}px 0`;
      head.parentElement?.append(mark);
      mark.style.left = `${dropAt(columns, i, by).x}px`;
    },
    options,
  );
  window.addEventListener('pointercancel', stop, options);
  window.addEventListener(
    'pointerup',
    () => {
      stop();
      if (Math.abs(by) < DRAG) return;
      // The click that follows a drag does not open the form.
      button.addEventListener(
        'click',
        (/** @type {Event} */ event) => event.stopImmediatePropagation(),
        {
          capture: true,
          once: true,
        },
      );
      const { to } = dropAt(columns, i, by);
      if (to) shift(columns, i, to, actions);
    },
    options,
  );
}

/**
 * Where a column goes that is dropped: the number of columns that it moves by, and the middle of the gap.
 * @param {Column[]} columns
 * @param {number} i
 * @param {number} by pixels that it was dragged by
 */
function dropAt(columns, i, by) {
  const middle = (/** @type {Column} */ { x, w }) => x + w / 2;
  const others = columns.filter((_, k) => k !== i);
  const at = middle(columns[i]) + by;
  // The input stays first.
  const place = Math.max(1, others.filter((column) => middle(column) < at).length);
  const [left, right] = [others[place - 1], others[place]];
  const end = left.x + left.w;
  return { to: place - i, x: right ? (end + right.x) / 2 : end + 14 };
}

// The lines of the Keras script that create a layer. Hovering or focusing such a line highlights its layer.
import { html } from 'lit-html';

/** @typedef {import('../types.js').UnitRef} UnitRef */

/**
 * Renders the script. Its layer lines form one tab stop, and arrow keys move between them.
 * @param {string} code
 * @param {import('../app/store.js').State} state
 */
export function linesOf(code, { highlight, selection, opened }) {
  let next = 0;
  // A line that creates a layer, in a Sequential or a Functional model.
  const makes = /^\s*(\w+ = )?layers\.\w+\(/;
  const layer = Math.max(0, (highlight ?? selection)?.layer ?? 0);
  const some = (highlight ?? selection)?.layer;
  return code.split(/(?<=\n)/).flatMap((line) => {
    if (!makes.test(line) || next >= (opened?.info.layers.length ?? 0)) return line;
    const index = next++;
    const mark = index === some ? 'lit' : '';
    const stop = index === layer ? 0 : -1;
    const text = line.trimEnd();
    return [
      html`<span role="button" tabindex=${stop} data-layer=${index} class=${mark}>${text}</span>`,
      line.slice(text.length),
    ];
  });
}

/** @param {Event} event */
function lineAt({ target }) {
  return /** @type {HTMLElement | null} */ (
    /** @type {HTMLElement} */ (target).closest('[data-layer]')
  );
}

/** The layer of the line under an event. @param {Event} event @returns {UnitRef | null} */
export function layerAt(event) {
  const line = lineAt(event);
  return line ? { layer: Number(line.dataset.layer), unit: -1 } : null;
}

/** Selects the first unit of the layer of a line. @param {Event} event @param {(ref: UnitRef) => void} choose */
export function selectLine(event, choose) {
  const ref = layerAt(event);
  if (ref) choose({ ...ref, unit: 0 });
}

/** Handles keys: arrow keys move between lines, Enter and Space select. @param {KeyboardEvent} event @param {(ref: UnitRef) => void} choose */
export function handleKey(event, choose) {
  const line = lineAt(event);
  if (!line) return;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by && event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (!by) return selectLine(event, choose);
  const lines = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll('[role]')];
  /** @type {HTMLElement | undefined} */ (lines[lines.indexOf(line) + by])?.focus();
}

// The lines of the Keras script that make a layer: pointing at one, or coming to it by keyboard, lights the layer.
import { html } from 'lit-html';

/** @typedef {import('../types.js').Lit} Lit */

/**
 * The script, its lines that make a layer lit with it: one stop for Tab, arrow keys go from line to line.
 * @param {string} code
 * @param {import('../store.js').State} state
 */
export function linesOf(code, { lit, chosen, opened }) {
  let next = 0;
  // A line that makes a layer; of a Functional model too.
  const makes = /^\s*(\w+ = )?layers\.\w+\(/;
  const layer = Math.max(0, (lit ?? chosen)?.layer ?? 0);
  const some = (lit ?? chosen)?.layer;
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

/** The layer of a line as a whole. @param {Event} event @returns {Lit | null} */
export function layerAt(event) {
  const line = lineAt(event);
  return line ? { layer: Number(line.dataset.layer), unit: -1 } : null;
}

/** Chooses the layer of a line, by its first unit. @param {Event} event @param {(chosen: Lit) => void} choose */
export function pick(event, choose) {
  const lit = layerAt(event);
  if (lit) choose({ ...lit, unit: 0 });
}

/** Arrow keys go from line to line; Enter and Space choose. @param {KeyboardEvent} event @param {(chosen: Lit) => void} choose */
export function walk(event, choose) {
  const line = lineAt(event);
  if (!line) return;
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!by && event.key !== 'Enter' && event.key !== ' ') return;
  event.preventDefault();
  if (!by) return pick(event, choose);
  const lines = [.../** @type {HTMLElement} */ (event.currentTarget).querySelectorAll('[role]')];
  /** @type {HTMLElement | undefined} */ (lines[lines.indexOf(line) + by])?.focus();
}

// A sheet for one column on a narrow screen, where its units are too small to tap: its size, its settings, and each unit
// as a large button.
import { html, nothing, render } from 'lit-html';

/** @typedef {import('../picture/layout.js').Column} Column */

/**
 * Opens the sheet.
 * @param {HTMLDialogElement} dialog
 * @param {Column} column
 * @param {{ settings: () => void, resize: ((by: number) => void) | null, select: (unit: number) => void }} actions
 */
export function openColumnSheet(dialog, { title, note, kind, boxes, layer }, actions) {
  const { settings, resize, select } = actions;
  const then = (/** @type {() => void} */ act) => () => {
    dialog.close();
    act();
  };
  const noun = kind === 'maps' ? 'channel' : 'unit';
  const listed = kind === 'plane' || kind === 'grid' || layer < 0 ? [] : boxes;
  render(
    html`<div class="dialog-body">
      <div class="drawer-head">
        <h2>${title} <span class="soft">${note}</span></h2>
        <button type="button" class="icon" aria-label="Close" @click=${() => dialog.close()}>
          ✕
        </button>
      </div>
      <div class="sheet-buttons">
        ${
          resize
            ? html`<button type="button" @click=${then(() => resize(-1))}>− one ${noun}</button>
                <button type="button" @click=${then(() => resize(1))}>+ one ${noun}</button>`
            : nothing
        }
        <button type="button" autofocus @click=${then(settings)}>All its settings</button>
      </div>
      ${
        listed.length
          ? html`<p class="soft">Tap a ${noun} for its numbers.</p>
              <ol class="sheet-units">
                ${listed.map(
                  ({ unit }) =>
                    html`<li>
                      <button
                        type="button"
                        aria-label="${noun} ${unit + 1}"
                        @click=${then(() => select(unit))}
                      >
                        ${unit + 1}
                      </button>
                    </li>`,
                )}
              </ol>`
          : nothing
      }
    </div>`,
    dialog,
  );
  dialog.showModal();
}

// The dialog that adds a layer: the usual layers first, all others by search and group.
import { html, nothing, render } from 'lit-html';
import { entryNamed } from './choices.js';

/** @typedef {import('../types.js').ClassSpec} ClassSpec */

/** The layers that most networks are made of. */
const USUAL = [
  'Dense',
  'Dropout',
  'Conv2D',
  'MaxPooling2D',
  'Flatten',
  'Reshape',
  'BatchNormalization',
  'LSTM',
  'GRU',
  'Activation',
];

/** What a sequence of layers has no place for. */
const SEVERAL = 'These take several inputs, which only a Functional model has: open one as a file.';

/**
 * Opens the dialog. It closes with the choice, with Escape or with its button.
 * @param {HTMLDialogElement} dialog
 * @param {ClassSpec[]} layers all layers of the catalog
 * @param {string} where says where the layer will stand
 * @param {(entry: ClassSpec) => void} add
 */
export function openLayerPicker(dialog, layers, where, add) {
  let query = '';
  const choose = (/** @type {ClassSpec} */ entry) => () => {
    dialog.close();
    add(entry);
  };
  const button = (/** @type {ClassSpec} */ entry) =>
    html`<li>
      <button
        type="button"
        data-class=${entry.class_name}
        title=${entry.doc}
        @click=${choose(entry)}
      >
        <b>${entry.label}</b> <span class="soft">${firstSentence(entry.doc)}</span>
      </button>
    </li>`;
  const draw = () => {
    const found = query ? layers.filter((entry) => matches(entry, query)) : [];
    const usual = USUAL.flatMap((name) => entryNamed(layers, name) ?? []);
    const groups = [...new Set(layers.map(({ group }) => group ?? 'others'))];
    render(
      html`<div class="dialog-body">
        <div class="drawer-head">
          <h2>Add a layer ${where}</h2>
          <button type="button" class="icon" aria-label="Close" @click=${() => dialog.close()}>
            ✕
          </button>
        </div>
        <label class="search" for="layer-search"
          >search
          <input
            id="layer-search"
            type="text"
            autocomplete="off"
            autofocus
            .value=${query}
            @input=${(/** @type {Event} */ { target }) => {
              query = /** @type {HTMLInputElement} */ (target).value.trim();
              draw();
            }}
            @keydown=${(/** @type {KeyboardEvent} */ event) => {
              if (event.key !== 'Enter' || !found[0]) return;
              // The button that gets the focus back must not take the key as a click.
              event.preventDefault();
              choose(found[0])();
            }}
        /></label>
        <div class="choices">
          ${
            query
              ? html`<h3>${found.length ? 'Found' : `No layer is called “${query}”.`}</h3>
                  <ul>
                    ${found.map(button)}
                  </ul>`
              : html`<h3>The usual layers</h3>
                  <ul>
                    ${usual.map(button)}
                  </ul>
                  ${groups.map((group) => {
                    const members = layers.filter((entry) => (entry.group ?? 'others') === group);
                    return html`<details>
                      <summary>${group} (${members.length})</summary>
                      ${group === 'merging' ? html`<p class="soft">${SEVERAL}</p>` : nothing}
                      <ul>
                        ${members.map(button)}
                      </ul>
                    </details>`;
                  })}`
          }
        </div>
      </div>`,
      dialog,
    );
  };
  // The former opening's content is dropped, so that groups start closed.
  render(nothing, dialog);
  draw();
  dialog.showModal();
}

/** Whether a layer's name or help text contains the query. @param {ClassSpec} entry @param {string} query */
function matches({ class_name, label, doc }, query) {
  const text = `${class_name} ${label} ${doc}`.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** @param {string} text */
function firstSentence(text) {
  return text.split(/(?<=\.)\s/)[0];
}

// The list of layers, each with its options. Layers can be added, moved and removed.
import { html, nothing } from 'lit-html';
import { entryNamed, isStillThere } from './choices.js';
import { withChange } from '../app/store.js';
import { classSelect, openPicker } from './controls.js';
import { errorAndAdvice, optionFields, startOf } from './forms.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../types.js').ClassConfig} ClassConfig */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {import('./settings.js').Edit} Edit */

/** Path of the layers in an experiment. */
const LAYERS = ['model', 'config', 'layers'];

/**
 * Renders the form of one layer.
 * @param {Form} form
 * @param {State} state
 * @param {number} i
 * @param {Edit} edit
 */
export function layer(form, { catalog, draft, opened, draftError }, i, edit) {
  const layers = draft.model.config.layers;
  const config = layers[i];
  const entry = entryNamed(catalog.layers, config.class_name);
  const path = [...LAYERS, i];
  // While an edit is pending or invalid, the layers of the open run may differ from those of the draft.
  const inputs = layers.filter((l) => l.class_name === 'InputLayer').length;
  const built = draftError ? undefined : opened?.info.layers[i - inputs];
  const info = built?.class_name === config.class_name ? built : undefined;
  const title = entry?.label ?? String(config.class_name);
  const arrange = (
    /** @type {(all: ClassConfig[]) => unknown} */ work,
    /** @type {string} */ description,
  ) =>
    edit((now) => {
      if (!isStillThere(draft, now, [...path, 'config'])) return now;
      const all = [...now.model.config.layers];
      work(all);
      return withChange(now, LAYERS, all);
    }, description);
  const move = (/** @type {number} */ by) =>
    arrange((all) => all.splice(i + by, 0, ...all.splice(i, 1)), `${title} moved`);
  const remove = () => arrange((all) => all.length > 1 && all.splice(i, 1), `${title} removed`);
  // The layers of a Functional model name their inputs, so their order has no meaning.
  const wired = draft.model.class_name !== 'Sequential';
  const which = `layer ${i + 1} (${title})`;
  const buttons = () =>
    html`<button
        type="button"
        class="icon"
        aria-label="Move ${which} up"
        ?disabled=${i === 0}
        @click=${() => move(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Move ${which} down"
        ?disabled=${i === layers.length - 1}
        @click=${() => move(1)}
      >
        ↓
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Remove ${which}"
        ?disabled=${layers.length === 1}
        @click=${remove}
      >
        ✕
      </button>`;
  return html`<li class="layer">
    <div class="layer-head">
      <span class="layer-title">
        <span class="layer-name">${(info?.name ?? title).replaceAll('_', '_\u200b')}</span>
        <span class="layer-size"
          >${info?.n_params ? html`${info.n_params.toLocaleString('en')} parameters` : nothing}</span
        >
      </span>
      ${wired ? nothing : buttons()}
    </div>
    ${errorAndAdvice(form, path)} ${entry ? optionFields(form, entry, path, config) : nothing}
  </li>`;
}

/**
 * Renders the select that adds a layer.
 * @param {import('../types.js').Catalog} catalog
 * @param {Edit} edit
 */
export function layerAdder(catalog, edit) {
  const add = (/** @type {ClassSpec | undefined} */ entry) => {
    if (!entry) return;
    edit((now) => {
      const layers = [...now.model.config.layers];
      // The last layer computes the output, so the new one goes before it.
      layers.splice(layers.length - 1, 0, { class_name: entry.class_name, config: startOf(entry) });
      return withChange(now, LAYERS, layers);
    }, `${entry.label} added`);
  };
  const id = 'add-layer';
  return html`<div class="field adder">
    <label for=${id}>add a layer</label>
    ${classSelect(
      catalog.layers,
      '',
      'choose …',
      { id, describedBy: `${id}-hint`, invalid: false },
      add,
      openPicker,
    )}
    <span class="hint" id="${id}-hint" role="note"
      >The new layer is inserted before the last one. Use ↑ and ↓ to move it.</span
    >
  </div>`;
}

// The form of one layer: its options, and the buttons that move and remove it.
import { html, nothing } from 'lit-html';
import {
  LAYERS,
  indexOf,
  isSequential,
  layersOf,
  moveLayers,
  removeLayer,
} from '../app/layer-edits.js';
import { breakable } from '../views/breakable.js';
import { entryNamed, isStillThere } from './choices.js';
import { errorAndAdvice, optionFields } from './forms.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {import('./form.js').Edit} Edit */

/**
 * Renders the form of one layer.
 * @param {Form} form
 * @param {State} state
 * @param {number} i
 * @param {Edit} edit
 */
export function layer(form, { catalog, draft, opened, draftError }, i, edit) {
  const layers = layersOf(draft);
  const config = layers[i];
  const entry = entryNamed(catalog.layers, config.class_name);
  const path = [...LAYERS, i];
  // While an edit is pending or invalid, the layers of the open run may differ from those of the draft.
  const built = draftError ? undefined : opened?.info.layers[i - indexOf(draft, 0)];
  const info = built?.class_name === config.class_name ? built : undefined;
  const title = entry?.label ?? String(config.class_name);
  const arrange = (
    /** @type {(now: import('../types.js').Experiment) => import('../types.js').Experiment} */ work,
    /** @type {string} */ description,
  ) =>
    edit((now) => (isStillThere(draft, now, [...path, 'config']) ? work(now) : now), description);
  const move = (/** @type {number} */ by) =>
    arrange((now) => moveLayers(now, i, 1, by), `${title} moved`);
  const remove = () => arrange((now) => removeLayer(now, i), `${title} removed`);
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
  return html`<li class="layer" data-layer=${i - indexOf(draft, 0)} tabindex="-1">
    <div class="layer-head">
      <span class="layer-title">
        <span class="layer-name">${breakable(info?.name ?? title)}</span>
        <span class="layer-size"
          >${info?.n_params ? html`${info.n_params.toLocaleString('en')} parameters` : nothing}</span
        >
      </span>
      ${isSequential(draft) ? buttons() : nothing}
    </div>
    ${errorAndAdvice(form, path)} ${entry ? optionFields(form, entry, path, config) : nothing}
  </li>`;
}

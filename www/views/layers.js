// The list of layers: each with its options, to be moved, taken away and added to.
import { html, nothing } from 'lit-html';
import { entryNamed } from '../choices.js';
import { changed } from '../store.js';
import { choose, openFirst } from './controls.js';
import { refusal, split, startOf } from './forms.js';

/** @typedef {import('../store.js').State} State */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {import('./settings.js').Edit} Edit */

/**
 * @param {Form} form
 * @param {State} state
 * @param {number} i
 * @param {Edit} edit
 */
export function layer(form, { catalog, draft, opened, refused }, i, edit) {
  const layers = draft.model.config.layers;
  const choice = layers[i];
  const entry = entryNamed(catalog.layers, choice.class_name);
  const path = ['model', 'config', 'layers', i];
  // While a draft is refused, the running model's layers need not be these.
  const inputs = layers.filter((l) => l.class_name === 'InputLayer').length;
  const info = refused ? undefined : opened?.info.layers[i - inputs];
  const title = entry?.label ?? choice.class_name;
  const move = (/** @type {number} */ by) => {
    const order = [...layers];
    order.splice(i + by, 0, ...order.splice(i, 1));
    edit((now) => changed(now, ['model', 'config', 'layers'], order), `${title} moved`);
  };
  const remove = () => {
    const rest = layers.filter((_, k) => k !== i);
    edit((now) => changed(now, ['model', 'config', 'layers'], rest), `${title} removed`);
  };
  // In a Functional model the layers say themselves whose output they take.
  const wired = draft.model.class_name !== 'Sequential';
  const buttons = () =>
    html`<button
        type="button"
        class="icon"
        aria-label="Move ${title} ${i + 1} up"
        ?disabled=${i === 0}
        @click=${() => move(-1)}
      >
        ↑
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Move ${title} ${i + 1} down"
        ?disabled=${i === layers.length - 1}
        @click=${() => move(1)}
      >
        ↓
      </button>
      <button
        type="button"
        class="icon"
        aria-label="Remove ${title} ${i + 1}"
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
          >${info?.n_params ? html`${info.n_params.toLocaleString('en')} weights` : nothing}</span
        >
      </span>
      ${wired ? nothing : buttons()}
    </div>
    ${refusal(form, path)} ${entry ? split(form, entry, path, choice) : nothing}
  </li>`;
}

/**
 * @param {import('../types.js').Catalog} catalog
 * @param {Experiment} draft
 * @param {Edit} edit
 */
export function adder(catalog, draft, edit) {
  const add = (/** @type {Entry | undefined} */ entry) => {
    if (!entry) return;
    const layers = [...draft.model.config.layers];
    // Before the last one, which gives the answer.
    layers.splice(layers.length - 1, 0, { class_name: entry.class_name, config: startOf(entry) });
    edit((now) => changed(now, ['model', 'config', 'layers'], layers), `${entry.label} added`);
  };
  const id = 'add-layer';
  return html`<div class="field adder">
    <label for=${id}>add a layer</label>
    ${choose(catalog.layers, '', 'choose …', { id, hint: `${id}-hint`, refused: false }, add, openFirst)}
    <span class="hint" id="${id}-hint" role="note"
      >It comes before the last one; ↑ and ↓ move it.</span
    >
  </div>`;
}

// The list of layers: each with its options, to be moved, taken away and added to.
import { html, nothing } from 'lit-html';
import { changed } from '../store.js';
import { refusal } from './forms.js';
import { entryOf, split } from './parts.js';

/** @typedef {import('../store.js').State} State */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {(draft: Experiment, what: string) => void} Edit */

/**
 * @param {Form} form
 * @param {State} state
 * @param {number} i
 * @param {Edit} edit
 */
export function layer(form, { catalog, draft, opened, refused }, i, edit) {
  const layers = draft.model.config.layers;
  const choice = layers[i];
  const entry = entryOf(catalog.layers, choice);
  const path = ['model', 'config', 'layers', i];
  // While a draft is refused, the running model's layers need not be these.
  const inputs = layers.filter((l) => l.class_name === 'InputLayer').length;
  const info = refused ? undefined : opened?.info.layers[i - inputs];
  const title = entry?.label ?? choice.class_name;
  const move = (/** @type {number} */ by) => {
    const order = [...layers];
    order.splice(i + by, 0, ...order.splice(i, 1));
    edit(changed(draft, ['model', 'config', 'layers'], order), `${title} moved`);
  };
  const remove = () => {
    const rest = layers.filter((_, k) => k !== i);
    edit(changed(draft, ['model', 'config', 'layers'], rest), `${title} removed`);
  };
  const first = entry
    ? entry.options.filter((o) => o.required || o.name === 'activation').map((o) => o.name)
    : [];
  return html`<li class="layer">
    <div class="layer-head">
      <span class="layer-name">${info?.name ?? title}</span>
      <span class="layer-size"
        >${info ? html`${info.n_params.toLocaleString('en')} weights` : nothing}</span
      >
      <button
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
      </button>
    </div>
    ${refusal(form, path)} ${entry ? split(form, entry, path, choice, first) : nothing}
  </li>`;
}

/**
 * @param {import('../types.js').Catalog} catalog
 * @param {Experiment} draft
 * @param {Edit} edit
 */
export function adder(catalog, draft, edit) {
  const add = (/** @type {any} */ e) => {
    const entry = catalog.layers.find((l) => l.name === e.target.value);
    e.target.value = '';
    if (!entry) return;
    const layers = [...draft.model.config.layers];
    // Before the last one, which gives the answer.
    layers.splice(layers.length - 1, 0, { class_name: entry.class_name, config: beginning(entry) });
    edit(changed(draft, ['model', 'config', 'layers'], layers), `${entry.label} added`);
  };
  return html`<div class="field adder">
    <label for="add-layer">add a layer</label>
    <select id="add-layer" @change=${add}>
      <option value="">choose …</option>
      ${catalog.layers.map((l) => html`<option value=${l.name}>${l.label}</option>`)}
    </select>
  </div>`;
}

/** A value for what must be given. @param {Entry} entry */
function beginning(entry) {
  /** @type {Record<string, any>} */
  const config = {};
  for (const { name, kind, required, min } of entry.options) {
    if (!required) continue;
    /** @type {Record<string, number>} */
    const numbers = { int: Math.max(8, min ?? 0), float: 0.2, ints: 2, floats: 0.2 };
    config[name] = numbers[kind] ?? 'relu';
  }
  if (entry.options.some((o) => o.name === 'activation')) config.activation = 'relu';
  return config;
}

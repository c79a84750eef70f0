// The left column: specify the model, choose loss and cost, descend. All fields come from the catalog.
import { html, nothing, render } from 'lit-html';
import { changed } from '../store.js';
import { choose, field, fields, nameOf, nearestPlace, refusal } from './forms.js';
import { adder, layer } from './layers.js';
import { entryOf, split } from './parts.js';

/** @typedef {import('../store.js').State} State */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {(draft: Experiment, what: string) => void} Edit */

const wide = matchMedia('(min-width: 768px)').matches;

/**
 * @param {HTMLElement} element
 * @param {State} state
 * @param {{ edit: Edit, putBack: () => void }} actions
 */
export function settings(element, state, { edit, putBack }) {
  const { catalog, draft, refused } = state;
  /** @type {Form} */
  const form = {
    catalog,
    places: new Set(),
    refusedAt: '',
    message: refused?.message ?? '',
    edit: (path, value, what) => edit(changed(draft, path, value), what),
  };
  if (refused) {
    body(form, state, edit); // gathers the places
    form.refusedAt = nearestPlace(form.places, refused.place);
  }
  const banner = refused
    ? html`<div class="banner">
        ${form.refusedAt ? nothing : html`<p class="refusal" role="alert">${refused.message}</p>`}
        <p>This does not run. The last experiment that did is still here.</p>
        <button type="button" @click=${putBack}>Put it back</button>
      </div>`
    : nothing;
  render(html`${banner}${body(form, state, edit)} `, element);
}

/**
 * @param {Form} form
 * @param {State} state
 * @param {Edit} edit
 */
function body(form, state, edit) {
  const { catalog, draft, opened } = state;
  const data = catalog.datasets.find((d) => d.class_name === draft.data.class_name);
  const sizes = opened
    ? [opened.info.input_shape.join(' × '), ...draft.model.config.layers.flatMap(size)]
    : [];
  const optimizer = entryOf(catalog.optimizers, draft.compile.optimizer);
  const loss = entryOf(catalog.losses, draft.compile.loss);
  const epochs = draft.fit.epochs ?? 1;
  return html`
    ${
      data && data.options.length
        ? section(
            'data',
            '',
            'Data',
            data.label,
            html`
              <p class="doc">${data.doc}</p>
              ${refusal(form, ['data'])} ${fields(form, data.options, ['data'], draft.data, data)}
            `,
          )
        : refusal(form, ['data'])
    }
    ${section(
      'specify',
      '1',
      'Specify the model',
      sizes.join(' → '),
      html`
        <p class="doc">
          A change here or below begins the run again; only more epochs let it go on. Undo brings it
          back.
        </p>
        ${refusal(form, ['model'])}
        <ol class="layers">
          ${draft.model.config.layers.map((_, i) => layer(form, state, i, edit))}
        </ol>
        ${adder(catalog, draft, edit)}
      `,
    )}
    ${section(
      'loss',
      '2',
      'Loss and cost',
      loss?.label ?? '',
      html`
        ${part(form, catalog.losses, ['compile', 'loss'], 'loss', draft.compile.loss, ['from_logits'])}
        ${metrics(form, catalog.metrics, draft, edit)}
      `,
    )}
    ${section(
      'descend',
      '3',
      'Descend',
      `${optimizer?.label ?? ''}, ${epochs} epoch${epochs === 1 ? '' : 's'}`,
      html`
        ${part(form, catalog.optimizers, ['compile', 'optimizer'], 'optimizer', draft.compile.optimizer, ['learning_rate'])}
        ${refusal(form, ['fit'])}
        ${catalog.fit.map((opt) => field(form, opt, ['fit', opt.name], draft.fit[opt.name]))}
      `,
    )}
  `;
}

/**
 * @param {string} id
 * @param {string} number
 * @param {string} title
 * @param {string} state what is chosen, in a few words
 * @param {any} content
 */
function section(id, number, title, state, content) {
  return html`<details class="section" id="section-${id}" ?open=${wide}>
    <summary>
      ${number ? html`<span class="number" aria-hidden="true">${number}</span>` : nothing}
      <h2>${title}</h2>
      <span class="state">${state}</span>
    </summary>
    <div class="section-body">${content}</div>
  </details>`;
}

/** @param {import('../types.js').Choice} layer */
function size({ config }) {
  return config?.units === undefined ? [] : [String(config.units)];
}

/**
 * A class of the compile step with all of its options, the first ones in sight.
 * @param {Form} form
 * @param {Entry[]} entries
 * @param {string[]} path
 * @param {string} label
 * @param {any} choice
 * @param {string[]} first
 */
function part(form, entries, path, label, choice, first) {
  const entry = entryOf(entries, choice);
  const pick = (/** @type {string} */ name) => {
    const found = entries.find((e) => e.name === name);
    form.edit(path, { class_name: found?.class_name, config: {} }, `${label} ${found?.label}`);
  };
  const id = `f-${label}`;
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${choose(entries, nameOf(choice), false, { id, hint: `${id}-hint`, refused: false }, pick)}
      <span class="hint" id="${id}-hint" role="note"
        >${entry?.doc} <code>${entry?.formula}</code></span
      >
    </div>
    ${refusal(form, path)} ${entry ? split(form, entry, path, choice, first) : nothing}
  `;
}

/**
 * @param {Form} form
 * @param {Entry[]} entries
 * @param {Experiment} draft
 * @param {Edit} edit
 */
function metrics(form, entries, draft, edit) {
  const chosen = draft.compile.metrics ?? [];
  const has = (/** @type {Entry} */ e) =>
    chosen.findIndex((m) => [e.name, e.class_name].includes(nameOf(m)));
  const toggle = (/** @type {Entry} */ entry) => {
    const at = has(entry);
    const list = at < 0 ? [...chosen, entry.name] : chosen.filter((_, i) => i !== at);
    edit(
      changed(draft, ['compile', 'metrics'], list),
      `metric ${entry.label} ${at < 0 ? 'on' : 'off'}`,
    );
  };
  const names = chosen.map((m) => nameOf(m)).join(', ');
  return html`${refusal(form, ['compile', 'metrics'])}
    <details class="more">
      <summary>metrics: ${names || 'none'}</summary>
      ${entries.map(
        (entry) =>
          html`<label class="tick" title=${entry.doc}>
            <input
              type="checkbox"
              .checked=${has(entry) >= 0}
              @change=${() => toggle(entry)}
            />${entry.label}
          </label>`,
      )}
    </details>`;
}

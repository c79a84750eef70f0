// The settings: specify the model, choose loss and cost, train. All fields come from the catalog.
import { html, nothing, render } from 'lit-html';
import { isSequential } from '../app/layer-edits.js';
import { networks, withNetwork } from '../app/presets.js';
import { adviceList } from '../views/advice.js';
import { entryNamed, nameOf } from './choices.js';
import { openPicker } from './controls.js';
import { formOf } from './form.js';
import { field, fields, foldAdvanced, errorAndAdvice } from './forms.js';
import { layer } from './layers.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {import('./form.js').Edit} Edit */

/** The arguments of compile. @type {Record<'loss' | 'optimizer' | 'metrics', OptionSpec>} */
const COMPILE = {
  loss: compiled('loss', 'class', 'losses', 'The quantity that training minimises.'),
  optimizer: compiled(
    'optimizer',
    'class',
    'optimizers',
    'How the gradient is turned into a step.',
  ),
  metrics: compiled(
    'metrics',
    'list',
    'metrics',
    'Further quantities to measure. They do not affect training.',
  ),
};

/**
 * Describes an argument of compile.
 * @param {string} name
 * @param {string} kind
 * @param {string} family
 * @param {string} doc
 * @returns {OptionSpec}
 */
function compiled(name, kind, family, doc) {
  return { name, label: name, doc, kind, family, nullable: false, default: [] };
}

/**
 * Renders the settings.
 * @param {HTMLElement} element
 * @param {State} state
 * @param {{ edit: Edit, closeSettings: () => void, pickLayer: (at: number) => void }} actions
 */
export function settings(element, state, { edit, closeSettings, pickLayer }) {
  const form = formOf(state, edit, (f) => body(f, state, edit, pickLayer));
  render(
    html`<div class="drawer-head">
        <h2>All settings</h2>
        <button type="button" class="icon" aria-label="Close the settings" @click=${closeSettings}>
          ✕
        </button>
      </div>
      ${adviceList(form.advice(''), form.applyFix)} ${body(form, state, edit, pickLayer)}`,
    element,
  );
}

/**
 * Renders all sections.
 * @param {Form} form
 * @param {State} state
 * @param {Edit} edit
 * @param {(at: number) => void} pickLayer opens the list of layers to insert before a layer
 */
function body(form, state, edit, pickLayer) {
  const { catalog, draft, opened } = state;
  const data = catalog.datasets.find((d) => d.class_name === draft.data.class_name);
  const sizes = opened
    ? [opened.info.input_shape, ...opened.info.layers.filter(hasParams).map((l) => l.output_shape)]
    : [];
  const first = state.opened?.info.first_step ?? 0;
  const optimizer = entryNamed(catalog.optimizers, nameOf(draft.compile.optimizer));
  const loss = entryNamed(catalog.losses, nameOf(draft.compile.loss));
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
              ${errorAndAdvice(form, ['data'])}
              ${fields(form, optional(data.options), ['data'], draft.data, data)}
            `,
          )
        : errorAndAdvice(form, ['data'])
    }
    ${section(
      'specify',
      '1',
      'Specify the model',
      sizes.map((shape) => shape.join(' × ')).join(' → '),
      html`
        <p class="doc">
          Changing a setting restarts
          training${first ? ` from batch ${first}, where this branch starts` : ''} (raising the
          number of epochs continues it). Undo restores the previous run.
        </p>
        ${templateSelect(state, edit)} ${errorAndAdvice(form, ['model'])}
        <ol class="layers">
          ${draft.model.config.layers.map((_, i) => layer(form, state, i, edit))}
        </ol>
        ${
          isSequential(draft)
            ? html`<button
                type="button"
                id="add-layer"
                @click=${() => pickLayer(Math.max(0, draft.model.config.layers.length - 1))}
              >
                Add a layer before the last one …
              </button>`
            : nothing
        }
      `,
    )}
    ${section(
      'loss',
      '2',
      'Loss and cost',
      loss?.label ?? '',
      html`
        ${field(form, COMPILE.loss, ['compile', 'loss'], draft.compile.loss)}
        ${field(form, COMPILE.metrics, ['compile', 'metrics'], draft.compile.metrics)}
      `,
    )}
    ${section(
      'descend',
      '3',
      'Train (gradient descent)',
      `${optimizer?.label ?? ''}, ${epochs} epoch${epochs === 1 ? '' : 's'}`,
      html`
        ${field(form, COMPILE.optimizer, ['compile', 'optimizer'], draft.compile.optimizer)}
        ${errorAndAdvice(form, ['fit'])}
        ${foldAdvanced(form, catalog.fit, ['fit'], 'fit', (options) =>
          options.map((opt) => field(form, opt, ['fit', opt.name], draft.fit[opt.name])),
        )}
      `,
    )}
  `;
}

/**
 * Renders one section.
 * @param {string} id
 * @param {string} number
 * @param {string} title
 * @param {string} state summary of the settings
 * @param {unknown} content
 */
function section(id, number, title, state, content) {
  return html`<details class="section" id="section-${id}" open>
    <summary>
      ${number ? html`<span class="number" aria-hidden="true">${number}</span>` : nothing}
      <h2>${title}</h2>
      <span class="state">${state}</span>
    </summary>
    <div class="section-body">${content}</div>
  </details>`;
}

/**
 * Renders the select of network templates.
 * @param {State} state
 * @param {Edit} edit
 */
function templateSelect({ opened }, edit) {
  const data = opened?.info.data;
  const known = networks(data);
  const take = (/** @type {Event} */ { target }) => {
    const select = /** @type {HTMLSelectElement} */ (target);
    const found = known.find(({ name }) => name === select.value);
    select.value = '-';
    if (found) edit((now) => withNetwork(now, found.name, data?.image), found.label);
  };
  return html`<div class="field">
    <label for="begin">start from a template</label>
    <select id="begin" @change=${take} @keydown=${openPicker}>
      <option value="-">choose …</option>
      ${known.map(({ name, label }) => html`<option value=${name}>${label}</option>`)}
    </select>
  </div>`;
}

/** Whether a layer has parameters. @param {import('../types.js').LayerInfo} layer */
function hasParams({ n_params }) {
  return n_params > 0;
}

/** The options that have a field. The required options of `Numbers` are rows of numbers and have none. @param {import('../types.js').OptionSpec[]} options */
function optional(options) {
  return options.filter((o) => !o.required);
}

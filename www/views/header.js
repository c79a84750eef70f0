// The header: what this page is, the data sets as thumbnails with their own settings, the link, files, help and theme.
import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { onValue } from '../app/dom.js';
import { configOf } from '../forms/choices.js';
import { formOf } from '../forms/form.js';
import { numberField } from '../forms/quick.js';
import { icon, logo } from './icons.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */

/**
 * @typedef {object} HeaderActions
 * @property {(className: string) => void} data
 * @property {(seed: string) => void} seed
 * @property {() => void} dice
 * @property {() => void} share
 * @property {() => void} save
 * @property {(file: File) => void} open
 * @property {() => void} help
 * @property {(theme: import('../app/store.js').Settings['theme']) => void} theme
 * @property {import('../forms/form.js').Edit} edit
 * @property {(path: string) => void} openSettings
 */

/**
 * @param {HTMLElement} element
 * @param {State} state
 * @param {HeaderActions} actions
 */
export function header(element, state, actions) {
  const { catalog, draft, settings } = state;
  const current = catalog.datasets.find((d) => d.class_name === draft.data.class_name);
  render(
    html`<div class="title-row">
        <h1>${logo} Glassbox</h1>
        <p class="tagline">${tagline(state)}</p>
        <div class="header-buttons">
          <button
            type="button"
            @click=${actions.share}
            title="Copy a link that reproduces this run"
          >
            Copy link
          </button>
          ${menu(element, settings.theme, actions)}
        </div>
      </div>
      <div class="data-row">
        <fieldset class="sets">
          <legend>data</legend>
          ${offered(catalog, draft.data.class_name).map((d) => thumbnail(d, d === current, actions))}
          <button
            type="button"
            class="icon more-sets"
            aria-label="Choose another data set"
            @click=${() => element.querySelector('.sets')?.classList.toggle('open')}
          >
            ▾
          </button>
        </fieldset>
        <div class="data-options">${dataOptions(state, current, actions)}</div>
        <div class="quick-field seed-field">
          <label for="seed">seed</label>
          <span class="with-button"
            ><input
              id="seed"
              aria-invalid=${state.draftError?.path === 'seed'}
              aria-describedby="status"
              type="text"
              inputmode="numeric"
              autocomplete="off"
              .value=${live(String(draft.seed))}
              @change=${onValue(actions.seed)}
            /><button
              type="button"
              class="icon"
              aria-label="Random seed"
              title="Draw a random seed"
              @click=${actions.dice}
            >
              ${icon('dice')}
            </button></span
          >
        </div>
      </div>`,
    element,
  );
}

/** Says what the page is. @param {State} state */
function tagline({ opened, draft }) {
  const what = goalOf(opened?.info, /^digits/i.test(draft.data.class_name));
  return `A neural network learning to ${what}, in your browser. Press Play.`;
}

/** What a network on this data learns. @param {import('../types.js').RunInfo | undefined} info @param {boolean} isDigits */
function goalOf(info, isDigits) {
  if (isDigits) return 'read handwritten digits';
  if (!info) return 'see a pattern';
  const inputs = info.input_shape.reduce((a, b) => a * b, 1);
  const classes = info.data.class_names.length;
  if (info.task !== 'regression') return `tell ${classes === 2 ? 'two' : classes} classes apart`;
  return inputs === 1 ? 'fit a curve' : inputs === 2 ? 'fit a surface' : 'predict a number';
}

/**
 * One data set to choose, as a picture of its examples.
 * @param {ClassSpec} data
 * @param {boolean} chosen
 * @param {HeaderActions} actions
 */
function thumbnail({ class_name, label, doc, options }, chosen, actions) {
  const hasImage = !options.some((o) => o.required);
  return html`<label class="set" title="${label}. ${doc}"
    ><input
      type="radio"
      name="data"
      value=${class_name}
      .checked=${live(chosen)}
      @change=${(/** @type {Event} */ { target }) => {
        /** @type {HTMLElement} */ (target).closest('.sets')?.classList.remove('open');
        actions.data(class_name);
      }}
    />${hasImage ? html`<img src="./data/thumbnails/${class_name}.svg" alt="" width="34" height="34" />` : nothing}<span
      class=${hasImage ? 'unseen' : ''}
      >${label}</span
    ></label
  >`;
}

/**
 * The settings of the data set, such as noise and number of points, and the share that is held out.
 * @param {State} state
 * @param {ClassSpec | undefined} data
 * @param {HeaderActions} actions
 */
function dataOptions(state, data, { edit, openSettings }) {
  const { catalog, draft } = state;
  const form = formOf(state, edit);
  const values = configOf(draft.data);
  const split = catalog.fit.find(({ name }) => name === 'validation_split');
  const own = (data?.options ?? []).filter((o) => !o.required);
  return [
    ...own.map((opt) =>
      numberField(form, opt, ['data', 'config', opt.name], values[opt.name], openSettings),
    ),
    split &&
      numberField(form, split, ['fit', split.name], draft.fit.validation_split, openSettings),
  ];
}

/**
 * The menu of everything that is used less often.
 * @param {HTMLElement} element
 * @param {string} theme
 * @param {HeaderActions} actions
 */
function menu(element, theme, actions) {
  const close = () => {
    /** @type {HTMLDetailsElement} */ (element.querySelector('.menu')).open = false;
  };
  const pickFile = () =>
    /** @type {HTMLInputElement} */ (element.querySelector('#open-file')).click();
  const item = (
    /** @type {string} */ label,
    /** @type {string} */ doc,
    /** @type {() => void} */ act,
  ) =>
    html`<button
      type="button"
      title=${doc}
      @click=${() => {
        close();
        act();
      }}
    >
      ${label}
    </button>`;
  return html`<details
    class="menu"
    @keydown=${(/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Escape') return;
      close();
      /** @type {HTMLElement | null} */ (element.querySelector('.menu summary'))?.focus();
    }}
    @focusout=${(/** @type {FocusEvent} */ { relatedTarget, currentTarget }) => {
      const inside = /** @type {HTMLElement} */ (currentTarget).contains(
        /** @type {Node | null} */ (relatedTarget),
      );
      if (relatedTarget && !inside) close();
    }}
  >
    <summary aria-label="More: save, open, help, theme" title="Save, open, help, theme">⋯</summary>
    <div class="menu-items">
      ${item('Save', 'Save this experiment as a file', actions.save)}
      ${item('Open', 'Open a saved experiment or a Keras program', pickFile)}
      ${item('Help', 'Help and keyboard shortcuts (?)', actions.help)}
      <div class="quick-field">
        <label for="theme">theme</label>
        <select id="theme" @change=${onValue(actions.theme)}>
          ${['system', 'light', 'dark'].map((t) => html`<option value=${t} .selected=${theme === t}>${t}</option>`)}
        </select>
      </div>
    </div>
    <input
      id="open-file"
      type="file"
      accept=".json,.py,.ipynb,application/json"
      hidden
      @change=${(/** @type {Event} */ { target }) => {
        const input = /** @type {HTMLInputElement} */ (target);
        if (input.files?.[0]) actions.open(input.files[0]);
        input.value = '';
      }}
    />
  </details>`;
}

/**
 * The data sets to choose from. A set with required options, such as `Numbers`, is listed only while it is in use.
 * @param {import('../types.js').Catalog} catalog
 * @param {string} current
 */
function offered({ datasets }, current) {
  return datasets.filter(
    ({ class_name, options }) => class_name === current || !options.some((o) => o.required),
  );
}

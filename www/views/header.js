// The header: data set, seed, link, save, open, help and theme.
import { html, nothing, render } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { icon } from './icons.js';
import { onValue } from '../app/dom.js';

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
 */

/**
 * @param {HTMLElement} element
 * @param {import('../app/store.js').State} state
 * @param {HeaderActions} actions
 */
export function header(element, { catalog, draft, settings }, actions) {
  const pickFile = () =>
    /** @type {HTMLInputElement} */ (element.querySelector('#open-file')).click();
  render(
    html`
      <h1>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          <rect
            x="2.5"
            y="2.5"
            width="19"
            height="19"
            rx="4"
            fill="none"
            stroke="currentColor"
            stroke-width="1.8"
          />
          <circle cx="8" cy="8.5" r="2" fill="currentColor" />
          <circle cx="8" cy="15.5" r="2" fill="currentColor" />
          <circle cx="16.5" cy="12" r="2.4" fill="none" stroke="currentColor" stroke-width="1.6" />
          <path d="M9.8 9.3l4.6 2M9.8 14.7l4.6-2" stroke="currentColor" stroke-width="1.3" /></svg
        >Glassbox
      </h1>
      <div class="header-field">
        <label for="data">data</label>
        <select id="data" @change=${onValue(actions.data)}>
          ${offered(catalog, draft.data.class_name).map(
            (d) =>
              html`<option
                value=${d.class_name}
                title=${d.doc ?? nothing}
                .selected=${live(d.class_name === draft.data.class_name)}
              >
                ${d.label}
              </option>`,
          )}
        </select>
      </div>
      <div class="header-field">
        <label for="seed">seed</label>
        <input
          id="seed"
          type="text"
          inputmode="numeric"
          autocomplete="off"
          .value=${live(String(draft.seed))}
          @change=${onValue(actions.seed)}
        />
        <button
          type="button"
          class="icon"
          aria-label="Random seed"
          title="Draw a random seed"
          @click=${actions.dice}
        >
          ${icon('dice')}
        </button>
      </div>
      <div class="header-buttons">
        <button type="button" @click=${actions.share} title="Copy a link that reproduces this run">
          Copy link
        </button>
        <button type="button" @click=${actions.save} title="Save this experiment as a file">
          Save
        </button>
        <button type="button" @click=${pickFile} title="Open a saved experiment">Open</button>
        <input
          id="open-file"
          type="file"
          accept=".json,application/json"
          hidden
          @change=${(/** @type {Event} */ { target }) => {
            const input = /** @type {HTMLInputElement} */ (target);
            if (input.files?.[0]) actions.open(input.files[0]);
            input.value = '';
          }}
        />
        <button type="button" @click=${actions.help} title="Help and keyboard shortcuts (?)">
          Help
        </button>
        <label for="theme">theme</label>
        <select id="theme" @change=${onValue(actions.theme)}>
          ${['system', 'light', 'dark'].map((t) => html`<option value=${t} .selected=${settings.theme === t}>${t}</option>`)}
        </select>
      </div>
    `,
    element,
  );
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

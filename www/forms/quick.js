// The five settings that matter most, in one row: optimizer, learning rate, batch size, epochs and loss. All others are
// in the full forms.
import { html, nothing, render } from 'lit-html';
import { configOf, entryNamed, initialValue, nameOf } from './choices.js';
import { pathText } from '../app/store.js';
import { classSelect, textInput } from './controls.js';
import { formOf } from './form.js';
import { within } from './forms.js';
import { capital, describe } from './values.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {(string | number)[]} Path */

/** Labels that differ from those of the full forms. @type {Record<string, string>} */
const SHORT = { learning_rate: 'learning rate', batch_size: 'batch size' };

/**
 * Renders the row.
 * @param {HTMLElement} element
 * @param {State} state
 * @param {{ edit: import('./form.js').Edit, openSettings: (path: string) => void, closeSettings: () => void }} actions
 */
export function quickSettings(element, state, { edit, openSettings, closeSettings }) {
  const { catalog, draft, advice, drawer } = state;
  const form = formOf(state, edit);
  const { optimizer, loss } = draft.compile;
  const entry = entryNamed(catalog.optimizers, nameOf(optimizer));
  const rate = entry?.options.find(({ name }) => name === 'learning_rate');
  const isOpen = drawer !== null;
  const hints = advice.length;
  render(
    html`${family(form, 'optimizer', ['compile', 'optimizer'], optimizer, catalog.optimizers)}
      ${
        entry && rate
          ? numberField(
              within(form, ['compile', 'optimizer'], optimizer, entry),
              rate,
              ['compile', 'optimizer', 'config', 'learning_rate'],
              configOf(optimizer).learning_rate,
              openSettings,
            )
          : nothing
      }
      ${['batch_size', 'epochs'].map((name) => {
        const opt = catalog.fit.find((o) => o.name === name);
        return opt ? numberField(form, opt, ['fit', name], draft.fit[name], openSettings) : nothing;
      })}
      ${family(form, 'loss', ['compile', 'loss'], loss, catalog.losses)}
      <button
        type="button"
        class="all-settings"
        aria-expanded=${isOpen}
        aria-controls="settings"
        @click=${isOpen ? closeSettings : () => openSettings('')}
      >
        All
        settings${hints ? html` <span class="badge" title="Advice on these settings">${hints}<span class="unseen"> hints</span></span>` : nothing}
      </button>`,
    element,
  );
}

/**
 * A select of the classes of a family.
 * @param {Form} form
 * @param {string} label
 * @param {Path} path
 * @param {unknown} value
 * @param {import('../types.js').ClassSpec[]} entries
 */
function family(form, label, path, value, entries) {
  const id = `quick-${label}`;
  const entry = entryNamed(entries, nameOf(value));
  const pick = (/** @type {import('../types.js').ClassSpec | undefined} */ e) =>
    e && form.edit(path, initialValue(e), `${capital(label)} changed to ${e.label}`);
  return html`<div class="quick-field" title=${entry ? `${entry.doc} ${entry.formula}` : nothing}>
    <label for=${id}>${label}</label>
    ${classSelect(entries, nameOf(value), '', attributesOf(form, id, path), pick)}
  </div>`;
}

/**
 * A field of one number in a row of settings, with its label above it. A schedule in place of the number is shown as a
 * button that opens its form.
 * @param {Form} form
 * @param {OptionSpec} opt
 * @param {Path} path
 * @param {unknown} value
 * @param {(path: string) => void} openSettings
 */
export function numberField(form, opt, path, value, openSettings) {
  const id = `quick-${opt.name}`;
  const label = SHORT[opt.name] ?? opt.label.replaceAll('_', ' ');
  const shown = value === undefined ? opt.default : value;
  const edit = (/** @type {unknown} */ v) =>
    form.edit(path, v, `${capital(opt.label)} changed to ${describe(v)}`);
  const isSchedule = opt.family && typeof shown === 'object' && shown !== null;
  return html`<div class="quick-field quick-number" title=${opt.doc}>
    <label for=${id}>${label}</label>
    ${
      isSchedule
        ? html`<button type="button" id=${id} @click=${() => openSettings(path.join('.'))}>
            schedule
          </button>`
        : textInput(opt, shown, attributesOf(form, id, path), edit)
    }
  </div>`;
}

/** The sentence above the picture says what is wrong with a value. @param {Form} form @param {string} id @param {Path} path */
function attributesOf(form, id, path) {
  return { id, describedBy: 'status', invalid: form.errorPath === pathText(path) };
}

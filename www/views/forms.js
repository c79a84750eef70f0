// Forms out of the catalog: a field for every option, with its doc, its range and, where it was refused, why.
import { html, nothing } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { placeOf } from '../store.js';

/** @typedef {import('../types.js').Opt} Opt */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {(string | number)[]} Path */

/**
 * What the fields of one form share.
 * @typedef {object} Form
 * @property {Catalog} catalog
 * @property {Set<string>} places gathers the place of every field, in a first pass
 * @property {string} refusedAt the place whose field shows the refusal
 * @property {string} message why
 * @property {(path: Path, value: any, what: string) => void} edit
 */

/**
 * The place among `places` that a refusal belongs to: itself, or what it lies in.
 * @param {Set<string>} places
 * @param {string} place
 */
export function nearestPlace(places, place) {
  for (let at = place; at; at = at.replace(/(\.?[^.[\]]+|\[\d+\])$/, '')) {
    if (places.has(at)) return at;
  }
  return '';
}

/**
 * Why the value at `path` was refused, if it was.
 * @param {Form} form
 * @param {Path} path
 */
export function refusal(form, path) {
  const place = placeOf(path);
  form.places.add(place);
  if (form.refusedAt !== place || !form.message) return nothing;
  return html`<p class="refusal" id="refusal" role="alert">${form.message}</p>`;
}

/**
 * The field of one option of a class.
 * @param {Form} form
 * @param {Opt} opt
 * @param {Path} path of the option's value
 * @param {any} value
 * @returns {any}
 */
export function field(form, opt, path, value) {
  const place = placeOf(path);
  const id = `f-${place.replace(/[^\w]+/g, '-')}`;
  const refused = form.refusedAt === place;
  const shown = value === undefined ? opt.default : value;
  const family = familyOf(form.catalog, opt.kind);
  const edit = (/** @type {any} */ v) => form.edit(path, v, `${opt.label} ${say(v)}`);
  const attributes = { id, hint: `${id}-hint`, refused };
  const control = family
    ? choose(family, nameOf(shown), opt.nullable, attributes, edit)
    : opt.kind === 'one_of'
      ? words(opt.choices ?? [], shown, attributes, edit)
      : opt.kind === 'bool'
        ? check(shown === true, attributes, edit)
        : write(opt, shown, attributes, edit);
  const entry = family?.find((e) => e.name === nameOf(shown) || e.class_name === nameOf(shown));
  const message = refusal(form, path);
  return html`
    <div class="field ${opt.kind === 'bool' ? 'field-bool' : ''} ${refused ? 'is-refused' : ''}">
      <label for=${id}>${opt.label}</label>${control}
      <span class="hint" id="${id}-hint" role="note">
        ${opt.doc} ${entry ? entry.doc : nothing}
        ${entry?.formula ? html`<code>${entry.formula}</code>` : nothing} ${range(opt)}
      </span>
    </div>
    ${message}
    ${
      entry && entry.options.length
        ? html`<div class="nested">${fields(form, entry.options, path, shown, entry)}</div>`
        : nothing
    }
  `;
}

/**
 * The fields of the options of a chosen class that stands at `path`.
 * @param {Form} form
 * @param {Opt[]} options
 * @param {Path} path
 * @param {any} choice
 * @param {Entry} entry
 */
export function fields(form, options, path, choice, entry) {
  const config = typeof choice === 'object' && choice ? (choice.config ?? {}) : {};
  // A bare name becomes a class with options as soon as one of them is given.
  const spelled = typeof choice === 'object' && choice;
  const nested = {
    ...form,
    edit: (/** @type {Path} */ at, /** @type {any} */ value, /** @type {string} */ what) => {
      if (spelled || at.length <= path.length) return form.edit(at, value, what);
      const last = String(at[at.length - 1]);
      form.edit(path, { class_name: entry.class_name, config: { [last]: value } }, what);
    },
  };
  return options.map((opt) => field(nested, opt, [...path, 'config', opt.name], config[opt.name]));
}

/**
 * @param {Catalog} catalog
 * @param {string} kind
 * @returns {Entry[] | undefined}
 */
function familyOf(catalog, kind) {
  const family = /** @type {any} */ (catalog)[`${kind}s`];
  return Array.isArray(family) && family[0]?.class_name ? family : undefined;
}

/** The name in a value that names a class. @param {any} value */
export function nameOf(value) {
  return typeof value === 'object' && value ? value.class_name : value;
}

/** A value in words. @param {any} value */
export function say(value) {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? value.class_name : String(value);
}

/** @param {Opt} opt */
function range({ kind, min, max }) {
  if ((kind !== 'int' && kind !== 'float') || typeof min !== 'number' || typeof max !== 'number')
    return nothing;
  if (Math.abs(min) >= 1e6 && Math.abs(max) >= 1e6) return nothing;
  const top = max >= 1e6 ? ` or more` : ` to ${max.toLocaleString('en')}`;
  return html`<span class="range">${min.toLocaleString('en')}${top}</span>`;
}

/** @typedef {{ id: string, hint: string, refused: boolean }} Attributes */

/**
 * A list of classes to choose one from.
 * @param {Entry[]} entries
 * @param {string} name
 * @param {boolean} nullable
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
export function choose(entries, name, nullable, { id, hint, refused }, edit) {
  return html`<select
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    @change=${(/** @type {any} */ e) => edit(e.target.value || null)}
  >
    ${nullable ? html`<option value="" .selected=${live(!name)}>none</option>` : nothing}
    ${entries.map(
      (e) =>
        html`<option value=${e.name} .selected=${live(e.name === name || e.class_name === name)}>
          ${e.label}
        </option>`,
    )}
  </select>`;
}

/**
 * @param {string[]} choices
 * @param {string} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
function words(choices, value, { id, hint, refused }, edit) {
  return html`<select
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    @change=${(/** @type {any} */ e) => edit(e.target.value)}
  >
    ${choices.map((word) => html`<option .selected=${live(word === value)}>${word}</option>`)}
  </select>`;
}

/**
 * @param {boolean} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
function check(value, { id, hint, refused }, edit) {
  return html`<input
    type="checkbox"
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    .checked=${live(value)}
    @change=${(/** @type {any} */ e) => edit(e.target.checked)}
  />`;
}

/**
 * A number that is typed, or moved by the arrow keys. What is no number goes to the engine as it is,
 * which says what it wants.
 * @param {Opt} opt
 * @param {any} value
 * @param {Attributes} attributes
 * @param {(value: any) => void} edit
 */
function write(opt, value, { id, hint, refused }, edit) {
  const text =
    value === null || value === undefined
      ? ''
      : Array.isArray(value)
        ? value.join(', ')
        : String(value);
  return html`<input
    type="text"
    inputmode=${opt.kind === 'int' ? 'numeric' : 'decimal'}
    autocomplete="off"
    spellcheck="false"
    id=${id}
    aria-describedby=${refused ? 'refusal' : hint}
    aria-invalid=${refused}
    placeholder=${opt.nullable ? 'none' : ''}
    .value=${live(text)}
    @change=${(/** @type {any} */ e) => e.target.value.trim() !== text && edit(read(opt, e.target.value))}
    @keydown=${(/** @type {KeyboardEvent} */ e) => {
      const up = e.key === 'ArrowUp' ? 1 : e.key === 'ArrowDown' ? -1 : 0;
      const target = /** @type {HTMLInputElement} */ (e.target);
      const now = Number(target.value);
      if (!up || opt.kind === 'shape' || !Number.isFinite(now)) return;
      e.preventDefault();
      edit(moved(opt, now, up * (e.shiftKey ? 10 : 1)));
    }}
  />`;
}

/**
 * @param {Opt} opt
 * @param {string} text
 */
function read(opt, text) {
  const typed = text.trim();
  const trimmed = opt.kind === 'float' ? typed.replace(',', '.') : typed;
  if (trimmed === '') return opt.nullable ? null : opt.required ? '' : opt.default;
  if (opt.kind === 'shape') return trimmed.split(/[\s,]+/).map(Number);
  const value = Number(trimmed.replace('−', '-'));
  return Number.isFinite(value) ? value : trimmed;
}

/**
 * The next value: whole numbers by one, others along 1, 2, 5, 10 ... so that a rate stays round.
 * @param {Opt} opt
 * @param {number} value
 * @param {number} by
 */
function moved(opt, value, by) {
  const limit = (/** @type {number} */ v) =>
    Math.min(opt.max ?? Infinity, Math.max(opt.min ?? -Infinity, v));
  if (opt.kind === 'int') return limit(value + by);
  if (typeof opt.max === 'number' && opt.max <= 1 && value >= 0.05) {
    return limit(Math.round((value + by * 0.05) * 100) / 100);
  }
  if (value <= 0) return by > 0 ? limit(0.001) : limit(0);
  const steps = [1, 2, 5];
  const power = Math.floor(Math.log10(value) + 1e-9);
  const lead = value / 10 ** power;
  const index = power * 3 + (lead >= 5 ? 2 : lead >= 2 ? 1 : 0) + Math.sign(by);
  const next = steps[((index % 3) + 3) % 3] * 10 ** Math.floor(index / 3);
  return limit(Number(next.toPrecision(3)));
}

// Forms made from the catalog: a field for each option, with its help text, its range and, for an invalid value, the
// error.
import { html, nothing } from 'lit-html';
import { withChange, pathText } from '../app/store.js';
import { adviceList } from '../views/advice.js';
import { breakable } from '../views/breakable.js';
import { configOf, entryNamed, initialValue, nameOf } from './choices.js';
import { signed } from '../app/figures.js';
import { checkbox, classSelect, openPicker, wordSelect, textInput } from './controls.js';
import { capital, describe } from './values.js';

/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {import('../types.js').ClassSpec} ClassSpec */
/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../../pkg/glassbox.js').NamedClass} NamedClass */
/** @typedef {(string | number)[]} Path */

/**
 * Data that the fields of one form share.
 * @typedef {object} Form
 * @property {Catalog} catalog
 * @property {Set<string>} paths paths of all fields, collected in a first pass
 * @property {string} errorPath path of the field that shows the error; empty for none
 * @property {string} message the error
 * @property {(path: string) => import('../types.js').Advice[]} advice returns the advice for a path
 * @property {(advice: import('../types.js').Advice) => void} applyFix applies the suggested fix
 * @property {(path: Path, value: unknown, description: string) => void} edit changes the draft; `value` may be a function of the current value
 */

/**
 * Finds the field that shows an error: the path itself or its nearest ancestor among `paths`.
 * @param {Set<string>} paths
 * @param {string} path
 */
export function nearestPath(paths, path) {
  for (let at = path; at; at = at.replace(/(\.?[^.[\]]+|\[\d+\])$/, '')) {
    if (paths.has(at)) return at;
  }
  return '';
}

/**
 * Renders the error and the advice for the value at `path`.
 * @param {Form} form
 * @param {Path} path
 */
export function errorAndAdvice(form, path) {
  const text = pathText(path);
  form.paths.add(text);
  const invalid = form.errorPath === text && form.message;
  return html`${invalid ? html`<p class="refusal" id="refusal" role="alert">${form.message}</p>` : nothing}
  ${adviceList(form.advice(text), form.applyFix)}`;
}

/** The id of the field at a path. @param {Path} path */
export function idOf(path) {
  return `f-${pathText(path).replace(/[^\w]+/g, '-')}`;
}

/** The classes of a family. @param {Catalog} catalog @param {string | null} [family] @returns {ClassSpec[]} */
export function entriesOf(catalog, family) {
  return catalog[/** @type {Exclude<keyof Catalog, 'fit'>} */ (family)] ?? [];
}

/**
 * Renders the field of one option, and the fields of the class selected for it.
 * @param {Form} form
 * @param {OptionSpec} opt
 * @param {Path} path of the option's value
 * @param {unknown} value
 * @returns {unknown}
 */
export function field(form, opt, path, value) {
  const shown = value === undefined ? opt.default : value;
  const edit = (/** @type {unknown} */ v) =>
    form.edit(path, v, `${capital(opt.label)} changed to ${describe(v)}`);
  if (opt.kind === 'list') return list(form, opt, path, /** @type {NamedClass[]} */ (shown ?? []));
  if (opt.kind !== 'class' && !opt.family) {
    return formLine(form, opt, path, undefined, (attributes) =>
      opt.kind === 'one_of'
        ? wordSelect(opt, shown, attributes, edit)
        : opt.kind === 'bool'
          ? checkbox(shown === true, attributes, edit)
          : textInput(opt, shown, attributes, edit),
    );
  }
  const entries = entriesOf(form.catalog, opt.family);
  const entry = entryNamed(entries, nameOf(shown));
  const nested = entry?.options.length
    ? html`<div class="nested">${optionFields(form, entry, path, shown)}</div>`
    : nothing;
  const pick = (/** @type {ClassSpec | undefined} */ e) => edit(e ? initialValue(e) : null);
  if (opt.kind === 'class') {
    const before = opt.nullable ? 'none' : '';
    return html`${formLine(form, opt, path, entry, (attributes) =>
      classSelect(entries, nameOf(shown), before, attributes, pick),
    )}${nested}`;
  }
  // A number, or a schedule that computes it.
  if (entry) {
    const number = (/** @type {ClassSpec | undefined} */ e) =>
      edit(e ? initialValue(e) : opt.default);
    return html`${formLine(form, opt, path, entry, (attributes) =>
      classSelect(entries, entry.class_name, 'a number', attributes, number),
    )}${nested}`;
  }
  const number = formLine(form, opt, path, undefined, (attributes) =>
    textInput(opt, shown, attributes, edit),
  );
  const id = `${idOf(path)}-plan`;
  return html`${number}
    <div class="field">
      <label for=${id}>schedule</label>
      ${classSelect(
        entries,
        '',
        'none',
        { id, describedBy: describedBy(opt, idOf(path)), invalid: false },
        pick,
      )}
    </div>`;
}

/**
 * Renders one line of a form: label, Keras' argument name, control, hint and error.
 * @param {Form} form
 * @param {OptionSpec} opt
 * @param {Path} path
 * @param {ClassSpec | undefined} entry the selected class
 * @param {(attributes: import('./controls.js').Attributes) => unknown} control
 */
function formLine(form, opt, path, entry, control) {
  const id = idOf(path);
  const invalid = form.errorPath === pathText(path);
  return html`<div
      class="field ${opt.kind === 'bool' ? 'field-bool' : ''} ${invalid ? 'is-refused' : ''}"
    >
      <label for=${id}>${opt.label.replaceAll('_', ' ')}</label>
      ${isNamedByLabel(opt) ? nothing : html`<code class="keras-name" id="${id}-keras">${breakable(opt.name)}</code>`}
      ${control({
        id,
        describedBy: describedBy(opt, id, invalid),
        invalid,
      })}
      <span class="hint" id="${id}-hint" role="note">
        ${opt.doc} ${entry ? about(entry) : nothing} ${range(opt)}
      </span>
    </div>
    ${errorAndAdvice(form, path)}`;
}

/** Whether the label is Keras' argument name, so that the name need not stand below it. @param {OptionSpec} opt */
function isNamedByLabel({ label, name }) {
  const [a, b] = [label, name].map((text) => text.toLowerCase().replace(/[\s_]/g, ''));
  return a === b;
}

/** The ids of what describes a control. @param {OptionSpec} opt @param {string} id @param {boolean} [invalid] */
function describedBy(opt, id, invalid = false) {
  const message = invalid ? 'refusal' : `${id}-hint`;
  return isNamedByLabel(opt) ? message : `${id}-keras ${message}`;
}

/** The help text of a class, with its formula. @param {ClassSpec} entry */
function about({ doc, formula }) {
  return html`${doc} ${formula ? html`<code>${formula}</code>` : nothing}`;
}

/**
 * Renders a list of classes, each with its options. Classes can be added and removed.
 * @param {Form} form
 * @param {OptionSpec} opt
 * @param {Path} path
 * @param {NamedClass[]} selected
 */
function list(form, opt, path, selected) {
  const entries = entriesOf(form.catalog, opt.family);
  const add = (/** @type {ClassSpec | undefined} */ e) =>
    e &&
    form.edit(
      path,
      (/** @type {NamedClass[] | null} */ now = selected) => [...(now ?? []), initialValue(e)],
      `${e.label} added`,
    );
  const remove = (/** @type {number} */ i, /** @type {string} */ label) => () => {
    const without = (/** @type {NamedClass[] | null} */ now = selected) => {
      const rest = (now ?? []).filter((item, k) => k !== i || nameOf(item) !== nameOf(selected[i]));
      return rest.length || !opt.nullable ? rest : null;
    };
    form.edit(path, without, `${label} removed`);
  };
  return html`${formLine(form, opt, path, undefined, (attributes) =>
      classSelect(entries, '', 'add …', attributes, add, openPicker),
    )}
    <ul class="chosen">
      ${selected.map((item, i) => {
        const entry = entryNamed(entries, nameOf(item));
        const label = entry?.label ?? nameOf(item) ?? '';
        return html`<li>
          <div class="layer-head">
            <span class="layer-title layer-name">${label}</span>
            <button
              type="button"
              class="icon"
              aria-label="Remove ${label}"
              title="Remove ${label}"
              @click=${remove(i, label)}
            >
              ✕
            </button>
          </div>
          <p class="doc">${entry ? about(entry) : nothing}</p>
          ${errorAndAdvice(form, [...path, i])}
          ${entry ? optionFields(form, entry, [...path, i], item) : nothing}
        </li>`;
      })}
    </ul>`;
}

/**
 * Renders the options of a class: the common ones directly, the advanced ones behind "more options".
 * @param {Form} form
 * @param {ClassSpec} entry
 * @param {Path} path
 * @param {unknown} config a config object or a bare name
 */
export function optionFields(form, entry, path, config) {
  return foldAdvanced(form, entry.options, [...path, 'config'], entry.label, (options) =>
    fields(form, options, path, config, entry),
  );
}

/**
 * Renders options, the advanced ones in a closed `<details>` that opens when one of them is invalid.
 * @param {Form} form
 * @param {OptionSpec[]} options
 * @param {Path} within path of the options
 * @param {string} label
 * @param {(options: OptionSpec[]) => unknown} draw
 */
export function foldAdvanced(form, options, within, label, draw) {
  const rest = options.filter((o) => o.advanced);
  const invalid = rest.some((o) => form.errorPath.startsWith(pathText([...within, o.name])));
  return html`
    ${draw(options.filter((o) => !o.advanced))}
    ${
      rest.length
        ? html`<details class="more" ?open=${invalid}>
            <summary>more options of ${label}</summary>
            ${draw(rest)}
          </details>`
        : nothing
    }
  `;
}

/**
 * Renders the fields of the options of the class at `path`.
 * @param {Form} form
 * @param {OptionSpec[]} options
 * @param {Path} path
 * @param {unknown} config a config object or a bare name
 * @param {ClassSpec} entry
 */
export function fields(form, options, path, config, entry) {
  const values = configOf(config);
  const nested = within(form, path, config, entry);
  return options.map((opt) => field(nested, opt, [...path, 'config', opt.name], values[opt.name]));
}

/**
 * The form for the options of the class at `path`. A class given by name becomes an object with `config` when one of
 * its options changes.
 * @param {Form} form
 * @param {Path} path
 * @param {unknown} config a config object or a bare name
 * @param {ClassSpec} entry
 * @returns {Form}
 */
export function within(form, path, config, entry) {
  if (typeof config === 'object' && config) return form;
  const bare = { class_name: entry.class_name, config: {} };
  return {
    ...form,
    edit: (at, value, description) =>
      form.edit(path, withChange(bare, at.slice(path.length), value), description),
  };
}

/** The valid range of a number. @param {OptionSpec} opt */
function range({ kind, min, max }) {
  if (!/^(int|float)/.test(kind) || typeof min !== 'number' || typeof max !== 'number')
    return nothing;
  if (Math.abs(min) >= 1e6 && Math.abs(max) >= 1e6) return nothing;
  const top = max >= 1e6 ? ` or more` : ` to ${max.toLocaleString('en')}`;
  return html`<span class="range">${signed(min.toLocaleString('en') + top)}</span>`;
}

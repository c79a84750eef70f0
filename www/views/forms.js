// Forms out of the catalog: a field for every option, with its doc, its range and, where it was refused, why.
import { html, nothing } from 'lit-html';
import { changed, pathText } from '../store.js';
import { advised } from './advice.js';
import { entryNamed, nameOf } from '../choices.js';
import { check, choose, openFirst, words, write } from './controls.js';
import { say } from './values.js';

/** @typedef {import('../types.js').Opt} Opt */
/** @typedef {import('../types.js').Entry} Entry */
/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {(string | number)[]} Path */

/**
 * What the fields of one form share.
 * @typedef {object} Form
 * @property {Catalog} catalog
 * @property {Set<string>} paths gathers the path of every field, in a first pass
 * @property {string} refusedAt the path whose field shows the error
 * @property {string} message the error
 * @property {(path: string) => import('../types.js').Advice[]} advice what does not fit at a path
 * @property {(advice: import('../types.js').Advice) => void} take makes the change that it offers
 * @property {(path: Path, value: any, what: string) => void} edit `value` may be made of the one that stands there by now: a function
 */

/**
 * The path among `paths` at which an error or advice is shown: its own, or the nearest one around it.
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
 * Why the value at `path` was refused, if it was, or does not fit.
 * @param {Form} form
 * @param {Path} path
 */
export function refusal(form, path) {
  const text = pathText(path);
  form.paths.add(text);
  const refused = form.refusedAt === text && form.message;
  return html`${refused ? html`<p class="refusal" id="refusal" role="alert">${form.message}</p>` : nothing}
  ${advised(form.advice(text), form.take)}`;
}

/** The id of the field at a path. @param {Path} path */
export function idOf(path) {
  return `f-${pathText(path).replace(/[^\w]+/g, '-')}`;
}

/** The entries of a family. @param {Catalog} catalog @param {string | null} [family] @returns {Entry[]} */
export function entriesOf(catalog, family) {
  return /** @type {any} */ (catalog)[family ?? ''] ?? [];
}

/**
 * The field of one option of a class, and those of the class that was chosen for it.
 * @param {Form} form
 * @param {Opt} opt
 * @param {Path} path of the option's value
 * @param {any} value
 * @returns {any}
 */
export function field(form, opt, path, value) {
  const shown = value === undefined ? opt.default : value;
  const edit = (/** @type {any} */ v) => form.edit(path, v, `${opt.label} ${say(v)}`);
  if (opt.kind === 'list') return list(form, opt, path, shown ?? []);
  if (opt.kind !== 'class' && !opt.family) {
    return line(form, opt, path, opt.label, undefined, (attributes) =>
      opt.kind === 'one_of'
        ? words(opt, shown, attributes, edit)
        : opt.kind === 'bool'
          ? check(shown === true, attributes, edit)
          : write(opt, shown, attributes, edit),
    );
  }
  const entries = entriesOf(form.catalog, opt.family);
  const entry = entryNamed(entries, nameOf(shown));
  const nested = entry?.options.length
    ? html`<div class="nested">${split(form, entry, path, shown)}</div>`
    : nothing;
  const pick = (/** @type {Entry | undefined} */ e) => edit(e ? begun(e) : null);
  if (opt.kind === 'class') {
    const before = opt.nullable ? 'none' : '';
    return html`${line(form, opt, path, opt.label, entry, (attributes) =>
      choose(entries, nameOf(shown), before, attributes, pick),
    )}${nested}`;
  }
  // A number, or a class that makes it.
  if (entry) {
    const number = (/** @type {Entry | undefined} */ e) => edit(e ? begun(e) : opt.default);
    return html`${line(form, opt, path, opt.label, entry, (attributes) =>
      choose(entries, entry.class_name, 'a number', attributes, number),
    )}${nested}`;
  }
  const number = line(form, opt, path, opt.label, undefined, (attributes) =>
    write(opt, shown, attributes, edit),
  );
  const id = `${idOf(path)}-plan`;
  return html`${number}
    <div class="field">
      <label for=${id}>… that changes</label>
      ${choose(entries, '', 'never', { id, hint: `${idOf(path)}-hint`, refused: false }, pick)}
    </div>`;
}

/**
 * One line of a form: label, control, hint, refusal.
 * @param {Form} form
 * @param {Opt} opt
 * @param {Path} path
 * @param {string} label
 * @param {Entry | undefined} entry what is chosen
 * @param {(attributes: import('./controls.js').Attributes) => any} control
 */
function line(form, opt, path, label, entry, control) {
  const id = idOf(path);
  const refused = form.refusedAt === pathText(path);
  return html`<div
      class="field ${opt.kind === 'bool' ? 'field-bool' : ''} ${refused ? 'is-refused' : ''}"
    >
      <label for=${id}>${label.replaceAll('_', ' ')}</label
      >${control({ id, hint: `${id}-hint`, refused })}
      <span class="hint" id="${id}-hint" role="note">
        ${opt.doc} ${entry ? about(entry) : nothing} ${range(opt)}
      </span>
    </div>
    ${refusal(form, path)}`;
}

/** What an entry is for, with its formula. @param {Entry} entry */
function about({ doc, formula }) {
  return html`${doc} ${formula ? html`<code>${formula}</code>` : nothing}`;
}

/**
 * A list of classes, each with its options, to be taken away and added to.
 * @param {Form} form
 * @param {Opt} opt
 * @param {Path} path
 * @param {any[]} chosen
 */
function list(form, opt, path, chosen) {
  const entries = entriesOf(form.catalog, opt.family);
  const add = (/** @type {Entry | undefined} */ e) =>
    e && form.edit(path, (now = chosen) => [...(now ?? []), begun(e)], `${e.label} added`);
  const remove = (/** @type {number} */ i, /** @type {string} */ label) => () => {
    const without = (/** @type {any[] | null} */ now = chosen) => {
      const rest = (now ?? []).filter((item, k) => k !== i || nameOf(item) !== nameOf(chosen[i]));
      return rest.length || !opt.nullable ? rest : null;
    };
    form.edit(path, without, `${label} removed`);
  };
  return html`${line(form, opt, path, opt.label, undefined, (attributes) =>
      choose(entries, '', 'add …', attributes, add, openFirst),
    )}
    <ul class="chosen">
      ${chosen.map((item, i) => {
        const entry = entryNamed(entries, nameOf(item));
        const label = entry?.label ?? nameOf(item);
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
          ${refusal(form, [...path, i])} ${entry ? split(form, entry, [...path, i], item) : nothing}
        </li>`;
      })}
    </ul>`;
}

/**
 * The options of a class: those met early in sight, the others behind "more options".
 * @param {Form} form
 * @param {Entry} entry
 * @param {Path} path
 * @param {any} choice
 */
export function split(form, entry, path, choice) {
  return folded(form, entry.options, [...path, 'config'], entry.label, (options) =>
    fields(form, options, path, choice, entry),
  );
}

/**
 * Options, the advanced ones folded away until somebody asks for them, or one of them is refused.
 * @param {Form} form
 * @param {Opt[]} options
 * @param {Path} within where they lie
 * @param {string} label
 * @param {(options: Opt[]) => any} draw
 */
export function folded(form, options, within, label, draw) {
  const rest = options.filter((o) => o.advanced);
  const refused = rest.some((o) => form.refusedAt.startsWith(pathText([...within, o.name])));
  return html`
    ${draw(options.filter((o) => !o.advanced))}
    ${
      rest.length
        ? html`<details class="more" ?open=${refused}>
            <summary>more options of ${label}</summary>
            ${draw(rest)}
          </details>`
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
  const spelled = typeof choice === 'object' && choice;
  const config = spelled ? (choice.config ?? {}) : {};
  // A bare name becomes a class with options as soon as one of them is given.
  const bare = { class_name: entry.class_name, config: {} };
  /** @type {Form} */
  const nested = spelled
    ? form
    : {
        ...form,
        edit: (at, value, what) =>
          form.edit(path, changed(bare, at.slice(path.length), value), what),
      };
  return options.map((opt) => field(nested, opt, [...path, 'config', opt.name], config[opt.name]));
}

/** What a class begins with when it is chosen: its name, and what must be given. @param {Entry} entry */
export function begun(entry) {
  const config = startOf(entry);
  return Object.keys(config).length ? { class_name: entry.class_name, config } : entry.name;
}

/** A value for each option that the catalog gives a start. @param {Entry} entry */
export function startOf({ options }) {
  const given = options.filter((o) => o.start !== null && o.start !== undefined);
  return Object.fromEntries(given.map((o) => [o.name, o.start]));
}

/** The range of a number, in words. @param {Opt} opt */
function range({ kind, min, max }) {
  if (!/^(int|float)/.test(kind) || typeof min !== 'number' || typeof max !== 'number')
    return nothing;
  if (Math.abs(min) >= 1e6 && Math.abs(max) >= 1e6) return nothing;
  const top = max >= 1e6 ? ` or more` : ` to ${max.toLocaleString('en')}`;
  return html`<span class="range">${min.toLocaleString('en')}${top}</span>`;
}

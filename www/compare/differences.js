// The settings in which two experiments differ, in the catalog's words. Pure functions.
import { configOf, nameOf } from '../forms/choices.js';
import { isSameRun, same } from '../app/same.js';
import { align } from './align.js';
import {
  classText,
  entryOf,
  inSentence,
  leadOf,
  phrase,
  shortLabel,
  valueOf,
  valueText,
} from './phrases.js';

/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {(string | number)[]} Path */

/**
 * One setting in which the second experiment differs from the first.
 * @typedef {object} Difference
 * @property {Path} path of the setting in the second experiment; of a layer that it lacks, in the first
 * @property {string} label
 * @property {string} from value in the first experiment
 * @property {string} to value in the second one
 * @property {string} fromName the value with what it is a value of: “no dropout”
 * @property {string} toName
 * @property {string} where the layer, or empty: “layer 2”
 * @property {string | null} family of the values; null for numbers and words
 */

/** The arguments of compile that are classes, with their families. */
const COMPILE = /** @type {const} */ ([
  ['optimizer', 'class', 'optimizers'],
  ['loss', 'class', 'losses'],
  ['metrics', 'list', 'metrics'],
  ['weighted_metrics', 'list', 'metrics'],
]);

/**
 * The settings in which `b` differs from `a`. The list is empty where both are the same run.
 * @param {Experiment} a
 * @param {Experiment} b
 * @param {Catalog} catalog
 * @returns {Difference[]}
 */
export function differences(a, b, catalog) {
  const [compileA, compileB] = [a, b].map(({ compile }) => record(compile));
  return [
    ...ofValue(catalog, option('data', 'class', 'datasets'), ['data'], '', a.data, b.data),
    ...ofLayers(a, b, catalog),
    ...COMPILE.flatMap(([name, kind, family]) =>
      ofValue(
        catalog,
        option(name, kind, family),
        ['compile', name],
        '',
        compileA[name],
        compileB[name],
      ),
    ),
    ...ofOptions(catalog, catalog.fit, ['fit'], '', record(a.fit), record(b.fit)),
    ...ofValue(catalog, option('seed', 'int'), ['seed'], '', a.seed, b.seed),
    ...ofStart(a, b),
  ];
}

/** @param {string} name @param {string} kind @param {string} [family] @returns {OptionSpec} */
function option(name, kind, family) {
  const label = name.replaceAll('_', ' ');
  const empty = kind === 'list' ? [] : null;
  return { name, label, doc: '', kind, family, nullable: true, default: empty };
}

/**
 * @param {Catalog} catalog
 * @param {OptionSpec[]} options
 * @param {Path} path
 * @param {string} where
 * @param {Record<string, unknown>} a
 * @param {Record<string, unknown>} b
 * @returns {Difference[]}
 */
function ofOptions(catalog, options, path, where, a, b) {
  const known = new Set(options.map(({ name }) => name));
  const others = Object.keys({ ...a, ...b }).filter((key) => !known.has(key));
  return [...options, ...others.map((name) => option(name, 'text'))].flatMap((opt) =>
    ofValue(catalog, opt, [...path, opt.name], where, valueOf(opt, a), valueOf(opt, b)),
  );
}

/**
 * @param {Catalog} catalog
 * @param {OptionSpec} opt
 * @param {Path} path
 * @param {string} where
 * @param {unknown} a
 * @param {unknown} b
 * @returns {Difference[]}
 */
function ofValue(catalog, opt, path, where, a, b) {
  if (same(a ?? opt.default, b ?? opt.default)) return [];
  const [before, after] = [a, b].map((value) => entryOf(catalog, opt, value));
  if (before && before === after) {
    const lead = leadOf(before, a) && leadOf(before, b);
    const within = [...path, 'config'];
    const inner = ofOptions(catalog, before.options, within, where, configOf(a), configOf(b));
    // “Adam 0.01”, and not “learning rate 0.01”.
    return inner.map((d) =>
      d.path.at(-1) === lead?.name && d.path.length === within.length + 1
        ? {
            ...d,
            fromName: `${shortLabel(before)} ${d.from}`,
            toName: `${shortLabel(before)} ${d.to}`,
          }
        : d,
    );
  }
  return [
    {
      path,
      label: opt.label.replaceAll('_', ' '),
      from: valueText(catalog, opt, a),
      to: valueText(catalog, opt, b),
      fromName: phrase(catalog, opt, a),
      toName: phrase(catalog, opt, b),
      where,
      family: opt.family ?? null,
    },
  ];
}

/** @param {Experiment} a @param {Experiment} b @param {Catalog} catalog @returns {Difference[]} */
function ofLayers(a, b, catalog) {
  const path = ['model', 'config', 'layers'];
  const opt = option('layer', 'class', 'layers');
  const [before, after] = [a, b].map(({ model }) => model.config.layers);
  const inside = (/** @type {number} */ i, /** @type {number} */ k) =>
    ofValue(catalog, opt, [...path, k], `layer ${k + 1}`, before[i], after[k]);
  const cost = (/** @type {number} */ i, /** @type {number} */ k) =>
    nameOf(before[i]) === nameOf(after[k]) ? inside(i, k).length : Infinity;
  const found = align(before.length, after.length, cost).flatMap(([i, k]) => {
    if (i !== null && k !== null && nameOf(before[i]) === nameOf(after[k])) return inside(i, k);
    const [from, to] = [i === null ? null : before[i], k === null ? null : after[k]];
    const [old, now] = [from, to].map((layer) => entryOf(catalog, opt, layer));
    const text = (/** @type {typeof from} */ layer, /** @type {typeof old} */ entry) =>
      layer ? (entry ? classText(catalog, entry, layer) : String(layer.class_name)) : 'none';
    const missing = (/** @type {typeof from} */ other, entry = now, all = before) => {
      const word = entry ? inSentence(entry) : 'layer';
      const more = all.some((layer) => nameOf(layer) === nameOf(other));
      return more ? `one ${word} layer fewer` : `no ${word}`;
    };
    const at = k ?? i ?? 0;
    return [
      {
        path: [...path, at],
        label: 'layer',
        from: text(from, old),
        to: text(to, now),
        fromName: from ? text(from, old) : missing(to),
        toName: to ? text(to, now) : missing(from, old, after),
        where: `layer ${at + 1}`,
        family: 'layers',
      },
    ];
  });
  const graph = [a, b].map(({ model: { class_name, config } }) => ({
    class_name,
    ...config,
    layers: class_name === 'Functional' && config.layers.map((l) => [l.name, l.inbound_nodes]),
  }));
  if (found.length || same(graph[0], graph[1])) return found;
  const words = 'other connections';
  return [
    {
      path: ['model', 'config'],
      label: 'connections',
      from: words,
      to: words,
      fromName: words,
      toName: words,
      where: '',
      family: null,
    },
  ];
}

/** @param {Experiment} a @param {Experiment} b @returns {Difference[]} */
function ofStart(a, b) {
  if (same(a.start, b.start)) return [];
  const text = (/** @type {Experiment} */ one, /** @type {Experiment} */ other) => {
    const from = other.start?.experiment;
    // The shared part of a branch and the run that it left.
    if (!one.start && from && isSameRun(from, one)) return `until batch ${other.start?.step}`;
    if (one.start?.experiment) return `branch from batch ${one.start.step}`;
    return one.start ? 'edited weights' : 'initial weights of the seed';
  };
  const [from, to] = [text(a, b), text(b, a)];
  return [
    {
      path: ['start'],
      label: 'start',
      from,
      to,
      fromName: from,
      toName: to,
      where: '',
      family: null,
    },
  ];
}

/** @param {unknown} object @returns {Record<string, unknown>} */
function record(object) {
  return /** @type {Record<string, unknown>} */ (object ?? {});
}

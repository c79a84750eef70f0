// The settings of an experiment that can be varied in a race, each with the values that are proposed. Pure functions.
import { configOf, entryNamed, nameOf } from '../forms/choices.js';
import { withChange } from '../app/store.js';
import { classText, familyOf, valueOf, valueText } from './phrases.js';
import { scaled } from './values.js';

/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** @typedef {import('./differences.js').Path} Path */

/**
 * A setting to vary.
 * @typedef {object} Axis
 * @property {string} id
 * @property {string} label
 * @property {string} group
 * @property {OptionSpec} opt
 * @property {Path[]} paths of the setting; several where it is varied in several layers at once
 * @property {string} values the proposed values
 */

/** Kinds of options with values that fit into a line of text. */
const KINDS = /^(int|float|bool|one_of|class)$/;
/** Proposed classes of the families that a lesson compares. @type {Record<string, string>} */
const PROPOSED = {
  optimizers: 'SGD 0.01; SGD 0.01, momentum 0.9; RMSprop 0.001; Adam 0.001',
  initializers: 'Glorot uniform; He normal; Random normal; Zeros',
  activations: 'Sigmoid; Tanh; ReLU; Linear',
  regularizers: 'none; L2 0.001; L2 0.01; L1 0.001',
};
/** Number of proposed classes of other families. */
const MAX_PROPOSED = 5;

/**
 * All settings that can be varied, the usual ones first.
 * @param {Experiment} experiment
 * @param {Catalog} catalog
 * @returns {Axis[]}
 */
export function axesOf(experiment, catalog) {
  const { data, model, compile, fit, seed } = experiment;
  /** @type {Axis[]} */
  const axes = [];
  const add = (
    /** @type {string} */ group,
    /** @type {OptionSpec} */ opt,
    /** @type {Path[]} */ paths,
    /** @type {unknown} */ value,
    label = opt.label.replaceAll('_', ' '),
  ) => {
    const id = paths.map((path) => path.join('.')).join(' ');
    // With a single hidden layer, its activation is that of all hidden layers.
    if (!KINDS.test(opt.kind) || axes.some((axis) => axis.id === id)) return;
    axes.push({ id, label, group, opt, paths, values: proposed(catalog, opt, value) });
  };
  const addClass = (
    /** @type {string} */ group,
    /** @type {string} */ family,
    /** @type {Path} */ path,
    /** @type {unknown} */ value,
  ) => {
    const entry = entryNamed(familyOf(catalog, family), nameOf(value));
    for (const opt of entry?.options ?? [])
      add(group, opt, [[...path, 'config', opt.name]], valueOf(opt, configOf(value)));
  };
  const classOption = (/** @type {string} */ name, /** @type {string} */ family) =>
    /** @type {OptionSpec} */ ({ name, label: name, kind: 'class', family, nullable: false });

  add(
    'usual',
    classOption('optimizer', 'optimizers'),
    [['compile', 'optimizer']],
    compile.optimizer,
  );
  const rest = axes.length;
  addClass('optimizer', 'optimizers', ['compile', 'optimizer'], compile.optimizer);
  const layers = model.config.layers;
  const own = layers.map((layer) => entryNamed(catalog.layers, layer.class_name)?.options ?? []);
  for (const [name, isHidden] of /** @type {[string, boolean][]} */ ([
    ['activation', true],
    ['kernel_initializer', false],
  ])) {
    const n = isHidden ? layers.length - 1 : layers.length;
    const at = layers.flatMap((_, i) =>
      i < n && own[i].some((opt) => opt.name === name) ? [i] : [],
    );
    const opt = own[at[0]]?.find((o) => o.name === name);
    if (!opt) continue;
    const paths = at.map((i) => ['model', 'config', 'layers', i, 'config', name]);
    const where = isHidden ? 'hidden layers' : 'all layers';
    add('usual', opt, paths, valueOf(opt, layers[at[0]].config), `${opt.label} of ${where}`);
  }
  layers.forEach((layer, i) =>
    addClass(`layer ${i + 1}`, 'layers', ['model', 'config', 'layers', i], layer),
  );
  add('loss', classOption('loss', 'losses'), [['compile', 'loss']], compile.loss);
  addClass('loss', 'losses', ['compile', 'loss'], compile.loss);
  for (const opt of catalog.fit) add('training', opt, [['fit', opt.name]], valueOf(opt, fit));
  addClass('data', 'datasets', ['data'], data);
  const seedOption = /** @type {OptionSpec} */ ({ name: 'seed', label: 'seed', kind: 'int' });
  add('training', seedOption, [['seed']], seed);
  const usual = axes.filter(
    ({ group, opt }, i) =>
      i < rest || group === 'usual' || /^(learning_rate|batch_size)$/.test(opt.name),
  );
  return [
    ...usual.map((axis) => ({ ...axis, group: 'usual' })),
    ...axes.filter((axis) => !usual.includes(axis)),
  ];
}

/** The experiment with another value of the setting. @param {Experiment} experiment @param {Axis} axis @param {unknown} value */
export function withValue(experiment, { paths }, value) {
  return paths.reduce((draft, path) => withChange(draft, path, value), experiment);
}

/**
 * The proposed values of an option.
 * @param {Catalog} catalog
 * @param {OptionSpec} opt
 * @param {unknown} value the current one
 */
function proposed(catalog, opt, value) {
  const { kind, family, min, max } = opt;
  if (kind === 'bool') return 'on, off';
  if (kind === 'one_of') return opt.choices?.join(', ') ?? '';
  if (kind === 'class' && family) {
    const entries = familyOf(catalog, family).filter(
      ({ options }) => !options.some((o) => o.required),
    );
    const first = entries
      .slice(0, MAX_PROPOSED)
      .map((entry) => classText(catalog, entry, entry.name));
    const all =
      PROPOSED[family] ?? [...new Set([valueText(catalog, opt, value), ...first])].join('; ');
    return all;
  }
  if (typeof value !== 'number') return '';
  const fits = (/** @type {number} */ v) => v >= (min ?? -Infinity) && v <= (max ?? Infinity);
  const unique = (/** @type {number[]} */ all) => [...new Set(all)].filter(fits).join(', ');
  if (opt.name === 'seed') return unique([value, value + 1, value + 2]);
  if (kind === 'int')
    return unique(
      [value / 4, value / 2, value, value * 2, value * 4].map((v) => Math.round(v) || 1),
    );
  if ((max ?? Infinity) <= 1) return unique([0, 0.2, 0.5, 0.9, value].sort((a, b) => a - b));
  if (value === 0) return unique([0, 0.001, 0.01, 0.1]);
  return unique([
    scaled(value, 1, -1),
    scaled(value, 3, -1),
    value,
    scaled(value, 3, 0),
    scaled(value, 1, 1),
  ]);
}

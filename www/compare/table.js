// The table of runs: their settings, with those that differ from the current run, and their figures. Pure functions.
import { csvField } from '../picture/charts/csv.js';
import { differences } from './differences.js';
import { nameOfRun } from './naming.js';
import { entryOf, classText, valueOf, valueText } from './phrases.js';
import { isLowBest } from './record.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').OptionSpec} OptionSpec */
/** A setting of a run, and whether it differs from that of the current run. @typedef {{ text: string, differs: boolean }} Cell */
/** The last and the best value of a logged number, and the epoch of the best one. @typedef {{ final: number, low?: number, high?: number, best: number, bestAt: number }} Figure */
/** @typedef {{ run: RunRecord, isCurrent: boolean, name: string, cells: Cell[], epochs: number, figures: (Figure | null)[] }} Row */
/** @typedef {{ settings: string[], figures: string[], rows: Row[] }} RunsTable */

/** Column by which a table can be sorted: its name, or that of a logged number. @typedef {string} SortKey */

/**
 * @param {RunRecord | null} current
 * @param {RunRecord[]} runs
 * @param {Experiment} experiment that of the current run
 * @param {Catalog} catalog
 * @returns {RunsTable}
 */
export function tableOf(current, runs, experiment, catalog) {
  const all = [...(current ? [current] : []), ...runs];
  const found = all.map((run) => differences(experiment, run.experiment, catalog));
  const keys = [...new Set(found.flat().map(({ path }) => sectionOf(path)))];
  const names = [...new Set(all.flatMap((run) => run.names))];
  const figures = names.filter((name) => name !== 'learning_rate').sort(byKind);
  return {
    settings: keys.map((key) => key.split('.').at(-1)?.replaceAll('_', ' ') ?? ''),
    figures,
    rows: all.map((run, i) => {
      const differing = new Set(found[i].map(({ path }) => sectionOf(path)));
      const name = nameOfRun(found[i]);
      return {
        run,
        isCurrent: run === current,
        name: run === current ? 'this run' : run.seeds ? `${name} (${run.seeds} seeds)` : name,
        cells: keys.map((key) => ({
          text: sectionText(run.experiment, key, catalog),
          differs: differing.has(key),
        })),
        epochs: run.at.at(-1) ?? 0,
        figures: figures.map((column) => figureOf(run, column)),
      };
    }),
  };
}

/** The losses first, and each number before its validation. @param {string} a @param {string} b */
function byKind(a, b) {
  const rank = (/** @type {string} */ name) => (/^(val_)?loss$/.test(name) ? 0 : 1);
  const bare = (/** @type {string} */ name) => name.replace(/^val_/, '');
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  return bare(a).localeCompare(bare(b)) || a.length - b.length;
}

/** @param {RunRecord} run @param {string} name @returns {Figure | null} */
function figureOf({ names, rows, best, low, high }, name) {
  const c = names.indexOf(name);
  const last = rows.at(-1);
  if (c < 0 || !last) return null;
  const isLow = isLowBest(name);
  const { low: lowest, lowAt, high: highest, highAt } = best[name];
  const [value, at] = isLow ? [lowest, lowAt] : [highest, highAt];
  return {
    final: last[c],
    low: low?.at(-1)?.[c],
    high: high?.at(-1)?.[c],
    best: value,
    bestAt: at,
  };
}

/** The part of an experiment that a column of the table shows. @param {(string | number)[]} path */
function sectionOf([part, name]) {
  if (part === 'model') return 'layers';
  return part === 'compile' || part === 'fit' ? `${part}.${name}` : String(part);
}

/** The text of a part of an experiment. @param {Experiment} experiment @param {string} key @param {Catalog} catalog */
function sectionText({ data, model, compile, fit, seed, start }, key, catalog) {
  const [part, name] = key.split('.');
  const family = (/** @type {string} */ name, /** @type {string} */ of, kind = 'class') =>
    /** @type {OptionSpec} */ ({ name, label: name, kind, family: of });
  if (part === 'data') return valueText(catalog, family('data', 'datasets'), data);
  if (part === 'layers') {
    const opt = family('layer', 'layers');
    return model.config.layers
      .map((layer) => {
        const entry = entryOf(catalog, opt, layer);
        return entry ? classText(catalog, entry, layer) : layer.class_name;
      })
      .join('; ');
  }
  if (key === 'compile.optimizer')
    return valueText(catalog, family('optimizer', 'optimizers'), compile.optimizer);
  if (key === 'compile.loss') return valueText(catalog, family('loss', 'losses'), compile.loss);
  if (part === 'compile')
    return valueText(catalog, family(name, 'metrics', 'list'), /** @type {any} */ (compile)[name]);
  if (part === 'fit') {
    const opt = catalog.fit.find((o) => o.name === name);
    return opt ? valueText(catalog, opt, valueOf(opt, fit)) : String(fit[name]);
  }
  if (part === 'seed') return String(seed);
  if (start?.experiment) return `branch from batch ${start.step}`;
  return start ? 'edited weights' : 'none';
}

/**
 * Sorts rows: by a logged number, or by epochs, seconds or parameters. Rows without the number come last, pinned ones first.
 * @param {RunsTable} table
 * @param {SortKey} key
 * @param {boolean} descending
 */
export function sorted({ rows, figures }, key, descending) {
  const column = figures.indexOf(key);
  /** @param {Row} row */
  const value = ({ run, epochs, figures: own }) => {
    if (column >= 0) return own[column]?.final ?? NaN;
    return { epochs, time: run.seconds ?? NaN, parameters: run.parameters }[key] ?? NaN;
  };
  const pinned = (/** @type {Row} */ { run, isCurrent }) =>
    Number(isCurrent) * 2 + Number(run.pinned);
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    if (pinned(a) !== pinned(b)) return pinned(b) - pinned(a);
    if (!key) return a.run.id < b.run.id ? 1 : -1;
    const [x, y] = [value(a), value(b)];
    if (Number.isNaN(x) || Number.isNaN(y))
      return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y);
  });
}

/** The table as a CSV file, with the whole experiment of each run. @param {RunsTable} table */
export function csvOfRuns({ settings, figures, rows }) {
  const head = [
    'run',
    ...settings,
    'epochs',
    ...figures.flatMap((name) => [name, `best ${name}`, `epoch of best ${name}`]),
    'seconds',
    'parameters',
    'experiment',
  ];
  const lines = rows.map(({ run, name, cells, epochs, figures: own }) => [
    name,
    ...cells.map(({ text }) => text),
    epochs,
    ...own.flatMap((f) => [f?.final, f?.best, f?.bestAt]),
    run.seconds,
    run.parameters,
    JSON.stringify(run.experiment),
  ]);
  return [head, ...lines].map((line) => line.map(csvField).join(',')).join('\r\n') + '\r\n';
}

// The plan of a race: its variants, and the number of seeds that each is trained with. Pure functions.
import { withValue } from './axes.js';
import { parseValues } from './values.js';

/** @typedef {import('../types.js').Catalog} Catalog */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('./axes.js').Axis} Axis */
/** One variant: its values of the settings, and the reason where a value cannot be read. @typedef {{ row: number, column: number, label: string, experiment: Experiment, error: string }} Variant */
/**
 * A race to run.
 * @typedef {object} Plan
 * @property {string} title of the first setting
 * @property {string} second title of the second setting; empty for none
 * @property {string[]} rows values of the first setting
 * @property {string[]} columns values of the second setting; one empty text for none
 * @property {Variant[]} variants
 * @property {number} seeds number of seeds of each variant: its own and the next ones
 */

/** Maximum number of runs of a race. */
export const MAX_RUNS = 100;
/**
 * @param {Catalog} catalog
 * @param {Experiment} experiment
 * @param {{ axis: Axis, values: string }} first
 * @param {{ axis: Axis, values: string } | null} second
 * @param {number} nSeeds
 * @returns {Plan}
 */
export function planOf(catalog, experiment, first, second, nSeeds) {
  const rows = different(parseValues(catalog, first.axis.opt, first.values));
  const columns = second ? different(parseValues(catalog, second.axis.opt, second.values)) : [];
  const variants = rows.flatMap((a, row) =>
    (second ? columns : [null]).map((b, column) => {
      const error = a.error ?? b?.error ?? '';
      const label = [
        labelOf(first.axis, a.text),
        ...(second && b ? [labelOf(second.axis, b.text)] : []),
      ].join(', ');
      if (error) return { row, column, label, experiment, error };
      const varied = withValue(experiment, first.axis, a.value);
      const both = second && b ? withValue(varied, second.axis, b.value) : varied;
      return { row, column, label, experiment: both, error };
    }),
  );
  const isSeed = [first, second].some((part) => part?.axis.id === 'seed');
  return {
    title: first.axis.label,
    second: second?.axis.label ?? '',
    rows: rows.map(({ text }) => text),
    columns: second ? columns.map(({ text }) => text) : [''],
    variants,
    seeds: isSeed ? 1 : nSeeds,
  };
}

/** Each value once. @param {import('./values.js').Parsed[]} values */
function different(values) {
  const keys = values.map(({ value, text, error }) => JSON.stringify(error ? text : value));
  return values.filter((_, i) => keys.indexOf(keys[i]) === i);
}

/** A value with the name of its setting, where it does not say that itself. @param {Axis} axis @param {string} text */
function labelOf({ opt, label }, text) {
  return opt.kind === 'class' ? text : `${label} ${text}`;
}

/** Why a plan cannot be raced; empty where it can. @param {Plan} plan */
export function problemOf({ variants, seeds, rows, columns, second }) {
  const n = variants.length * seeds;
  if (!rows.length || (second && !columns.length)) return 'Give at least one value.';
  if (n > MAX_RUNS) return `These are ${n} runs. A race has at most ${MAX_RUNS}.`;
  return '';
}

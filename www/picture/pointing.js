// References to parts of the picture: a column, a unit or one of its weights. Pure functions of the layout.
import { boxOf } from './layout.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Box} Box */
/** @typedef {import('../types.js').Lit} Lit */

/**
 * A part of the picture: a column, a unit of it (null: the whole column), and the index of an input whose weight is
 * meant (the number of inputs: the bias; -1: no weight).
 * @typedef {{ column: number, box: Box | null, from: number }} Mark
 */

/** The part of the picture for a unit or weight. @param {Layout} layout @param {Lit | null} lit @returns {Mark | null} */
export function markOf(layout, lit) {
  if (!lit) return null;
  const box = boxOf(layout, lit);
  if (box) return { column: box.column, box, from: lit.from ?? -1 };
  const column = layout.columns.findIndex(({ layers }) => layers.includes(lit.layer));
  return lit.unit < 0 && column >= 0 ? { column, box, from: -1 } : null;
}

/** The unit or weight for a part of the picture. @param {Layout} layout @param {Mark | null} mark @returns {Lit | null} */
export function litOf({ columns }, mark) {
  if (!mark?.box) return null;
  const { layer } = columns[mark.column];
  if (layer < 0) return null;
  return { layer, unit: mark.box.unit, ...(mark.from >= 0 ? { from: mark.from } : {}) };
}

/**
 * The boxes that stay bright when everything else dims: all of a column, a unit and the sources of its links, or both
 * ends of a weight; and the boxes on the paths to the loss.
 * @param {Layout} layout
 * @param {Mark} mark
 * @param {import('./links.js').Strong[]} strong
 * @param {{ from: Box, to: Box }[]} trail
 * @returns {Set<Box>}
 */
export function brightOf({ columns }, { column, box, from }, strong, trail) {
  if (!box) return new Set(columns[column].boxes);
  const own = strong.filter((link) => from < 0 || link.from === from);
  const ends = [...own.map(({ source }) => source), ...trail.flatMap((hop) => [hop.from, hop.to])];
  return new Set([box, ...ends]);
}

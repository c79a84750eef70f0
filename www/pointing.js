// What is looked at in the picture: a column, a unit, one of its weights. Pure functions of the layout.
import { boxOf } from './layout.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Box} Box */
/** @typedef {import('./types.js').Lit} Lit */

/**
 * What is looked at in the picture: a column, a unit of it (null: the column as a whole), and the input of that unit
 * whose weight is meant (as many as there are inputs: its bias; -1: none).
 * @typedef {{ column: number, box: Box | null, from: number }} Mark
 */

/** Where in the picture something is that is lit anywhere. @param {Layout} layout @param {Lit | null} lit @returns {Mark | null} */
export function markOf(layout, lit) {
  if (!lit) return null;
  const box = boxOf(layout, lit);
  if (box) return { column: box.column, box, from: lit.from ?? -1 };
  const column = layout.columns.findIndex(({ layers }) => layers.includes(lit.layer));
  return lit.unit < 0 && column >= 0 ? { column, box, from: -1 } : null;
}

/** What a mark means in every other view. @param {Layout} layout @param {Mark | null} mark @returns {Lit | null} */
export function litOf({ columns }, mark) {
  if (!mark?.box) return null;
  const { layer } = columns[mark.column];
  if (layer < 0) return null;
  return { layer, unit: mark.box.unit, ...(mark.from >= 0 ? { from: mark.from } : {}) };
}

/**
 * The boxes that stay bright when the rest dims: of a column all, of a unit itself and where its links come from, of a
 * weight both its ends; and the paths to the loss.
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

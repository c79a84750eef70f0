// References to parts of the picture: a column, a unit or one of its weights. Pure functions of the layout.
import { boxOf } from './layout.js';

/** @typedef {import('./layout.js').Layout} Layout */
/** @typedef {import('./layout.js').Box} Box */
/** @typedef {import('../types.js').UnitRef} UnitRef */

/**
 * A part of the picture: a column, a unit of it (null: the whole column), and the index of an input whose weight is
 * meant (the number of inputs: the bias; -1: no weight).
 * @typedef {{ column: number, box: Box | null, from: number }} PictureRef
 */

/** The part of the picture for a unit or weight. @param {Layout} layout @param {UnitRef | null} ref @returns {PictureRef | null} */
export function pictureRefOf(layout, ref) {
  if (!ref) return null;
  const box = boxOf(layout, ref);
  if (box) return { column: box.column, box, from: ref.from ?? -1 };
  const column = layout.columns.findIndex(({ layers }) => layers.includes(ref.layer));
  return ref.unit < 0 && column >= 0 ? { column, box, from: -1 } : null;
}

/** The unit or weight for a part of the picture. @param {Layout} layout @param {PictureRef | null} ref @returns {UnitRef | null} */
export function unitRefOf({ columns }, ref) {
  if (!ref?.box) return null;
  const { layer } = columns[ref.column];
  if (layer < 0) return null;
  return { layer, unit: ref.box.unit, ...(ref.from >= 0 ? { from: ref.from } : {}) };
}

/**
 * The boxes that stay bright when everything else dims: all of a column, a unit and the sources of its links, or both
 * ends of a weight; and the boxes on the paths to the loss.
 * @param {Layout} layout
 * @param {PictureRef} mark
 * @param {import('./links.js').StrongLink[]} strong
 * @param {{ from: Box, to: Box }[]} paths
 * @returns {Set<Box>}
 */
export function brightOf({ columns }, { column, box, from }, strong, paths) {
  if (!box) return new Set(columns[column].boxes);
  const own = strong.filter((link) => from < 0 || link.from === from);
  const ends = [...own.map(({ source }) => source), ...paths.flatMap((hop) => [hop.from, hop.to])];
  return new Set([box, ...ends]);
}

// The edit of one weight, from a typed text. Pure functions of the model's description.
import { signed } from '../app/figures.js';
import { paramAt } from './numbers.js';

/** @typedef {import('../types.js').RunInfo} RunInfo */

/**
 * Returns the edit of the weight at a place in `get_weights()`, with its description; or an error.
 * @param {RunInfo} info
 * @param {number} at
 * @param {string} text
 * @returns {{ edit: import('../types.js').WeightEdit, description: string } | { error: string }}
 */
export function weightEdit(info, at, text) {
  const value = Number(text.replaceAll('−', '-').replace(',', '.'));
  if (text.trim() === '' || !Number.isFinite(Math.fround(value)))
    return { error: `“${text}” is not a number that a weight can have. Enter one such as 0.25.` };
  const param = paramAt(info, at);
  const place = at - param.at;
  return {
    edit: { path: param.path, at: place, values: [value] },
    description: `${nameOf(param, place)} set to ${signed(String(value))}`,
  };
}

/**
 * The name of one weight: by its input and unit where the array has two axes.
 * @param {{ path: string, shape: number[] }} param
 * @param {number} place
 */
function nameOf({ path, shape }, place) {
  if (shape.length !== 2) return `${path} [${place}]`;
  const [from, unit] = [Math.floor(place / shape[1]), place % shape[1]];
  return `${path}, input ${from + 1} of unit ${unit + 1},`;
}

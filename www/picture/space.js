// The space of the data's inputs where it can be drawn: a plane for two inputs, a line for one. Response maps cover it.

/** @typedef {import('../types.js').RunInfo} RunInfo */

/** Points of a response map along a line. */
const ALONG_LINE = 128;

/**
 * Returns the space of the inputs; null where the data has no bounds. On a line the bounds include the targets.
 * @param {Pick<RunInfo, 'data' | 'input_shape'>} info
 * @returns {'line' | 'plane' | null}
 */
export function spaceOf({ data, input_shape }) {
  if (!data.bounds) return null;
  return input_shape.every((n) => n === 1) ? 'line' : 'plane';
}

/** Returns the number of points of a response map. @param {Pick<RunInfo, 'data' | 'input_shape'>} info @param {number} side */
export function mapLength(info, side) {
  const space = spaceOf(info);
  return space ? side * (space === 'plane' ? side : 1) : 0;
}

/** Returns the side of the response maps in points: fewer where there are many units; 0 without bounds. @param {RunInfo} info */
export function sideOf(info) {
  const space = spaceOf(info);
  if (space === 'line') return ALONG_LINE;
  const { n_activations } = info;
  return space === null ? 0 : n_activations > 150 ? 24 : n_activations > 40 ? 40 : 64;
}

/** Names what the output of the model is in the picture of the data. @param {RunInfo} info */
export function outputName(info) {
  if (info.task !== 'regression') return 'decision boundary';
  return spaceOf(info) === 'line' ? 'fitted curve' : 'fitted surface';
}

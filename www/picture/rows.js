// The rows of a data set. Pure functions.

/**
 * The inputs of a row as numbers.
 * @param {import('../types.js').Rows} rows
 * @param {number} i
 * @returns {Float32Array}
 */
export function inputOf({ x, n, scale }, i) {
  const width = x.length / n;
  const row = x.subarray(i * width, (i + 1) * width);
  return row instanceof Float32Array ? row : Float32Array.from(row, (byte) => byte / scale);
}

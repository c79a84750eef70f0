// Which items of two lists belong together: the alignment with the fewest changes. Pure functions.

/** Cost of an item that only one list has, in changes within a pair: less than that of a pair without likeness. */
const ALONE = 1.2;

/**
 * Aligns two lists. A pair costs `cost(i, k)`, which is infinite where the items cannot be a pair.
 * Where one list lacks an item and the other has one at the same place, both stand in one entry.
 * @param {number} n length of the first list
 * @param {number} m length of the second
 * @param {(i: number, k: number) => number} cost
 * @returns {[i: number | null, k: number | null][]}
 */
export function align(n, m, cost) {
  const total = Array.from({ length: n + 1 }, () => new Array(m + 1).fill(0));
  for (let i = n; i >= 0; i--) {
    for (let k = m; k >= 0; k--) {
      if (i === n || k === m) total[i][k] = ALONE * (n - i + m - k);
      else
        total[i][k] = Math.min(
          cost(i, k) + total[i + 1][k + 1],
          ALONE + total[i + 1][k],
          ALONE + total[i][k + 1],
        );
    }
  }
  /** @type {[number | null, number | null][]} */
  const pairs = [];
  for (let i = 0, k = 0; i < n || k < m;) {
    const last = pairs.at(-1);
    if (i < n && k < m && total[i][k] === cost(i, k) + total[i + 1][k + 1]) pairs.push([i++, k++]);
    else if (i < n && (k === m || total[i][k] === ALONE + total[i + 1][k])) {
      if (last && last[0] === null) last[0] = i++;
      else pairs.push([i++, null]);
    } else if (last && last[1] === null) last[1] = k++;
    else pairs.push([null, k++]);
  }
  return pairs;
}

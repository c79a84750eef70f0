// The places of marks above a slider: as near to their values as targets of a least width allow. Pure functions.

/**
 * Returns places that are at least `gap` apart, in the same order, within 0 and `end`, and as near to the wanted ones as
 * possible (least squares: neighbours that are too close are moved apart around their middle).
 * @param {number[]} wanted ascending
 * @param {number} gap
 * @param {number} end
 * @returns {number[]}
 */
export function apart(wanted, gap, end) {
  const step = Math.min(gap, end / Math.max(1, wanted.length - 1));
  /** Groups of neighbours that touch: the place of the first one, less those before. @type {{ sum: number, n: number }[]} */
  const groups = [];
  const mean = (/** @type {{ sum: number, n: number }} */ { sum, n }) => sum / n;
  wanted.forEach((place, i) => {
    let group = { sum: place - i * step, n: 1 };
    for (let last = groups.at(-1); last && mean(last) > mean(group); last = groups.at(-1)) {
      groups.pop();
      group = { sum: last.sum + group.sum, n: last.n + group.n };
    }
    groups.push(group);
  });
  const most = Math.max(0, end - (wanted.length - 1) * step);
  return groups
    .flatMap((group) => Array(group.n).fill(Math.min(most, Math.max(0, mean(group)))))
    .map((first, i) => first + i * step);
}

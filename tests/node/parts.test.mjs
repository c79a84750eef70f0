// The parts in which the links of a large picture are drawn.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partOf } from '../../www/picture/layout.js';

/** A picture with so many columns. @param {number} n @returns {any} */
const picture = (n) => ({
  width: 100 * n,
  columns: Array.from({ length: n }, (_, i) => ({ x: 100 * i + 20, w: 40 })),
});

test('reaches each column once, and strips side by side over the whole width', () => {
  for (const n of [1, 2, 4, 5, 16, 31])
    for (let count = 1; count <= Math.min(16, n); count++) {
      const layout = picture(n);
      const parts = Array.from({ length: count }, (_, part) => partOf(layout, part, count));
      assert.equal(parts[0].first, 0);
      assert.equal(parts[count - 1].end, n);
      assert.equal(parts[0].strip[0], 0);
      assert.equal(parts[count - 1].strip[1], layout.width);
      parts.forEach(({ first, end, strip: [left, right] }, i) => {
        assert.ok(first < end && left < right, `${i} of ${count}, ${n} columns`);
        if (i > 0) assert.equal(first, parts[i - 1].end);
        if (i > 0) assert.ok(left >= parts[i - 1].strip[1]);
      });
    }
});

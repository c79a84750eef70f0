// How this engine's time grows with width, depth, batch and rows, over three decades (depth: as far as models go), in Chromium.
import { cost } from '../../benches/cost.js';
import { figure, race } from '../../benches/race.js';
import { scaled } from '../../benches/workloads.js';

const steps = [1, 4, 16, 64, 256, 1024];

/**
 * Each: what grows, in words, and the network at each size. All else stays as it is.
 * @type {{ what: string, about: string, sizes: number[], make: (size: number) => import('../../benches/workloads.js').Workload }[]}
 */
const AXES = [
  {
    what: 'width',
    about: 'n inputs, one layer of n units, 10 classes; batch 32, 256 rows',
    sizes: steps.map((n) => 2 * n),
    make: (n) => scaled({ inputs: n, width: n, rows: 256 }),
  },
  {
    what: 'depth',
    about:
      '16 inputs, n layers of 16 units, 10 classes; batch 32, 256 rows; a model has 200 layers at most',
    sizes: [1, 3, 9, 27, 81, 196],
    make: (n) => scaled({ inputs: 16, width: 16, depth: n, rows: 256 }),
  },
  {
    what: 'batch',
    about: '64 inputs, one layer of 64 units, 10 classes; batch n, 2,048 rows',
    sizes: steps,
    make: (n) => scaled({ batch: n, rows: 2048 }),
  },
  {
    what: 'rows',
    about: '64 inputs, one layer of 64 units, 10 classes; batch 32, n rows',
    sizes: steps.map((n) => 128 * n),
    make: (n) => scaled({ rows: n }),
  },
];

/** @typedef {{ size: number, ms: number, flops: number, optimizerBytes: number }} Point */
/** @typedef {{ what: string, about: string, points: Point[] }} Axis */

/**
 * @param {import('./browser.js').Bench} bench
 * @param {{ rounds: number, limit: number }} how
 * @returns {Promise<Axis[]>}
 */
export async function measureScaling(bench, { rounds, limit }) {
  const axes = [];
  for (const { what, about, sizes, make } of AXES) {
    const points = [];
    for (const size of sizes) {
      const workload = make(size);
      const [entry] = await race(bench.runners(['glassbox']), workload, { rounds, limit });
      if (entry.trouble) throw new Error(`${what} ${size}: ${entry.trouble}`);
      const { flops, optimizerBytes } = cost(workload);
      points.push({ size, ms: figure(entry.samples)?.median ?? NaN, flops, optimizerBytes });
    }
    axes.push({ what, about, points });
  }
  return axes;
}

/**
 * Between neighbours: y grows as x to the power of this.
 * @param {Point[]} points
 * @param {(point: Point) => number} y
 */
export function exponents(points, y) {
  return points
    .slice(1)
    .map((p, i) => Math.log(y(p) / y(points[i])) / Math.log(p.size / points[i].size));
}

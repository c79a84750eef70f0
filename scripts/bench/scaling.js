// Scaling of this engine in Chromium: time against width, depth, batch and rows, over three decades (depth: up to the limit).
import { cost } from '../../benches/cost.js';
import { figure, race } from '../../benches/race.js';
import { scaled } from '../../benches/workloads.js';

const steps = [1, 4, 16, 64, 256, 1024];

/**
 * The axes: the quantity that grows, its description, the network at each size, and the reasons for bends of the line.
 * @type {{ what: string, about: string, sizes: number[], make: (size: number) => import('../../benches/workloads.js').Workload, bends: string[] }[]}
 */
const AXES = [
  {
    what: 'width',
    about: 'n inputs, one layer of n units, 10 classes; batch 32, 256 rows',
    sizes: steps.map((n) => 2 * n),
    make: (n) => scaled({ inputs: n, width: n, rows: 256 }),
    bends: [
      'Flat at first: softmax and cross-entropy of 32 rows of ten classes, and one product with ten columns, cost the same at every width, and nothing else costs much.',
      'Steeper from 32 units on: the products have grown past that constant; at 128 they are most of a step, and the exponent nears theirs.',
      "Steeper than the products at the end: weights, gradients and the optimizer's two slots no longer fit into the caches. Every number of them is read from memory for each product and for the update, and 32 rows are too few to use it often.",
    ],
  },
  {
    what: 'depth',
    about:
      '16 inputs, n layers of 16 units, 10 classes; batch 32, 256 rows; a model has 200 layers at most',
    sizes: [1, 3, 9, 27, 81, 196],
    make: (n) => scaled({ inputs: 16, width: 16, depth: n, rows: 256 }),
    bends: [
      'Flatter than the products at first: the ten classes of the last layer cost the same for one layer above them as for nine.',
      'Then a line: every layer brings its three small products and about twice their time for tanh, biases, packing and calls.',
      'A little steeper at the end: what all layers give and get for 32 rows no longer fits into the first cache.',
    ],
  },
  {
    what: 'batch',
    about: '64 inputs, one layer of 64 units, 10 classes; batch n, 2,048 rows',
    sizes: steps,
    make: (n) => scaled({ batch: n, rows: 2048 }),
    bends: [
      "Down at first: a step updates every weight once for any batch size, and Adam's square roots and divisions take many times as long as its bytes; larger batches need fewer steps. Products of fewer than 8 rows fill no block either.",
      'Flat from 64 on: the products dominate, and there are as many of them in an epoch of small batches as in one of large.',
      'Slightly up at the end: the rows of a batch, and what the layers make of them, no longer fit into the second cache.',
    ],
  },
  {
    what: 'rows',
    about: '64 inputs, one layer of 64 units, 10 classes; batch 32, n rows',
    sizes: steps.map((n) => 128 * n),
    make: (n) => scaled({ rows: n }),
    bends: [
      'A line, as it should be: twice the rows, twice the steps.',
      'The rest of a step grows slightly from some thousand rows on: a batch is gathered from all over the data, which lies in the second cache, then in the third, then in memory.',
    ],
  },
];

/**
 * `step`: microseconds per step; `products`, `optimizer`: the part of their floating-point operations and bytes at the
 * peak speed of the machine, with the bytes in the cache that holds them.
 * @typedef {{ size: number, ms: number, flops: number, optimizerBytes: number, step: number, products: number,
 *   optimizer: number }} Point
 */
/** @typedef {{ what: string, about: string, bends: string[], points: Point[] }} Axis */

/**
 * @param {import('./browser.js').Bench} bench
 * @param {Uint8Array} ceiling the program that measures the peak speed
 * @param {{ rounds: number, limit: number }} how
 * @returns {Promise<Axis[]>}
 */
export async function measureScaling(bench, ceiling, { rounds, limit }) {
  const axes = [];
  for (const { what, about, bends, sizes, make } of AXES) {
    const points = [];
    for (const size of sizes) {
      const workload = make(size);
      const [entry] = await race(bench.runners(['glassbox']), workload, { rounds, limit });
      if (entry.trouble) throw new Error(`${what} ${size}: ${entry.trouble}`);
      const { flops, optimizerBytes, workingSet } = cost(workload);
      const { peak, copy } = await bench.ceiling(ceiling, workingSet);
      const ms = figure(entry.samples)?.median ?? NaN;
      const each = 1000 / Math.ceil(workload.rows / workload.fit.batch_size);
      const [products, optimizer] = [(each * flops) / peak, (each * optimizerBytes) / copy];
      points.push({ size, ms, flops, optimizerBytes, step: each * ms, products, optimizer });
    }
    axes.push({ what, about, bends, points });
  }
  return axes;
}

/**
 * Returns the exponents between neighbouring points: y grows as x to this power.
 * @param {Point[]} points
 * @param {(point: Point) => number} y
 */
export function exponents(points, y) {
  return points
    .slice(1)
    .map((p, i) => Math.log(y(p) / y(points[i])) / Math.log(p.size / points[i].size));
}

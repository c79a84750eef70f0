// The four curves of the benchmark: time against width, depth, batch and rows, on logarithmic axes.
import { shown } from '../../benches/race.js';
import { label, line, svg } from './chart.js';
import { exponents } from './scaling.js';

const [WIDTH, HEIGHT] = [360, 250];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 16, 30, 34];

/** @param {import('./scaling.js').Axis[]} axes */
export function curveChart(axes) {
  const panels = axes.map((axis, i) => {
    const [x, y] = [(i % 2) * WIDTH, Math.floor(i / 2) * HEIGHT];
    return `<g transform="translate(${x} ${y})">${panel(axis).join('\n    ')}</g>`;
  });
  const rows = Math.ceil(axes.length / 2);
  return svg(
    2 * WIDTH,
    rows * HEIGHT + 24,
    'Time of an epoch against width, depth, batch and rows',
    [
      ...panels,
      label(
        12,
        rows * HEIGHT + 12,
        'numbers: exponent of each segment; dashed: as the products grow',
        'class="soft"',
      ),
    ],
  );
}

/** @param {import('./scaling.js').Axis} axis */
function panel({ what, points }) {
  const log = Math.log10;
  const first = points[0].size;
  const last = points[points.length - 1].size;
  const times = points.map(({ ms }) => log(ms));
  const [low, high] = [Math.floor(Math.min(...times)), Math.ceil(Math.max(...times))];
  const x = (/** @type {number} */ size) =>
    LEFT + (log(size / first) / log(last / first)) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ ms) =>
    HEIGHT - BOTTOM - ((log(ms) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const path = (/** @type {(p: import('./scaling.js').Point) => number} */ of) =>
    points.map((p) => `${x(p.size).toFixed(1)},${y(of(p)).toFixed(1)}`).join(' ');
  const largest = points[points.length - 1];
  // Clipped to the panel.
  const products = (/** @type {import('./scaling.js').Point} */ p) =>
    Math.max(10 ** low, (largest.ms * p.flops) / largest.flops);
  const grid = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)).flatMap((ms) => [
    line([LEFT, y(ms), WIDTH - RIGHT, y(ms)], 'grid'),
    label(LEFT - 6, y(ms) + 4, `${ms} ms`, 'text-anchor="end" class="soft"'),
  ]);
  const sizes = points.map(({ size }) =>
    label(x(size), HEIGHT - BOTTOM + 16, shownSize(size), 'text-anchor="middle" class="soft"'),
  );
  const slopes = exponents(points, ({ ms }) => ms).map((exponent, i) => {
    const middle = Math.sqrt(points[i].size * points[i + 1].size);
    const height = y(Math.sqrt(points[i].ms * points[i + 1].ms));
    return label(x(middle), height - 8, exponent.toFixed(2), 'text-anchor="end"');
  });
  return [
    label(
      LEFT,
      18,
      `${what}: ${shown(points[0].ms)} to ${shown(largest.ms)} ms`,
      'font-weight="650"',
    ),
    ...grid,
    ...sizes,
    `<polyline class="l1" points="${path(products)}" />`,
    `<polyline class="l0" points="${path(({ ms }) => ms)}" />`,
    ...points.map(
      (p) => `<circle class="c0" cx="${x(p.size).toFixed(1)}" cy="${y(p.ms).toFixed(1)}" r="3" />`,
    ),
    ...slopes,
  ];
}

/** @param {number} size */
const shownSize = (size) => (size >= 10_000 ? `${Math.round(size / 1000)}k` : String(size));

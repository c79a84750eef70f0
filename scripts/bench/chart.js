// The bar chart of the benchmark: ratios on a logarithmic scale, as an SVG for light and dark themes.
import { shown } from '../../benches/race.js';
import { TARGETS, compared, comparedIn } from './report.js';

const WIDTH = 760;
const [LEFT, RIGHT] = [88, 64];
const [BAR, BETWEEN, GROUP] = [11, 2, 14];
/** Names in a line of the legend. */
const NAMES = 4;

/** Colours of both themes. The class of a bar has its number. */
export const STYLE = `
    text { font: 12px system-ui, sans-serif; fill: #1b1f24; }
    .paper { fill: #ffffff; } .grid { stroke: #dfe1e0; } .one { stroke: #868d96; } .soft { fill: #5b6470; }
    .aim { stroke: #1b1f24; stroke-width: 2; }
    .c0 { fill: #0f5fa8; } .c1 { fill: #6aa9e0; } .c2 { fill: #00727a; } .c3 { fill: #5fb5bb; } .c4 { fill: #b85c00; } .c5 { fill: #e39a4f; }
    .c6 { fill: #6b4ea0; } .c7 { fill: #a3264f; } .c8 { fill: #8a7a1f; } .c9 { fill: #d1679a; } .c10 { fill: #1a6b3c; } .c11 { fill: #6fae88; }
    .l0 { stroke: #0f5fa8; fill: none; stroke-width: 2; } .l1 { stroke: #868d96; fill: none; stroke-dasharray: 4 3; }
    @media (prefers-color-scheme: dark) {
      text { fill: #eceef1; } .paper { fill: #16181c; } .grid { stroke: #2b3037; } .one { stroke: #6d7681; } .soft { fill: #a4adb8; }
      .aim { stroke: #eceef1; }
      .c0 { fill: #5aa9f0; } .c1 { fill: #2f6ca6; } .c2 { fill: #4fc3cb; } .c3 { fill: #237a80; } .c4 { fill: #ffb066; } .c5 { fill: #a8662a; }
      .c6 { fill: #b79cf0; } .c7 { fill: #f0789c; } .c8 { fill: #d8c65a; } .c9 { fill: #a3437a; } .c10 { fill: #7fd6a0; } .c11 { fill: #3f8a5e; }
      .l0 { stroke: #5aa9f0; } .l1 { stroke: #6d7681; }
    }
  `;

/**
 * @param {number} width
 * @param {number} height
 * @param {string} label
 * @param {string[]} parts
 */
export function svg(width, height, label, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
  <style>${STYLE}</style>
  <rect class="paper" width="${width}" height="${height}" rx="6" />
  ${parts.join('\n  ')}
</svg>
`;
}

/** @param {number} x @param {number} y @param {string} text @param {string} [more] attributes */
export const label = (x, y, text, more = '') =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${more && ` ${more}`}>${text}</text>`;
/** @param {number[]} ends x1, y1, x2, y2 @param {string} kind */
export const line = ([x1, y1, x2, y2], kind) =>
  `<line class="${kind}" x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" />`;

/** @param {import('../bench.js').Results} results */
export function barChart({ workloads, date, machine }) {
  const pairs = comparedIn(workloads);
  const top = 52 + 18 * Math.ceil(pairs.length / NAMES);
  const groups = workloads.map((result) => ({
    id: result.workload.id,
    bars: pairs.flatMap((pair, i) => {
      const found = compared(result, pair);
      return found ? [{ i, ...found, aim: TARGETS[result.workload.id]?.[pair.key] }] : [];
    }),
  }));
  const all = groups.flatMap(({ bars }) =>
    bars.flatMap(({ least, most, aim }) => [least, most, aim ?? 1]),
  );
  const low = Math.floor(Math.log10(Math.min(0.5, ...all)));
  const high = Math.ceil(Math.log10(Math.max(...all)));
  const x = (/** @type {number} */ value) =>
    LEFT + ((Math.log10(value) - low) / (high - low)) * (WIDTH - LEFT - RIGHT);
  /** @type {string[]} */
  const parts = [];
  let y = top;
  for (const { id, bars } of groups) {
    const height = bars.length * (BAR + BETWEEN);
    parts.push(label(LEFT - 8, y + height / 2 + 4, id, 'text-anchor="end"'));
    for (const { i, median, aim } of bars) {
      const [from, to] = [Math.min(x(1), x(median)), Math.max(x(1), x(median))];
      const length = Math.max(1, to - from);
      parts.push(
        `<rect class="c${i}" x="${from.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="${BAR}" />`,
        label(to + 4, y + BAR - 1, shown(median)),
      );
      if (aim) parts.push(line([x(aim), y - 1, x(aim), y + BAR + 1], 'aim'));
      y += BAR + BETWEEN;
    }
    y += GROUP;
  }
  const bottom = y - GROUP + 6;
  const grid = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)).flatMap(
    (value) => [
      line([x(value), top - 8, x(value), bottom], value === 1 ? 'one' : 'grid'),
      label(x(value), bottom + 16, value.toLocaleString('en'), 'text-anchor="middle" class="soft"'),
    ],
  );
  const legend = pairs.flatMap(({ title }, i) => {
    const [at, down] = [12 + (i % NAMES) * 186, 38 + 18 * Math.floor(i / NAMES)];
    return [
      `<rect class="c${i}" x="${at}" y="${down}" width="11" height="11" />`,
      label(at + 16, down + 10, title),
    ];
  });
  const head = label(
    12,
    24,
    'Times as fast as: (a dark mark is what is aimed at)',
    'font-weight="650"',
  );
  const foot = label(12, bottom + 38, `${date}, ${machine}`, 'class="soft"');
  return svg(WIDTH, bottom + 50, 'How many times as fast Glassbox trains', [
    head,
    ...legend,
    ...grid,
    ...parts,
    foot,
  ]);
}

// Tables of the benchmark as Markdown.
import { shown } from '../../benches/race.js';

/** @param {import('../../benches/race.js').Figure | undefined} found @param {(value: number) => string} [as] */
export const withSpread = (found, as = shown) =>
  found ? `**${as(found.median)}** (${as(found.least)} – ${as(found.most)})` : '–';

/** @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

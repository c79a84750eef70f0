// The charts as a file: an image or a drawing of both, or their numbers as a table.
import { csvOf } from '../../picture/charts/csv.js';
import { pngOf, svgOf } from '../../picture/charts/export.js';

/**
 * @param {import('./chart-bar.js').ExportKind} kind
 * @param {import('../curves.js').Shown} shown
 * @param {import('../../picture/charts/export.js').Chart[]} charts
 * @returns {Promise<Blob | null>}
 */
export async function fileOf(kind, shown, charts) {
  if (kind === 'csv') return new Blob([csvOf(shown)], { type: 'text/csv' });
  if (kind === 'svg') return new Blob([svgOf(charts, shown)], { type: 'image/svg+xml' });
  return pngOf(charts, shown.colours);
}

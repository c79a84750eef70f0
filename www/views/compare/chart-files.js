// The charts as a file: an image or a drawing of both, or their numbers as a table.
import { csvOf } from '../../picture/charts/csv.js';
import { pngOf, svgOf } from '../../picture/charts/export.js';

/**
 * @param {import('./chart-bar.js').ExportKind} kind
 * @param {import('../curves.js').Shown} shown
 * @param {import('../../picture/charts/export.js').Chart[]} charts
 * @param {HTMLCanvasElement[]} canvases of the charts on the page
 * @returns {Promise<Blob | null>}
 */
export async function fileOf(kind, shown, charts, canvases) {
  if (kind === 'csv') return new Blob([csvOf(shown)], { type: 'text/csv' });
  if (kind === 'svg') return new Blob([svgOf(charts, shown)], { type: 'image/svg+xml' });
  return pngOf(canvases, charts, shown.colours);
}

// The thumbnails of the data sets for the header of the page: drawn from the rows that the engine makes of each set.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { preset } from '../www/app/presets.js';
import { colours } from '../www/picture/colour.js';
import { root, whenStale } from './stage.js';

const FOLDER = 'www/public/data/thumbnails';
const SIDE = 36;
/** Maximum number of drawn points. */
const POINTS = 70;
const SEED = 42;

/** Writes www/public/data/thumbnails/: an SVG for each data set of the catalog. */
export async function thumbnails() {
  /** @type {import('../www/types.js').Catalog} */
  const { datasets } = JSON.parse(readFileSync(join(root, 'pkg/catalog.json'), 'utf8'));
  const sets = datasets.filter(({ options }) => !options.some((o) => o.required));
  const files = {
    inputs: [
      'scripts/thumbnails.js',
      'www/app/presets.js',
      'www/picture/colour.js',
      'pkg/catalog.json',
      'pkg/glassbox_bg.wasm',
    ],
    outputs: sets.map(({ class_name }) => `${FOLDER}/${class_name}.svg`),
  };
  return whenStale('thumbnails', files, async () => {
    const { Run, initSync } = await import('../pkg/glassbox.js');
    initSync({ module: readFileSync(join(root, 'pkg/glassbox_bg.wasm')) });
    mkdirSync(join(root, FOLDER), { recursive: true });
    for (const { class_name, asset } of sets) {
      const file = asset && join(root, 'www/public/data', asset);
      const packed =
        file && existsSync(file) ? new Uint8Array(gunzipSync(readFileSync(file))) : undefined;
      const run = new Run(JSON.stringify(preset(class_name, SEED)), packed);
      const { data, task } = run.info();
      const x = Float32Array.from(run.inputs('train'), (value) => value / data.scale);
      const y = run.targets('train');
      const drawing = data.image ? digits(x, y, data.image) : points(x, y, task, data.bounds);
      writeFileSync(join(root, FOLDER, `${class_name}.svg`), svg(drawing));
      run.free();
    }
    return `${sets.length} data sets`;
  });
}

/** @param {string} drawing */
function svg(drawing) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}">${drawing}</svg>\n`;
}

/**
 * The first examples of up to four classes, side by side.
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {{ height: number, width: number }} image
 */
function digits(x, y, { height, width }) {
  const classes = [...new Set(y)].sort((a, b) => a - b);
  const across = classes.length > 2 ? 3 : 2;
  const size = SIDE / across;
  // One row of the two digits, or three rows of three.
  const shown = classes.slice(0, across === 2 ? 2 : 9);
  const top = across === 2 ? (SIDE - size) / 2 : 0;
  const cell = size / Math.max(height, width);
  return shown
    .map((label, i) => {
      const row = y.indexOf(label);
      const [left, up] = [(i % across) * size, top + Math.floor(i / across) * size];
      let path = '';
      for (let at = 0; at < height * width; at++)
        if ((x[row * height * width + at] ?? 0) > 0.4) {
          const [px, py] = [left + (at % width) * cell, up + Math.floor(at / width) * cell];
          path += `M${short(px)} ${short(py)}h${short(cell)}v${short(cell)}h-${short(cell)}z`;
        }
      return `<path d="${path}"/>`;
    })
    .join('');
}

/**
 * Points in the colours of their classes, or of their targets.
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {string} task
 * @param {ArrayLike<number> | null | undefined} bounds
 */
function points(x, y, task, bounds) {
  const [x0, x1, y0, y1] = Array.from(bounds ?? [0, 1, 0, 1]);
  const width = x.length / y.length;
  const { classes, css } = colours(false);
  const every = Math.max(1, Math.ceil(y.length / POINTS));
  const top = y.reduce((a, b) => Math.max(a, Math.abs(b)), 0) || 1;
  let text = '';
  for (let i = 0; i < y.length; i += every) {
    const [u, v] = [x[i * width], width > 1 ? x[i * width + 1] : y[i]];
    const px = 1.5 + ((u - x0) / (x1 - x0)) * (SIDE - 3);
    const py = 1.5 + ((y1 - v) / (y1 - y0)) * (SIDE - 3);
    const hue = task === 'regression' ? (width > 1 ? css(y[i] / top) : classes[1]) : classes[y[i]];
    text += `<circle cx="${short(px)}" cy="${short(py)}" r="1.5" fill="${hue}"/>`;
  }
  return text;
}

/** @param {number} value */
function short(value) {
  return String(Math.round(value * 100) / 100);
}

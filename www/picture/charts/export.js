// The charts as files: a drawing (SVG), an image (PNG) and a table (CSV).
import { signed } from '../../app/figures.js';
import { isLowBest } from '../../compare/record.js';
import { markerOf } from './markers.js';
import { rangeOfEpochs, rangeOfValues, smoothed } from './series.js';

/** @typedef {import('./series.js').OtherRun} OtherRun */
/** A chart: the columns of its own lines, the lines of other runs, and its canvas on the page, where it is drawn. @typedef {{ title: string, name: string, columns: (number | null)[][], others: OtherRun[], canvas?: HTMLCanvasElement | null }} Chart */
/** @typedef {Pick<import('../../views/curves.js').Shown, 'info' | 'settings' | 'colours'>} Look */

/** Size of one chart, and the margins around its lines, in pixels. */
const [WIDTH, HEIGHT] = [720, 300];
const MARGIN = { left: 64, right: 16, top: 34, bottom: 36 };
/** Height of a line of the key. */
const ROW = 16;

/**
 * The charts one below the other, with a key that names each line.
 * @param {Chart[]} charts
 * @param {Look} look
 */
export function svgOf(charts, look) {
  const { ink } = look.colours;
  const runs = keyOf(charts);
  const height = charts.length * HEIGHT + (runs.length + 1) * ROW + 12;
  const key = runs.map(({ label, hue, marker }, i) => {
    const y = charts.length * HEIGHT + (i + 2) * ROW;
    const sign = marker === undefined ? '' : markerSvg(marker, 24, y - 4, hue, ink.paper);
    return `${sign}<text x="40" y="${y}" fill="${ink.ink}">${escape(label)}</text>`;
  });
  const own = `<text x="16" y="${charts.length * HEIGHT + ROW}" fill="${ink.soft}">solid: training, dashed: validation; without a marker: this run</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12"><rect width="100%" height="100%" fill="${ink.paper}"/>${charts.map((chart, i) => `<g transform="translate(0 ${i * HEIGHT})">${chartSvg(chart, look)}</g>`).join('')}${own}${key.join('')}</svg>`;
}

/** @param {Chart} chart @param {Look} look */
function chartSvg({ title, name, columns, others }, { info, settings, colours }) {
  const { ink } = colours;
  const [xs, ...lines] = columns;
  const isLoss = name === 'loss';
  const log = settings.chartLog && isLowBest(name);
  const [x0, x1] = rangeOfEpochs(xs, info.epochs, others);
  const range = { log, zero: isLoss, whole: settings.chartWhole && !isLowBest(name) };
  const [y0, y1] = rangeOfValues(lines, others, range);
  const scale = (/** @type {number} */ v) => (log ? Math.log(v) : v);
  const inner = {
    w: WIDTH - MARGIN.left - MARGIN.right,
    h: HEIGHT - MARGIN.top - MARGIN.bottom,
  };
  const px = (/** @type {number} */ x) => MARGIN.left + ((x - x0) / (x1 - x0)) * inner.w;
  const py = (/** @type {number} */ y) =>
    MARGIN.top + inner.h - ((scale(y) - scale(y0)) / (scale(y1) - scale(y0))) * inner.h;
  const path = (/** @type {(number | null)[]} */ at, /** @type {(number | null)[]} */ values) =>
    at
      .flatMap((x, i) => {
        const y = values[i];
        const isThere = x !== null && y !== null && Number.isFinite(y) && (!log || y > 0);
        return isThere ? [`${round(px(x))} ${round(py(y))}`] : [];
      })
      .map((point, i) => `${i ? 'L' : 'M'}${point}`)
      .join('');
  const stroke = (
    /** @type {string} */ d,
    /** @type {string} */ hue,
    /** @type {number} */ width,
    /** @type {boolean} */ dashed,
    opacity = 1,
  ) =>
    d &&
    `<path d="${d}" fill="none" stroke="${hue}" stroke-width="${width}" opacity="${opacity}"${dashed ? ' stroke-dasharray="6 4"' : ''}/>`;
  const hue = isLoss ? ink.loss : ink.metric;
  const smooth = settings.chartSmooth;
  const both = (
    /** @type {(number | null)[]} */ at,
    /** @type {(number | null)[]} */ values,
    /** @type {string} */ colour,
    /** @type {number} */ width,
    /** @type {boolean} */ dashed,
    /** @type {number} */ opacity,
  ) =>
    (smooth ? stroke(path(at, smoothed(values)), colour, width, dashed, opacity) : '') +
    stroke(path(at, values), colour, width, dashed, smooth ? opacity * 0.35 : opacity);
  const [raw, train, held] = lines;
  const bands = others.map(({ at, low, high, hue, dimmed }) => {
    if (!low || !high || dimmed) return '';
    const [above, below] = [path(at, high), path([...at].reverse(), [...low].reverse())];
    return `<path d="${above}${below.replace('M', 'L')}Z" fill="${hue}" opacity=".22"/>`;
  });
  const drawn = [
    ...bands,
    ...others.map(({ at, values, hue, dashed = false, dimmed }) =>
      both(at, values, hue, dashed ? 1.1 : 1.6, dashed, dimmed ? 0.25 : dashed ? 0.6 : 1),
    ),
    ...others.map(({ at, values, hue, marker, label }) => {
      const end = values.findLastIndex((v) => Number.isFinite(v) && (!log || v > 0));
      return label && marker !== undefined && end >= 0
        ? markerSvg(marker, px(at[end]), py(values[end]), hue, ink.paper)
        : '';
    }),
    stroke(path(xs, raw), hue, 1, false, 0.35),
    both(xs, train, hue, 2.2, false, 1),
    both(xs, held, hue, 2.2, true, 1),
  ];
  const ticks = ticksOf(y0, y1, log).map((y) => {
    return `<path d="M${MARGIN.left} ${round(py(y))}H${WIDTH - MARGIN.right}" stroke="${ink.faint}"/><text x="${MARGIN.left - 6}" y="${round(py(y) + 4)}" text-anchor="end" fill="${ink.soft}">${signed(String(y))}</text>`;
  });
  const ends = [Math.ceil(x0), Math.round((x0 + x1) / 2), Math.floor(x1)].map(
    (x) =>
      `<text x="${round(px(x))}" y="${HEIGHT - MARGIN.bottom + 16}" text-anchor="middle" fill="${ink.soft}">${x}</text>`,
  );
  const id = `plot-${name.replace(/\W/g, '-')}`;
  return `<clipPath id="${id}"><rect x="${MARGIN.left}" y="${MARGIN.top}" width="${inner.w}" height="${inner.h}"/></clipPath><text x="16" y="20" font-weight="600" fill="${ink.ink}">${escape(title)}${log ? ' (log)' : ''}</text>${ticks.join('')}${ends.join('')}<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 6}" text-anchor="end" fill="${ink.soft}">epoch</text><g clip-path="url(#${id})">${drawn.join('')}</g>`;
}

/**
 * Round values within a range: powers of ten on a log scale, else multiples of 1, 2 or 5 times one.
 * @param {number} low
 * @param {number} high
 * @param {boolean} log
 */
function ticksOf(low, high, log) {
  const power = Math.floor(Math.log10(log ? low : (high - low) / 4));
  const powers = Array.from({ length: 60 }, (_, i) => Number(`1e${power + i}`));
  const decades = powers.filter((v) => v >= low && v <= high);
  if (log && decades.length > 1) return decades;
  const unit = Number(`1e${Math.floor(Math.log10((high - low) / 4))}`);
  const step = [1, 2, 5, 10].map((n) => n * unit).find((s) => (high - low) / s <= 6) ?? unit;
  const first = Math.ceil(low / step);
  return Array.from({ length: 8 }, (_, i) => Number(((first + i) * step).toPrecision(6))).filter(
    (v) => v <= high,
  );
}

/** @param {number} k @param {number} x @param {number} y @param {string} hue @param {string} paper */
function markerSvg(k, x, y, hue, paper) {
  const { path, hollow } = markerOf(k);
  return `<path d="${path}" transform="translate(${round(x)} ${round(y)}) scale(4)" fill="${hollow ? paper : hue}" stroke="${hue}" stroke-width=".45"/>`;
}

/** The runs that have a name, each once. @param {Chart[]} charts */
function keyOf(charts) {
  const named = charts.flatMap(({ others }) => others.filter(({ label }) => label));
  return [...new Map(named.map((run) => [`${run.label} ${run.marker}`, run])).values()];
}

/**
 * The charts as they are on the page, on one image.
 * @param {Chart[]} charts
 * @param {import('../colour.js').Colours} colours
 * @returns {Promise<Blob | null>}
 */
export function pngOf(charts, { ink }) {
  const drawn = charts.flatMap(({ title, canvas }) => (canvas ? [{ title, canvas }] : []));
  const ratio = devicePixelRatio;
  const head = 24 * ratio;
  const image = document.createElement('canvas');
  image.width = Math.max(1, ...drawn.map(({ canvas }) => canvas.width));
  image.height = Math.max(
    1,
    drawn.reduce((sum, { canvas }) => sum + canvas.height + head, 0),
  );
  const context = /** @type {CanvasRenderingContext2D} */ (image.getContext('2d'));
  context.fillStyle = ink.paper;
  context.fillRect(0, 0, image.width, image.height);
  let y = 0;
  drawn.forEach(({ title, canvas }) => {
    context.fillStyle = ink.ink;
    context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
    context.fillText(title, 8 * ratio, y + 16 * ratio);
    context.drawImage(canvas, 0, y + head);
    y += canvas.height + head;
  });
  return new Promise((resolve) => image.toBlob(resolve, 'image/png'));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

// A chart over the epochs: training solid, validation dashed, batches as a thin line behind, and the lines of other runs.
import uPlot from 'uplot';
import { signed } from '../../app/figures.js';
import { labelOtherRuns } from './names.js';
import { drawOtherRuns } from './others.js';
import { rangeOfEpochs, rangeOfValues, smoothed } from './series.js';
import { font, typeScale } from './type.js';

/** @typedef {import('./series.js').Mark} Mark */

/**
 * @typedef {object} CurveLook
 * @property {string} name label of the vertical axis
 * @property {string} hue
 * @property {import('../colour.js').Colours} colours
 * @property {boolean} zero whether the vertical axis begins at 0
 * @property {Mark[]} marks
 * @property {import('./series.js').OtherRun[]} others runs to compare with
 * @property {boolean} [log] whether the vertical axis is logarithmic
 * @property {boolean} [smooth] whether smoothed lines are drawn over the raw ones
 * @property {boolean} [whole] whether the vertical axis goes from 0 to 1
 */

/** The values of the own lines at an epoch. @typedef {{ epoch: number, batch: number | null, train: number | null, held: number | null }} Pointed */

/** Opacity of the raw lines behind smoothed ones, and of the batches, as hexadecimal digits. */
const [RAW, BATCHES] = ['59', '55'];
/** The pointer is at the same epoch in all charts with this key. */
const SYNC = 'epochs';
/** Distances of the ticks of the horizontal axis. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000];

/** Height of a chart in pixels at the usual size of type; charts.css keeps the same room for it. */
const HEIGHT = 140;

/** A chart in an element. It is recreated when its look changes, and otherwise only receives new data. */
export class Curve {
  /** @type {uPlot | null} */
  #plot = null;
  #key = '';
  /** The look of the last drawing. @type {CurveLook | null} */
  #look = null;
  #epochs = 0;
  #isRedrawDue = false;

  /**
   * @param {HTMLElement} element
   * @param {(epoch: number) => void} pick called with the clicked position, in fractional epochs
   * @param {(pointed: Pointed | null) => void} [point] called with the values under the pointer; null: it has left
   */
  constructor(element, pick, point = () => {}) {
    this.element = element;
    this.pick = pick;
    this.point = point;
  }

  /** The canvas, for an image of the chart. */
  get canvas() {
    return this.#plot?.ctx.canvas ?? null;
  }

  /**
   * @param {(number | null)[][]} columns epochs, batches, training and validation
   * @param {number} epochs end of the horizontal axis
   * @param {CurveLook} look
   */
  draw(columns, epochs, look) {
    this.#look = look;
    this.#epochs = epochs;
    const width = Math.max(120, Math.floor(this.element.clientWidth));
    const key = [look.name, look.hue, look.colours.dark, width, typeScale(), look.log].join();
    const [xs, ...lines] = columns;
    const smooth = look.smooth ? lines.map(smoothed) : lines.map((line) => line.map(() => null));
    const data = /** @type {uPlot.AlignedData} */ (
      /** @type {unknown} */ ([xs, ...lines.map((line) => positive(line, look)), ...smooth])
    );
    if (this.#plot && key === this.#key) return this.#plot.setData(data);
    this.#plot?.destroy();
    this.#key = key;
    const plot = new uPlot(this.#options(width, look), data, this.element);
    plot.over.addEventListener('click', ({ offsetX }) => this.pick(plot.posToVal(offsetX, 'x')));
    this.#plot = plot;
  }

  /** Redraws with other marks. @param {Mark[]} marks */
  mark(marks) {
    if (!this.#look) return;
    this.#look = { ...this.#look, marks };
    this.#plot?.redraw(false);
  }

  destroy() {
    this.#plot?.destroy();
  }

  /** @param {uPlot} plot */
  #pointAt(plot) {
    const { idx } = plot.cursor;
    const at = typeof idx === 'number' ? idx : -1;
    const [xs, batch, train, held] = plot.data;
    const back = (/** @type {ArrayLike<number | null | undefined>} */ line) => {
      let i = at;
      while (i > 0 && (line[i] ?? null) === null) i--;
      return line[i] ?? null;
    };
    this.point(
      at < 0
        ? null
        : { epoch: xs[at], batch: batch[at] ?? null, train: back(train), held: back(held) },
    );
    // The labels of other runs show their values there.
    if (!this.#look?.others.length || this.#isRedrawDue) return;
    this.#isRedrawDue = true;
    requestAnimationFrame(() => {
      this.#isRedrawDue = false;
      if (plot === this.#plot) plot.redraw(false);
    });
  }

  /**
   * @param {number} width
   * @param {CurveLook} look
   * @returns {uPlot.Options}
   */
  #options(width, look) {
    const { name, hue, colours, log } = look;
    const { ink } = colours;
    const now = () => this.#look ?? look;
    const scale = typeScale();
    const type = font(11);
    const axis = {
      stroke: ink.soft,
      font: type,
      labelFont: type,
      labelSize: 16 * scale,
      grid: { stroke: ink.faint, width: 1 },
      ticks: { stroke: ink.faint, width: 1, size: 4 },
    };
    /** Fewer than three points make no visible line, so they are drawn as points. @type {(plot: uPlot, s: number) => boolean} */
    const few = (plot, s) => {
      const values = /** @type {(number | null)[]} */ (plot.data[s]);
      return values.filter((v) => v !== null).length < 3;
    };
    const raw = () => (now().smooth ? hue + RAW : hue);
    const line = { width: 2, spanGaps: true, points: { show: few, size: 5 } };
    const batch = { width: 1, spanGaps: true, points: { show: false } };
    const dash = [5, 4];
    const own = (/** @type {uPlot} */ plot) =>
      /** @type {(number | null)[][]} */ (/** @type {unknown} */ (plot.data.slice(1, 4)));
    const pointer = (/** @type {uPlot} */ plot) =>
      typeof plot.cursor.idx === 'number' ? plot.data[0][plot.cursor.idx] : null;
    return {
      width,
      height: HEIGHT * scale,
      padding: [8, 10, 0, 0],
      scales: {
        x: {
          time: false,
          range: (plot) => rangeOfEpochs([...plot.data[0]], this.#epochs, now().others),
        },
        y: {
          distr: log ? 3 : 1,
          range: (plot) => {
            const { zero, whole = false, others } = now();
            return rangeOfValues(own(plot), others, { log: Boolean(log), zero, whole });
          },
        },
      },
      axes: [
        { ...axis, label: 'epoch', size: 26 * scale, incrs: STEPS, splits: epochSplits },
        {
          ...axis,
          label: log ? `${name} (log)` : name,
          size: 46 * scale,
          space: 26 * scale,
          values: (_plot, all) => all.map((v) => (v === null ? '' : short(v))),
        },
      ],
      series: [
        {},
        { ...batch, stroke: () => hue + (now().smooth ? '2e' : BATCHES) },
        { ...line, stroke: raw },
        { ...line, stroke: raw, dash },
        { ...batch, stroke: hue + BATCHES },
        { ...line, stroke: hue },
        { ...line, stroke: hue, dash },
      ],
      cursor: {
        drag: { x: false, y: false },
        points: { size: 6 },
        sync: { key: SYNC, scales: ['x', null] },
      },
      legend: { show: false },
      hooks: {
        drawAxes: [
          (plot) => drawOtherRuns(plot, now().others, Boolean(now().smooth), colours.ink.paper),
        ],
        draw: [
          (plot) => {
            drawMarks(plot, now());
            labelOtherRuns(plot, now().others, ink, pointer(plot));
          },
        ],
        setCursor: [(plot) => this.#pointAt(plot)],
      },
    };
  }
}

/** Values that a log scale can show. @param {(number | null)[]} line @param {CurveLook} look */
function positive(line, { log }) {
  return log ? line.map((v) => (v !== null && v > 0 ? v : null)) : line;
}

/**
 * The ticks of the horizontal axis: its first epoch, and the multiples of a step.
 * @param {unknown} _plot
 * @param {number} _axis
 * @param {number} min
 * @param {number} max
 * @param {number} step
 */
function epochSplits(_plot, _axis, min, max, step) {
  const first = Math.ceil(min);
  const ticks = first > 0 ? [first] : [];
  for (let at = Math.ceil(min / step) * step; at <= max; at += step)
    if (!ticks.length || at - first >= 0.6 * step) ticks.push(at);
  return ticks;
}

/**
 * Draws a vertical line for each mark, with its label on the side that has room.
 * @param {uPlot} plot
 * @param {CurveLook} look
 */
function drawMarks({ ctx, bbox, valToPos }, { marks, colours: { ink }, zero }) {
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = font(11 * devicePixelRatio);
  marks.forEach(({ at, label }, i) => {
    const x = Math.round(Math.max(bbox.left, valToPos(at, 'x', true))) + 0.5;
    const right = x > bbox.left + bbox.width / 2;
    const [gap, row] = [4 * devicePixelRatio, 12 * typeScale() * devicePixelRatio];
    // A metric rises and leaves room below; a loss falls and leaves room above.
    const top = zero ? 0 : bbox.height - row * (marks.length + 1);
    ctx.strokeStyle = ctx.fillStyle = label === 'here' ? ink.ink : ink.soft;
    ctx.setLineDash(label === 'best' ? [gap, gap] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.textAlign = right ? 'right' : 'left';
    ctx.fillText(label, right ? x - gap : x + gap, bbox.top + top + row * (i + 1));
  });
  ctx.restore();
}

/** Formats a number beside an axis. Large and small ones are exponential, so that they fit. @param {number} value */
function short(value) {
  const size = Math.abs(value);
  if (size === 0 || (size < 1e5 && size >= 1e-4))
    return signed(value.toLocaleString('en', { maximumFractionDigits: 6 }));
  return signed(value.toExponential(1).replace('.0', '').replace('+', ''));
}

// A chart over the epochs: training solid, validation dashed, batches as a thin line behind.
import uPlot from 'uplot';
import { number, signed } from '../../app/figures.js';
import { labelOtherRuns } from './names.js';
import { drawOtherRuns } from './others.js';

/** @typedef {import('./series.js').Mark} Mark */

/**
 * @typedef {object} CurveLook
 * @property {string} name label of the vertical axis
 * @property {string} hue
 * @property {import('../colour.js').Colours} colours
 * @property {boolean} batches
 * @property {[number, number] | null} range of the vertical axis; null: from the data
 * @property {Mark[]} marks
 * @property {import('./series.js').OtherRun[]} others runs to compare with
 */

/** A chart in an element. It is recreated when its look changes, and otherwise only receives new data. */
export class Curve {
  /** @type {uPlot | null} */
  #plot = null;
  #key = '';
  /** The look of the last drawing. @type {CurveLook | null} */
  #look = null;

  /**
   * @param {HTMLElement} element
   * @param {(epoch: number) => void} pick called with the clicked position, in fractional epochs
   */
  constructor(element, pick) {
    this.element = element;
    this.pick = pick;
  }

  /**
   * @param {(number | null)[][]} data
   * @param {number} epochs end of the horizontal axis
   * @param {CurveLook} look
   */
  draw(data, epochs, look) {
    this.#look = look;
    const width = Math.max(120, Math.floor(this.element.clientWidth));
    const height = width < 300 ? 150 : 168;
    const key = [look.name, look.hue, look.batches, epochs, width, look.range].join();
    const values = /** @type {uPlot.AlignedData} */ (/** @type {unknown} */ (data));
    if (this.#plot && key === this.#key) return this.#plot.setData(values);
    this.#plot?.destroy();
    this.#key = key;
    const now = () => this.#look ?? look;
    const { ink } = look.colours;
    const hooks = {
      drawAxes: [(/** @type {uPlot} */ plot) => drawOtherRuns(plot, now().others, ink)],
      draw: [
        (/** @type {uPlot} */ plot) => {
          drawMarks(plot, now());
          labelOtherRuns(plot, now().others, ink);
        },
      ],
    };
    const highest = () =>
      Math.max(0, ...now().others.flatMap(({ values }) => values.filter(Number.isFinite)));
    const all = { ...options(width, height, epochs, look, highest), hooks };
    const plot = new uPlot(all, values, this.element);
    plot.over.addEventListener('click', ({ offsetX }) => this.pick(plot.posToVal(offsetX, 'x')));
    this.#plot = plot;
  }

  /** Redraws with other marks. @param {Mark[]} marks */
  mark(marks) {
    if (!this.#look) return;
    this.#look = { ...this.#look, marks };
    this.#plot?.redraw(false);
  }
}

/**
 * Draws a vertical line for each mark, with its label on the side that has room.
 * @param {uPlot} plot
 * @param {CurveLook} look
 */
function drawMarks({ ctx, bbox, valToPos }, { marks, colours: { ink }, range }) {
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  marks.forEach(({ at, label }, i) => {
    const x = Math.round(valToPos(at, 'x', true)) + 0.5;
    const right = x > bbox.left + bbox.width / 2;
    const [gap, row] = [4 * devicePixelRatio, 12 * devicePixelRatio];
    // A metric rises and leaves room below; a loss falls and leaves room above.
    const top = range ? bbox.height - row * (marks.length + 1) : 0;
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

/**
 * @param {number} width
 * @param {number} height
 * @param {number} epochs
 * @param {CurveLook} look
 * @param {() => number} highest value of the other runs
 * @returns {uPlot.Options}
 */
function options(width, height, epochs, { name, hue, colours, batches, range }, highest) {
  const { ink } = colours;
  const font = '11px system-ui, sans-serif';
  const axis = {
    stroke: ink.soft,
    font,
    labelFont: font,
    labelSize: 16,
    grid: { stroke: ink.faint, width: 1 },
    ticks: { stroke: ink.faint, width: 1, size: 4 },
  };
  /** Fewer than three points make no visible line, so they are drawn as points. @type {(plot: uPlot, s: number) => boolean} */
  const few = (plot, s) => {
    const values = /** @type {(number | null)[]} */ (plot.data[s]);
    return values.filter((v) => v !== null).length < 3;
  };
  const line = { stroke: hue, width: 2, spanGaps: true, points: { show: few, size: 5 } };
  /**
   * Returns the value at a position: between two epochs that of the earlier one, without a pointer the latest.
   * @param {uPlot} plot
   * @param {number | null} v
   * @param {number} s
   * @param {number | null} i
   */
  const latest = (plot, v, s, i) => {
    let at = i ?? plot.data[s].length;
    for (; v === null && at > 0; at--) v = plot.data[s][at - 1] ?? null;
    return v;
  };
  /** @type {uPlot.Series.Value} */
  const value = (plot, v, s, i) => number(latest(plot, v, s, i));
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    scales: {
      x: { time: false, range: [0, epochs] },
      y: range
        ? { range }
        : { range: (_plot, _min, max) => [0, Math.max(0.05, max || 0, highest()) * 1.06] },
    },
    axes: [
      {
        ...axis,
        label: 'epoch',
        size: 26,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000],
      },
      { ...axis, label: name, size: 42, values: (_plot, all) => all.map(short) },
    ],
    series: [
      {
        label: 'epoch',
        value(plot, v, s, i) {
          const at = latest(plot, v, s, i);
          return at === null ? '–' : String(Math.max(1, Math.ceil(at)));
        },
      },
      { ...line, label: 'training', value },
      { ...line, label: 'validation', dash: [5, 4], value },
      ...(batches
        ? [
            {
              label: 'batch',
              stroke: `${hue}55`,
              width: 1,
              spanGaps: true,
              points: { show: false },
              value,
            },
          ]
        : []),
    ],
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    legend: { show: true, live: true },
  };
}

/** Formats a number beside an axis. Large ones are exponential, so that they fit. @param {number} value */
function short(value) {
  if (Math.abs(value) < 1e5)
    return signed(value.toLocaleString('en', { maximumFractionDigits: 6 }));
  return signed(value.toExponential(1).replace('.0', '').replace('+', ''));
}

// A curve over the epochs: training solid, validation dashed, batches thin behind, and the table of it.
import uPlot from 'uplot';

/** @typedef {import('../types.js').History} History */

/** Points of one line that are drawn at most. */
const MOST = 800;

/**
 * A moment of the run that is marked on its curves.
 * @typedef {{ at: number, label: string }} Mark
 */

/**
 * The best epoch, where callbacks say which, and the one after which they stopped the run.
 * @param {import('../types.js').CallbackEvent[]} events
 * @returns {Mark[]}
 */
export function marksOf(events) {
  const best = bestOf(events);
  const end = events.find(({ deed }) => deed === 'stopped' || deed === 'terminated');
  return [
    ...(best ? [{ at: best.epoch, label: 'best' }] : []),
    ...(end ? [{ at: end.epoch + 1, label: 'stopped' }] : []),
  ];
}

/**
 * The best epoch so far, counted from 1, and the value that ModelCheckpoint saw there.
 * @param {import('../types.js').CallbackEvent[]} events
 */
export function bestOf(events) {
  const last = events.findLast(({ deed }) => /kept|stopped|restored/.test(deed));
  if (!last) return null;
  const kept = events.findLast(({ deed }) => deed === 'kept');
  if (kept) return { epoch: kept.epoch + 1, what: `${kept.monitor} ${number(kept.value)}` };
  return { epoch: last.value + 1, what: last.monitor };
}

/**
 * The columns that uPlot wants: epochs, training, validation, and batches where `batches` says so. At
 * the end of an epoch all have a value; in between only the batches. Beyond `MOST` each stands for several.
 * @param {History} history
 * @param {string} name
 * @param {number} nBatches per epoch
 * @param {boolean} batches
 * @param {number} first number of the epoch that training began with
 * @returns {(number | null)[][]}
 */
export function series(history, name, nBatches, batches, first) {
  const column = history.names.indexOf(name);
  const validation = history.names.indexOf(`val_${name}`);
  const n = history.epochs.length;
  const stride = Math.max(1, Math.ceil(n / MOST));
  const every = Math.max(1, Math.ceil(history.batches.length / MOST));
  /** @type {(number | null)[][]} */
  const [xs, train, held, raw] = [[], [], [], []];
  let batch = 0;
  const addBatches = (/** @type {number} */ until) => {
    for (; batches && batch < until && batch < history.batches.length; batch += every) {
      xs.push(first + (batch + 0.5) / nBatches);
      train.push(null);
      held.push(null);
      raw.push(finite(history.batches[batch]));
    }
  };
  for (let epoch = 0; epoch < n; epoch++) {
    if (epoch % stride !== 0 && epoch !== n - 1) continue;
    addBatches((epoch + 1) * nBatches);
    xs.push(first + epoch + 1);
    train.push(finite(history.epochs[epoch][column]));
    held.push(validation < 0 ? null : finite(history.epochs[epoch][validation]));
    raw.push(null);
  }
  addBatches(Infinity);
  return batches ? [xs, train, held, raw] : [xs, train, held];
}

/** @param {number | undefined} value */
function finite(value) {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/**
 * @typedef {object} CurveLook
 * @property {string} name what the legend calls it
 * @property {string} hue
 * @property {import('../colour.js').Colours} colours
 * @property {boolean} batches
 * @property {[number, number] | null} range of the y axis; null: from the data
 * @property {Mark[]} marks
 * @property {Other[]} others runs that were left for this one
 */

/** Another run's line: epochs, and its values after them. @typedef {{ label: string, at: number[], values: number[] }} Other */

/** A curve in an element: made anew when its look changes, else only given new data. */
export class Curve {
  /** @type {uPlot | null} */
  #plot = null;
  #key = '';
  /** @type {Mark[]} */
  #marks = [];
  /** @type {Other[]} */
  #others = [];

  /**
   * @param {HTMLElement} element
   * @param {(epoch: number) => void} pick a moment that is clicked, in epochs and parts of them
   */
  constructor(element, pick) {
    this.element = element;
    this.pick = pick;
  }

  /**
   * @param {(number | null)[][]} data
   * @param {number} epochs end of the x axis
   * @param {CurveLook} look
   */
  draw(data, epochs, look) {
    const width = Math.max(120, Math.floor(this.element.clientWidth));
    const height = width < 300 ? 150 : 168;
    const key = [look.name, look.hue, look.batches, epochs, width, look.range].join();
    this.#marks = look.marks;
    this.#others = look.others;
    const values = /** @type {uPlot.AlignedData} */ (/** @type {unknown} */ (data));
    if (this.#plot && key === this.#key) return this.#plot.setData(values);
    this.#plot?.destroy();
    this.#key = key;
    const marks = (/** @type {uPlot} */ plot) => {
      drawOthers(plot, this.#others, look);
      drawMarks(plot, this.#marks, look);
    };
    const all = { ...options(width, height, epochs, look), hooks: { draw: [marks] } };
    const plot = new uPlot(all, values, this.element);
    plot.over.addEventListener('click', ({ offsetX }) => this.pick(plot.posToVal(offsetX, 'x')));
    this.#plot = plot;
  }
}

/**
 * A line from top to bottom for each mark, its name at its head, on the side where there is room.
 * @param {uPlot} plot
 * @param {Mark[]} marks
 * @param {CurveLook} look
 */
function drawMarks({ ctx, bbox, valToPos }, marks, { colours: { ink }, range }) {
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = ink.soft;
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  marks.forEach(({ at, label }, i) => {
    const x = Math.round(valToPos(at, 'x', true)) + 0.5;
    const right = x > bbox.left + bbox.width / 2;
    const [gap, row] = [4 * devicePixelRatio, 12 * devicePixelRatio];
    // What rises leaves room below, what falls above.
    const top = range ? bbox.height - row * (marks.length + 1) : 0;
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
 * Thin grey lines for the runs that were left, each with its name at its end.
 * @param {uPlot} plot
 * @param {Other[]} others
 * @param {CurveLook} look
 */
function drawOthers({ ctx, bbox, valToPos }, others, { colours: { ink } }) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = ctx.fillStyle = ink.soft;
  ctx.lineWidth = 1.25 * devicePixelRatio;
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  for (const { label, at, values } of others) {
    ctx.beginPath();
    let [x, y] = [0, 0];
    at.forEach((epoch, i) => {
      if (!Number.isFinite(values[i])) return;
      [x, y] = [valToPos(epoch, 'x', true), valToPos(values[i], 'y', true)];
      ctx.lineTo(x, y);
    });
    ctx.stroke();
    ctx.fillText(label, x, y - 4 * devicePixelRatio);
  }
  ctx.restore();
}

/**
 * @param {number} width
 * @param {number} height
 * @param {number} epochs
 * @param {CurveLook} look
 * @returns {uPlot.Options}
 */
function options(width, height, epochs, { name, hue, colours, batches, range }) {
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
  /** One point makes no line, so it is shown as such. @type {(plot: uPlot, s: number) => boolean} */
  const few = (plot, s) => {
    const values = /** @type {(number | null)[]} */ (plot.data[s]);
    return values.filter((v) => v !== null).length < 3;
  };
  const line = { stroke: hue, width: 2, spanGaps: true, points: { show: few, size: 5 } };
  /**
   * Between the ends of two epochs, the value of the last one.
   * @param {uPlot} plot
   * @param {number | null} v
   * @param {number} s
   * @param {number | null} i
   */
  const value = (plot, v, s, i) => {
    if (i === null || i === undefined) return '–';
    for (let at = i; v === null && at > 0; at--) v = plot.data[s][at - 1] ?? null;
    return number(v);
  };
  return {
    width,
    height,
    padding: [8, 10, 0, 0],
    scales: {
      x: { time: false, range: [0, epochs] },
      y: range
        ? { range }
        : { range: (_plot, _min, max) => [0, Math.max(0.05, (max || 0) * 1.06)] },
    },
    axes: [
      {
        ...axis,
        label: 'epoch',
        size: 26,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 20000],
      },
      { ...axis, label: name, size: 42 },
    ],
    series: [
      {
        label: 'epoch',
        value: (_plot, v) => (v === null ? '–' : String(Math.round(v * 100) / 100)),
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

/**
 * A number in four figures, with the dash of the typographers for none.
 * @param {number | null | undefined} value
 */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(2)
      : value.toFixed(size < 10 ? 4 : 2);
  return text.replace('-', '−');
}

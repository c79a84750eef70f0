// How much of its time the page's worker trains while the page shows the run at full speed, how many pictures a second it
// draws, and how long its longest task is, for six networks.
import { preset, withNetwork } from '../../www/app/presets.js';
import { launch, quit } from '../launch.js';
import { serve } from '../serve.js';
import { table } from './table.js';

/** @typedef {import('../../www/types.js').Experiment} Experiment */

/** Milliseconds of training that are measured, after as many that are not. */
const SPAN = 4000;
/** More epochs than are trained meanwhile. */
const EPOCHS = 100_000;

const lesson = preset('Digits01', 42);
const image = { height: 20, width: 20 };

/** @param {import('../../www/types.js').ClassConfig[]} layers @param {Experiment} from @returns {Experiment} */
const withLayers = (layers, from) => ({
  ...from,
  model: { class_name: 'Sequential', config: { layers } },
});
/** @param {number} units @param {string} activation */
const dense = (units, activation) => ({ class_name: 'Dense', config: { units, activation } });
/** @param {number} filters */
const conv = (filters) => ({
  class_name: 'Conv2D',
  config: { filters, kernel_size: 3, activation: 'relu' },
});
const pool = { class_name: 'MaxPooling2D', config: {} };
const digits = preset('Digits', 42);

/** @type {[name: string, experiment: Experiment][]} */
const NETWORKS = [
  ['lesson', lesson],
  ...['cnn', 'lstm'].map(
    (name) =>
      /** @type {[string, Experiment]} */ ([`${name} preset`, withNetwork(lesson, name, image)]),
  ),
  [
    'two convolutions',
    withLayers(
      [
        { class_name: 'Reshape', config: { target_shape: [20, 20, 1] } },
        conv(16),
        pool,
        conv(32),
        pool,
        { class_name: 'Flatten', config: {} },
        dense(64, 'relu'),
        dense(10, 'linear'),
      ],
      digits,
    ),
  ],
  [
    '400-1024-1024-10',
    withLayers([dense(1024, 'relu'), dense(1024, 'relu'), dense(10, 'linear')], digits),
  ],
  [
    '30 layers of 16',
    withLayers(
      [...Array.from({ length: 30 }, () => dense(16, 'relu')), dense(1, 'sigmoid')],
      lesson,
    ),
  ],
];

/** Measures all networks in Chromium. */
export async function measureShares() {
  const { url, close } = await serve();
  const browser = await launch('chromium');
  try {
    const shares = [];
    for (const [name, experiment] of NETWORKS) {
      shares.push(await measure(browser, url, name, experiment));
    }
    return shares;
  } finally {
    await quit(browser);
    await close();
  }
}

/**
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url
 * @param {string} name
 * @param {Experiment} experiment
 */
async function measure(browser, url, name, experiment) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  await page.evaluateOnNewDocument(watch);
  const text = JSON.stringify({ ...experiment, fit: { ...experiment.fit, epochs: EPOCHS } });
  await page.goto(`${url}#e=${Buffer.from(text).toString('base64url')}`);
  await page.waitForSelector('#moment', { timeout: 60_000 });
  await page.select('#speed', 'full');
  await page.click('.play');
  await sleep(SPAN);
  const before = await page.evaluate(readWatch);
  await sleep(SPAN);
  const after = await page.evaluate(readWatch);
  await context.close();
  const ms = after.now - before.now;
  return {
    name,
    share: (after.trained - before.trained) / ms,
    pictures: ((after.pictures - before.pictures) * 1000) / ms,
    longest: after.longest,
    steps: ((after.steps - before.steps) * 1000) / ms,
    nodes: after.nodes,
  };
}

/** Counts training, pictures and long tasks. Runs in the page, before its scripts. */
function watch() {
  const seen = { trained: 0, pictures: 0, longest: 0, steps: 0 };
  /** @type {any} */ (window).seen = seen;
  const { Worker } = window;
  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.addEventListener('message', ({ data }) => {
        const { trainedMs, steps } = data.result ?? {};
        if (trainedMs === undefined) return;
        seen.trained += trainedMs;
        seen.steps = steps;
      });
    }
  };
  /** Time of the last animation frame with a picture. */
  let drawnAt = /** @type {unknown} */ (-1);
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...at) {
    const now = document.timeline.currentTime;
    if (this.canvas.closest('.picture') && now !== drawnAt) seen.pictures++;
    if (this.canvas.closest('.picture')) drawnAt = now;
    return clearRect.apply(this, at);
  };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({ type: 'longtask' });
}

/** What was counted since the last call. Runs in the page. */
function readWatch() {
  const { seen } = /** @type {any} */ (window);
  const now = { ...seen, now: performance.now(), nodes: document.querySelectorAll('*').length };
  seen.longest = 0;
  return now;
}

/** @param {Awaited<ReturnType<typeof measureShares>>} shares */
export function shareTable(shares) {
  const heads = [
    'network',
    "training's share",
    'batches a second',
    'pictures a second',
    'longest task',
    'elements',
  ];
  const rows = shares.map(({ name, share, steps, pictures, longest, nodes }) => [
    name,
    `${(100 * share).toFixed(0)} %`,
    steps.toFixed(0),
    pictures.toFixed(0),
    longest ? `${longest.toFixed(0)} ms` : 'under 50 ms',
    String(nodes),
  ]);
  return table(heads, rows);
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

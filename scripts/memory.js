// `npm run memory [minutes]`: the wasm memory while all of MNIST trains in the page, and what a run at full speed adds in
// some minutes.
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preset } from '../www/app/presets.js';
import { buildAll } from './build-steps.js';
import { launch, quit } from './launch.js';
import { mnistExperiment, mnistRows } from './mnist.js';
import { serve } from './serve.js';
import { root, script, stage } from './stage.js';

/** @typedef {import('puppeteer-core').Page} Page */

const MINUTES = Number(process.argv[2] ?? 2);
/** Milliseconds between two readings. */
const EVERY = 250;

await script(async () => {
  await buildAll();
  // The memory of a worker's engine is found through a line before its program.
  const change = (/** @type {string} */ name) =>
    /assets\/worker-.*\.js$/.test(name)
      ? {
          type: 'text/javascript',
          body: `(${keepMemory})();${readFileSync(join(root, 'dist', name), 'utf8')}`,
        }
      : undefined;
  const { url, close } = await serve({ change });
  const browser = await launch('chromium');
  try {
    await stage('MNIST', () => mnist(browser, url));
    await stage('minutes at full speed', () => fullSpeed(browser, url));
  } finally {
    await quit(browser);
    await close();
  }
});

/** Keeps the memory of the instance. Runs in a worker. */
function keepMemory() {
  const { instantiate } = WebAssembly;
  // @ts-expect-error: an instance or a result, as the given module is compiled or not
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(.../** @type {[any, any]} */ (given));
    const instance = 'instance' in made ? made.instance : made;
    Object.assign(globalThis, { engineMemory: /** @type {any} */ (instance).exports.memory });
    return made;
  };
}

/** @param {import('puppeteer-core').Browser} browser @param {string} url */
async function mnist(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForSelector('.rail input', { timeout: 60_000 });
  const rows = mnistRows();
  const { initSync, own_data } = await import('../pkg/glassbox.js');
  initSync({ module: readFileSync(join(root, 'pkg/glassbox_bg.wasm')) });
  const experiment = mnistExperiment(own_data(rows));
  const path = join(tmpdir(), `glassbox-mnist-${process.pid}.json`);
  writeFileSync(path, Buffer.concat([Buffer.from(`${JSON.stringify(experiment)}\n`), rows]));
  const input = await page.waitForSelector('input[type=file]');
  const began = performance.now();
  await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    path,
  );
  await page.waitForFunction(
    () => document.querySelector('.sentence-row')?.textContent?.includes('54,000'),
    { timeout: 120_000 },
  );
  console.log(`opened: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  await page.select('#speed', 'full');
  await page.click('.play');
  const peak = { train: 0, inspect: 0, heap: 0 };
  const look = async () => {
    await sleep(EVERY);
    for (const { name, bytes } of await memories(page))
      if (name === 'train' || name === 'inspect') peak[name] = Math.max(peak[name], bytes);
    peak.heap = Math.max(peak.heap, (await page.metrics()).JSHeapUsedSize ?? 0);
  };
  do await look();
  while (await page.$eval('.play', (e) => e.textContent?.trim() !== 'Start over'));
  const said = await page.$eval('.meter', (e) => e.textContent?.replace(/\s+/g, ' ').trim());
  console.log(`60,000 x 784 bytes, 784-128-64-10, 2 epochs: ${said}`);
  const report = () =>
    `wasm memory at most: training ${mb(peak.train)}, inspector ${mb(peak.inspect)}; heap of the page ${mb(peak.heap)}`;
  console.log(report());
  // While an edit is built, the run before it is still there.
  const edited = performance.now();
  await page.select('#quick-optimizer', 'SGD');
  await page.waitForFunction(() => document.querySelector('.meter')?.matches('[data-steps="0"]'));
  const seconds = (performance.now() - edited) / 1000;
  for (let i = 0; i < 20; i++) await look();
  console.log(`after another optimizer (${seconds.toFixed(1)} s): ${report()}`);
  await page.close();
}

/** @param {import('puppeteer-core').Browser} browser @param {string} url */
async function fullSpeed(browser, url) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.evaluateOnNewDocument(watch);
  const lesson = preset('Circle', 42);
  const layers = [4, 1].map((units) => ({
    class_name: 'Dense',
    config: { units, activation: units > 1 ? 'tanh' : 'sigmoid' },
  }));
  const experiment = {
    ...lesson,
    data: { class_name: 'Circle', config: { n: 2000 } },
    model: { class_name: 'Sequential', config: { layers } },
    fit: { ...lesson.fit, epochs: 100_000, batch_size: 1 },
  };
  await page.goto(`${url}#e=${Buffer.from(JSON.stringify(experiment)).toString('base64url')}`);
  await page.waitForSelector('.rail input', { timeout: 60_000 });
  await page.select('#speed', 'full');
  await page.click('.play');
  const began = performance.now();
  for (const minutes of [0.02, 0.5, 1, 2, 5, 10].filter((m) => m <= MINUTES)) {
    await sleep(Math.max(0, began + minutes * 60_000 - performance.now()));
    const seen = await page.evaluate(() => /** @type {any} */ (window).seen);
    const session = await page.createCDPSession();
    await session.send('HeapProfiler.collectGarbage');
    const heap = (await page.metrics()).JSHeapUsedSize ?? 0;
    const all = await memories(page);
    const wasm = all.map(({ name, bytes }) => `${name} ${mb(bytes)}`).join(', ');
    console.log(
      `${minutes} min: ${seen.steps.toLocaleString('en')} batches; heap ${mb(heap)}; wasm ${wasm}; checkpoint ${(seen.checkpoint / 1000).toFixed(1)} KB`,
    );
  }
  await context.close();
}

/** Notes the batches and the size of the last checkpoint. Runs in the page, before its scripts. */
function watch() {
  const seen = { steps: 0, checkpoint: 0 };
  /** @type {any} */ (window).seen = seen;
  const { Worker } = window;
  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.addEventListener('message', ({ data }) => {
        const { trainedMs, steps, checkpoint } = data.result ?? {};
        if (trainedMs === undefined) return;
        seen.steps = steps;
        seen.checkpoint = checkpoint?.byteLength ?? seen.checkpoint;
      });
    }
  };
}

/** The wasm memory of each worker. @param {Page} page */
async function memories(page) {
  const read = () => ({
    name: self.name,
    bytes: /** @type {any} */ (globalThis).engineMemory?.buffer.byteLength ?? 0,
  });
  const all = page.workers().map((worker) => worker.evaluate(read).catch(() => null));
  return (await Promise.all(all)).filter((one) => one !== null);
}

/** @param {number} bytes */
function mb(bytes) {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

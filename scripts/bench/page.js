// The built page in Chromium: time to the first step, bytes per frame, and the worker's time in the engine.
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EPOCHS, lesson } from '../../benches/lesson.js';
import { figure } from '../../benches/race.js';
import { serve } from '../serve.js';
import { StageError, root } from '../stage.js';
import { launch, quit } from '../launch.js';

const VISITS = 7;
/** Seconds before, and while, answers are counted. */
const [WARM, COUNTED] = [2, 6];
const COPY = '.cache/bench/dist';

/**
 * Prepended to the worker in a copy of dist/: measures the time inside the engine. The shipped page does not contain it.
 */
function prelude() {
  const spent = { engine: 0, at: 0 };
  const { instantiate } = WebAssembly;
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
  const timedInstance = async (module, imports) => {
    const instance = await instantiate(module, imports);
    const exports = Object.entries(instance.exports).map(([name, value]) => {
      if (!name.startsWith('run_') || typeof value !== 'function') return [name, value];
      const timed = (/** @type {unknown[]} */ ...args) => {
        const start = performance.now();
        const answer = value(...args);
        spent.engine += performance.now() - start;
        return answer;
      };
      return [name, timed];
    });
    return { module, instance: { exports: Object.fromEntries(exports) } };
  };
  Object.assign(WebAssembly, { instantiate: timedInstance });
  const channel = new BroadcastChannel('bench');
  channel.onmessage = ({ data }) => {
    if (data === 'spent?') channel.postMessage({ ...spent, at: performance.now() });
  };
}

/** In the page, before it loads: counts the answers of the worker and their bytes. */
function countAnswers() {
  const seen = { answers: 0, bytes: 0 };
  Object.assign(window, { seen });
  const Native = window.Worker;
  window.Worker = class extends Native {
    /** @param {ConstructorParameters<typeof Worker>} given */
    constructor(...given) {
      super(...given);
      this.addEventListener('message', ({ data: { result } }) => {
        if (!(result?.buffer instanceof ArrayBuffer)) return;
        const arrays = [result.newEpochs.rows, result.newBatches.losses, result.checkpoint];
        seen.answers++;
        seen.bytes += result.buffer.byteLength;
        for (const array of arrays) seen.bytes += array?.byteLength ?? 0;
      });
    }
  };
}

/** In the page, before it loads: presses Play as soon as it is enabled, and records the time of the first batch. */
function pressPlay() {
  const noted = { ready: 0, step: 0 };
  Object.assign(window, { noted });
  const look = () => {
    const play = /** @type {HTMLButtonElement | null} */ (document.querySelector('.play'));
    if (!noted.ready && play && !play.disabled) {
      noted.ready = performance.now();
      play.click();
    }
    const shown = (/** @type {string} */ name) =>
      Number(document.querySelector(`[data-n=${name}]`)?.textContent?.replace(/[^\d]/g, '') || 0);
    if (shown('batch') + shown('epoch') > 0 && noted.ready) noted.step = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

export async function measurePage() {
  const loads = await firstSteps();
  return { ...loads, ...(await smoothness()) };
}

/** Measures the time from a first visit to the first batch on the page. */
async function firstSteps() {
  const { url, close } = await serve();
  const browser = await launch('chromium');
  /** @type {{ ready: number, step: number }[]} */
  const noted = [];
  try {
    for (let i = 0; i < VISITS; i++) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      await page.evaluateOnNewDocument(pressPlay);
      await page.goto(url);
      await page.waitForFunction('window.noted?.step > 0');
      noted.push(/** @type {any} */ (await page.evaluate('window.noted')));
      await context.close();
    }
  } finally {
    await quit(browser);
    await close();
  }
  return {
    ready: figure(noted.map(({ ready }) => ready)),
    firstStep: figure(noted.map(({ step }) => step)),
  };
}

/** Measures the lesson at full speed: answers, their bytes, and the worker's time in the engine. */
async function smoothness() {
  rmSync(join(root, COPY), { recursive: true, force: true });
  cpSync(join(root, 'dist'), join(root, COPY), { recursive: true });
  const worker = join(root, COPY, 'assets', workerOfPage());
  writeFileSync(worker, `(${prelude})();\n${readFileSync(worker, 'utf8')}`);
  const { url, close } = await serve({ folder: join(root, COPY) });
  const browser = await launch('chromium');
  try {
    const page = await browser.newPage();
    await page.setViewport({ width: 1440, height: 900 });
    await page.evaluateOnNewDocument(countAnswers);
    const endless = lesson(42);
    endless.fit.epochs = 5000 * EPOCHS;
    await page.goto(`${url}#e=${Buffer.from(JSON.stringify(endless)).toString('base64url')}`);
    await page.waitForSelector('.meter[data-steps]');
    await page.select('#speed', 'full');
    await page.click('.play');
    await seconds(WARM);
    const before = await look(page);
    await seconds(COUNTED);
    const after = await look(page);
    const ms = after.at - before.at;
    return {
      answers: (1000 * (after.answers - before.answers)) / ms,
      bytesPerAnswer: (after.bytes - before.bytes) / (after.answers - before.answers),
      engineShare: (after.engine - before.engine) / ms,
    };
  } finally {
    await quit(browser);
    await close();
  }
}

/** Returns the current counts of the page and the worker. @param {import('puppeteer-core').Page} page @returns {Promise<Record<'answers' | 'bytes' | 'engine' | 'at', number>>} */
function look(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel('bench');
        channel.onmessage = ({ data }) => {
          channel.close();
          resolve({ ...data, .../** @type {any} */ (window).seen });
        };
        channel.postMessage('spent?');
      }),
  );
}

/** Returns the file of the page's worker, which is not that of the benchmark. */
function workerOfPage() {
  const files = readdirSync(join(root, 'dist/assets'));
  const main = files.find((file) => /^index-.*\.js$/.test(file));
  const text = main ? readFileSync(join(root, 'dist/assets', main), 'utf8') : '';
  const worker = files.find((file) => /^worker-.*\.js$/.test(file) && text.includes(file));
  if (!worker) throw new StageError('dist/ has no worker of the page: run `npm run build`.');
  return worker;
}

/** @param {number} n */
const seconds = (n) => new Promise((resolve) => setTimeout(resolve, 1000 * n));

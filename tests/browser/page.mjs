// Helpers of the browser tests: a static server under a sub-path, both browsers, and user actions on the page.
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, quit } from '../../scripts/launch.js';
import { serve as serveFolder } from '../../scripts/serve.js';

/** The built page; `GLASSBOX_DIST` names another folder. */
export const dist =
  process.env.GLASSBOX_DIST ?? fileURLToPath(new URL('../../dist', import.meta.url));

/**
 * Serves the built page from a sub-path, as the host of a course would.
 * @param {Parameters<typeof serveFolder>[0]} [host] options that differ
 */
export function serve(host) {
  return serveFolder({ folder: dist, base: '/a/course/', ...host });
}

/**
 * Starts a browser and a server of the built page before the tests of a `describe`, and ends them after.
 * @param {import('../../scripts/launch.js').Name} name
 */
export function opened(name) {
  /** @type {{ browser: import('puppeteer-core').Browser, url: string, close: () => unknown }} */
  const site = { browser: /** @type {any} */ (undefined), url: '', close: () => {} };
  before(async () => {
    const [browser, server] = await Promise.all([launch(name), serve()]);
    Object.assign(site, { browser, ...server });
  });
  after(async () => {
    await quit(site.browser);
    site.close();
  });
  return site;
}

/** @typedef {import('puppeteer-core').Page} Page */

/**
 * Opens the page in a new context with empty storage and waits until it is usable.
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url
 * @param {{ width?: number, height?: number, before?: (page: Page) => Promise<any> }} [options]
 */
export async function visit(browser, url, { width = 1440, height = 900, before } = {}) {
  const context = await again(() => browser.createBrowserContext());
  const page = await again(() => context.newPage());
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // Chromium asks for it by itself where an image is opened as a page.
    const own = message.location()?.url?.endsWith('/favicon.ico');
    if (message.type() !== 'error' || own) return;
    const at = faults.push(message.text()) - 1;
    // An error that is logged as an object comes without its text.
    const described = message
      .args()
      .map((part) => part.evaluate((/** @type {any} */ e) => e?.stack ?? String(e)));
    Promise.all(described).then(
      (texts) => (faults[at] = texts.join(' ') || faults[at]),
      () => undefined, // The page is gone.
    );
  });
  await page.setViewport({ width, height });
  await before?.(page);
  await page.goto(url);
  await ready(page);
  return { page, faults, close: () => context.close() };
}

/**
 * A call to the browser, repeated where it got the answer of another one: to a late call of a closed page the browser
 * answers without naming it, and puppeteer takes that for the answer to its own call of the same number.
 * @template T
 * @param {() => Promise<T>} call
 */
async function again(call) {
  for (let left = 3; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left === 0 || !/Session with given id not found/.test(String(error))) throw error;
    }
  }
}

/** Waits until the page is usable. @param {Page} page */
export function ready(page) {
  return page.waitForSelector('.meter[data-steps]');
}

/**
 * Reads the counter and the losses on the page.
 * @param {Page} page
 */
export async function read(page) {
  // In one call, so that the numbers belong together.
  const { texts, meter } = await page.evaluate(() => {
    const meter = /** @type {HTMLElement | null} */ (document.querySelector('.meter'));
    const parts = [...document.querySelectorAll('[data-n]')].map((e) => [
      /** @type {HTMLElement} */ (e).dataset.n,
      e.textContent ?? '',
    ]);
    /** @type {Record<string, string>} */
    const texts = Object.fromEntries(parts);
    return { texts, meter: { ...meter?.dataset } };
  });
  const n = (/** @type {string} */ key) =>
    Number((texts[key] ?? '').replaceAll('−', '-').match(/-?\d[\d.]*(e-?\d+)?/)?.[0] ?? NaN);
  const [epochs, batches] = ['epochs', 'batches'].map(n);
  const [epoch, batch] = [Number(meter.epochs), Number(meter.batch)];
  return {
    epoch,
    batch,
    epochs,
    batches,
    steps: epoch * batches + batch,
    loss: n('now-loss'),
    val: n('now-val_loss'),
  };
}

/**
 * Waits until the counter and the losses fulfil a condition.
 * @param {Page} page
 * @param {(now: Awaited<ReturnType<typeof read>>) => boolean} condition
 * @param {number} [timeout]
 */
export async function until(page, condition, timeout = 30_000) {
  for (const end = Date.now() + timeout; ;) {
    const now = await read(page);
    if (condition(now)) return now;
    if (Date.now() > end) throw new Error(`Timeout: the page shows ${JSON.stringify(now)}.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until nothing is trained any more: batches that were on their way may arrive after a pause. @param {Page} page */
export async function still(page) {
  for (let [tries, before] = [0, -1]; ; tries++) {
    const { steps } = await read(page);
    if (steps === before) return;
    if (tries === 20) throw new Error('The page goes on training.');
    before = steps;
    await sleep(300);
  }
}

/**
 * Presses a button by its accessible name.
 * @param {Page} page
 * @param {string} name
 */
export async function press(page, name) {
  await page.evaluate((name) => {
    const buttons = [...document.querySelectorAll('button')];
    const button = buttons.find(
      (b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').trim() === name,
    );
    if (!button) throw new Error(`There is no button ${name}.`);
    if (button.disabled) throw new Error(`${name} is disabled.`);
    button.click();
  }, name);
}

/** Presses a button as soon as it is enabled. @param {Page} page @param {string} name */
export async function pressed(page, name) {
  await page.waitForFunction(
    (name) =>
      [...document.querySelectorAll('button')].some(
        (b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').trim() === name && !b.disabled,
      ),
    {},
    name,
  );
  await press(page, name);
}

/** Opens a view in the panel below the picture. @param {Page} page @param {string} id */
export async function tab(page, id) {
  for (const group of ['', 'explain', 'text']) {
    if (group) await page.evaluate((id) => document.getElementById(id)?.click(), `group-${group}`);
    const opened = await page.evaluate(async (id) => {
      // The tabs of a group are drawn in the next animation frames.
      for (let i = 0; i < 10 && !document.getElementById(id); i++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      document.getElementById(id)?.click();
      return Boolean(document.getElementById(id));
    }, `tab-${id}`);
    if (opened) return atRest(page);
  }
  throw new Error(`There is no view ${id}.`);
}

/** Waits until the page has stopped to scroll. @param {Page} page */
async function atRest(page) {
  await page.evaluate(async () => {
    for (let still = 0; still < 4;) {
      const before = scrollY;
      // A hidden page has no animation frames.
      await new Promise((resolve) => setTimeout(resolve, 20));
      still = scrollY === before ? still + 1 : 0;
    }
  });
}

/** Opens the drawer of all settings. @param {Page} page */
export async function openSettings(page) {
  const isClosed = await page.$eval('.settings', (e) => /** @type {HTMLElement} */ (e).hidden);
  if (isClosed) await page.$eval('.all-settings', (e) => /** @type {HTMLElement} */ (e).click());
  await page.waitForSelector('.settings:not([hidden])');
}

/** Has the forms made, by opening the drawer and closing it. @param {Page} page */
export async function makeForms(page) {
  await openSettings(page);
  await page.$eval('.settings .icon', (e) => /** @type {HTMLElement} */ (e).click());
}

/** Returns the heads of the picture's columns: name and note. @param {Page} page */
export function heads(page) {
  return page.$$eval('.head', (all) =>
    all.map((head) => {
      const [name, note] = ['b', '.note'].map(
        (part) => head.querySelector(part)?.textContent ?? '',
      );
      return `${name.trim()} ${note.trim()}`;
    }),
  );
}

/** Adds a layer before the last one, by the list of layers. @param {Page} page @param {string} name */
export async function addLayer(page, name) {
  if (!(await page.$('#add-layer'))) await makeForms(page);
  await page.evaluate((name) => {
    document.getElementById('add-layer')?.click();
    const button = document.querySelector(`dialog[open] [data-class=${name}]`);
    /** @type {HTMLElement} */ (button).click();
  }, name);
}

/** Chooses a data set. @param {Page} page @param {string} name */
export async function chooseData(page, name) {
  await page.evaluate((name) => {
    const radio = document.querySelector(`input[name=data][value=${name}]`);
    /** @type {HTMLElement} */ (radio).click();
  }, name);
}

/** Goes to a step on the timeline. @param {Page} page @param {number} step */
export function scrub(page, step) {
  return page.evaluate((step) => {
    const slider = /** @type {HTMLInputElement} */ (document.getElementById('moment'));
    slider.value = String(step);
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, step);
}

/**
 * Types a value into the field with this id and leaves it. The drawer is opened for a field that is only there.
 * @param {Page} page
 * @param {string} id
 * @param {string} value
 */
export async function type(page, id, value) {
  if (!(await page.$(`[id="${id}"]`))) await makeForms(page);
  await page.evaluate(
    (id, value) => {
      const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
      field.value = value;
      field.dispatchEvent(new Event('change', { bubbles: true }));
    },
    id,
    value,
  );
}

/**
 * Selects the speed.
 * @param {Page} page
 * @param {'slow' | 'steady' | 'full'} pace
 */
export function pace(page, pace) {
  return type(page, 'speed', pace);
}

/**
 * Reads the fingerprint of all weights, which the page shows while training is paused.
 * @param {Page} page
 */
export async function fingerprint(page) {
  await tab(page, 'summary');
  const shown = await page.waitForSelector('[data-n=hash]');
  return shown?.evaluate((e) => e.textContent);
}

/**
 * Leaves the page for an image of the same site: its storage stays accessible, and the page no longer writes to it.
 * @param {Page} page
 * @param {string} url
 */
export async function leave(page, url) {
  await page.goto(new URL('bench.html', url).href);
}

/**
 * Damages the latest records in the browser's storage, as an incomplete write would. Leaves the page.
 * @param {Page} page
 * @param {string} url
 * @param {number} n number of records
 */
export async function spoil(page, url, n) {
  await leave(page, url);
  await page.evaluate(async (n) => {
    /** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
    const got = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const base = await got(indexedDB.open('glassbox'));
    const records = base.transaction('experiments', 'readwrite').objectStore('experiments');
    for (const key of (await got(records.getAllKeys())).slice(-n)) {
      const kept = await got(records.get(key));
      await got(records.put({ ...kept, text: kept.text.replace('0', '1') }, key));
    }
    base.close();
  }, n);
}

/**
 * Returns the link of an experiment.
 * @param {string} url
 * @param {unknown} experiment object or text
 */
export function link(url, experiment) {
  const text = typeof experiment === 'string' ? experiment : JSON.stringify(experiment);
  return `${url}#e=${Buffer.from(text).toString('base64url')}`;
}

/**
 * Returns the experiment of the lesson with this many epochs.
 * @param {number} epochs
 */
export function lesson(epochs) {
  const dense = (/** @type {number} */ units) => ({
    class_name: 'Dense',
    config: { units, activation: 'sigmoid' },
  });
  return {
    data: { class_name: 'Digits01', config: {} },
    model: { class_name: 'Sequential', config: { layers: [dense(25), dense(15), dense(1)] } },
    compile: {
      optimizer: { class_name: 'Adam', config: {} },
      loss: { class_name: 'BinaryCrossentropy', config: {} },
      metrics: ['accuracy'],
    },
    fit: { epochs, validation_split: 0.2 },
    seed: 42,
  };
}

/**
 * Keeps references to the workers of a page, so that a test can terminate them. Called before the page loads.
 * @param {Page} page
 */
export function holdWorkers(page) {
  return page.evaluateOnNewDocument(() => {
    const held = /** @type {any} */ (window);
    held.workersOfTest = [];
    const Native = window.Worker;
    window.Worker = class extends Native {
      /** @param {ConstructorParameters<typeof Worker>} given */
      constructor(...given) {
        super(...given);
        // The one that trains; the other looks inside.
        if (given[1]?.name === 'train') held.workersOfTest.push(this);
      }
    };
  });
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// `npm run layout`: what is in sight of the built page at five sizes, how much there is to choose from, whether Play moves,
// and when there is something to look at. Writes docs/layout.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build-steps.js';
import { firstSight } from './first-sight.js';
import { IDEAS } from './ideas.js';
import { launch, quit } from './launch.js';
import { serve } from './serve.js';
import { StageError, root, script, stage } from './stage.js';

/** @typedef {import('puppeteer-core').Page} Page */

const FILE = 'docs/layout.md';

/** A projector at 150 % has 1280 x 720 pixels of its own. @type {{ width: number, height: number, scale: number }[]} */
const SIZES = [
  { width: 1440, height: 900, scale: 1 },
  { width: 1280, height: 720, scale: 1 },
  { width: 1024, height: 768, scale: 1 },
  { width: 853, height: 480, scale: 1.5 },
  { width: 390, height: 844, scale: 1 },
];

/** The sizes at which the place of Play is measured. */
const PLAY_SIZES = SIZES.filter(({ width }) => width === 1440 || width === 1024);

/** A desktop has a mouse, of which a browser without a window knows nothing. */
const MOUSE = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4',
];

/** Actions after which Play must stand where it stood. @type {[name: string, act: (page: Page) => Promise<unknown>][]} */
const ACTIONS = [
  ['train one batch', (page) => press(page, 'Step 1 batch')],
  ['train one epoch', (page) => press(page, 'Run 1 epoch')],
  ['play', (page) => click(page, '.play')],
  ['pause', (page) => click(page, '.play')],
  ['open Step by step', (page) => click(page, '#tab-inside')],
  ['next stage', (page) => press(page, 'Backward')],
  ['open Explain', (page) => click(page, '#group-explain')],
  ['open Distributions', (page) => click(page, '#tab-spread')],
  ['open Feature space', (page) => click(page, '#tab-warp')],
  ['open Loss surface', (page) => click(page, '#tab-surface')],
  ['open Compare', (page) => click(page, '#tab-compare')],
  ['open Code & log', (page) => click(page, '#group-text')],
  ['look back one batch', (page) => press(page, 'One batch back')],
  ['back to latest', (page) => press(page, 'Back to latest')],
  ['open all settings', (page) => click(page, '.all-settings')],
  ['close all settings', (page) => press(page, 'Close the settings')],
  ['change the optimizer', (page) => page.select('#quick-optimizer', 'SGD')],
  ['undo', (page) => press(page, 'Undo')],
  ['select a unit', (page) => click(page, '.units button:nth-child(3)')],
  ['train to the end', (page) => toTheEnd(page)],
  ['reset', (page) => press(page, 'Reset')],
  ['choose another data set', (page) => click(page, 'input[name=data][value=Spiral]')],
];

await script(async () => {
  await buildAll();
  await stage('layout', async () => {
    const { url, close } = await serve({ zip: true });
    const [browser, touch] = await Promise.all([
      launch('chromium', { args: MOUSE }),
      launch('chromium'),
    ]);
    try {
      const rows = [];
      for (const size of SIZES)
        rows.push(await measure(size.width < 500 ? touch : browser, url, size));
      const jumps = [];
      for (const size of PLAY_SIZES) jumps.push(await measurePlay(browser, url, size));
      const seen = [
        await firstSight(browser, url, { cpu: 1, slow: false }),
        await firstSight(browser, url, { cpu: 4, slow: true }),
      ];
      const ideas = [];
      for (const idea of IDEAS) ideas.push(await reach(url, idea));
      const text = report(rows, jumps, seen, ideas);
      writeFileSync(join(root, FILE), text);
      console.log(`\n${text}`);
    } finally {
      await Promise.all([quit(browser), quit(touch)]);
      await close();
    }
    return FILE;
  });
});

/** @param {import('puppeteer-core').Browser} browser @param {string} url @param {(typeof SIZES)[number]} size */
async function open(browser, url, { width, height, scale }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({
    width,
    height,
    deviceScaleFactor: scale,
    hasTouch: width < 500,
    isMobile: width < 500,
  });
  await page.evaluateOnNewDocument(watchShifts);
  await page.goto(url);
  await page.waitForSelector('.meter[data-steps]');
  await page.waitForSelector('.rail input');
  await sleep(800);
  return { page, end: () => context.close() };
}

/** Sums the layout shifts of the page. Runs in the page. */
function watchShifts() {
  const sum = /** @type {Window & { shifts?: number }} */ (window);
  sum.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of /** @type {(PerformanceEntry & { value: number, hadRecentInput: boolean })[]} */ (
      list.getEntries()
    ))
      if (!entry.hadRecentInput) sum.shifts = (sum.shifts ?? 0) + entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
}

/** What is in sight while the page trains. @param {import('puppeteer-core').Browser} browser @param {string} url @param {(typeof SIZES)[number]} size */
async function measure(browser, url, size) {
  const { page, end } = await open(browser, url, size);
  const controls = await page.evaluate(countControls);
  const { overflow } = await page.evaluate(() => ({
    overflow: document.documentElement.scrollWidth - innerWidth,
  }));
  await click(page, '.play');
  await sleep(2500);
  const shares = await page.evaluate(inSight, [
    '.picture',
    '.play',
    '.losses',
    '.sentence-row',
    '.curves',
  ]);
  const shifts = await page.evaluate(
    () => /** @type {Window & { shifts?: number }} */ (window).shifts ?? 0,
  );
  await end();
  return { size, controls, overflow, shares, shifts };
}

/**
 * Counts what can be used on the first screen without scrolling: each button, field and link, and a group of radio buttons
 * as one; without the units of the picture and the examples. Runs in the page.
 */
function countControls() {
  const all = document.querySelectorAll('button, input, select, summary, a[href], textarea');
  const groups = new Set();
  let count = 0;
  for (const element of /** @type {NodeListOf<HTMLInputElement>} */ (all)) {
    if (element.closest('.units, .examples')) continue;
    const { top, left, width, height } = element.getBoundingClientRect();
    const isThere =
      element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) ||
      element.type === 'radio';
    if (!isThere || !width || !height) continue;
    if (element.type === 'radio') {
      if (groups.has(element.name)) continue;
      groups.add(element.name);
    }
    if (top < innerHeight && left < innerWidth && top + height > 0) count++;
  }
  return count;
}

/** The shares of elements that are in sight. Runs in the page. @param {string[]} selectors */
function inSight(selectors) {
  return selectors.map((selector) => {
    const element = document.querySelector(selector);
    if (!element?.checkVisibility()) return 0;
    const { top, bottom, left, right } = element.getBoundingClientRect();
    // The bar at the foot of a narrow screen covers what is below it.
    const dock = document.querySelector('.dock')?.getBoundingClientRect();
    const isFoot = dock && dock.width && dock.top > innerHeight / 2;
    const floor = isFoot && !element.closest('.dock') ? dock.top : innerHeight;
    const high = Math.max(0, Math.min(bottom, floor) - Math.max(top, 0));
    const wide = Math.max(0, Math.min(right, innerWidth) - Math.max(left, 0));
    return (high * wide) / ((bottom - top) * (right - left));
  });
}

/** The place of Play before and after each action. @param {import('puppeteer-core').Browser} browser @param {string} url @param {(typeof SIZES)[number]} size */
async function measurePlay(browser, url, size) {
  const { page, end } = await open(browser, url, size);
  const top = () =>
    page.$eval('.play', (e) => {
      const { x, y } = e.getBoundingClientRect();
      return Math.hypot(x, y);
    });
  const rows = [];
  for (const [name, act] of ACTIONS) {
    const before = await top();
    await act(page);
    await sleep(700);
    rows.push({ name, before, after: await top() });
  }
  await end();
  return rows;
}

/**
 * Does the actions of an idea in a new browser, and waits for what must then be there.
 * @param {string} url
 * @param {import('./ideas.js').Idea} idea
 */
async function reach(url, { idea, actions, shows, text = /(?:)/ }) {
  const browser = await launch('chromium');
  try {
    const { page } = await open(browser, url, SIZES[0]);
    for (const [what, act] of actions) {
      await act(page).catch((error) => {
        throw new StageError(`${idea}: “${what}” failed: ${error.message}`);
      });
      await sleep(250);
    }
    await page
      .waitForFunction(
        (selector, source) =>
          [...document.querySelectorAll(selector)].some(
            (e) => e.checkVisibility() && new RegExp(source).test(e.textContent ?? ''),
          ),
        { timeout: 60_000 },
        shows,
        text.source,
      )
      .catch(() => {
        throw new StageError(`${idea}: ${shows} does not show ${text} after its actions.`);
      });
  } finally {
    await quit(browser);
  }
  return { idea, path: actions.map(([what]) => what) };
}

/** @param {Page} page */
async function toTheEnd(page) {
  await page.select('#speed', 'full');
  await click(page, '.play');
  await page.waitForFunction(
    () => document.querySelector('.play')?.textContent?.trim() === 'Start over',
  );
}

/** @param {Page} page @param {string} selector */
async function click(page, selector) {
  await page.waitForSelector(selector);
  await page.$eval(selector, (e) => /** @type {HTMLElement} */ (e).click());
}

/** @param {Page} page @param {string} name */
async function press(page, name) {
  await page.evaluate((name) => {
    const button = [...document.querySelectorAll('button')].find(
      (b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').trim() === name,
    );
    button?.click();
  }, name);
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * @param {Awaited<ReturnType<typeof measure>>[]} rows
 * @param {Awaited<ReturnType<typeof measurePlay>>[]} jumps in the order of `PLAY_SIZES`
 * @param {Awaited<ReturnType<typeof firstSight>>[]} seen
 * @param {Awaited<ReturnType<typeof reach>>[]} ideas
 */
function report(rows, jumps, seen, ideas) {
  const paths = ideas.map(
    ({ idea, path }) => `| ${idea} | ${path.length} | ${path.join(', ') || 'there at once'} |`,
  );
  const share = (/** @type {number} */ of) => `${Math.round(100 * of)} %`;
  const sights = rows.map(({ size, controls, shares, shifts, overflow }) => {
    const name = `${size.width}x${size.height}${size.scale > 1 ? ` at ${size.scale}` : ''}`;
    return `| ${[name, ...shares.map(share), controls, overflow > 0 ? `${overflow} px` : 'no', shifts.toFixed(3)].join(' | ')} |`;
  });
  const moves = ACTIONS.map(([name], i) => {
    const moved = jumps.map((all) => Math.round(Math.abs(all[i].after - all[i].before)));
    return `| ${[name, ...moved].join(' | ')} |`;
  });
  const times = seen.map(
    ({ cpu, slow, paint, largest, picture }) =>
      `| ${slow ? `slow 4G, ${cpu}x slower processor` : 'this machine'} | ${[paint, largest, picture].map((ms) => (ms / 1000).toFixed(2)).join(' | ')} |`,
  );
  return `# What is in sight

Measured from the built page in Chromium by \`npm run layout\`.

## While it trains

The share of each part that is on the screen without scrolling; the number of controls on a first visit (a group of radio
buttons counts once; the units of the picture and the listed examples are not counted); whether the page scrolls sideways;
and the cumulative layout shift until then.

| size | picture | Play | both losses | sentence | curves | controls | sideways | layout shift |
|---|---|---|---|---|---|---|---|---|
${sights.join('\n')}

## Pixels that Play moves

| action | ${PLAY_SIZES.map(({ width, height }) => `${width}x${height}`).join(' | ')} |
|---|---|---|
${moves.join('\n')}

## Actions from the opening page to each idea of the lesson

Each is done by the script, which then waits for what the idea must show.

| idea | actions | which |
|---|---|---|
${paths.join('\n')}

## Seconds until there is something to see

| where | first paint | largest paint | the network, ready to train |
|---|---|---|---|
${times.join('\n')}
`;
}

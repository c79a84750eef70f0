// The page sends no request to another host, and it stays responsive during training.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** Looks for long tasks, at most. */
const LOOKS = 3;

/**
 * Returns the durations of the tasks of more than 50 ms within 1.5 seconds.
 * @param {import('puppeteer-core').Page} page
 */
function longTasks(page) {
  return page.evaluate(async () => {
    /** @type {number[]} */
    const long = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        if (duration > 50) long.push(Math.round(duration));
    });
    observer.observe({ entryTypes: ['longtask'] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    observer.disconnect();
    return long;
  });
}

/**
 * Looks for long tasks until there are none. Other programs can only make a task longer, so that one look without long tasks
 * shows that the work of the page itself is short enough.
 * @param {import('puppeteer-core').Page} page
 */
async function untilNoneIsLong(page) {
  /** @type {number[][]} */
  const looks = [];
  while (looks.length < LOOKS && looks.at(-1)?.length !== 0) looks.push(await longTasks(page));
  return looks;
}

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(name, () => {
    const site = hand.opened(name);

    test('reaches only addresses below the page’s own, and trains on without a network', async () => {
      /** @type {string[]} */
      const asked = [];
      const { page, faults, close } = await hand.visit(site.browser, site.url, {
        before: async (page) => page.on('request', (request) => asked.push(request.url())),
      });
      await hand.pace(page, 'full');
      await hand.press(page, 'Play');
      await hand.until(page, (now) => now.epoch === 20);
      await hand.chooseData(page, 'Moons');
      await hand.until(page, (now) => now.steps === 0);
      assert.ok(asked.length >= 4, asked.join());
      for (const url of asked.filter((u) => !u.startsWith('data:'))) {
        assert.ok(url.startsWith(site.url), `asked for ${url}`);
      }
      // Without its host, the loaded page still works. The view that opens where nothing can be drawn is a part of it.
      await page.waitForSelector('[data-step="0"]');
      site.close();
      try {
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 1);
        await hand.chooseData(page, 'Digits01');
        await hand.until(page, (now) => now.batches === 25 && now.steps === 0);
      } finally {
        Object.assign(site, await hand.serve());
      }
      // Chromium requests the icon again.
      assert.deepEqual(
        faults.filter((fault) => !fault.includes('ERR_CONNECTION')),
        [],
      );
      await close();
    });

    test('reaches no other host and no inline script, by the security policy', async () => {
      const { page, close } = await hand.visit(site.browser, site.url);
      const held = await page.evaluate(async () => {
        /** @type {string[]} */
        const broken = [];
        document.addEventListener('securitypolicyviolation', (e) =>
          broken.push(e.effectiveDirective),
        );
        const script = document.createElement('script');
        script.textContent = 'window.inlineRan = true';
        document.body.append(script);
        await fetch('http://127.0.0.1:9/').catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { broken, ran: 'inlineRan' in window };
      });
      assert.equal(held.ran, false);
      assert.ok(held.broken.includes('connect-src'), held.broken.join());
      assert.ok(
        held.broken.some((d) => d.startsWith('script-src')),
        held.broken.join(),
      );
      await close();
    });

    test('reaches any step of the lesson’s run within 150 ms', async () => {
      const { page, close } = await hand.visit(site.browser, hand.link(site.url, hand.lesson(20)));
      await page.waitForSelector('#moment');
      await hand.pace(page, 'full');
      await hand.press(page, 'Play');
      await hand.until(page, (now) => now.epoch === 20);
      await hand.fingerprint(page);
      /** Milliseconds until the fingerprint of a step is shown. @type {number[]} */
      const waits = [];
      /** Other programs may delay one in 25. */
      const most = () => waits.toSorted((a, b) => a - b)[Math.ceil((waits.length * 24) / 25) - 1];
      // Where the machine is busy, more steps are tried; all of them count.
      do for (let i = 0; i < 25; i++) waits.push(await page.evaluate(scrubbed, (i * 197) % 500));
      while (most() >= 150 && waits.length < 100);
      assert.ok(most() < 150, `${waits.map(Math.round)}`);
      await close();
    });

    // Firefox does not report long tasks.
    if (name === 'firefox') return;
    test('reaches no task over 50 ms on the page’s thread during training', async () => {
      for (const [set, epochs] of /** @type {const} */ ([
        ['Digits01', '9000'],
        ['Digits', '4000'],
        ['Spiral', '60000'],
      ])) {
        const { page, close } = await hand.visit(site.browser, site.url);
        if (set !== 'Digits01') await hand.chooseData(page, set);
        await hand.type(page, 'f-fit-epochs', epochs);
        await hand.until(page, (now) => now.epochs === Number(epochs));
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch > 0);
        const looks = await untilNoneIsLong(page);
        assert.equal(
          await page.$eval('.play', (e) => e.textContent?.trim()),
          'Pause',
          'training continues',
        );
        assert.deepEqual(looks.at(-1), [], `${set}: ${JSON.stringify(looks)}`);
        await close();
      }
    });

    test('reaches at least 70 % of the training speed and no task over 50 ms with each view open', async () => {
      const { page, close } = await hand.visit(
        site.browser,
        hand.link(site.url, hand.lesson(90_000)),
      );
      await page.waitForSelector('#moment');
      await hand.pace(page, 'full');
      await hand.press(page, 'Play');
      await hand.until(page, (now) => now.epoch > 0);
      const speed = async () => {
        const [from, before] = [performance.now(), (await hand.read(page)).steps];
        await hand.sleep(500);
        return ((await hand.read(page)).steps - before) / (performance.now() - from);
      };
      const middle = (/** @type {number[]} */ all) =>
        all.toSorted((a, b) => a - b)[all.length >> 1];
      for (const id of [
        'compare',
        'inside',
        'units',
        'spread',
        'warp',
        'surface',
        'beside',
        'honesty',
      ]) {
        /** Training speed with the view open, as a share of that just before. @type {number[]} */
        const shares = [];
        // Where the machine is busy, more pairs are measured; all of them count.
        do {
          for (let i = 0; i < 3; i++) {
            await hand.tab(page, 'summary');
            const bare = await speed();
            await hand.tab(page, id);
            shares.push((await speed()) / bare);
          }
        } while (middle(shares) < 0.7 && shares.length < 15);
        assert.ok(middle(shares) >= 0.7, `${id}: ${shares.map((s) => s.toFixed(2))} of the speed`);
        const looks = await untilNoneIsLong(page);
        assert.deepEqual(looks.at(-1), [], `${id}: ${JSON.stringify(looks)}`);
      }
      await close();
    });
  });
}

/** In the page: goes to a step and waits for its fingerprint. @param {number} step @returns milliseconds */
async function scrubbed(step) {
  const shown = () => document.querySelector('[data-n=hash]')?.textContent;
  const before = shown();
  const slider = /** @type {HTMLInputElement} */ (document.getElementById('moment'));
  const from = performance.now();
  slider.value = String(step);
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  while (shown() === before && performance.now() - from < 5000) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return performance.now() - from;
}

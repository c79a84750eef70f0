// The timeline's marks and position, a loss surface that ends with its model, and key caps.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { preset } from '../../www/app/presets.js';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** @param {Page} page @param {'full'} pace */
async function train(page, pace) {
  await hand.pace(page, pace);
  await hand.press(page, 'Play');
  await page.waitForFunction(
    () => document.querySelector('.play')?.textContent?.trim() === 'Start over',
  );
}

/** The rectangles of elements. @param {Page} page @param {string} selector */
const rectangles = (page, selector) =>
  page.$$eval(selector, (all) =>
    all.map((e) => {
      const { left, right, top, bottom } = e.getBoundingClientRect();
      return { left, right, top, bottom };
    }),
  );

describe('timeline', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches marks that can all be seen and pressed, and the position in epochs', async () => {
        const start = preset('Moons', 42);
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, { ...start, fit: { ...start.fit, epochs: 300 } }),
        );
        await train(page, 'full');
        await page.waitForFunction(() => document.querySelectorAll('.rail .mark').length === 2);
        for (const width of [1440, 700, 390]) {
          await page.setViewport({ width, height: 900 });
          await page.waitForFunction(() => {
            const [a, b] = [...document.querySelectorAll('.rail .mark')].map((e) =>
              e.getBoundingClientRect(),
            );
            return a.right <= b.left + 0.5;
          });
          const marks = await rectangles(page, '.rail .mark');
          const [rail] = await rectangles(page, '.rail');
          for (const { left, right, top, bottom } of marks) {
            assert.ok(right - left >= 23.9 && bottom - top >= 23.9, JSON.stringify(marks));
            assert.ok(left > rail.left - 12 && right < rail.right + 12, JSON.stringify(marks));
          }
        }
        await page.waitForFunction(() =>
          /epoch 300 of 300, batch 10 of 10/.test(
            document.querySelector('[data-n=moment]')?.textContent ?? '',
          ),
        );
        // Each mark leads to its epoch.
        const [best, stop] = await page.$$eval('.rail .mark', (all) =>
          all.map((e) => Number(/epoch (\d+)/.exec(e.getAttribute('aria-label') ?? '')?.[1])),
        );
        for (const [i, epoch] of [best, stop].entries()) {
          const mark = (await page.$$('.rail .mark'))[i];
          await mark.click();
          await page.waitForFunction(
            (text) => document.querySelector('[data-n=moment]')?.textContent?.includes(text),
            {},
            `epoch ${epoch} of 300, batch 10 of 10`,
          );
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches no loss surface of another model', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, preset('Circle', 42)),
        );
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, ({ epoch }) => epoch === 1);
        await page.waitForSelector('#group-explain');
        await hand.tab(page, 'surface');
        await hand.pressed(page, 'Compute');
        await page.waitForFunction(() => /Up to date/.test(document.body.textContent ?? ''));
        assert.equal((await page.$$('.slices canvas')).length, 2);
        // More epochs continue the same run; another seed is another model.
        await hand.type(page, 'seed', '7');
        await page.waitForFunction(() => !document.querySelector('.slices canvas'));
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches key caps on one line', async () => {
        for (const width of [1440, 390]) {
          const { page, close } = await hand.visit(site.browser, site.url, { width });
          await page.keyboard.press('?');
          await page.waitForSelector('dialog[open] kbd');
          const heights = (await rectangles(page, 'dialog[open] kbd')).map((r) => r.bottom - r.top);
          assert.ok(Math.max(...heights) < 26, heights.join());
          const rows = await page.$$eval('dialog[open] .keys > div', (all) =>
            all.map((e) => e.scrollWidth <= e.clientWidth + 1),
          );
          assert.ok(rows.every(Boolean), 'a key cap sticks out');
          await close();
        }
      });
    });
  }
});

// The benchmark page: all libraries train in it, and axe finds no violation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

const axe = readFileSync(
  new URL('../../node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
);

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(`the bench page, ${name}`, () => {
    const site = hand.opened(name);

    /** @param {number} width */
    async function open(width) {
      const page = await site.browser.newPage();
      /** @type {string[]} */
      const faults = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
      await page.setViewport({ width, height: 800 });
      await page.goto(`${site.url}bench.html`);
      await page.waitForSelector('#workloads input');
      await page.evaluate(() => {
        for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (
          document.querySelectorAll('#workloads input')
        )) {
          box.checked = box.value === 'toy';
        }
        /** @type {HTMLSelectElement} */ (document.getElementById('rounds')).value = '3';
      });
      return { page, faults };
    }

    /** Waits for the start of the progress text. @param {import('puppeteer-core').Page} page @param {string} start */
    const says = (page, start) =>
      page.waitForFunction(
        (start) => document.getElementById('progress')?.textContent?.startsWith(start),
        { timeout: 90_000 },
        start,
      );

    test('reaches finite ratios on the toy network by keyboard, and axe finds no violation', async () => {
      const { page, faults } = await open(375);
      await page.focus('#start');
      await page.keyboard.press('Enter');
      await says(page, 'Done');
      const ratios = await page.$$eval('[data-ratio]', (all) =>
        all.map((e) => Number(/** @type {HTMLElement} */ (e).dataset.ratio)),
      );
      assert.equal(ratios.length, 2, 'one for each other library');
      for (const ratio of ratios) {
        assert.ok(Number.isFinite(ratio) && ratio > 0, `the ratio is ${ratio}`);
      }
      assert.match(
        await page.$eval('#versions', (e) => e.textContent ?? ''),
        /TensorFlow\.js 4\.22\.0, jax-js 0\.1\.25/,
      );
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 375, `the page is ${wide} wide on a phone`);
      await page.evaluate(axe);
      for (const theme of /** @type {const} */ (['light', 'dark'])) {
        const found = await page.evaluate(async (theme) => {
          document.documentElement.dataset.theme = theme;
          const { violations } = await /** @type {any} */ (window).axe.run();
          return violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes[0].html}`);
        }, theme);
        assert.deepEqual(found, [], theme);
      }
      assert.deepEqual(faults, []);
      await page.close();
    });

    test('reaches a stop in the middle, and a new start after it', async () => {
      const { page, faults } = await open(1200);
      await page.click('#start');
      await says(page, 'toy: round');
      await page.click('#stop');
      await says(page, 'Stopped');
      await page.click('#start');
      await says(page, 'toy: ');
      await page.click('#stop');
      await says(page, 'Stopped');
      assert.deepEqual(faults, []);
      await page.close();
    });
  });
}

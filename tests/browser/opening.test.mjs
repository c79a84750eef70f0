// What the page says where something cannot be opened, what it shows instead, and what it says about a drawing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** Waits for an alarm. @param {Page} page @param {RegExp} says */
async function alarm(page, says) {
  await page.waitForFunction(
    (source) => new RegExp(source, 's').test(document.querySelector('.alarm')?.textContent ?? ''),
    {},
    says.source,
  );
  return page.$eval('.alarm', (e) => e.textContent ?? '');
}

/** @param {Page} page */
const noAlarm = (page) => page.waitForFunction(() => !document.querySelector('.alarm'));

/** Drops a file. @param {Page} page @param {string} name @param {string} content */
function drop(page, name, content) {
  return page.evaluate(
    (name, content) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], name));
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }),
      );
    },
    name,
    content,
  );
}

/** Draws a line on the pad. @param {Page} page */
async function draw(page) {
  await hand.tab(page, 'draw');
  const pad = await page.waitForSelector('canvas.ink');
  await pad?.scrollIntoView();
  const box = await pad?.boundingBox();
  if (!box) throw new Error('There is no drawing pad.');
  await page.mouse.move(box.x + 30, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 160, box.y + 100, { steps: 8 });
  await page.mouse.up();
}

describe('opening', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches a working page at a first visit without the data file', async () => {
        const server = await hand.serve({
          change: (file) => (/^data\/.*\.bin/.test(file) ? { status: 404 } : undefined),
        });
        const { page, close } = await hand.visit(site.browser, server.url);
        const said = await alarm(page, /could not be fetched/);
        assert.match(said, /An experiment on generated data is shown instead\.$/);
        assert.doesNotMatch(said, /last working/);
        await page.waitForFunction(() => /Circle/.test(document.body.textContent ?? ''));
        // The next action that works ends the alarm.
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, ({ epoch }) => epoch > 2);
        await noAlarm(page);
        await close();
        server.close();
      });

      test('reaches a sentence for an empty link, and the page works', async () => {
        for (const fragment of ['#e=', '#E=']) {
          const { page, faults, close } = await hand.visit(site.browser, site.url + fragment);
          const said = await alarm(page, /experiment after “#e=” is missing/);
          assert.match(said, /The experiment of a first visit is shown instead\.$/);
          await hand.press(page, 'Step 1 batch');
          await hand.until(page, ({ batch }) => batch === 1);
          await noAlarm(page);
          await page.evaluate((fragment) => (location.hash = fragment), fragment);
          await alarm(page, /is missing.*Nothing was changed/);
          assert.equal((await hand.read(page)).batch, 1);
          assert.deepEqual(faults, []);
          await close();
        }
      });

      test('reaches a sentence for a table of data', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await drop(page, 'houses.csv', 'area,price\n10,2\n20,4\n');
        await alarm(
          page,
          /houses\.csv.*It is a table of data\. Your own data cannot be opened yet/,
        );
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a sentence about the classes beside the prediction of a drawing', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await draw(page);
        await page.waitForSelector('.verdict .known');
        const text = await page.$eval('.verdict .known', (e) =>
          e.textContent?.replace(/\s+/g, ' '),
        );
        assert.equal(
          text?.trim(),
          'This network knows only 0 and 1: it must call any drawing one of them.',
        );
        assert.deepEqual(faults, []);
        await close();
      });
    });
  }
});

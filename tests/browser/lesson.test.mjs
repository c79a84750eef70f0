// The page as a student uses it, from the first screen to a shared link.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as hand from './page.mjs';

/** Final fingerprints of the lesson's run, which must agree in all browsers. @type {Set<string>} */
const ends = new Set();

// Both browsers in parallel, each with one test at a time.
describe('the lesson', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);
      /** @type {import('puppeteer-core').Page} */
      let page;
      /** @type {string[]} */
      let faults;
      before(async () => {
        ({ page, faults } = await hand.visit(site.browser, site.url));
      });

      const text = (/** @type {string} */ selector) =>
        page.evaluate(
          (s) => /** @type {HTMLElement} */ (document.querySelector(s))?.innerText ?? '',
          selector,
        );

      test('reaches the zeros and ones with 25, 15 and 1 sigmoid units, ready to train', async () => {
        assert.deepEqual(await hand.heads(page), [
          'Input 20 × 20 pixels',
          'dense 25 sigmoid',
          'dense_1 15 sigmoid',
          'dense_2 1 sigmoid',
        ]);
        const now = await hand.read(page);
        assert.deepEqual([now.epoch, now.epochs, now.batch, now.batches], [0, 20, 0, 25]);
        assert.equal(
          await page.evaluate(() => document.querySelectorAll('.units button').length),
          1 + 25 + 15 + 1,
        );
      });

      test('reaches one batch and one epoch more by the step buttons, and the old state by reset and undo', async () => {
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.epoch === 0 && now.batch === 1);
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 1 && now.batch === 0);
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.epoch === 1 && now.batch === 1);
        const there = await hand.fingerprint(page);
        await hand.press(page, 'Reset');
        await hand.until(page, (now) => now.steps === 0);
        assert.notEqual(await hand.fingerprint(page), there);
        await hand.press(page, 'Undo');
        await hand.until(page, (now) => now.epoch === 1 && now.batch === 1);
        assert.equal(await hand.fingerprint(page), there);
        await hand.press(page, 'Reset');
        await hand.until(page, (now) => now.steps === 0);
      });

      test('reaches lower losses by Play, and no further step after Pause', async () => {
        await hand.press(page, 'Play');
        const early = await hand.until(page, (now) => now.epoch >= 1 && now.val > 0);
        const later = await hand.until(page, (now) => now.epoch >= 5);
        assert.ok(later.loss < early.loss - 0.1, `${early.loss} to ${later.loss}`);
        assert.ok(later.val < early.val - 0.1, `${early.val} to ${later.val}`);
        await hand.press(page, 'Pause');
        await page.waitForFunction(
          () => document.querySelector('.play')?.textContent?.trim() === 'Play',
        );
        await hand.still(page);
      });

      test('bits: a run that is played, paused and stepped to its end is the same in every browser', async () => {
        await hand.press(page, 'Run 1 epoch');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        const { loss } = await hand.until(page, (now) => now.epoch === 20);
        assert.ok(loss < 0.05, `the loss ends at ${loss}`);
        const end = await hand.fingerprint(page);
        assert.match(end ?? '', /^[0-9a-f]{16}$/);
        ends.add(end ?? '');
        assert.equal(ends.size, 1, [...ends].join());
        assert.match(await text('.score'), /test accuracy\s+(9[89]|100)/);
      });

      test('bits: the link reproduces the run', async () => {
        const other = await hand.visit(site.browser, page.url());
        await hand.pace(other.page, 'full');
        await hand.press(other.page, 'Play');
        await hand.until(other.page, (now) => now.epoch === 20);
        assert.ok(ends.has((await hand.fingerprint(other.page)) ?? ''));
        await other.close();
      });

      test('oracle: summary and fit log are as Keras prints them', async () => {
        // The lesson's published summary: 10,025 + 390 + 16 = 10,431 parameters.
        await hand.tab(page, 'summary');
        await page.waitForFunction(() =>
          document.querySelector('pre')?.textContent?.includes('Total params: 10,431'),
        );
        await hand.tab(page, 'log');
        await page.waitForFunction(() =>
          /Epoch 20\/20\n25\/25 /.test(document.querySelector('pre')?.textContent ?? ''),
        );
        assert.equal((await text('pre')).match(/val_loss: 0\.\d{4}/g)?.length, 20);
        await hand.tab(page, 'code');
        await page.waitForFunction(() =>
          document.querySelector('pre')?.textContent?.includes('set_random_seed(42)'),
        );
      });

      test('reaches the right predictions for a one drawn by mouse and a zero drawn by keyboard', async () => {
        await hand.tab(page, 'draw');
        const pad = await page.waitForSelector('.ink', { visible: true });
        await pad?.scrollIntoView();
        const box = await pad?.boundingBox();
        assert.ok(box);
        await page.mouse.move(box.x + 98, box.y + 30);
        await page.mouse.down();
        await page.mouse.move(box.x + 98, box.y + 165, { steps: 12 });
        await page.mouse.up();
        await page.waitForFunction(() =>
          /“1” (9\d|100)/.test(document.querySelector('.verdict')?.textContent ?? ''),
        );
        await hand.press(page, 'Clear');
        await pad?.focus();
        /** @param {string} keys */
        const go = async (keys) => {
          const names = { U: 'ArrowUp', D: 'ArrowDown', L: 'ArrowLeft', R: 'ArrowRight', S: ' ' };
          for (const key of keys) await page.keyboard.press(/** @type {any} */ (names)[key]);
        };
        await go(
          `${'U'.repeat(10)}S${'R'.repeat(4)}${'RD'.repeat(4)}${'D'.repeat(12)}${'LD'.repeat(4)}`,
        );
        await go(
          `${'L'.repeat(8)}${'LU'.repeat(4)}${'U'.repeat(12)}${'RU'.repeat(4)}${'R'.repeat(4)}S`,
        );
        await page.waitForFunction(() =>
          /“0” (9\d|100)/.test(document.querySelector('.verdict')?.textContent ?? ''),
        );
      });

      test('reaches a restart by a changed setting, more training by more epochs, and the old run by undo', async () => {
        await hand.type(page, 'f-fit-epochs', '22');
        await hand.until(page, (now) => now.epochs === 22 && now.epoch === 20);
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 21);
        await hand.type(page, 'f-model-config-layers-0-config-units', '9');
        await hand.until(page, (now) => now.steps === 0);
        await page.waitForFunction(
          () => document.querySelectorAll('.units button').length === 1 + 9 + 15 + 1,
        );
        await hand.press(page, 'Undo');
        await hand.until(page, (now) => now.epoch === 21);
        assert.equal(
          await page.$eval(
            '#f-model-config-layers-0-config-units',
            (e) => /** @type {HTMLInputElement} */ (e).value,
          ),
          '25',
        );
      });

      test('reaches an error at the field of an invalid setting, and keeps the last working run', async () => {
        await hand.type(page, 'f-model-config-layers-1-config-units', '0');
        await page.waitForSelector('#refusal');
        const field = await page.$eval(
          '#refusal',
          (e) => e.previousElementSibling?.querySelector('input')?.id,
        );
        assert.equal(field, 'f-model-config-layers-1-config-units');
        assert.match(await text('#refusal'), /units.*1/s);
        assert.equal((await hand.read(page)).epoch, 21);
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 22);
        await hand.press(page, 'Restore it');
        await page.waitForFunction(() => !document.querySelector('#refusal'));
      });

      test('reaches a lower loss on every data set', async () => {
        await hand.pace(page, 'full');
        const sets = await page.$$eval('input[name=data]', (options) =>
          options.map((o) => /** @type {HTMLInputElement} */ (o).value),
        );
        assert.ok(sets.length >= 9);
        // The first one is open already.
        for (const set of [...sets.slice(1), sets[0]]) {
          await hand.chooseData(page, set);
          await page.waitForFunction(
            (s) => atob(location.hash.slice(3)).includes(`"class_name":"${s}"`),
            {},
            set,
          );
          const { epoch } = await hand.until(page, (now) => now.steps === 0);
          assert.equal(epoch, 0);
          await hand.press(page, 'Run 1 epoch');
          const first = await hand.until(page, (now) => now.epoch === 1);
          await hand.press(page, 'Play');
          const last = await hand.until(page, (now) => now.epoch === now.epochs);
          assert.ok(last.loss < first.loss, `${set}: ${first.loss} to ${last.loss}`);
        }
        assert.deepEqual(faults, []);
      });
    });
  }
});

// The page survives a killed worker, a hidden tab, a reload and invalid input.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

// Both browsers in parallel, each with one test at a time.
describe('robustness', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('bits: after 20 killed workers a run ends with the same weights as an undisturbed one', async () => {
        const EPOCHS = 1000;
        const url = hand.link(site.url, hand.lesson(EPOCHS));
        const calm = await hand.visit(site.browser, url);
        await hand.pace(calm.page, 'full');
        await hand.press(calm.page, 'Play');
        await hand.until(calm.page, (now) => now.epoch === EPOCHS);
        const expected = await hand.fingerprint(calm.page);
        await calm.close();

        const { page, close } = await hand.visit(site.browser, url, { before: hand.holdWorkers });
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        for (let kill = 1; kill <= 20; kill++) {
          // The tenth kills a new worker before its first message.
          if (kill === 10) {
            await page.waitForFunction(
              () => /** @type {any} */ (window).workersOfTest.length === 10,
            );
          } else {
            await hand.sleep(100); // for the last messages of the killed worker
            const { steps } = await hand.read(page);
            await hand.until(page, (now) => now.steps !== steps);
          }
          const main = await page.evaluate(() => {
            /** @type {any} */ (window).workersOfTest.at(-1).terminate();
            return document.querySelector('.play')?.textContent?.trim();
          });
          assert.equal(main, 'Pause', `training continues at kill ${kill}`);
        }
        await hand.until(page, (now) => now.epoch === EPOCHS);
        assert.equal(
          await page.evaluate(() => /** @type {any} */ (window).workersOfTest.length),
          21,
        );
        assert.equal(await hand.fingerprint(page), expected);
        await close();
      });

      test('reaches a new worker within seconds on plain http, where there are no locks', async () => {
        const { page, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(90_000)),
          {
            before: async (page) => {
              await hand.holdWorkers(page);
              await page.evaluateOnNewDocument(() =>
                Object.defineProperty(navigator, 'locks', { value: undefined }),
              );
            },
          },
        );
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch > 3);
        await page.evaluate(() => /** @type {any} */ (window).workersOfTest.at(-1).terminate());
        await hand.sleep(200);
        const { steps } = await hand.read(page);
        const start = Date.now();
        await hand.until(page, (now) => now.steps > steps, 30_000);
        assert.ok(Date.now() - start < 15_000, `${Date.now() - start} ms`);
        assert.equal(
          await page.evaluate(() => /** @type {any} */ (window).workersOfTest.length),
          2,
        );
        await close();
      });

      test('bits: after a reload a run loses at most 2 seconds of training and ends with the same weights', async () => {
        const url = hand.link(site.url, hand.lesson(40));
        const { page, close } = await hand.visit(site.browser, url);
        await hand.press(page, 'Play');
        /** @type {{ at: number, steps: number }[]} */
        const seen = [];
        const end = Date.now() + 3500;
        while (Date.now() < end) {
          seen.push({ at: Date.now(), steps: (await hand.read(page)).steps });
          await hand.sleep(50);
        }
        const reloaded = Date.now();
        await page.reload();
        await hand.ready(page);
        const { steps } = await hand.until(page, (now) => now.steps > 0);
        const wanted = seen.findLast(({ at }) => at <= reloaded - 2000)?.steps ?? 0;
        assert.ok(
          wanted > 0 && steps >= wanted,
          `${steps} steps after the reload, ${wanted} two seconds before it`,
        );
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 40);
        const whole = await hand.fingerprint(page);
        // At maximum speed the run could finish before the first check.
        await hand.pace(page, 'steady');
        await hand.press(page, 'Start over');
        await hand.until(page, (now) => now.epoch < 40);
        await hand.pace(page, 'full');
        await hand.until(page, (now) => now.epoch === 40);
        assert.equal(await hand.fingerprint(page), whole);
        await close();
      });

      test('reaches more epochs in a hidden tab', async () => {
        const url = hand.link(site.url, hand.lesson(90_000));
        const { page, close } = await hand.visit(site.browser, url);
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.steps > 0);
        const other = await page.browserContext().newPage();
        await other.bringToFront();
        assert.equal(await page.evaluate(() => document.visibilityState), 'hidden');
        const before = await hand.read(page);
        await hand.sleep(2500);
        assert.deepEqual(await hand.read(page), before, 'a hidden page is not drawn');
        await page.bringToFront();
        const { epoch } = await hand.until(page, (now) => now.steps !== before.steps, 3000);
        assert.ok(
          epoch > before.epoch + 100,
          `it has not trained meanwhile: ${before.epoch}, ${epoch}`,
        );
        await close();
      });

      test('reaches one sentence for each damaged link, and keeps the run', async () => {
        const good = hand.link(site.url, hand.lesson(7));
        const { page, faults, close } = await hand.visit(site.browser, good);
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.steps === 1);
        const lesson = hand.lesson(7);
        lesson.model.config.layers[1].config.units = 0;
        const endless = hand.lesson(7);
        endless.model.config.layers = Array(5000).fill(endless.model.config.layers[0]);
        const damaged = [
          ['#e=%%%', 'damaged'],
          [`#e=${good.split('#e=')[1].slice(0, 50)}`, 'not a Glassbox experiment'],
          [new URL(hand.link(site.url, '[1, 2]')).hash, 'not a Glassbox experiment'],
          [new URL(hand.link(site.url, lesson)).hash, 'units'],
          [new URL(hand.link(site.url, endless)).hash, 'too long'],
        ];
        for (const [hash, word] of damaged) {
          await page.evaluate((hash) => (location.hash = hash), hash);
          await page.waitForFunction(
            (w) => document.querySelector('.alarm')?.textContent?.includes(w),
            {},
            word,
          );
          const now = await hand.read(page);
          assert.deepEqual([now.epochs, now.steps], [7, 1], 'the run is unchanged');
        }
        // On a fresh page the stored experiment opens instead, with its checkpoint.
        for (const [hash, word] of damaged.slice(0, 1).concat(damaged.slice(3))) {
          await page.goto('about:blank');
          await page.goto(site.url + hash);
          await hand.ready(page);
          await page.waitForFunction(
            (w) => document.querySelector('.alarm')?.textContent?.includes(w),
            {},
            word,
          );
          const now = await hand.until(page, ({ steps }) => steps > 0);
          assert.deepEqual([now.epochs, now.steps], [7, 1]);
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a message for damaged storage and for an invalid file, and the page works', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await page.evaluate(() => localStorage.setItem('glassbox.settings', 'null'));
        await hand.spoil(page, site.url, 99);
        await page.goto(site.url);
        await hand.ready(page);
        await page.waitForSelector('.alarm');
        assert.equal((await hand.read(page)).epochs, 20);
        const input = await page.waitForSelector('#open-file');
        const file = join(await mkdtemp(join(tmpdir(), 'glassbox-')), 'experiment.json');
        await writeFile(file, 'once upon a time');
        await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (
          input
        ).uploadFile(file);
        await page.waitForFunction(() =>
          document.querySelector('.alarm')?.textContent?.includes('not a Glassbox experiment'),
        );
        await writeFile(file, JSON.stringify(hand.lesson(9)));
        await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (
          input
        ).uploadFile(file);
        await hand.until(page, (now) => now.epochs === 9);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a message for a run that diverges, and the page works', async () => {
        const wild = hand.lesson(20);
        wild.compile.optimizer = {
          class_name: 'SGD',
          config: /** @type {any} */ ({ learning_rate: 1e30 }),
        };
        wild.compile.loss = { class_name: 'MeanSquaredError', config: {} };
        for (const layer of wild.model.config.layers) layer.config.activation = 'linear';
        const { page, close } = await hand.visit(site.browser, hand.link(site.url, wild));
        await hand.press(page, 'Play');
        await page.waitForSelector('.alarm');
        const said = await page.evaluate(() => document.querySelector('.alarm')?.textContent ?? '');
        assert.match(said, /dense|loss/);
        await hand.type(page, 'f-compile-optimizer-config-learning_rate', '0.01');
        await page.waitForFunction(() => !document.querySelector('.alarm'));
        // The buttons are enabled again when the new run is drawn.
        await page.waitForFunction(() =>
          [...document.querySelectorAll('button')].some(
            (button) => button.ariaLabel === 'Step 1 batch' && !button.disabled,
          ),
        );
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.steps === 1);
        await close();
      });

      // Only Chromium's driver can evaluate code in a worker.
      if (name === 'firefox') return;
      test('bits: after a trap of the engine a run ends with the same weights', async () => {
        const url = hand.link(site.url, hand.lesson(100));
        const calm = await hand.visit(site.browser, url);
        await hand.pace(calm.page, 'full');
        await hand.press(calm.page, 'Play');
        await hand.until(calm.page, (now) => now.epoch === 100);
        const expected = await hand.fingerprint(calm.page);
        await calm.close();
        const { page, close } = await hand.visit(site.browser, url);
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch > 3);
        await page.workers()[0].evaluate(() => {
          // From now on every copy out of the engine's memory throws, as a trap does.
          const { prototype } = /** @type {any} */ (Float32Array);
          prototype.set = prototype.slice = () => {
            throw new WebAssembly.RuntimeError('unreachable');
          };
        });
        await hand.until(page, (now) => now.epoch === 100);
        assert.equal(await hand.fingerprint(page), expected);
        await close();
      });
    });
  }
});

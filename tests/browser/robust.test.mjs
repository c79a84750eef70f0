// The page stands when its worker dies, its tab is hidden, it is reloaded, or it is given nonsense.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

// Both browsers at once, each with one test at a time.
describe('whatever happens', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('bits: a worker killed 20 times ends on the same weights as one that was left alone', async () => {
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
          // The tenth kills a worker that has only just been made, before it could say a word.
          if (kill === 10) {
            await page.waitForFunction(
              () => /** @type {any} */ (window).workersOfTest.length === 10,
            );
          } else {
            await hand.sleep(100); // for what the last worker had still sent
            const { steps } = await hand.read(page);
            await hand.until(page, (now) => now.steps !== steps);
          }
          const main = await page.evaluate(() => {
            /** @type {any} */ (window).workersOfTest.at(-1).terminate();
            return document.querySelector('.play')?.textContent?.trim();
          });
          assert.equal(main, 'Pause', `it trains at kill ${kill}`);
        }
        await hand.until(page, (now) => now.epoch === EPOCHS);
        assert.equal(
          await page.evaluate(() => /** @type {any} */ (window).workersOfTest.length),
          21,
        );
        assert.equal(await hand.fingerprint(page), expected);
        await close();
      });

      test('bits: a run goes on by itself after its reload, losing at most 2 seconds, to the same end', async () => {
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
          `${steps} steps are left of ${wanted} two seconds before`,
        );
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 40);
        const whole = await hand.fingerprint(page);
        // At full pace the whole run would be over before anyone looks.
        await hand.pace(page, 'steady');
        await hand.press(page, 'Again');
        await hand.until(page, (now) => now.epoch < 40);
        await hand.pace(page, 'full');
        await hand.until(page, (now) => now.epoch === 40);
        assert.equal(await hand.fingerprint(page), whole);
        await close();
      });

      test('reaches: a hidden tab trains on', async () => {
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
        assert.deepEqual(await hand.read(page), before, 'nothing is drawn while nobody sees it');
        await page.bringToFront();
        const { epoch } = await hand.until(page, (now) => now.steps !== before.steps, 3000);
        assert.ok(
          epoch > before.epoch + 100,
          `it was trained meanwhile: ${before.epoch}, ${epoch}`,
        );
        await close();
      });

      test('reaches: damaged links say so in one sentence and cost nothing', async () => {
        const good = hand.link(site.url, hand.lesson(7));
        const { page, faults, close } = await hand.visit(site.browser, good);
        await hand.press(page, 'batch');
        await hand.until(page, (now) => now.steps === 1);
        const lesson = hand.lesson(7);
        lesson.model.config.layers[1].config.units = 0;
        const endless = hand.lesson(7);
        endless.model.config.layers = Array(5000).fill(endless.model.config.layers[0]);
        const damaged = [
          ['#e=%%%', 'damaged'],
          [`#e=${good.split('#e=')[1].slice(0, 50)}`, 'no experiment'],
          [new URL(hand.link(site.url, '[1, 2]')).hash, 'no experiment'],
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
          assert.deepEqual(
            [now.epochs, now.steps],
            [7, 1],
            'the run that was there is still there',
          );
        }
        // The same from scratch: the browser's own experiment comes instead, with its training.
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

      test('reaches: a spoilt storage and a spoilt file say so, and the page works', async () => {
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
          document.querySelector('.alarm')?.textContent?.includes('no experiment'),
        );
        await writeFile(file, JSON.stringify(hand.lesson(9)));
        await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (
          input
        ).uploadFile(file);
        await hand.until(page, (now) => now.epochs === 9);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches: a run that diverges says so, and the page works on', async () => {
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
        // The buttons work again when the new run is drawn.
        await page.waitForFunction(() =>
          [...document.querySelectorAll('button')].some(
            (button) => button.textContent?.trim() === 'batch' && !button.disabled,
          ),
        );
        await hand.press(page, 'batch');
        await hand.until(page, (now) => now.steps === 1);
        await close();
      });

      // Only Chromium's driver reaches into a worker.
      if (name === 'firefox') return;
      test('bits: a trapped engine is thrown away, and the run goes on to the same end', async () => {
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
          // From here on every copy out of the engine's memory fails as a trap does.
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

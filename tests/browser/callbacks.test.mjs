// Callbacks on the page: the log, the notices, the marks on the charts, their files and their weights.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

describe('callbacks', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      /**
       * Runs the lesson with callbacks to its end, with the log open.
       * @param {any[]} callbacks
       * @param {any} [more] of `compile`
       */
      async function run(callbacks, more = {}) {
        const lesson = hand.lesson(20);
        const experiment = {
          ...lesson,
          compile: { ...lesson.compile, ...more },
          fit: { ...lesson.fit, callbacks },
        };
        const visit = await hand.visit(site.browser, hand.link(site.url, experiment));
        const { page } = visit;
        await hand.tab(page, 'log');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await page.waitForFunction(() =>
          document.querySelector('.play')?.textContent?.includes('Start over'),
        );
        /** @param {string} selector */
        const text = (selector) =>
          page.evaluate((s) => document.querySelector(s)?.textContent ?? '', selector);
        await page.waitForFunction(
          () =>
            /Epoch \d+\/20/.test(document.querySelector('pre')?.textContent ?? '') &&
            document.querySelector('[data-n=hash]'),
        );
        return { ...visit, text };
      }
      const early = (/** @type {any} */ config) => ({ class_name: 'EarlyStopping', config });

      test('oracle: an early stop is logged as Keras logs it, and marked', async () => {
        const config = { monitor: 'loss', patience: 2, min_delta: 0.5, restore_best_weights: true };
        const { page, text, faults, close } = await run([early(config)]);
        // The first epoch is the best: the two after it do not improve by 0.5.
        const words = [
          'Epoch 3: early stopping',
          'Restoring model weights from the end of the best epoch: 1.',
        ];
        await page.waitForFunction(
          (end) => document.querySelector('pre')?.textContent?.endsWith(end),
          {},
          words.join('\n') + '\n',
        );
        assert.equal(await text('.notice'), words.join('. '));
        await hand.press(page, 'table');
        await page.waitForSelector('.curve th[scope=row]');
        const rows = await page.$$eval('.curve[aria-label=Loss] th[scope=row]', (cells) =>
          cells.map((cell) => cell.textContent),
        );
        assert.deepEqual(rows, ['1, best', '2', '3, stopped']);
        assert.equal((await hand.read(page)).epoch, 3);
        assert.deepEqual(faults, []);
        await close();
      });

      test('oracle: learning rates that callbacks set are logged and announced', async () => {
        const { page, text, close } = await run([
          { class_name: 'LearningRateScheduler', config: { rates: [0.01, 0.005] } },
          {
            class_name: 'ReduceLROnPlateau',
            config: { monitor: 'loss', min_delta: 5, patience: 19, factor: 0.5 },
          },
        ]);
        const log = await text('pre');
        assert.match(
          log,
          /^Epoch 1: LearningRateScheduler setting learning rate to 0\.01\.\nEpoch 1\/20\n/,
        );
        const reduced =
          'Epoch 20: ReduceLROnPlateau reducing learning rate to 0.0024999999441206455.';
        await page.waitForFunction(
          (line) => document.querySelector('pre')?.textContent?.includes(line),
          {},
          reduced,
        );
        assert.equal(await text('.notice'), reduced);
        assert.match(await text('.live'), /learning rate 0\.005000\.$/);
        await close();
      });

      test('reaches the last of many announcements, with the number of earlier ones', async () => {
        const lesson = hand.lesson(60);
        const config = { monitor: 'loss', min_delta: 9, patience: 1, factor: 0.9 };
        const experiment = {
          ...lesson,
          // So small that many epochs are trained between two frames.
          data: { class_name: 'Circle', config: { n: 50 } },
          model: {
            class_name: 'Sequential',
            config: { layers: lesson.model.config.layers.slice(2) },
          },
          fit: { epochs: 60, callbacks: [{ class_name: 'ReduceLROnPlateau', config }] },
        };
        const { page, close } = await hand.visit(site.browser, hand.link(site.url, experiment));
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 60);
        const notice = await page.$eval('.notice', (e) => e.textContent ?? '');
        assert.match(
          notice,
          /^Epoch 60: ReduceLROnPlateau reducing learning rate to \S+\. \d+ earlier messages /,
        );
        await close();
      });

      test('oracle: a loss that is not finite ends training as in Keras', async () => {
        const wild = {
          optimizer: { class_name: 'SGD', config: { learning_rate: 1e30 } },
          loss: { class_name: 'MeanSquaredError', config: {} },
        };
        const lesson = hand.lesson(20);
        const layers = [{ class_name: 'Dense', config: { units: 1 } }];
        const experiment = {
          ...lesson,
          model: { class_name: 'Sequential', config: { layers } },
          compile: { ...wild, metrics: [] },
          fit: { ...lesson.fit, callbacks: [{ class_name: 'TerminateOnNaN', config: {} }] },
        };
        const { page, close } = await hand.visit(site.browser, hand.link(site.url, experiment));
        await hand.press(page, 'Play');
        await page.waitForFunction(() =>
          /^Batch 1: Invalid loss, terminating training\.$/.test(
            document.querySelector('.notice')?.textContent ?? '',
          ),
        );
        await close();
      });

      test('round trip: the best weights are restored, and undo restores the last ones', async () => {
        const { page, text, close } = await run([
          {
            class_name: 'ModelCheckpoint',
            config: { monitor: 'accuracy', save_best_only: true, mode: 'min' },
          },
          { class_name: 'CSVLogger', config: { filename: 'run.csv', separator: ';' } },
          { class_name: 'CSVLogger', config: { filename: 'second.csv' } },
        ]);
        const end = await text('[data-n=hash]');
        // The lowest accuracy is that of the first epoch.
        assert.match(await text('.best'), /best epoch:\s+1\s+\(accuracy 0\.\d{4}\)/);
        const saves = await page.evaluate(() =>
          [...document.querySelectorAll('button')].flatMap(
            (b) => b.textContent?.match(/Save \w+\.csv/) ?? [],
          ),
        );
        assert.deepEqual(saves, ['Save run.csv', 'Save second.csv']);
        const csv = await page.evaluate(
          () =>
            new Promise((resolve) => {
              const made = URL.createObjectURL;
              URL.createObjectURL = (/** @type {any} */ blob) => {
                URL.createObjectURL = made;
                blob.text().then(resolve);
                return made(blob);
              };
              const buttons = [...document.querySelectorAll('button')];
              buttons.find((b) => b.textContent?.trim() === 'Save run.csv')?.click();
            }),
        );
        const lines = String(csv).trimEnd().split('\r\n');
        assert.equal(lines[0], 'epoch;accuracy;loss;val_accuracy;val_loss');
        assert.equal(lines.length, 21);
        await hand.press(page, 'Restore its weights');
        await hand.until(page, (now) => now.epoch === 1);
        await page.waitForFunction(
          (end) => {
            const hash = document.querySelector('[data-n=hash]')?.textContent;
            return hash && hash !== end;
          },
          {},
          end,
        );
        assert.match(await text('.notice'), /Restored the weights after epoch 1\./);
        await hand.press(page, 'Undo');
        await hand.until(page, (now) => now.epoch === 20);
        await page.waitForFunction(
          (end) => document.querySelector('[data-n=hash]')?.textContent === end,
          {},
          end,
        );
        await close();
      });
    });
  }
});

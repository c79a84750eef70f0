// One engine: it is fetched and compiled once for both workers, and each worker is replaced when it dies.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { launch, quit } from '../../scripts/launch.js';
import * as hand from './page.mjs';

/** Edits a field, and opens the view of a step: both need the worker that inspects. @param {import('puppeteer-core').Page} page */
async function inspect(page) {
  await hand.type(page, 'f-model-config-layers-0-config-units', '7');
  await page.waitForFunction(() => atob(location.hash.slice(3)).includes('"units":7'));
  await hand.press(page, 'Step 1 batch');
  await hand.until(page, (now) => now.steps === 1);
  await page.waitForSelector('#tab-inside');
  await page.focus('.units button[tabindex="0"]');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await hand.tab(page, 'inside');
  await page.waitForSelector('[data-step="1"]', { timeout: 60_000 });
}

describe('one engine', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      /**
       * Opens the page; counts how often its engine is fetched.
       * @param {(page: import('puppeteer-core').Page) => Promise<unknown>} [before]
       */
      const visit = async (before) => {
        let fetched = 0;
        const onSent = (/** @type {string} */ file) => {
          if (file.endsWith('.wasm')) fetched++;
        };
        const [browser, server] = await Promise.all([launch(name), hand.serve({ onSent })]);
        const { page, faults } = await hand.visit(browser, server.url, { before });
        const close = async () => {
          await quit(browser);
          server.close();
        };
        return { page, faults, fetched: () => fetched, close };
      };

      test('reaches: the engine is fetched once, also after an edit and with a step opened', async () => {
        const { page, faults, fetched, close } = await visit();
        await inspect(page);
        assert.equal(fetched(), 1);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches: where a browser cannot hand a compiled engine over, each worker fetches its own', async () => {
        const { page, faults, fetched, close } = await visit((page) =>
          page.evaluateOnNewDocument(() => {
            const post = Worker.prototype.postMessage;
            Worker.prototype.postMessage = function (
              /** @type {any} */ message,
              /** @type {any} */ options,
            ) {
              if (message.module)
                throw new DOMException('It could not be cloned.', 'DataCloneError');
              post.call(this, message, options);
            };
          }),
        );
        await inspect(page);
        // The page has fetched it in vain.
        assert.equal(fetched(), 3);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches: the worker that inspects is replaced when it dies, without another download', async () => {
        const { page, faults, fetched, close } = await visit((page) =>
          page.evaluateOnNewDocument(() => {
            const Native = Worker;
            const held = /** @type {any} */ (Object.assign(window, { inspectors: [] })).inspectors;
            window.Worker = class extends Native {
              /** @param {ConstructorParameters<typeof Worker>} given */
              constructor(...given) {
                super(...given);
                if (given[1]?.name === 'inspect') held.push(this);
              }
            };
          }),
        );
        await inspect(page);
        await page.evaluate(() => /** @type {any} */ (window).inspectors.at(-1).terminate());
        await hand.press(page, 'Step 1 batch');
        await page.waitForSelector('[data-step="2"]', { timeout: 60_000 });
        assert.equal(await page.evaluate('inspectors.length'), 2);
        assert.equal(fetched(), 1);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches: the dice draws a seed from the whole range', async () => {
        const { page, close } = await visit();
        const seeds = new Set();
        for (let rolls = 0; rolls < 6; rolls++) {
          const before = await page.$eval(
            '#seed',
            (e) => /** @type {HTMLInputElement} */ (e).value,
          );
          await hand.press(page, 'Random seed');
          await page.waitForFunction(
            (before) => /** @type {any} */ (document.getElementById('seed')).value !== before,
            {},
            before,
          );
          seeds.add(
            await page.$eval('#seed', (e) => Number(/** @type {HTMLInputElement} */ (e).value)),
          );
        }
        const all = [...seeds];
        assert.ok(all.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
        // Six of 16 bits alone would come by chance once in 10^29.
        assert.ok(
          all.some((seed) => seed > 0xffff),
          all.join(),
        );
        await close();
      });
    });
  }
});

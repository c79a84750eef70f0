// The glass box: any moment of the run, any step of it, down to one weight; by keyboard alone, and to Keras' numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import * as hand from './page.mjs';

const CASE = '../keras/cases/seed_dense_25_15_1_sigmoid_adam.json';

/** A golden case as an experiment: its rows in its text, its first weights set by hand. @param {any} golden */
function experimentOf(golden) {
  const named = (/** @type {any} */ { class: class_name, args: config }) => ({
    class_name,
    config,
  });
  return {
    data: {
      class_name: 'Numbers',
      config: { x: golden.x.data, y: golden.y.data, shape: golden.x.shape.slice(1) },
    },
    model: { class_name: 'Sequential', config: { layers: golden.model_config.config.layers } },
    compile: {
      optimizer: named(golden.compile.optimizer),
      loss: named(golden.compile.loss),
      metrics: golden.compile.metrics,
    },
    fit: { batch_size: golden.batch_size, shuffle: false, epochs: 400 },
    seed: 0,
    start: {
      weights: golden.weights_init.map((/** @type {any} */ { path, data }) => ({
        path: path.split('/').slice(1).join('/'),
        values: data,
      })),
    },
  };
}

describe('the glass box', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      /** @type {import('puppeteer-core').Browser} */
      let browser;
      /** @type {Awaited<ReturnType<typeof hand.serve>>} */
      let server;
      before(async () => {
        [browser, server] = await Promise.all([hand.launch(name), hand.serve()]);
      });
      after(async () => {
        await hand.quit(browser);
        server?.close();
      });

      test('oracle: by keyboard, three activations lead from the running network to Keras’ dL/dw', async () => {
        const golden = JSON.parse(readFileSync(new URL(CASE, import.meta.url), 'utf8'));
        const url = hand.link(server.url, experimentOf(golden));
        const { page, faults, close } = await hand.visit(browser, url);
        await page.waitForSelector('#moment');
        await hand.pace(page, 'slow');
        await page.focus('.play');
        await page.keyboard.press('Enter');
        await hand.until(page, (now) => now.steps > 0);
        // To the picture's units; arrows lead to the fourth unit of the first layer.
        await page.focus('.units button[tabindex="0"]');
        await page.keyboard.press('ArrowRight');
        for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
        const where = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
        assert.equal(await where(), 'dense, unit 4');
        // 1: the unit.
        await page.keyboard.press('Enter');
        // 2: what looks inside it.
        await tabTo(page, (e) => e.textContent?.trim() === 'Look inside');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#weight');
        // Back to the first moment.
        await page.focus('#moment');
        await page.keyboard.press('Home');
        await page.waitForFunction(() =>
          document.querySelector('[data-n=moment]')?.textContent?.includes('batch 0'),
        );
        // 3: the weight: that of the second input.
        await page.waitForSelector('[data-step="0"] #weight');
        await page.focus('#weight');
        await page.keyboard.press('ArrowDown');
        await page.waitForSelector('[data-step="0"] [data-at="28"]');
        const shown = await page.waitForFunction(() => {
          const text = (/** @type {string} */ n) =>
            document.querySelector(`[data-n=${n}]`)?.textContent?.replaceAll('−', '-') ?? '';
          const difference = text('difference');
          return difference && { gradient: text('gradient'), difference: Number(difference) };
        });
        const { gradient, difference } = /** @type {any} */ (await shown.jsonValue());
        const wanted = golden.grad_step0[0].data[1 * 25 + 3];
        const off = Math.abs(Number(gradient) - wanted);
        assert.ok(off <= 2e-6 + 2e-5 * Math.abs(wanted), `${gradient}, in Keras ${wanted}`);
        assert.ok(
          Math.abs(difference - wanted) <= 2e-5 + 2e-2 * Math.abs(wanted),
          String(difference),
        );
        assert.deepEqual(faults, []);
        await close();
      });
    });
  }
});

/**
 * Presses Tab until something fitting has the focus.
 * @param {import('puppeteer-core').Page} page
 * @param {(element: Element) => boolean} fits
 */
async function tabTo(page, fits) {
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const found = await page
      .evaluate(
        (source) => new Function(`return (${source})(document.activeElement)`)(),
        fits.toString(),
      )
      .catch(() => false);
    if (found) return;
  }
  throw new Error('Tab does not lead there.');
}

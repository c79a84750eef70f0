// Fast users: edits of removed items, Play before an edit is applied, a part of the page that fails.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** An experiment that diverges in its first steps. */
function wild() {
  const lesson = hand.lesson(20);
  lesson.compile.optimizer = {
    class_name: 'SGD',
    config: /** @type {any} */ ({ learning_rate: 1e30 }),
  };
  lesson.compile.loss = { class_name: 'MeanSquaredError', config: {} };
  for (const layer of lesson.model.config.layers) layer.config.activation = 'linear';
  return lesson;
}

/** In the page: types into a field and presses the shortcut of Play, in one task. @param {string} id @param {string} value */
function typeAndPlay(id, value) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
}

/**
 * States of a run before it is edited and played at once.
 * @type {{ name: string, experiment: any, before: (page: Page) => Promise<any>, id: string, value: string }[]}
 */
const STANDS = [
  {
    name: 'before the first update',
    experiment: hand.lesson(50),
    before: async () => {},
    id: 'f-model-config-layers-0-config-units',
    value: '3',
  },
  {
    name: 'after the last epoch',
    experiment: hand.lesson(1),
    before: async (page) => {
      await hand.press(page, 'Run 1 epoch');
      await hand.until(page, (now) => now.epoch === 1);
    },
    id: 'f-model-config-layers-0-config-units',
    value: '3',
  },
  {
    name: 'after it diverged',
    experiment: wild(),
    before: async (page) => {
      await hand.press(page, 'Play');
      await page.waitForSelector('.alarm');
      await page.waitForSelector('.play[disabled]');
    },
    id: 'f-compile-optimizer-config-learning_rate',
    value: '0.001',
  },
];

describe('fast users', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      for (const { name, experiment, before, id, value } of STANDS) {
        test(`reaches the edited run by Play before the edit is applied, ${name}`, async () => {
          const url = hand.link(site.url, experiment);
          const { page, faults, close } = await hand.visit(site.browser, url);
          await before(page);
          await hand.makeForms(page);
          const was = new URL(page.url()).hash;
          await page.evaluate(typeAndPlay, id, value);
          await page.waitForFunction((was) => location.hash !== was, { timeout: 3000 }, was);
          const { steps } = await hand.until(page, (now) => now.steps > 0, 3000);
          if (experiment.fit.epochs > 1) await hand.until(page, (now) => now.steps > steps, 3000);
          assert.deepEqual(faults, []);
          await close();
        });
      }

      test('reaches an enabled Play at all times while edits are applied', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        await hand.makeForms(page);
        const dead = await page.evaluate(async () => {
          let dead = 0;
          const buttons = /** @type {Element} */ (document.querySelector('.transport'));
          const play = /** @type {HTMLButtonElement} */ (document.querySelector('.play'));
          new MutationObserver(() => (dead += play.disabled ? 1 : 0)).observe(buttons, {
            attributes: true,
            subtree: true,
          });
          for (const units of ['3', '4', '5', '6']) {
            const id = 'f-model-config-layers-0-config-units';
            const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
            field.value = units;
            field.dispatchEvent(new Event('change', { bubbles: true }));
            await new Promise((resolve) => setTimeout(resolve, 400));
          }
          return dead;
        });
        assert.equal(dead, 0);
        await close();
      });

      test('reaches no other layer by text typed into a removed one', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await hand.makeForms(page);
        const text = (/** @type {string} */ selector) =>
          page.$$eval(selector, (all) => all.map((e) => e.textContent?.trim()));
        await page.evaluate(() => {
          const last = /** @type {Element} */ (
            [...document.querySelectorAll('.layers > .layer')].at(-1)
          );
          const field = /** @type {HTMLInputElement} */ (last.querySelector('input'));
          /** @type {HTMLElement} */ (last.querySelector('[aria-label^=Remove]')).click();
          field.value = '77';
          field.dispatchEvent(new Event('change', { bubbles: true }));
        });
        await page.waitForFunction(
          () => document.querySelectorAll('.layers > .layer').length === 2,
        );
        assert.equal((await text('.layer-name')).filter(Boolean).length >= 2, true);
        assert.ok(!(await page.evaluate(() => atob(location.hash.slice(3)))).includes('77'));
        await hand.pressed(page, 'Play');
        await hand.until(page, (now) => now.steps > 0);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches one message for a part that cannot be drawn, and training continues', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.steps > 0);
        await page.evaluate(() => {
          const part = /** @type {HTMLElement} */ (document.querySelector('.predictions'));
          part.querySelectorAll = () => {
            throw new Error('a fault of the test');
          };
        });
        await page.waitForFunction(() =>
          document
            .querySelector('.alarm')
            ?.textContent?.includes('The predictions could not be drawn'),
        );
        const { steps } = await hand.read(page);
        await hand.until(page, (now) => now.steps > steps + 20);
        assert.equal(faults.length, 1, faults.join());
        await close();
      });
    });
  }
});

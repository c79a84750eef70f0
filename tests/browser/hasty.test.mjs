// Hands that are faster than the page: edits of what is gone, Play before an edit is taken in, a part that fails.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** A run that goes out of bounds in its first steps. */
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

/** In the page, in one go: types into a field, and presses the key that plays. @param {string} id @param {string} value */
function typeAndPlay(id, value) {
  const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
  field.value = value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
}

/**
 * How a run stands when it is changed and played at once.
 * @type {{ name: string, experiment: any, before: (page: Page) => Promise<any>, id: string, value: string }[]}
 */
const STANDS = [
  {
    name: 'at its beginning',
    experiment: hand.lesson(50),
    before: async () => {},
    id: 'f-model-config-layers-0-config-units',
    value: '3',
  },
  {
    name: 'while it is over',
    experiment: hand.lesson(1),
    before: async (page) => {
      await hand.press(page, 'epoch');
      await hand.until(page, (now) => now.epoch === 1);
    },
    id: 'f-model-config-layers-0-config-units',
    value: '3',
  },
  {
    name: 'while it is out of bounds',
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

describe('hasty hands', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      for (const { name, experiment, before, id, value } of STANDS) {
        test(`reaches: Play that is pressed before an edit is taken in plays the edited run, ${name}`, async () => {
          const url = hand.link(site.url, experiment);
          const { page, faults, close } = await hand.visit(site.browser, url);
          await before(page);
          const was = new URL(page.url()).hash;
          await page.evaluate(typeAndPlay, id, value);
          await page.waitForFunction((was) => location.hash !== was, { timeout: 3000 }, was);
          const { steps } = await hand.until(page, (now) => now.steps > 0, 3000);
          if (experiment.fit.epochs > 1) await hand.until(page, (now) => now.steps > steps, 3000);
          assert.deepEqual(faults, []);
          await close();
        });
      }

      test('reaches: while edits are taken in, Play can be pressed all the time', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
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

      test('reaches: what is typed into a layer that was taken away changes no other, and nothing fails', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
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

      test('reaches: where one part cannot be drawn, that is said once, and the others go on', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await page.evaluate(() => {
          const part = /** @type {HTMLElement} */ (document.querySelector('.predictions'));
          part.querySelectorAll = () => {
            throw new Error('a fault of the test');
          };
        });
        await hand.press(page, 'Play');
        await page.waitForFunction(() =>
          document
            .querySelector('.alarm')
            ?.textContent?.includes('the predictions could not be drawn'),
        );
        const { steps } = await hand.read(page);
        await hand.until(page, (now) => now.steps > steps + 20);
        assert.equal(faults.length, 1, faults.join());
        await close();
      });
    });
  }
});

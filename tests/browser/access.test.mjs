// Accessibility: axe finds no violation on any screen, and the keyboard alone is sufficient.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

const axe = readFileSync(
  new URL('../../node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
);

/**
 * Returns the violations that axe finds on the current page.
 * @param {import('puppeteer-core').Page} page
 */
async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run(document, {
      resultTypes: ['violations'],
    });
    return violations.map(
      (/** @type {any} */ v) =>
        `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.target).join(' | ')}`,
    );
  });
}

/** Opens a tab and waits for its panel. @param {import('puppeteer-core').Page} page @param {string} id */
async function open(page, id) {
  await hand.tab(page, id);
  await page.waitForSelector('.glass-panel:not([hidden])');
}

/** All screens of the page, each with the actions that lead to it from the previous one. @type {Record<string, (page: import('puppeteer-core').Page) => Promise<unknown>>} */
const SCREENS = {
  'the first screen': async () => {},
  'after some training': async (page) => {
    await hand.press(page, 'Play');
    await hand.until(page, (now) => now.epoch > 0);
    await hand.press(page, 'Pause');
  },
  'tables and wrong predictions': (page) =>
    page.evaluate(() => {
      for (const button of document.querySelectorAll('.quiet'))
        if (button.textContent?.trim() === 'table') /** @type {HTMLElement} */ (button).click();
      /** @type {HTMLElement} */ (document.querySelectorAll('input[name=filter]')[1]).click();
    }),
  'all settings open': async (page) => {
    await hand.openSettings(page);
    await page.evaluate(() =>
      document.querySelectorAll('.settings details').forEach((d) => {
        /** @type {HTMLDetailsElement} */ (d).open = true;
      }),
    );
  },
  'a unit explained': (page) => page.focus('.units button'),
  'a drawing': async (page) => {
    await page.focus('.ink');
    for (const key of [' ', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', ' '])
      await page.keyboard.press(/** @type {any} */ (key));
    await page.waitForSelector('.bars');
  },
  'the summary': (page) => hand.tab(page, 'summary'),
  'the fit log': (page) => hand.tab(page, 'log'),
  'the Keras code': (page) => hand.tab(page, 'code'),
  'step by step': async (page) => {
    await open(page, 'inside');
    await page.waitForSelector('.told');
    await page.evaluate(() => {
      const unit = document.querySelector('[aria-label="dense, unit 1"]');
      /** @type {HTMLElement} */ (unit).click();
    });
    await page.waitForSelector('[data-n=difference]');
  },
  'an earlier step': async (page) => {
    await hand.press(page, 'One batch back');
    await page.waitForSelector('.told');
    await hand.press(page, 'Update');
  },
  'why this prediction': async (page) => {
    await open(page, 'units');
    await page.waitForSelector('.exciting');
  },
  distributions: async (page) => {
    await open(page, 'spread');
    await page.waitForSelector('.spreads .n');
  },
  'no feature space': (page) => open(page, 'warp'),
  'the loss surface, not computed': async (page) => {
    await open(page, 'surface');
    await page.waitForSelector('.slices');
  },
  'the loss surface': async (page) => {
    await hand.press(page, 'Compute');
    await page.waitForSelector('.slices figcaption .n');
    await hand.press(page, 'Cancel').catch(() => {}); // It may have finished.
  },
  'logistic regression': async (page) => {
    await open(page, 'beside');
    await page.waitForSelector('.versus-plots .uplot');
  },
  'a race and the table of runs': async (page) => {
    await hand.tab(page, 'compare');
    await hand.pressed(page, 'Race optimizers');
    await page.waitForFunction(() =>
      /4 runs in/.test(document.querySelector('[data-n=race]')?.textContent ?? ''),
    );
    await page.waitForSelector('.runs tbody tr');
    await page.$eval('#race-more', (e) => e.setAttribute('open', ''));
  },
  simplifications: async (page) => {
    await open(page, 'honesty');
    await page.waitForSelector('.honesty');
    await hand.press(page, 'Back to latest');
  },
  'an invalid setting': async (page) => {
    await hand.type(page, 'f-fit-epochs', '0');
    await page.waitForSelector('#refusal');
  },
  help: async (page) => {
    await hand.press(page, 'Restore it');
    await hand.press(page, 'Help');
  },
  'ten classes': async (page) => {
    await page.keyboard.press('Escape');
    await hand.chooseData(page, 'Digits');
    await hand.until(page, (now) => now.batches === 125);
  },
  'a plane': async (page) => {
    await hand.chooseData(page, 'Blobs');
    await hand.until(page, (now) => now.batches < 25);
  },
  'feature space': async (page) => {
    await open(page, 'warp');
    await page.waitForSelector('.warped');
  },
  'why this prediction, with two inputs': async (page) => {
    await open(page, 'units');
    await page.waitForSelector('.exciting.texts');
  },
  'a damaged link': async (page) => {
    await page.evaluate(() => (location.hash = '#e=%%%'));
    await page.waitForSelector('.alarm');
  },
};

/** Screens with another layout on small screens. */
const RESHAPED = new Set([
  'the first screen',
  'all settings open',
  'a drawing',
  'an invalid setting',
  'a plane',
  'step by step',
  'an earlier step',
  'why this prediction',
  'a race and the table of runs',
  'logistic regression',
  'feature space',
]);

// Both browsers in parallel, each with one test at a time.
describe('accessibility', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      for (const [theme, width, height] of /** @type {const} */ ([
        ['light', 1440, 900],
        ['dark', 1440, 900],
        ['light', 390, 844],
        ['dark', 1024, 768],
      ])) {
        // axe reads the same document in both engines, so one of them is enough.
        if (name === 'firefox') continue;
        test(`oracle: axe finds no violation on any screen, ${theme}, ${width} x ${height}`, async () => {
          const { page, close } = await hand.visit(site.browser, site.url, { width, height });
          await page.select('#theme', theme);
          for (const [screen, go] of Object.entries(SCREENS)) {
            await go(page);
            if (width < 1440 && !RESHAPED.has(screen)) continue;
            assert.deepEqual(await violations(page), [], screen);
          }
          await close();
        });
      }

      test('reaches play, step, settings, units, reset, undo and help by keyboard alone', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        const { keyboard } = page;
        await keyboard.press('ArrowRight');
        await hand.until(page, (now) => now.steps === 1);
        await keyboard.down('Shift');
        await keyboard.press('ArrowRight');
        await keyboard.up('Shift');
        await hand.until(page, (now) => now.epoch === 1 && now.batch === 0);
        await keyboard.press(' ');
        await hand.until(page, (now) => now.epoch === 2);
        await keyboard.press(' ');
        await page.waitForFunction(
          () => document.querySelector('.play')?.textContent?.trim() === 'Play',
        );
        await keyboard.press('r');
        await hand.until(page, (now) => now.steps === 0);
        await keyboard.press('u');
        await hand.until(page, (now) => now.epoch >= 2);
        await keyboard.type('?');
        await page.waitForSelector('dialog[open]');
        await keyboard.press('Escape');
        await page.waitForFunction(() => !document.querySelector('dialog[open]'));
        // Tab leads from the first field to the units of the picture, and arrow keys lead on to a unit.
        const at = () =>
          page.evaluate(
            () => document.activeElement?.id || document.activeElement?.getAttribute('aria-label'),
          );
        await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement)?.blur?.());
        const seen = new Set();
        for (let i = 0; i < 150 && (await at()) !== 'Input, the digit'; i++) {
          await keyboard.press('Tab');
          seen.add(await at());
        }
        assert.equal(await at(), 'Input, the digit');
        for (const id of ['seed', 'play', 'quick-optimizer', 'quick-epochs', 'moment'])
          assert.ok(seen.has(id), id);
        // The drawer opens and closes by keyboard, and returns the focus.
        await page.focus('.all-settings');
        await keyboard.press('Enter');
        await page.waitForSelector('.settings:not([hidden])');
        const fields = new Set();
        for (let i = 0; i < 80 && !fields.has('f-fit-epochs'); i++) {
          await keyboard.press('Tab');
          fields.add(await at());
        }
        for (const id of ['f-model-config-layers-0-config-units', 'f-fit-epochs'])
          assert.ok(fields.has(id), id);
        await keyboard.press('Escape');
        await page.waitForSelector('.settings[hidden]');
        assert.equal(await page.evaluate(() => document.activeElement?.className), 'all-settings');
        await page.focus('[aria-label="Input, the digit"]');
        await keyboard.press('ArrowRight');
        assert.equal(await at(), 'dense, unit 1');
        await keyboard.press('ArrowDown');
        assert.equal(await at(), 'dense, unit 2');
        await page.waitForFunction(() =>
          document.querySelector('.explain')?.textContent?.includes('dense, unit 2'),
        );
        const { steps } = await hand.read(page);
        // Keys in a field change only its value.
        await hand.openSettings(page);
        await page.focus('#f-model-config-layers-0-config-units');
        await keyboard.press('ArrowUp');
        await hand.until(page, (now) => now.steps === 0 && steps > 0);
        assert.equal(
          await page.$eval(
            '#f-model-config-layers-0-config-units',
            (e) => /** @type {HTMLInputElement} */ (e).value,
          ),
          '26',
        );
        assert.equal(await at(), 'f-model-config-layers-0-config-units');
        await close();
      });
    });
  }
});

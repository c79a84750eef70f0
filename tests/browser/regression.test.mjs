// Reaches: regression sets are learned in seconds and shown as points with the fitted curve or surface, in both browsers.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { preset } from '../../www/app/presets.js';
import { link, opened, pace, press, read, tab, until, visit } from './page.mjs';

/** Sets with one input: the target at x = 0, and the place of that height in the picture, from its top. */
const CURVES = { SineCurve: 0.5, Quadratic: 0.8 };

/**
 * Returns the colours in a column of pixels of the picture of the model's output, from the top, as [r, g, b].
 * @param {import('puppeteer-core').Page} page
 * @param {string} name of the picture
 * @param {number} across share of its width
 */
function pixels(page, name, across) {
  return page.evaluate(
    (name, across) => {
      const unit = document.querySelector(`.units button[aria-label$="${name}"]`);
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('.unit-layer'));
      if (!unit) throw new Error(`There is no ${name}.`);
      const [at, on] = [unit.getBoundingClientRect(), canvas.getBoundingClientRect()];
      const scale = canvas.width / on.width;
      const x = (at.left - on.left + across * at.width) * scale;
      const [y, h] = [(at.top - on.top) * scale, at.height * scale];
      const { data } = /** @type {CanvasRenderingContext2D} */ (
        canvas.getContext('2d')
      ).getImageData(Math.round(x), Math.round(y), 1, Math.round(h));
      return Array.from({ length: data.length / 4 }, (_, i) => [
        ...data.subarray(4 * i, 4 * i + 3),
      ]);
    },
    name,
    across,
  );
}

/** @param {number[]} colour */
const isOrange = ([r, , b]) => r > b + 80;
/** @param {number[]} colour */
const isBlue = ([r, , b]) => b > r + 60;

/** @param {import('puppeteer-core').Page} page */
async function train(page) {
  await pace(page, 'full');
  await press(page, 'Play');
  await until(page, ({ epoch, epochs }) => epoch === epochs);
  await page.waitForFunction(
    () => document.querySelector('.play')?.textContent?.trim() !== 'Pause',
  );
}

/** @param {import('puppeteer-core').Page} page */
const error = (page) =>
  page.$eval('.score b', (b) => Number((b.textContent ?? '').replaceAll('−', '-')));

/** @type {import('../../scripts/launch.js').Name[]} */
const names = ['chromium', 'firefox'];
for (const name of names)
  describe(name, () => {
    const site = opened(name);

    for (const [set, height] of Object.entries(CURVES))
      test(`reaches the curve of ${set}`, async () => {
        const { page, faults, close } = await visit(site.browser, link(site.url, preset(set, 42)));
        await train(page);
        assert.ok((await error(page)) < 0.15, `mean |error| ${await error(page)}`);
        const { loss, val } = await read(page);
        assert.ok(loss < 0.05 && val < 0.05, `${loss} ${val}`);
        // The fitted curve passes through f(0) in the middle.
        const column = await pixels(page, 'fitted curve', 0.5);
        const orange = column.flatMap((colour, i) => (isOrange(colour) ? [i / column.length] : []));
        assert.ok(orange.length > 0, 'no curve');
        for (const at of orange) assert.ok(Math.abs(at - height) < 0.1, `${at} for ${height}`);
        assert.match(
          await page.$eval('.examples li', (e) => e.textContent ?? ''),
          /x = −?\d.*target −?\d.*output −?\d/s,
        );
        assert.match(await page.$eval('.legend', (e) => e.textContent ?? ''), /over the input/);
        await tab(page, 'warp');
        await page.waitForFunction(() => /two inputs/.test(document.body.textContent ?? ''));
        assert.deepEqual(faults, []);
        await close();
      });

    test(`reaches the surface of Saddle`, async () => {
      const { page, faults, close } = await visit(
        site.browser,
        link(site.url, preset('Saddle', 42)),
      );
      await train(page);
      assert.ok((await error(page)) < 0.15, `mean |error| ${await error(page)}`);
      // High to the left, low at the top: blue and orange.
      const left = await pixels(page, 'fitted surface', 0.02);
      assert.ok(isBlue(left[left.length >> 1]), String(left[left.length >> 1]));
      const middle = await pixels(page, 'fitted surface', 0.5);
      assert.ok(isOrange(middle[3]), String(middle[3]));
      assert.match(
        await page.$eval('.examples li', (e) => e.textContent ?? ''),
        /\(−?\d.*, −?\d.*\)/,
      );
      assert.deepEqual(faults, []);
      await close();
    });
  });

// The views of a step for models other than the lesson's: two weights of a layer, a run that diverged, regression.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** @param {string} class_name @param {Record<string, unknown>} config */
const named = (class_name, config = {}) => ({ class_name, config });

/** @param {{ data: any, layers: any[], loss: string, optimizer: any, fit: any }} parts */
const experiment = ({ data, layers, loss, optimizer, fit }) => ({
  data,
  model: named('Sequential', { layers }),
  compile: { optimizer, loss: named(loss), metrics: [] },
  fit,
  seed: 42,
});

/** @param {number} units @param {string} activation */
const dense = (units, activation = 'linear') => named('Dense', { units, activation });

/** Returns a data set whose rows are part of the experiment. @param {(i: number) => number} x @param {(i: number) => number} y @param {number[]} shape */
const numbers = (x, y, shape) =>
  named('Numbers', {
    x: Array.from({ length: 64 * shape.reduce((a, b) => a * b, 1) }, (_, i) => x(i)),
    y: Array.from({ length: 64 }, (_, i) => y(i)),
    shape,
  });

const MOONS = experiment({
  data: named('Moons', { n: 2000 }),
  layers: [dense(6, 'tanh'), dense(1, 'sigmoid')],
  loss: 'BinaryCrossentropy',
  optimizer: named('Adam', { learning_rate: 0.03 }),
  fit: { epochs: 10 },
});

/** A learning rate at which the third batch overflows float32. */
const DIVERGES = experiment({
  data: numbers(
    (i) => i / 3,
    (i) => 2 * i,
    [1],
  ),
  layers: [dense(4), dense(4), dense(1)],
  loss: 'MeanSquaredError',
  optimizer: named('SGD', { learning_rate: 0.5 }),
  fit: { epochs: 20, batch_size: 10, validation_split: 0.2 },
});

/** A regression with three inputs, in which the output of unit 1 is 0 for every example. */
const VALUES = {
  ...experiment({
    data: numbers(
      (i) => Math.sin(i),
      (i) => Math.cos(i) - 0.5,
      [3],
    ),
    layers: [dense(4, 'relu'), dense(1)],
    loss: 'MeanSquaredError',
    optimizer: named('SGD', { learning_rate: 0.01 }),
    fit: { epochs: 4, validation_split: 0.2 },
  }),
  start: { weights: [{ path: 'dense/bias', at: 0, values: [-50, 1] }] },
};

/** Returns the text of the open view. @param {Page} page */
const told = (page) =>
  page.evaluate(
    () =>
      document
        .querySelector('.glass-panel > div:not([hidden])')
        ?.textContent?.replace(/\s+/g, ' ')
        .trim() ?? '',
  );

/** Waits for a text in the open view. @param {Page} page @param {RegExp} words */
async function says(page, words) {
  for (const end = Date.now() + 30_000; ;) {
    const now = await told(page);
    if (words.test(now)) return now;
    if (Date.now() > end) throw new Error(`Timeout: the view shows “${now}” and not ${words}.`);
    await hand.sleep(30);
  }
}

/** Trains to the end. @param {Page} page */
async function train(page) {
  await page.waitForSelector('#moment');
  await hand.pace(page, 'full');
  await hand.press(page, 'Play');
  await page.waitForFunction(
    () =>
      /Start over/.test(document.querySelector('.play')?.textContent ?? '') ||
      document.querySelector('.notice.alarm'),
  );
}

describe('views of a step', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches a mark of the hovered example in the lists and on the plane', async () => {
        const { page, faults, close } = await hand.visit(site.browser, hand.link(site.url, MOONS));
        await page.waitForSelector('#moment');
        const lit = () =>
          page.$$eval('.examples .pointed, .exciting .pointed', (all) =>
            all.map((e) => e.textContent ?? ''),
          );
        const plane = () =>
          page.$eval('.unit-layer', (e) => /** @type {HTMLCanvasElement} */ (e).toDataURL());
        const bare = await plane();
        assert.deepEqual(await lit(), []);
        const [, , third] = await page.$$('.examples button');
        await third.hover();
        await page.waitForSelector('.examples .pointed');
        assert.match((await lit())[0], /Example 3/);
        await page.waitForFunction(
          (bare) =>
            /** @type {HTMLCanvasElement} */ (document.querySelector('.unit-layer')).toDataURL() !==
            bare,
          {},
          bare,
        );
        await page.mouse.move(2, 2);
        await page.waitForFunction(() => !document.querySelector('.examples .pointed'));
        // Also by keyboard, and in the examples with the highest output.
        await hand.tab(page, 'units');
        const first = await page.waitForSelector('.exciting li');
        const row = Number(
          (await first?.evaluate((e) => e.textContent))?.match(/example (\d+)/)?.[1],
        );
        await first?.hover();
        await page.waitForSelector('.exciting .pointed');
        assert.ok((await lit()).every((text) => text.toLowerCase().includes(`example ${row}`)));
        await page.mouse.move(2, 2);
        await page.focus('.examples li:nth-child(5) button');
        await page.waitForSelector('.examples .pointed');
        assert.match((await lit())[0], /Example 5/);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a slice along a bias that names two weights, waits while hidden and is computed coarse first', async () => {
        const { page, faults, close } = await hand.visit(site.browser, hand.link(site.url, MOONS));
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await page.evaluate(() => {
          const units = /** @type {HTMLElement[]} */ ([
            ...document.querySelectorAll('.units button'),
          ]);
          units.find((unit) => /^dense, unit 1\b/.test(unit.ariaLabel ?? ''))?.click();
        });
        await page.waitForFunction(
          () =>
            /** @type {HTMLInputElement | null} */ (document.querySelector('#unit'))?.value === '1',
        );
        await hand.type(page, 'weight', '2'); // after the two inputs
        await hand.tab(page, 'surface');
        await says(page, /two loss functions/);
        await hand.type(page, 'directions', 'weights');
        await hand.press(page, 'Compute');
        // Inside the page, since a call from here would take as long as a large part of the slice.
        const { seen, after } = await page.evaluate(async () => {
          const open = (/** @type {string} */ id) => document.getElementById(id)?.click();
          const bar = () =>
            document.querySelector('.glass-panel > div:not([hidden]) [role=status]');
          const percent = async () => {
            for (; ; await new Promise(requestAnimationFrame)) {
              const share = /([1-9]\d*)\s*%/.exec(bar()?.textContent ?? '');
              if (share) return Number(share[1]);
            }
          };
          const seen = await percent();
          open('group-text');
          await new Promise((resolve) => setTimeout(resolve, 3000));
          // The group shows the view that it showed last.
          open('group-explain');
          return { seen, after: await percent() };
        });
        assert.ok(after < seen + 40, `${seen} % -> ${after} % while hidden`);
        const painted = await page.$$eval('.slice', (all) =>
          all.map((canvas) => {
            const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
            const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
            return context?.getImageData(width / 2, height / 3, 1, 1).data[3];
          }),
        );
        assert.deepEqual(painted, [255, 255], 'a partial result is drawn');
        const words = await says(page, /Up to date/);
        assert.match(words, /Horizontal: dense\/bias\[0\]\. Vertical: dense\/kernel\[0, 0\]\./);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the fraction of the surface that is not finite, for a run that diverged', async () => {
        const url = hand.link(site.url, DIVERGES);
        const { page, faults, close } = await hand.visit(site.browser, url);
        await train(page);
        const alarm = await page.$eval('.notice.alarm', (e) => e.scrollHeight <= e.clientHeight);
        assert.ok(alarm, 'the notice shows all lines');
        await hand.tab(page, 'surface');
        await says(page, /two loss functions/);
        await hand.press(page, 'Compute');
        await says(page, /Up to date.*not finite in 100 % of the cells \(red\)/);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches targets and outputs of a regression within their tiles, and names a dead unit', async () => {
        const url = hand.link(site.url, VALUES);
        for (const [width, height] of [
          [1440, 900],
          [390, 844],
        ]) {
          const { page, faults, close } = await hand.visit(site.browser, url, { width, height });
          await train(page);
          const tiles = await page.$$eval('.examples li', (all) =>
            all.map((tile) => ({
              text: tile.textContent?.replace(/\s+/g, ' ').trim() ?? '',
              wide: tile.scrollWidth > tile.clientWidth + 1,
              out: tile.getBoundingClientRect().right > document.documentElement.clientWidth,
            })),
          );
          assert.equal(tiles.length, 13);
          for (const { text, wide, out } of tiles) {
            assert.match(text, /^Example \d+ target −?\d\.\d{3,6} output −?\d\.\d{3,6}$/);
            assert.ok(!wide && !out, `${text} at ${width}`);
          }
          await hand.tab(page, 'units');
          const words = await says(page, /Its output is the same \(0\) for all 13 examples/);
          assert.match(words, /^Why this prediction\? the output is −?\d/);
          assert.doesNotMatch(words, /for “/);
          await page.evaluate(() => {
            const units = /** @type {HTMLElement[]} */ ([
              ...document.querySelectorAll('.units button'),
            ]);
            units.find((unit) => /^dense, unit 2\b/.test(unit.ariaLabel ?? ''))?.click();
          });
          await says(page, /example \d+: \d\.\d{3,6}, target −?\d\.\d{3,6} example/);
          assert.deepEqual(faults, []);
          await close();
        }
      });
    });
  }
});

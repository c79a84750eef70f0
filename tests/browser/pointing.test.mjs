// Pointing: a weight selected in the picture by mouse or keyboard is the one in the weight panel. Also the lines of the
// script, and a layer of 512 units.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

const dense = (/** @type {number} */ units) => ({
  class_name: 'Dense',
  config: { units, activation: 'sigmoid' },
});

/** Returns distinct numbers that are exact in float32. @param {number} n @param {number} first @param {number} per */
const steps = (n, first, per) => Array.from({ length: n }, (_, i) => (i + first) / per);

/** A small network on the digits in which the value of a weight follows from its index in its array. */
const KNOWN = {
  ...hand.lesson(2),
  model: { class_name: 'Sequential', config: { layers: [dense(4), dense(3), dense(1)] } },
  start: {
    weights: [
      { path: 'dense/kernel', at: 0, values: steps(1600, 1, 2048) },
      { path: 'dense_1/kernel', at: 0, values: steps(12, 5, 16) },
      { path: 'dense_1/bias', at: 0, values: [0.5, 0.625, 0.75] },
    ],
  },
};

/** @typedef {import('puppeteer-core').Page} Page */

/** Returns the place of a unit. @param {Page} page @param {string} name */
const place = (page, name) =>
  page.$eval(`[aria-label="${name}"]`, (e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return { x, y, width, height };
  });

/** Waits for a text below the picture. @param {Page} page @param {string} text */
const explained = (page, text) =>
  page.waitForFunction(
    (text) => document.querySelector('.explain')?.textContent?.replace(/\s+/g, ' ').includes(text),
    {},
    text,
  );

/**
 * Waits until the weight panel shows a weight, and returns the value in its field.
 * @param {Page} page
 * @param {string} unit
 * @param {number} from
 */
async function shown(page, unit, from) {
  await page.waitForFunction(
    (unit, from) => {
      const [layer, number] = unit.split(', unit ');
      const fields = document.querySelector('.subject-fields')?.textContent;
      const [of, which] = ['#unit', '#weight'].map(
        (id) => /** @type {HTMLSelectElement | null} */ (document.querySelector(id))?.value,
      );
      return fields?.includes(`${layer}, unit`) && of === number && which === String(from);
    },
    {},
    unit,
    from,
  );
  return page.$eval('#weight-value', (e) => Number(/** @type {HTMLInputElement} */ (e).value));
}

/** Returns the opacity of a unit near its centre. @param {Page} page @param {string} name */
const opacity = (page, name) =>
  page.$eval(`[aria-label="${name}"]`, (e) => {
    const box = e.getBoundingClientRect();
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector('.unit-layer'));
    const { left, top, width } = canvas.getBoundingClientRect();
    const [x, y] = [box.x + 0.3 * box.width - left, box.y + 0.7 * box.height - top];
    const ratio = canvas.width / width;
    return canvas.getContext('2d')?.getImageData(x * ratio, y * ratio, 1, 1).data[3];
  });

describe('pointing', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      /** Opens an experiment with a view below it. @param {unknown} experiment @param {string} tab @param {number} [width] */
      async function open(experiment, tab, width = 1440) {
        const visit = await hand.visit(site.browser, hand.link(site.url, experiment), { width });
        await visit.page.waitForSelector('#moment');
        await hand.tab(visit.page, tab);
        // The panel came into sight; the whole picture is needed here.
        await visit.page.evaluate(() => scrollTo(0, 0));
        return visit;
      }

      test('oracle: the panel shows the pixel, the link and the bias that are clicked', async () => {
        const { page, faults, close } = await open(KNOWN, 'inside');
        await page.waitForSelector('.told');
        // A pixel of a weight image.
        const tile = await place(page, 'dense, unit 3');
        const [x, y] = [tile.x + 0.37 * tile.width, tile.y + 0.61 * tile.height].map(Math.round);
        const [across, down] = [
          Math.floor(((x - tile.x) / tile.width) * 20),
          Math.floor(((y - tile.y) / tile.height) * 20),
        ];
        const pixel = down * 20 + across;
        await page.mouse.move(x, y);
        await explained(page, `dense, unit 3, weight of pixel (${down + 1}, ${across + 1})`);
        // Only the unit and the input stay bright.
        assert.equal(await opacity(page, 'dense, unit 3'), 255);
        assert.equal(await opacity(page, 'Input, the digit'), 255);
        for (const other of ['dense, unit 2', 'dense_1, unit 1', 'dense_2, unit 1'])
          assert.ok(Number(await opacity(page, other)) < 120, other);
        await page.mouse.click(x, y);
        const value = Math.fround(await shown(page, 'dense, unit 3', pixel));
        assert.equal(value, (pixel * 4 + 2 + 1) / 2048);
        // The card of the selected weight stays until it is closed.
        await page.click('.close-card');
        // A link: its middle.
        const [from, to] = [
          await place(page, 'dense, unit 1'),
          await place(page, 'dense_1, unit 1'),
        ];
        const middle = [
          (from.x + from.width + to.x) / 2,
          (from.y + from.height / 2 + to.y + to.height / 2) / 2,
        ].map(Math.round);
        await page.mouse.move(middle[0], middle[1]);
        await explained(page, 'dense_1, unit 1, weight of unit 1');
        assert.equal(await opacity(page, 'dense, unit 1'), 255);
        assert.equal(await opacity(page, 'dense_1, unit 1'), 255);
        assert.ok(Number(await opacity(page, 'dense, unit 3')) < 120);
        await page.mouse.click(middle[0], middle[1]);
        assert.equal(await shown(page, 'dense_1, unit 1', 0), 5 / 16);
        // The bar below a disc.
        const disc = await place(page, 'dense_1, unit 2');
        const foot = [disc.x + disc.width / 2, disc.y + disc.height + 2].map(Math.round);
        await page.mouse.move(foot[0], foot[1]);
        await explained(page, 'dense_1, unit 2, bias');
        await page.mouse.click(foot[0], foot[1]);
        assert.equal(await shown(page, 'dense_1, unit 2', 4), 0.625);
        // A click on the background clears the selection, and the step shows its largest gradient.
        await page.mouse.click(disc.x + disc.width / 2, disc.y - 60);
        await page.mouse.move(5, 5);
        await page.waitForFunction(() =>
          /^\s*Largest gradient of this step/.test(
            document.querySelector('[data-n=rank]')?.textContent ?? '',
          ),
        );
        // It is marked in the picture, without a card, which only a selection shows.
        await page.waitForSelector('.card[hidden]');
        await hand.tab(page, 'summary');
        await page.waitForFunction(() =>
          /weights:\s+dense/.test(document.querySelector('.legend')?.textContent ?? ''),
        );
        assert.equal(await opacity(page, 'dense, unit 2'), 255);
        assert.deepEqual(faults, []);
        await close();
      });

      test('oracle: the keyboard selects the same weights, and the field edits the selected one', async () => {
        const { page, close } = await open(KNOWN, 'inside');
        await page.waitForSelector('.told');
        const { keyboard } = page;
        const along = async (/** @type {'ArrowUp' | 'ArrowDown'} */ key, times = 1) => {
          await keyboard.down('Shift');
          for (let i = 0; i < times; i++) await keyboard.press(key);
          await keyboard.up('Shift');
        };
        await page.focus('[aria-label="dense_1, unit 3"]');
        await explained(page, 'Shift + ↑ ↓: step through its weights');
        await along('ArrowDown', 2);
        await explained(page, 'dense_1, unit 3, weight of unit 2: w = 0.6250');
        assert.equal(await opacity(page, 'dense, unit 2'), 255);
        assert.ok(Number(await opacity(page, 'dense, unit 1')) < 120);
        await keyboard.press('Enter');
        assert.equal(await shown(page, 'dense_1, unit 3', 1), 10 / 16);
        await along('ArrowDown', 9);
        await explained(page, 'dense_1, unit 3, bias: b = 0.7500 is added to z');
        await along('ArrowUp', 9);
        await explained(page, 'dense_1, unit 3, weight of unit 1: w = 0.4375');
        await keyboard.press('Escape');
        await explained(page, 'dense_1, unit 3: z = ∑ w x + b');
        await along('ArrowUp');
        await explained(page, 'dense_1, unit 3, bias');
        await keyboard.press('ArrowUp');
        await explained(page, 'dense_1, unit 2: z = ∑ w x + b');
        await keyboard.press('ArrowLeft');
        await along('ArrowDown');
        await explained(page, 'dense, unit 2, weight of pixel (1, 1)');
        await keyboard.press('Enter');
        assert.equal(Math.fround(await shown(page, 'dense, unit 2', 0)), 2 / 2048);
        await hand.type(page, 'weight-value', '0.75');
        await page.waitForFunction(() =>
          document.querySelector('.notice')?.textContent?.includes('dense/kernel'),
        );
        await page.focus('[aria-label="dense, unit 2"]');
        await along('ArrowDown');
        await explained(page, 'weight of pixel (1, 1): w = 0.7500');
        await close();
      });

      test('reaches a highlight of only the weight of each term of a sum', async () => {
        const { page, close } = await open(KNOWN, 'inside');
        await page.waitForSelector('.told');
        await page.focus('[aria-label="dense, unit 1"]');
        await page.keyboard.press('Enter');
        await page.focus('#grain');
        await page.waitForFunction(
          () => document.querySelector('#weight')?.children.length === 401,
        );
        await page.select('#weight', '0');
        await page.waitForSelector('[data-at="0"]');
        await page.select('#grain', 'term');
        for (let i = 2; i <= 4; i++) {
          await hand.press(page, 'Next');
          await explained(page, `dense, unit 1, weight of pixel (1, ${i})`);
        }
        assert.equal(await opacity(page, 'dense, unit 1'), 255);
        for (const other of ['dense, unit 2', 'dense_1, unit 1'])
          assert.ok(Number(await opacity(page, other)) < 120, other);
        await page.select('#grain', 'unit');
        await hand.press(page, 'Next');
        await explained(page, 'dense, unit 2: z = ∑ w x + b');
        assert.equal(await opacity(page, 'dense, unit 2'), 255);
        assert.ok(Number(await opacity(page, 'dense, unit 1')) < 120);
        await close();
      });

      test('reaches links by mouse during training, when the buffer of the drawn frame has been transferred', async () => {
        const { page, faults, close } = await open(hand.lesson(100_000), 'summary');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch > 1);
        const { x, y } = await place(page, 'dense_1, unit 8');
        for (let i = 0; i < 60; i++)
          await page.mouse.move(Math.round(x) - 6 - i, Math.round(y) - 40 + i);
        for (let i = 0; i < 60; i += 20) {
          await page.mouse.move(Math.round(x) - 6 - i, Math.round(y) + 10);
          await page.waitForFunction(() =>
            /dense_1, unit \d+, weight of unit/.test(
              document.querySelector('.explain')?.textContent ?? '',
            ),
          );
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the lines of the script by one tab stop and arrow keys', async () => {
        const { page, close } = await open(KNOWN, 'code');
        await page.waitForSelector('pre [data-layer]');
        const at = () =>
          page.evaluate(() => /** @type {any} */ (document.activeElement)?.dataset.layer);
        const lit = () =>
          page.evaluate(() =>
            ['.head.lit b', 'pre .lit'].map((s) => document.querySelector(s)?.textContent?.trim()),
          );
        /** @param {string} head */
        const lights = (head) =>
          page.waitForFunction(
            (head) => document.querySelector('.head.lit b')?.textContent === head,
            {},
            head,
          );
        /** Waits for the drawing, on which the order of Tab depends. */
        const stop = () => page.waitForSelector('pre [data-layer="1"][tabindex="0"]');
        await page.focus('pre');
        await page.keyboard.press('Tab');
        assert.equal(await at(), '0');
        await lights('dense');
        await page.keyboard.press('ArrowDown');
        assert.equal(await at(), '1');
        await lights('dense_1');
        assert.deepEqual(await lit(), ['dense_1', 'layers.Dense(3, activation="sigmoid"),']);
        assert.equal(await opacity(page, 'dense_1, unit 2'), 255);
        assert.ok(Number(await opacity(page, 'dense, unit 2')) < 120);
        assert.equal(await page.$$eval('pre [tabindex="0"]', (all) => all.length), 1);
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        assert.equal(await at(), '2');
        await page.keyboard.press('ArrowUp');
        await page.keyboard.press('Enter');
        await stop();
        await page.keyboard.press('Tab');
        assert.equal(await at(), undefined);
        // The selection stays, and a highlight from elsewhere is marked here.
        await lights('dense_1');
        await explained(page, 'dense_1, unit 1');
        await page.focus('[aria-label="dense_2, unit 1"]');
        await lights('dense_2');
        assert.deepEqual(await lit(), ['dense_2', 'layers.Dense(1, activation="sigmoid"),']);
        await page.focus('pre');
        await stop();
        await page.keyboard.press('Tab');
        assert.equal(await at(), '1');
        // A hovered heading of the picture highlights its layer.
        await page.focus('#tab-code');
        const [, first] = await page.$$('.head');
        await first.hover();
        await lights('dense');
        assert.equal((await lit())[1], 'layers.Dense(4, activation="sigmoid"),');
        await close();
      });

      test('reaches all of 512 units by mouse and by keyboard', async () => {
        const model = { class_name: 'Sequential', config: { layers: [dense(512), dense(1)] } };
        const { page, close } = await open({ ...hand.lesson(1), model }, 'summary');
        assert.equal(await page.$$eval('.units button', (all) => all.length), 514);
        for (let unit = 1; unit <= 512; unit += 73) {
          const { x, y, width, height } = await place(page, `dense, unit ${unit}`);
          await page.mouse.move(Math.round(x + width / 2), Math.round(y + height / 2));
          await explained(page, `dense, unit ${unit}: z`);
        }
        await page.mouse.move(5, 5);
        await page.focus('[aria-label="dense_1, unit 1"]');
        await page.keyboard.press('ArrowUp');
        await explained(page, 'dense, unit 512: z');
        await page.keyboard.press('ArrowUp');
        await explained(page, 'dense, unit 511: z');
        await close();
      });

      test('reaches the same heights below the picture for every highlight, on a phone', async () => {
        const { page, close } = await open(KNOWN, 'summary', 390);
        const heights = new Set();
        for (const key of [
          'Input, the digit',
          'dense, unit 1',
          'dense_1, unit 3',
          'dense_2, unit 1',
        ]) {
          await page.focus(`[aria-label="${key}"]`);
          for (const weight of [false, true]) {
            if (weight) {
              await page.keyboard.down('Shift');
              await page.keyboard.press('ArrowDown');
              await page.keyboard.up('Shift');
            }
            await hand.sleep(60);
            heights.add(
              await page.evaluate(() => {
                const note = /** @type {HTMLElement} */ (document.querySelector('.explain'));
                assertFits(note);
                return document.documentElement.scrollHeight;
                /** @param {HTMLElement} e */
                function assertFits(e) {
                  if (e.scrollHeight > e.clientHeight) throw new Error(`cut: ${e.textContent}`);
                }
              }),
            );
          }
        }
        assert.equal(heights.size, 1, [...heights].join(', '));
        await close();
      });
    });
  }
});

// The layout: what is in sight, what never moves, and the network that is edited on the picture.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const SIZES = /** @type {const} */ ([
  [1440, 900],
  [1280, 720],
  [1024, 768],
  [853, 480],
  [390, 844],
]);

/** The place of Play. @param {Page} page */
const place = (page) =>
  page.$eval('.play', (e) => {
    const { x, y } = e.getBoundingClientRect();
    return `${Math.round(x)}, ${Math.round(y)}`;
  });

/** The experiment in the address. @param {Page} page */
const running = (page) =>
  page.evaluate(() => JSON.parse(atob(location.hash.slice(3).split('&')[0])));

/** Units or class of each layer in the address. @param {Page} page */
const layers = async (page) =>
  (await running(page)).model.config.layers.map(
    (/** @type {any} */ l) => l.config.units ?? l.class_name,
  );

/** Waits until the address holds these layers. @param {Page} page @param {(string | number)[]} wanted */
async function runs(page, wanted) {
  for (const end = Date.now() + 15_000; ;) {
    const now = await layers(page);
    if (JSON.stringify(now) === JSON.stringify(wanted)) return;
    if (Date.now() > end) assert.deepEqual(now, wanted);
    await hand.sleep(30);
  }
}

describe('the layout', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      for (const [width, height] of SIZES)
        test(`reaches picture, Play, both losses and the sentence on one screen while it trains, ${width} x ${height}`, async () => {
          const { page, faults, close } = await hand.visit(site.browser, site.url, {
            width,
            height,
          });
          await page.waitForSelector('#moment');
          await hand.press(page, 'Play');
          await hand.until(page, (now) => now.epoch >= 2);
          const hidden = await page.evaluate(() => {
            const dock = /** @type {HTMLElement} */ (document.querySelector('.dock'));
            const foot = dock.getBoundingClientRect();
            const floor = foot.width && foot.top > innerHeight / 2 ? foot.top : innerHeight;
            return ['.picture', '.play', '.losses', '.sparkline', '.status'].filter((selector) => {
              const part = /** @type {HTMLElement} */ (document.querySelector(selector));
              const { top, bottom, left, right, width } = part.getBoundingClientRect();
              const low = dock.contains(part) ? innerHeight : floor;
              return !width || top < 0 || bottom > low + 1 || left < 0 || right > innerWidth + 1;
            });
          });
          assert.deepEqual(hidden, []);
          const sideways = await page.evaluate(
            () => document.documentElement.scrollWidth - innerWidth,
          );
          assert.ok(sideways <= 0, `${sideways} px`);
          assert.deepEqual(faults, []);
          await close();
        });

      for (const [width, height] of SIZES.filter(([width]) => width >= 1000))
        test(`reaches the same place of Play after each action, ${width} x ${height}`, async () => {
          const { page, close } = await hand.visit(site.browser, site.url, { width, height });
          await page.waitForSelector('#moment');
          const at = await place(page);
          /** @type {Record<string, () => Promise<unknown>>} */
          const actions = {
            'one batch': () => hand.press(page, 'Step 1 batch'),
            'one epoch': () => hand.press(page, 'Run 1 epoch'),
            'all settings': () => hand.openSettings(page),
            'a setting': () => page.focus('#f-compile-optimizer'),
            'closed settings': () => hand.press(page, 'Close the settings'),
            optimizer: () => page.select('#quick-optimizer', 'SGD'),
            undo: () => hand.pressed(page, 'Undo'),
            play: () => hand.press(page, 'Play'),
            pause: () => hand.pressed(page, 'Pause'),
            'looking back': () => hand.pressed(page, 'One batch back'),
            latest: () => hand.pressed(page, 'Back to latest'),
            reset: () => hand.pressed(page, 'Reset'),
            'data with more settings': () => hand.chooseData(page, 'Spiral'),
          };
          for (const [name, act] of Object.entries(actions)) {
            await act();
            await hand.sleep(250);
            assert.equal(await place(page), at, name);
          }
          await close();
        });

      for (const [width, height] of /** @type {const} */ ([
        [1440, 900],
        [390, 844],
      ]))
        test(`reaches targets of at least 24 pixels in every group of views, ${width} x ${height}`, async () => {
          const { page, close } = await hand.visit(site.browser, site.url, { width, height });
          await page.waitForSelector('#moment');
          await hand.press(page, 'Run 1 epoch');
          await hand.until(page, (now) => now.epoch === 1);
          await hand.openSettings(page);
          for (const view of ['draw', 'inside', 'units', 'errors', 'compare', 'code']) {
            await hand.tab(page, view);
            await hand.sleep(400);
            const small = await page.evaluate(() =>
              [...document.querySelectorAll('button, select, summary, input, a[href]')].flatMap(
                (e) => {
                  const { width, height } = e.getBoundingClientRect();
                  const isSmall = width < 23.9 || height < 23.9;
                  // The units of the picture have larger targets in the sheet of their column.
                  if (!e.checkVisibility() || !isSmall || e.closest('.units, .skips')) return [];
                  return `${e.className || e.id || e.textContent} ${width} x ${height}`;
                },
              ),
            );
            assert.deepEqual(small, [], view);
          }
          await close();
        });

      test('reaches the whole page at 320 pixels, as at 400 % of 1280', async () => {
        const { page, close } = await hand.visit(site.browser, site.url, {
          width: 320,
          height: 568,
        });
        await page.waitForSelector('#moment');
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 1);
        for (const view of ['draw', 'inside', 'units', 'errors', 'spread', 'compare', 'log']) {
          await hand.tab(page, view);
          await hand.sleep(300);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= 320, `${view}: ${wide} px`);
        }
        await close();
      });

      // Firefox does not report layout shifts.
      for (const [width, height] of name === 'chromium' ? SIZES : [])
        test(`reaches no layout shift from the first paint to the end of training, ${width} x ${height}`, async () => {
          const { page, close } = await hand.visit(site.browser, site.url, {
            width,
            height,
            before: (page) =>
              page.evaluateOnNewDocument(() => {
                const sum = /** @type {any} */ (window);
                sum.shifts = [];
                new PerformanceObserver((list) => {
                  for (const entry of /** @type {any[]} */ (list.getEntries()))
                    if (entry.value > 0.0001)
                      sum.shifts.push(
                        `${entry.value} ${entry.sources.map((/** @type {any} */ s) => s.node?.className)}`,
                      );
                }).observe({ type: 'layout-shift', buffered: true });
              }),
          });
          await page.waitForSelector('#moment');
          await hand.sleep(800);
          await hand.press(page, 'Play');
          await hand.until(page, ({ epoch, epochs }) => epoch === epochs);
          await hand.sleep(300);
          assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).shifts), []);
          await close();
        });

      test('reaches units, layers and their order by the heads of the picture', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await hand.press(page, 'One unit less in dense');
        await runs(page, [24, 15, 1]);
        await hand.press(page, 'One unit more in dense_1');
        await runs(page, [24, 16, 1]);
        // By keyboard: a layer moves past its neighbour, and back.
        await page.waitForFunction(() =>
          document.querySelector('.head .note')?.textContent?.includes('20'),
        );
        const head = '.head[data-layer="0"] .head-name';
        await page.focus(head);
        await page.keyboard.down('Alt');
        await page.keyboard.press('ArrowRight');
        await page.keyboard.up('Alt');
        await runs(page, [16, 24, 1]);
        // The focus stays with the layer.
        await page.waitForFunction(
          () =>
            document.activeElement?.parentElement?.querySelector('.note')?.textContent ===
            '24 sigmoid',
        );
        // By mouse: dragged to the left of the first layer.
        await page.waitForFunction(
          () => document.querySelectorAll('.units button').length === 1 + 16 + 24 + 1,
        );
        const places = await page.$$eval('.head-name', (all) =>
          all.map((e) => {
            const { x, y, width, height } = e.getBoundingClientRect();
            return [x + width / 2, y + height / 2];
          }),
        );
        await page.mouse.move(places[1][0], places[1][1]);
        await page.mouse.down();
        await page.mouse.move(places[0][0] - 40, places[0][1], { steps: 6 });
        await page.mouse.up();
        await runs(page, [24, 16, 1]);
        assert.equal(await page.$('.settings:not([hidden])'), null);
        // The list of layers: found by search, added by Enter.
        await hand.press(page, 'Add a layer before dense_1');
        await page.waitForSelector('dialog.layer-picker[open]');
        await page.type('#layer-search', 'gaussian dropout');
        await page.keyboard.press('Enter');
        await runs(page, [24, 'GaussianDropout', 16, 1]);
        assert.equal(await page.$('dialog[open]'), null);
        // Delete removes the layer whose head has the focus.
        await page.focus('.head[data-layer="0"] .head-name');
        await page.keyboard.press('Delete');
        await runs(page, ['GaussianDropout', 16, 1]);
        await hand.pressed(page, 'Undo');
        await runs(page, [24, 'GaussianDropout', 16, 1]);
        // A head opens the form of its layer.
        await hand.press(page, 'dense_1, 16 sigmoid: open its settings');
        await page.waitForSelector('.settings:not([hidden])');
        const focused = await page.evaluate(
          () => document.activeElement?.querySelector('.layer-name')?.textContent,
        );
        assert.equal(focused, 'dense_1');
        await page.keyboard.press('Escape');
        await page.waitForSelector('.settings[hidden]');
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the numbers of a weight in a card beside it, and another weight by its field', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        await page.waitForSelector('#moment');
        const box = await page.$eval('[aria-label="dense, unit 3"]', (e) => {
          const { x, y, width, height } = e.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2, right: x + width };
        });
        await page.mouse.move(box.x, box.y);
        await page.waitForSelector('.card:not([hidden])');
        const left = await page.$eval('.card', (e) => e.getBoundingClientRect().left);
        assert.ok(left >= box.right && left < box.right + 40, `${left} beside ${box.right}`);
        await page.mouse.click(box.x, box.y);
        await page.waitForSelector('#card-weight');
        await hand.type(page, 'card-weight', '0.75');
        await page.waitForFunction(
          () => document.querySelector('[data-n=lit-weight]')?.textContent === '0.7500',
        );
        const { start } = await running(page);
        assert.deepEqual(start.weights[0].values, [0.75]);
        // What is no number is refused in a sentence, and changes nothing.
        await hand.type(page, 'card-weight', 'much');
        await page.waitForFunction(() =>
          document.querySelector('.notice')?.textContent?.includes('“much” is not a number'),
        );
        assert.deepEqual((await running(page)).start, start);
        // By keyboard: to a unit's second weight, into its field, and back to the unit.
        await page.focus('[aria-label="dense_1, unit 2"]');
        await page.keyboard.down('Shift');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('ArrowDown');
        await page.keyboard.up('Shift');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#card-weight');
        await page.keyboard.press('Enter');
        await page.waitForFunction(() => document.activeElement?.id === 'card-weight');
        await page.keyboard.press('Escape');
        await page.waitForFunction(
          () => document.activeElement?.getAttribute('aria-label') === 'dense_1, unit 2',
        );
        await close();
      });

      test('reaches a mark at the main setting that cannot be, and its sentence above the picture', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        await hand.type(page, 'quick-epochs', '0');
        await page.waitForSelector('#quick-epochs[aria-invalid=true][aria-describedby=status]');
        // Undo takes back what cannot run, and nothing else.
        await hand.pressed(page, 'Undo');
        await page.waitForSelector('#quick-epochs[aria-invalid=false]');
        await hand.type(page, 'seed', 'abc');
        await page.waitForSelector('#seed[aria-invalid=true]');
        await hand.type(page, 'seed', '42');
        await hand.type(page, 'quick-epochs', '0');
        await page.waitForSelector('#quick-epochs[aria-invalid=true]');
        assert.match(await page.$eval('#status', (e) => e.textContent ?? ''), /'epochs' is 0/);
        await hand.press(page, 'Restore it');
        await page.waitForSelector('#quick-epochs[aria-invalid=false]');
        await close();
      });

      test('reaches callouts on a first visit, none after Play and none on a second visit', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        await page.waitForSelector('.callout');
        assert.equal((await page.$$('.callout')).length, 2);
        await hand.press(page, 'Play');
        await page.waitForFunction(() => !document.querySelector('.callout'));
        await page.reload();
        await hand.ready(page);
        await hand.sleep(200);
        assert.equal((await page.$$('.callout')).length, 0);
        await close();
      });

      test('reaches training by Play that was pressed before the engine was there', async () => {
        const { page, close } = await hand.visit(site.browser, site.url, {
          before: (page) =>
            page.evaluateOnNewDocument(() => {
              const timer = setInterval(() => {
                const play = /** @type {HTMLElement | null} */ (document.querySelector('.play'));
                if (!play) return;
                clearInterval(timer);
                if (document.querySelector('.meter[data-steps]'))
                  document.documentElement.dataset.late = 'yes';
                play.click();
              }, 1);
            }),
        });
        await hand.until(page, (now) => now.epoch >= 1);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.late), undefined);
        await close();
      });

      test('reaches a sheet with each unit as a large button on a phone', async () => {
        const { page, close } = await hand.visit(site.browser, site.url, {
          width: 390,
          height: 844,
        });
        await hand.press(page, 'dense_1, 15 sigmoid: open its settings');
        await page.waitForSelector('dialog.sheet[open]');
        const small = await page.$$eval('dialog.sheet button', (all) =>
          all.filter((e) => e.offsetHeight < 24 || e.offsetWidth < 24).map((e) => e.textContent),
        );
        assert.deepEqual(small, []);
        await hand.press(page, 'unit 5');
        await page.waitForFunction(() =>
          document.querySelector('.card:not([hidden])')?.textContent?.includes('dense_1, unit 5'),
        );
        await close();
      });

      test('reaches the view, batch, words and sections that a link asks for, and a sentence for what cannot be', async () => {
        const part =
          '&view=log&batch=30&hide=data,settings&title=Week%201&task=What%20happens%20to%20the%20tiles%3F';
        const url = hand.link(site.url, hand.lesson(3)) + part;
        const { page, close } = await hand.visit(site.browser, url);
        await hand.until(page, (now) => now.steps === 30);
        const seen = await page.evaluate(() => ({
          author: document.querySelector('.author')?.textContent?.replace(/\s+/g, ' ').trim(),
          data: document.querySelector('.data-row')?.checkVisibility(),
          quick: document.querySelector('.quick')?.checkVisibility(),
          play: document.querySelector('.play')?.checkVisibility(),
          log: document.querySelector('#tab-log')?.getAttribute('aria-selected'),
          hash: location.hash,
        }));
        assert.equal(seen.author, 'Week 1 What happens to the tiles?');
        assert.deepEqual([seen.data, seen.quick, seen.play], [false, false, true]);
        assert.equal(seen.log, 'true');
        assert.ok(seen.hash.endsWith(part), 'a reload shows the same');
        await page.evaluate(
          () => (location.hash = location.hash.replace('hide=data', 'hide=moon')),
        );
        await page.waitForFunction(() => document.querySelector('.data-row')?.checkVisibility());
        await close();
        const other = await hand.visit(site.browser, `${site.url}#view=nothing`);
        await other.page.waitForFunction(() =>
          document.querySelector('.alarm')?.textContent?.includes('no view “nothing”'),
        );
        await other.close();
      });

      test('reaches larger type, picture, curves and sentence alone, and an epoch by one key, in presentation mode', async () => {
        const { page, close } = await hand.visit(site.browser, `${site.url}#present&view=inside`);
        await page.waitForSelector('#moment');
        const seen = await page.evaluate(() =>
          ['.header', '.quick', '.below', '.picture', '.curves', '.status', '.play'].map((part) =>
            document.querySelector(part)?.checkVisibility(),
          ),
        );
        assert.deepEqual(seen, [false, false, false, true, true, true, true]);
        const size = await page.$eval('.status', (e) => parseFloat(getComputedStyle(e).fontSize));
        assert.ok(Math.abs(size - 1.3 * 14) < 0.2, `${size}`);
        await page.keyboard.press('PageDown');
        await hand.until(page, (now) => now.epoch === 1 && now.batch === 0);
        // The view is not in sight, so its example does not take the place of the chosen one.
        assert.match(await page.$eval('.example-bar', (e) => e.textContent ?? ''), /test example/);
        await close();
      });
    });
  }
});

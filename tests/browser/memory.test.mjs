// Storage in the browser: two states of each experiment, and one experiment for each tab.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** Returns the seed in its field. @param {import('puppeteer-core').Page} page */
const seed = (page) =>
  page.evaluate(() => /** @type {HTMLInputElement} */ (document.getElementById('seed')).value);

/** Changes the seed, trains a batch and waits until the state is stored. @param {import('puppeteer-core').Page} page @param {string} value */
async function sow(page, value) {
  await hand.type(page, 'seed', value);
  await page.waitForFunction(
    (value) => atob(location.hash.slice(3)).includes(`"seed":${value}`),
    {},
    value,
  );
  const before = await stored(page, value);
  await hand.pressed(page, 'Step 1 batch');
  await hand.until(page, (now) => now.steps > 0);
  await stored(page, value, before);
}

/** Returns the hash of the latest stored state of the experiment with this seed. @param {import('puppeteer-core').Page} page @param {string} value */
function sumOf(page, value) {
  return page.evaluate(async (value) => {
    const done = (/** @type {IDBRequest<any>} */ request) =>
      new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    const base = await done(indexedDB.open('glassbox', 1));
    const records = base.transaction('experiments').objectStore('experiments');
    const all = await done(records.getAll());
    base.close();
    return all
      .filter((/** @type {any} */ one) => one.checkpoint && one.text.includes(`"seed":${value}`))
      .at(-1)?.sum;
  }, value);
}

/** Waits until storage holds a new state of the experiment with this seed. @param {import('puppeteer-core').Page} page @param {string} value @param {number} [before] @returns {Promise<number>} its hash */
async function stored(page, value, before) {
  for (let tries = 0; tries < 600; tries++) {
    const sum = await sumOf(page, value);
    if (sum !== undefined && sum !== before) return sum;
    await hand.sleep(50);
  }
  throw new Error(`seed ${value} was not stored`);
}

/** Stores a pending edit of the last experiment, as a browser does that is killed before it applies the edit. @param {string} from @param {string} to */
async function edit(from, to) {
  const done = (/** @type {IDBRequest<any>} */ request) =>
    new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const sum = (/** @type {string} */ text) => {
    let sum = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(text)) sum = Math.imul(sum ^ byte, 0x01000193);
    return sum >>> 0;
  };
  const base = await done(indexedDB.open('glassbox', 1));
  const records = base.transaction('experiments', 'readwrite').objectStore('experiments');
  const last = (await done(records.getAllKeys())).at(-1);
  const { text } = await done(records.get(last));
  const edit = text.replace(from, to);
  await done(records.put({ text: edit, sum: sum(edit) }, [last[0] + 1, sum(edit), sum(text)]));
  base.close();
}

/** Opens the page again at its plain address. @param {import('puppeteer-core').Page} page @param {string} url */
async function again(page, url) {
  await page.goto('about:blank');
  await page.goto(url);
  await hand.ready(page);
}

describe('storage', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('round trip: where the latest state is damaged, the page opens the one before and says so', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await sow(page, '7');
        await sow(page, '8');
        await again(page, site.url);
        assert.equal(await seed(page), '8');
        for (const [damaged, left] of /** @type {const} */ ([
          [1, '8'],
          [99, '42'],
        ])) {
          await hand.spoil(page, site.url, damaged);
          await again(page, site.url);
          assert.equal(await seed(page), left);
          await page.waitForFunction(() =>
            document.querySelector('.alarm')?.textContent?.includes('damaged'),
          );
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('round trip: the page does not open an invalid edit', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await sow(page, '7');
        await hand.type(page, 'f-model-config-layers-0-config-units', '0');
        await page.waitForSelector('.banner');
        await hand.sleep(300);
        await again(page, site.url);
        assert.equal(await seed(page), '7');
        assert.equal((await hand.until(page, (now) => now.steps > 0)).steps, 1);
        assert.equal(await page.$('.alarm, .banner'), null);
        assert.deepEqual(faults, []);
        await close();
      });

      test('round trip: a tab that returns with its old link has the pending edit', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await sow(page, '7');
        for (const [from, to, wanted] of /** @type {const} */ ([
          ['"seed":7', '"seed":8', '8'],
          // An invalid one is skipped.
          ['"units":25', '"units":0', '8'],
        ])) {
          const old = page.url();
          await hand.leave(page, site.url);
          await page.evaluate(edit, from, to);
          await page.goto(old);
          await hand.ready(page);
          assert.equal(await seed(page), wanted);
          assert.equal(await page.$('.alarm, .banner'), null);
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('round trip: two tabs keep their own experiments, and a new one opens the last change', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        const other = await page.browserContext().newPage();
        await other.goto(site.url);
        await hand.ready(other);
        await page.bringToFront();
        await sow(page, '7');
        await other.bringToFront();
        await sow(other, '8');
        await page.bringToFront();
        await page.reload();
        await hand.ready(page);
        assert.equal(await seed(page), '7');
        assert.equal((await hand.until(page, (now) => now.steps > 0)).steps, 1);
        const before = await stored(page, '7');
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.steps === 2);
        await stored(page, '7', before);
        const third = await page.browserContext().newPage();
        await third.goto(site.url);
        await hand.ready(third);
        assert.equal(await seed(third), '7');
        assert.equal((await hand.until(third, (now) => now.steps > 0)).steps, 2);
        await other.bringToFront();
        await other.reload();
        await hand.ready(other);
        assert.equal(await seed(other), '8');
        assert.equal((await hand.until(other, (now) => now.steps > 0)).steps, 1);
        await close();
      });
    });
  }
});

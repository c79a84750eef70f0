// The user's own rows: opened from a file, kept in the browser, saved with their experiment.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Run, initSync, own_data } from '../../pkg/glassbox.js';
import { ownRows } from '../../scripts/mnist.js';
import * as hand from './page.mjs';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

const N = 60;
const header = {
  title: 'Stripes',
  shape: [8, 8, 1],
  train: N,
  test: 0,
  inputs: 'uint8',
  scale: 255,
  classes: ['down', 'across'],
};
const labels = Uint8Array.from({ length: N }, (_, i) => i % 2);
const pixels = Uint8Array.from({ length: N * 64 }, (_, i) => {
  const [row, y, x] = [i >> 6, (i >> 3) & 7, i & 7];
  return (row % 2 ? y : x) % 2 ? 200 + (row % 50) : 0;
});
const rows = ownRows(header, [labels, pixels]);

const experiment = {
  data: own_data(rows),
  model: {
    class_name: /** @type {const} */ ('Sequential'),
    config: {
      layers: [
        { class_name: 'Flatten', config: {} },
        { class_name: 'Dense', config: { units: 4, activation: 'tanh' } },
        { class_name: 'Dense', config: { units: 1, activation: 'sigmoid' } },
      ],
    },
  },
  compile: { optimizer: 'adam', loss: 'binary_crossentropy', metrics: ['accuracy'] },
  fit: { epochs: 2, batch_size: 8, validation_split: 0.2 },
  seed: 7,
};

/** The file of the experiment with these rows. @param {Uint8Array} of */
const fileWith = (of) => Buffer.concat([Buffer.from(`${JSON.stringify(experiment)}\n`), of]);

/** Opens a file as a person does. @param {hand.Page} page @param {Buffer} content */
async function open(page, content) {
  const path = join(await mkdtemp(join(tmpdir(), 'glassbox-')), 'mine.json');
  await writeFile(path, content);
  const input = await page.waitForSelector('#open-file');
  await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (input).uploadFile(
    path,
  );
}

/** @param {hand.Page} page @param {string} words */
const alarm = (page, words) =>
  page.waitForFunction(
    (words) => document.querySelector('.alarm')?.textContent?.includes(words),
    {},
    words,
  );

/** What the page would save. @param {hand.Page} page */
async function saved(page) {
  await page.evaluate(() => {
    const make = URL.createObjectURL;
    URL.createObjectURL = (blob) => {
      Object.assign(window, { saved: blob });
      return make.call(URL, blob);
    };
  });
  await hand.press(page, 'Save');
  const content = await page.waitForFunction(async () => {
    const { saved } = /** @type {any} */ (window);
    return saved && [...new Uint8Array(await saved.arrayBuffer())];
  });
  return Buffer.from(/** @type {any} */ (await content.jsonValue()));
}

describe('own data', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('bits: rows of a file train as in node, also after a reload and from a saved file', async () => {
        const run = new Run(JSON.stringify(experiment), rows);
        while (!run.done) run.epoch();
        const wanted = run.weights_hash();
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        await open(page, fileWith(rows));
        await hand.until(page, (now) => now.epochs === 2);
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 1);
        await page.reload();
        await hand.ready(page);
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 2);
        assert.equal(await hand.fingerprint(page), wanted);
        const file = await saved(page);
        assert.ok(file.subarray(file.indexOf('\nGBXD') + 1).equals(rows));
        const address = page.url();
        await close();
        assert.deepEqual(faults, []);
        // In another browser the link alone has no rows, and the saved file has.
        const other = await hand.visit(site.browser, address);
        await alarm(other.page, 'rows of this data are not in this browser');
        await open(other.page, file);
        await hand.until(other.page, (now) => now.epochs === 2);
        for (const epoch of [1, 2]) {
          await hand.press(other.page, 'Run 1 epoch');
          await hand.until(other.page, (now) => now.epoch === epoch);
        }
        assert.equal(await hand.fingerprint(other.page), wanted);
        await other.close();
      });

      test('reaches a sentence for a damaged file, and nothing changes', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        await open(page, fileWith(rows.subarray(0, -1)));
        await alarm(page, 'it is incomplete. Save it again. Nothing was changed.');
        const others = ownRows({ ...header, title: 'Others' }, [labels, pixels]);
        await open(page, fileWith(others));
        await alarm(page, 'rows of this data are not in this browser');
        assert.equal((await hand.read(page)).epochs, 20);
        await close();
      });
    });
  }
});

// Drag and drop: a dropped file is opened, and a drop never replaces the page.
import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/**
 * Drags something over a part of the page and drops it there.
 * @param {Page} page
 * @param {string} selector
 * @param {{ file?: string, name?: string, text?: string, link?: string }} what
 */
function drop(page, selector, what) {
  return page.evaluate(
    (selector, { file, name = 'experiment.json', text, link }) => {
      const dataTransfer = new DataTransfer();
      if (file !== undefined) dataTransfer.items.add(new File([file], name));
      if (text !== undefined) dataTransfer.setData('text/plain', text);
      if (link !== undefined) dataTransfer.setData('text/uri-list', link);
      const target = document.querySelector(selector);
      const send = (/** @type {string} */ type) => {
        const init = { dataTransfer, bubbles: true, cancelable: true };
        return !target?.dispatchEvent(new DragEvent(type, init));
      };
      const shows = () => document.documentElement.classList.contains('dropping');
      const over = send('dragover');
      const shown = shows();
      return { over, shown, dropped: send('drop'), left: shows() };
    },
    selector,
    what,
  );
}

/** @param {Page} page @param {string} word */
const alarm = (page, word) =>
  page.waitForFunction(
    (word) => document.querySelector('.alarm')?.textContent?.includes(word),
    {},
    word,
  );

describe('drag and drop', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches a file dropped anywhere on the page, and keeps the run after an invalid one', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        let epochs = 5;
        for (const target of ['body', '.picture', 'canvas.ink', '#seed', '.predictions']) {
          const file = JSON.stringify(hand.lesson(++epochs));
          assert.deepEqual(
            await drop(page, target, { file }),
            { over: true, shown: true, dropped: true, left: false },
            target,
          );
          await hand.until(page, (now) => now.epochs === epochs);
        }
        for (const [file, word] of [
          ['once upon a time', 'not a Glassbox experiment'],
          [
            '{"model": {"config": {"layers": [{}]}}, "data": 1, "compile": 1}',
            'Nothing was changed',
          ],
          ['', 'not a Glassbox experiment'],
        ]) {
          await drop(page, 'body', { file });
          await alarm(page, word);
          assert.equal((await hand.read(page)).epochs, epochs);
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the network of a Keras program, a sentence on what it takes otherwise, and the run before by undo', async () => {
        const { page, faults, close } = await hand.visit(site.browser, site.url);
        const { epochs } = await hand.read(page);
        const program = `from keras.models import Sequential
from keras.layers import Dense, Dropout
model = Sequential()
for units in [12, 6]:
    model.add(Dense(units, activation='relu', input_shape=(400,)))
model.add(Dropout(0.2))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['acc'])
model.fit(x, y, nb_epoch=7)
`;
        await drop(page, 'body', { file: program, name: 'lesson.py' });
        await hand.until(page, (now) => now.epochs === 7);
        assert.deepEqual((await hand.heads(page)).slice(1), [
          'dense 12 relu',
          'dense_1 6 relu, dropout',
          'dense_2 1 sigmoid',
        ]);
        await page.waitForFunction(() =>
          /Line 9: .nb_epoch. of .fit. is called .epochs./.test(document.body.textContent ?? ''),
        );
        const cells = [{ cell_type: 'code', source: program.replace('nb_epoch=7', 'epochs=9') }];
        await drop(page, 'body', { file: JSON.stringify({ cells }), name: 'lesson.ipynb' });
        await hand.until(page, (now) => now.epochs === 9);
        for (const [file, word] of [
          ['print(1)', 'no Keras model'],
          ['m = Sequential([Dense(y.shape[1])])', 'y.shape[1]'],
          ['m = Sequential([Lambda(f)])', 'Line 1: A Lambda layer'],
        ]) {
          await drop(page, 'body', { file, name: 'x.py' });
          await alarm(page, word);
          assert.equal((await hand.read(page)).epochs, 9);
        }
        await hand.press(page, 'Undo');
        await hand.until(page, (now) => now.epochs === 7);
        await hand.press(page, 'Undo');
        await hand.until(page, (now) => now.epochs === epochs);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches no other page by a dropped text or link; a field accepts a text', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        const taken = { over: true, shown: false, dropped: true, left: false };
        const link = 'https://example.org/';
        assert.deepEqual(await drop(page, '.picture', { text: link, link }), taken);
        await alarm(page, 'Only files');
        assert.deepEqual(await drop(page, 'body', { text: 'abc' }), taken);
        const field = await drop(page, '#seed', { text: '7' });
        assert.deepEqual([field.over, field.dropped], [false, false]);
        await close();
      });

      // Only Chromium's driver can drag a file from the disk.
      if (name === 'firefox') return;
      test('reaches: a real file from the disk does not replace the page', async () => {
        const { page, close } = await hand.visit(site.browser, site.url);
        const file = join(await mkdtemp(join(tmpdir(), 'glassbox-')), 'experiment.json');
        await writeFile(file, JSON.stringify(hand.lesson(9)));
        const session = await page.createCDPSession();
        const data = { items: [], files: [file], dragOperationsMask: 1 };
        for (const type of /** @type {const} */ (['dragEnter', 'dragOver', 'drop']))
          await session.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
        await hand.until(page, (now) => now.epochs === 9);
        assert.ok(page.url().startsWith(site.url));
        await close();
      });
    });
  }
});

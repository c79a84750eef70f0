// The picture: networks of any shape are drawn in order, can be hovered, and train.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @param {string} class_name @param {Record<string, any>} [config] */
const layer = (class_name, config = {}) => ({ class_name, config });
const answer = layer('Dense', { units: 1, activation: 'sigmoid' });
const image = layer('Reshape', { target_shape: [20, 20, 1] });
const rows = layer('Reshape', { target_shape: [20, 20] });

/** Networks of many shapes, each with the expected notes of its headings. @type {[string, any[], string][]} */
const SHAPES = [
  [
    'more channels than the picture shows',
    [
      image,
      layer('Conv2D', { filters: 20, kernel_size: 3 }),
      layer('BatchNormalization'),
      layer('GlobalAveragePooling2D'),
      answer,
    ],
    '18 × 18 × 20|18 × 18 × 20|20|1 sigmoid',
  ],
  [
    'upsampling and pooling',
    [
      image,
      layer('AveragePooling2D', { pool_size: 4 }),
      layer('UpSampling2D', { size: [2, 3] }),
      layer('SeparableConv2D', { filters: 2, kernel_size: 3 }),
      layer('Dropout', { rate: 0.1 }),
      layer('Flatten'),
      answer,
    ],
    '5 × 5 × 1|10 × 15 × 1|8 × 13 × 2, dropout, flatten|1 sigmoid',
  ],
  [
    'a sequence',
    [
      rows,
      layer('Conv1D', { filters: 6, kernel_size: 3 }),
      layer('MultiHeadAttention', { num_heads: 2, key_dim: 4 }),
      layer('TimeDistributed', { layer: layer('Dense', { units: 3 }) }),
      layer('GlobalMaxPooling1D'),
      answer,
    ],
    '18 × 6|18 × 6|18 × 3|3|1 sigmoid',
  ],
  [
    'thirty layers',
    [
      ...Array.from({ length: 29 }, () => layer('Dense', { units: 12, activation: 'relu' })),
      answer,
    ],
    [...Array.from({ length: 29 }, () => '12 relu'), '1 sigmoid'].join('|'),
  ],
];

describe('the picture', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);
      /** @type {import('puppeteer-core').Page} */
      let page;
      /** @type {string[]} */
      let faults;
      before(async () => {
        ({ page, faults } = await hand.visit(site.browser, site.url));
      });

      /** Opens an experiment by its link. @param {unknown} experiment */
      async function open(experiment) {
        await page.goto('about:blank');
        await page.goto(hand.link(site.url, experiment));
        await hand.ready(page);
      }

      /** Returns the headings of the picture. */
      const heads = () => hand.heads(page);

      for (const [what, layers, shapes] of SHAPES)
        test(`reaches the picture, the hovered units and an epoch: ${what}`, async () => {
          const model = { class_name: 'Sequential', config: { layers } };
          await open({ ...hand.lesson(2), model });
          const notes = await page.$$eval('.head .note', (notes) =>
            notes.map((n) => n.textContent?.trim()),
          );
          assert.equal(notes.slice(1).join('|'), shapes);
          const buttons = await page.$$eval('.units button', (all) => all.length);
          for (let i = 1; i < buttons; i += Math.ceil(buttons / 12)) {
            await page.evaluate(
              (i) => /** @type {any} */ (document.querySelectorAll('.units button')[i]).focus(),
              i,
            );
            await page.waitForFunction(() => document.querySelector('.explain b'));
          }
          await hand.press(page, 'Run 1 epoch');
          await hand.until(page, (now) => now.epoch === 1);
          assert.deepEqual(faults, []);
        });

      test('reaches a picture that scrolls within its box on a phone', async () => {
        await page.setViewport({ width: 390, height: 844 });
        const sizes = await page.$eval('.picture', (e) => ({
          all: e.scrollWidth,
          seen: e.clientWidth,
        }));
        assert.ok(sizes.all > sizes.seen, JSON.stringify(sizes));
        const whole = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(whole <= 390, `${whole}`);
        await page.setViewport({ width: 1440, height: 900 });
      });

      for (const [network, columns] of /** @type {const} */ ([
        [
          'cnn',
          [
            'Input 20 × 20 pixels',
            'conv2d 16 × 16 × 8 relu',
            'max_pooling2d 8 × 8 × 8, flatten',
            'dense 1 sigmoid',
          ],
        ],
        ['lstm', ['Input 20 × 20 pixels', 'lstm 16', 'dense 1 sigmoid']],
      ]))
        test(`reaches the picture, an explanation and a lower loss: ${network} on the digits`, async () => {
          await open(hand.lesson(20));
          await hand.makeForms(page);
          await page.select('#begin', network);
          await hand.until(page, (now) => now.epochs === 10 && now.steps === 0);
          assert.deepEqual(await heads(), columns);
          await hand.pace(page, 'full');
          await hand.press(page, 'Run 1 epoch');
          const first = await hand.until(page, (now) => now.epoch === 1 && now.batch === 0);
          await hand.press(page, 'Run 1 epoch');
          const second = await hand.until(page, (now) => now.epoch === 2 && now.batch === 0);
          assert.ok(second.loss < first.loss, `${first.loss} to ${second.loss}`);
          await page.focus('.units button:nth-child(2)');
          const weights =
            network === 'cnn' ? /channel 1 of 8.*kernel 5 × 5 × 1 × 8/s : /kernel 20 × 64/;
          await page.waitForFunction(
            (source) =>
              new RegExp(source, 's').test(document.querySelector('.explain')?.textContent ?? ''),
            {},
            weights.source,
          );
          assert.deepEqual(faults, []);
        });

      test('reaches the picture of a Functional model with a merge, in order', async () => {
        const tensor = (/** @type {string} */ from) => ({
          class_name: '__keras_tensor__',
          config: { keras_history: [from, 0, 0] },
        });
        const dense = (
          /** @type {string} */ name,
          /** @type {number} */ units,
          /** @type {string} */ from,
        ) => ({
          class_name: 'Dense',
          name,
          config: { name, units, activation: 'sigmoid' },
          inbound_nodes: [{ args: [tensor(from)], kwargs: {} }],
        });
        const layers = [
          {
            class_name: 'InputLayer',
            name: 'in',
            config: { name: 'in', batch_shape: [null, 400] },
            inbound_nodes: [],
          },
          dense('left', 6, 'in'),
          dense('right', 6, 'in'),
          {
            class_name: 'Add',
            name: 'sum',
            config: { name: 'sum' },
            inbound_nodes: [{ args: [[tensor('left'), tensor('right')]], kwargs: {} }],
          },
          dense('out', 1, 'sum'),
        ];
        const config = { layers, input_layers: [['in', 0, 0]], output_layers: [['out', 0, 0]] };
        await open({ ...hand.lesson(2), model: { class_name: 'Functional', config } });
        assert.deepEqual(
          (await heads()).map((head) => head?.replace(/^Input.*/, 'Input')),
          ['Input', 'left 6 sigmoid', 'right 6 sigmoid', 'sum 6', 'out 1 sigmoid'],
        );
        await hand.press(page, 'Run 1 epoch');
        await hand.until(page, (now) => now.epoch === 1);
        assert.deepEqual(faults, []);
      });
    });
  }
});

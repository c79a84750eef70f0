// The forms: every kind of option is shown, can be edited and can be invalid.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as hand from './page.mjs';

const LAYER = 'f-model-config-layers';

describe('the forms', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);
      /** @type {import('puppeteer-core').Page} */
      let page;
      /** @type {string[]} */
      let faults;
      before(async () => {
        ({ page, faults } = await hand.visit(site.browser, site.url));
        await hand.openSettings(page);
      });

      /** Returns the open experiment from the address. */
      const running = () => page.evaluate(() => JSON.parse(atob(location.hash.slice(3))));

      /**
       * Waits until the open experiment fulfils a condition.
       * @param {(experiment: any) => boolean} condition
       */
      async function runs(condition) {
        for (const end = Date.now() + 30_000; ;) {
          const experiment = await running();
          if (condition(experiment)) return experiment;
          const told = await page.evaluate(() => document.querySelector('#refusal')?.textContent);
          if (Date.now() > end) assert.fail(`${told ?? ''} ${JSON.stringify(experiment)}`);
          await hand.sleep(25);
        }
      }

      /** Opens an experiment by its link. @param {unknown} experiment */
      async function open(experiment) {
        await page.goto('about:blank');
        await page.goto(hand.link(site.url, experiment));
        await hand.ready(page);
        await hand.openSettings(page);
      }

      /** Returns the headings of the picture. */
      const heads = () => hand.heads(page);

      test('reaches layers, activations, losses and metrics in groups', async () => {
        const groups = await page.evaluate(() =>
          ['f-compile-loss', 'f-compile-metrics', 'f-model-config-layers-0-config-activation'].map(
            (id) => {
              const select = /** @type {HTMLSelectElement} */ (document.getElementById(id));
              const grouped = [...select.querySelectorAll('optgroup')];
              const loose = [...select.querySelectorAll(':scope > option')].length;
              return { labels: grouped.map((g) => g.label), loose };
            },
          ),
        );
        await page.click('#add-layer');
        const layers = await page.$$eval('.layer-picker summary', (all) =>
          all.map((e) => e.textContent?.replace(/ \(\d+\)$/, '')),
        );
        await page.keyboard.press('Escape');
        for (const label of ['core', 'convolution', 'pooling', 'recurrent', 'merging', 'reshaping'])
          assert.ok(layers.includes(label), `${label} in ${layers}`);
        for (const { labels, loose } of groups) {
          assert.ok(labels.length > 3 && new Set(labels).size === labels.length, labels.join());
          assert.ok(loose <= 1, 'only the first line has no group');
        }
      });

      /** Returns the hint of a field: its text and its formula. @param {string} id of the control */
      const hint = (id) =>
        page.$eval(`#${id}-hint`, (e) => ({
          says: e.textContent?.replace(/\s+/g, ' ').trim() ?? '',
          formula: e.querySelector('code')?.textContent,
        }));

      // What the source says beside each: src/layers/dense.rs, src/functions/activations/smooth.rs.
      const UNITS = 'Number of outputs. 1 to 100,000';
      const SIGMOID = 'y = 1 / (1 + e^-z)';

      test('reaches a sentence for every option, and the formula of the selected class', async () => {
        await page.waitForFunction(
          (id) => document.getElementById(id)?.textContent?.includes('Number of outputs'),
          {},
          `${LAYER}-0-config-units-hint`,
        );
        assert.equal((await hint(`${LAYER}-0-config-units`)).says, UNITS);
        assert.equal((await hint(`${LAYER}-0-config-activation`)).formula, SIGMOID);
        const without = await page.evaluate(() =>
          [...document.querySelectorAll('.hint')]
            .filter((e) => {
              const range = e.querySelector('.range')?.textContent ?? '';
              return (e.textContent ?? '').replace(range, '').trim().length < 4;
            })
            .map((e) => e.id),
        );
        assert.deepEqual(without, []);
        await page.click('#add-layer');
        const titles = await page.$$eval('.layer-picker details [data-class]', (buttons) =>
          buttons.map((button) => button.getAttribute('title')),
        );
        await page.keyboard.press('Escape');
        assert.ok(titles.length > 70 && titles.every((title) => title && title.length > 3));
      });

      test('reaches: an arrow key opens a select that adds an item, and adds none', async () => {
        for (const id of ['f-compile-metrics', 'begin']) {
          const text = JSON.stringify(await running());
          await page.focus(`#${id}`);
          await page.keyboard.press('ArrowDown');
          await page.keyboard.press('Escape');
          await hand.sleep(200);
          assert.equal(JSON.stringify(await running()), text, id);
          assert.equal(await page.evaluate(() => document.activeElement?.id), id);
        }
      });

      test('reaches: Keras’ argument name stands below each label that differs from it, as a description and not as a second label', async () => {
        const fields = await page.$$eval('.field', (all) =>
          all.flatMap((field) => {
            const control = /** @type {HTMLInputElement | null} */ (
              field.querySelector(':is(input, select)[id^="f-"]:not([id$="-plan"])')
            );
            if (!control) return [];
            const name = field.querySelector('.keras-name');
            const [described] = control.getAttribute('aria-describedby')?.split(' ') ?? [];
            return {
              id: control.id,
              name: name?.textContent?.trim(),
              label: control.labels?.[0]?.textContent?.trim() ?? '',
              labels: control.labels?.length,
              described: name ? described === name.id : !described.endsWith('-keras'),
            };
          }),
        );
        const [named, unnamed] = [true, false].map((is) =>
          fields.filter(({ name }) => (name !== undefined) === is),
        );
        for (const { id, label, labels, described } of fields)
          assert.ok(label.length > 0 && labels === 1 && described, id);
        const plain = (/** @type {string} */ text) => text.toLowerCase().replace(/[ _]/g, '');
        for (const { id, name = '', label } of named) {
          assert.ok(id.endsWith(`-${name}`), `${id} is described as ${name}`);
          assert.notEqual(plain(name), plain(label), `${id} has its name twice`);
        }
        for (const { id, label } of unnamed)
          assert.ok(plain(id).endsWith(`-${plain(label)}`), `${id} is labelled ${label}`);
        const path = (/** @type {string} */ option) => `${LAYER}-0-config-${option}`;
        for (const [some, ids] of /** @type {const} */ ([
          [named, [path('kernel_initializer'), path('kernel_regularizer')]],
          [unnamed, [path('units'), path('activation'), 'f-compile-loss', 'f-fit-batch_size']],
        ]))
          for (const id of ids)
            assert.ok(
              some.some((field) => field.id === id),
              id,
            );
      });

      test('reaches advanced options behind "more options", which opens for an invalid one', async () => {
        const folded = () =>
          page.$eval('#f-model-config-layers-0-config-kernel_initializer', (e) => {
            return !(/** @type {HTMLDetailsElement} */ (e.closest('details.more')).open);
          });
        assert.equal(await folded(), true);
        const units = await page.$eval(`#${LAYER}-0-config-units`, (e) => e.closest('.more'));
        assert.equal(units, null);
        await page.select(`#${LAYER}-0-config-kernel_regularizer`, 'L2');
        await runs((e) =>
          Boolean(
            e.model.config.layers[1].config.kernel_regularizer ??
            e.model.config.layers[0].config.kernel_regularizer,
          ),
        );
        await hand.type(page, `${LAYER}-0-config-kernel_regularizer-config-l2`, '-3');
        await page.waitForSelector('#refusal', { visible: true });
        assert.equal(await folded(), false);
        await hand.press(page, 'Restore it');
        await page.select(`#${LAYER}-0-config-kernel_regularizer`, '');
        await runs((e) => !JSON.stringify(e.model).includes('regularizer'));
      });

      test('reaches a learning rate as a number, or as a schedule with its own options', async () => {
        const rate = 'f-compile-optimizer-config-learning_rate';
        await page.select(`#${rate}-plan`, 'CosineDecay');
        await runs((e) => e.compile.optimizer.config.learning_rate?.class_name === 'CosineDecay');
        await hand.type(page, `${rate}-config-decay_steps`, '77');
        await runs((e) => e.compile.optimizer.config.learning_rate.config.decay_steps === 77);
        await page.select(`#${rate}`, '');
        await runs((e) => typeof e.compile.optimizer.config.learning_rate !== 'object');
        await hand.type(page, rate, '0.02');
        await runs((e) => e.compile.optimizer.config.learning_rate === 0.02);
      });

      test('reaches metrics and callbacks that are added, edited and removed', async () => {
        await page.select('#f-compile-metrics', 'AUC');
        await runs((e) => e.compile.metrics.length === 2);
        await hand.type(page, 'f-compile-metrics-1-config-num_thresholds', '50');
        await runs((e) => e.compile.metrics[1].config?.num_thresholds === 50);
        await hand.press(page, 'Remove Accuracy');
        await runs(
          (e) => e.compile.metrics.length === 1 && e.compile.metrics[0].class_name === 'AUC',
        );
        await page.select('#f-fit-callbacks', 'EarlyStopping');
        await runs((e) => e.fit.callbacks?.length === 1);
        await hand.type(page, 'f-fit-callbacks-0-config-patience', '4');
        await hand.type(page, 'f-fit-callbacks-0-config-monitor', 'loss');
        await runs((e) => {
          const { patience, monitor } = e.fit.callbacks[0].config;
          return patience === 4 && monitor === 'loss';
        });
        await hand.press(page, 'Remove Early stopping');
        await runs((e) => !e.fit.callbacks);
      });

      test('reaches lists of numbers and class weights; an empty field is none', async () => {
        await hand.type(page, 'f-fit-class_weight', '0: 0.5, 1: 2');
        const { fit } = await runs((e) => Boolean(e.fit.class_weight));
        assert.deepEqual(fit.class_weight, { 0: 0.5, 1: 2 });
        await hand.type(page, 'f-fit-validation_freq', '1, 3');
        assert.deepEqual(
          (await runs((e) => Array.isArray(e.fit.validation_freq))).fit.validation_freq,
          [1, 3],
        );
        await hand.type(page, 'f-fit-steps_per_epoch', '5');
        await hand.until(page, (now) => now.batches === 5);
        for (const option of ['class_weight', 'validation_freq', 'steps_per_epoch'])
          await hand.type(page, `f-fit-${option}`, '');
        await runs((e) => !e.fit.class_weight && !e.fit.steps_per_epoch && !e.fit.validation_freq);
      });

      test('reaches every edit that is made while an earlier one is still opening', async () => {
        for (let k = 1; k <= 10; k++) {
          const asked = { epochs: 20 + k, batch_size: 40 + k, steps_per_epoch: 2 + k };
          for (const [option, value] of Object.entries(asked)) {
            await hand.type(page, `f-fit-${option}`, String(value));
            await hand.sleep(4 * k);
          }
          await runs(({ fit }) =>
            Object.entries(asked).every(([option, value]) => fit[option] === value),
          );
        }
        await hand.type(page, 'f-fit-steps_per_epoch', '');
        await runs((e) => !e.fit.steps_per_epoch);
      });

      test('reaches the options of a layer inside a layer', async () => {
        await page.select('#begin', 'lstm');
        await runs((e) => JSON.stringify(e.model).includes('LSTM'));
        await hand.addLayer(page, 'Bidirectional');
        await page.waitForSelector('#refusal');
        // The new layer goes before the last one, behind the LSTM, whose output is no sequence.
        await hand.press(page, 'Move layer 3 (Bidirectional) up');
        await page.waitForSelector(`#${LAYER}-1-config-layer-config-return_sequences`);
        await page.evaluate(
          (id) => document.getElementById(id)?.click(),
          `${LAYER}-1-config-layer-config-return_sequences`,
        );
        await runs((e) => JSON.stringify(e.model).includes('return_sequences'));
        await hand.type(page, `${LAYER}-1-config-layer-config-units`, '5');
        await runs((e) => JSON.stringify(e.model).includes('"units":5'));
        assert.ok(
          (await heads()).some((head) => head?.includes('20 × 10')),
          String(await heads()),
        );
      });

      test('reaches a run or an error for every choice', async () => {
        const data = { class_name: 'Xor', config: { n: 60 } };
        await open({ ...hand.lesson(1), data });
        const told = () =>
          page.evaluate(() =>
            [...document.querySelectorAll('.refusal')].map((r) => r.textContent).join(),
          );
        for (const id of [
          'add-layer',
          'f-compile-loss',
          'f-compile-optimizer',
          'f-compile-metrics',
          'f-fit-callbacks',
          `${LAYER}-0-config-activation`,
        ]) {
          const isLayer = id === 'add-layer';
          if (isLayer) {
            await page.click('#add-layer');
            await page.keyboard.press('Escape');
          }
          const values = await page.$$eval(
            isLayer ? '.layer-picker details [data-class]' : `#${id} option`,
            (options) =>
              options
                .map(
                  (o) =>
                    /** @type {HTMLElement} */ (o).dataset.class ?? /** @type {any} */ (o).value,
                )
                .filter(Boolean),
          );
          // Each browser tests one half, since the result does not depend on the browser.
          const half = values.filter((_, i) => (i % 2 === 0) === (name === 'chromium'));
          for (const value of half) {
            const now = isLayer
              ? ''
              : await page.$eval(`#${id}`, (e) => /** @type {any} */ (e).value);
            if (now === value) continue;
            const before = await page.evaluate(() => location.hash);
            if (isLayer) await hand.addLayer(page, value);
            else await page.select(`#${id}`, value);
            await page
              .waitForFunction(
                (before) => location.hash !== before || document.querySelector('.banner'),
                { timeout: 3000 },
                before,
              )
              .catch(() => undefined); // The value was selected already.
            if (!(await page.$('.banner'))) {
              if (id === 'add-layer' || id.includes('metrics') || id.includes('callbacks')) {
                await page.waitForSelector('[aria-label=Undo]:not([disabled])');
                await hand.press(page, 'Undo');
                await page.waitForFunction((before) => location.hash === before, {}, before);
              }
              continue;
            }
            assert.ok((await told()).length > 20, `${id} ${value}`);
            await hand.press(page, 'Restore it');
            await page.waitForFunction(() => !document.querySelector('.banner'));
          }
        }
        assert.deepEqual(faults, []);
      });
    });
  }
});

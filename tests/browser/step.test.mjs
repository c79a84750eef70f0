// One weight and its example through a step: which ones the view opens with, their numbers, and the picture beside them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lessonRun } from './node-run.mjs';
import * as hand from './page.mjs';

const SGD = { class_name: 'SGD', config: {} };

/**
 * The numbers of `w − α × g = w_new`, in which the sign of a subtraction stands before α.
 * @param {number[]} numbers
 */
const signsOf = ([w, rate, g, after]) => [w, Math.abs(rate), g, after];

describe('one weight in a step', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('oracle: opens on the step just made and its largest gradient, and SGD moves the weight as the line says', async () => {
        const experiment = {
          ...hand.lesson(2),
          compile: { ...hand.lesson(2).compile, optimizer: SGD },
        };
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, experiment),
        );
        await page.waitForSelector('#moment');
        const traced = (/** @type {string} */ words) =>
          page.waitForFunction(
            (words) => document.querySelector('[data-n=traced]')?.textContent?.includes(words),
            {},
            words,
          );
        await hand.tab(page, 'inside');
        await traced('Step 1, not made yet');
        await hand.press(page, 'Step 1 batch');
        await traced('Step 1, the last one made');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 2);
        await traced('Step 50, the last one made (epoch 2, batch 25 of 25)');
        // The same step in node.
        const run = lessonRun(experiment);
        for (let step = 0; step < 49; step++) run.step();
        const kernels = run
          .info()
          .layers.flatMap(({ params }) => params.filter((p) => p.name === 'kernel'));
        const trace = run.trace();
        run.free();
        const size = (/** @type {number} */ at) => Math.abs(trace.gradients[at]);
        const largest = kernels
          .flatMap(({ at, length }) => Array.from({ length }, (_, i) => at + i))
          .reduce((best, at) => (size(at) > size(best) ? at : best));
        const at = () => page.$eval('.facts', (e) => Number(e.getAttribute('data-at')));
        assert.equal(await at(), largest);
        assert.match(
          await page.$eval('[data-n=rank]', (e) => e.textContent ?? ''),
          /^\s*Largest gradient of this step/,
        );
        await hand.press(page, 'Update');
        const line = await page.waitForSelector('[data-n=descent]');
        assert.equal(await page.$('[data-n=step]'), null, 'SGD has one line');
        const numbers = async () =>
          ((await line?.evaluate((e) => e.textContent)) ?? '')
            .replaceAll('−', '-')
            .match(/-?\d[\d.]*(e-?\d+)?/g)
            ?.map(Number) ?? [];
        // With the digits of the page the line can be followed.
        let [w, rate, g, after] = signsOf(await numbers());
        assert.ok(
          g !== 0 && w !== after && Math.abs(w - rate * g - after) <= 0.06 * Math.abs(rate * g),
          `${await numbers()}`,
        );
        await page.click('#all-digits');
        await page.waitForFunction(
          () => Number(document.querySelector('[data-n=gradient]')?.textContent?.length) > 10,
        );
        [w, rate, g, after] = signsOf(await numbers());
        assert.equal(Math.fround(w), trace.before[largest]);
        assert.equal(Math.fround(g), trace.gradients[largest]);
        assert.equal(
          Math.fround(Math.fround(w) - Math.fround(Math.fround(rate) * Math.fround(g))),
          Math.fround(after),
        );
        assert.equal(Math.fround(after), trace.after[largest]);
        // The field has the value of now.
        assert.equal(
          await page.$eval('#weight-value', (e) =>
            Math.fround(Number(/** @type {HTMLInputElement} */ (e).value)),
          ),
          trace.after[largest],
        );
        // Looking back: the step that leads out of that moment.
        await hand.scrub(page, 30);
        await traced('Step 31, the one after the moment you look back at (epoch 2, batch 6 of 25)');
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches one weight and one example in all stages, and others in the same stage', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(2)),
        );
        await page.waitForSelector('#moment');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 2);
        await hand.tab(page, 'inside');
        await page.waitForSelector('.facts');
        await page.waitForSelector('.units [aria-current]');
        /** What the card, the panel and the picture are about. */
        const now = () =>
          page.evaluate(() => {
            const text = (/** @type {string} */ of) =>
              document.querySelector(of)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';
            const value = (/** @type {string} */ of) =>
              /** @type {HTMLSelectElement | null} */ (document.querySelector(of))?.value;
            return {
              stage: text('.stages [aria-pressed=true]'),
              title: text('.told h3'),
              at: document.querySelector('.facts')?.getAttribute('data-at'),
              picture: document.querySelector('.units [aria-current]')?.getAttribute('aria-label'),
              row: value('#row'),
              detail: value('#grain'),
              bar: text('.example-bar'),
            };
          });
        const stageOf = async (/** @type {string} */ stage) => {
          await hand.press(page, stage);
          await page.waitForFunction(
            (stage) =>
              document.querySelector('.stages [aria-pressed=true]')?.textContent?.includes(stage),
            {},
            stage,
          );
          return now();
        };
        const first = await stageOf('Forward');
        for (const stage of ['Loss', 'Backward', 'Update']) {
          const { at, row, picture, title } = await stageOf(stage);
          assert.deepEqual(
            { at, row, picture },
            { at: first.at, row: first.row, picture: first.picture },
          );
          if (stage !== 'Loss') assert.ok(title.includes(String(picture)), `${title}, ${picture}`);
        }
        /** Waits for another weight, of which the card tells in the same stage, and the picture. */
        const turned = async (/** @type {any} */ before) => {
          await page.waitForFunction(
            (at) => document.querySelector('.facts')?.getAttribute('data-at') !== at,
            {},
            before.at,
          );
          const agrees = (/** @type {any} */ { title, picture }) =>
            title.includes(String(picture).replace(/, (weight|bias)/, ': $1'));
          let after = await now();
          for (let tries = 0; tries < 100 && !agrees(after); tries++) {
            await hand.sleep(50);
            after = await now();
          }
          assert.ok(agrees(after), JSON.stringify(after));
          assert.deepEqual(
            [after.stage, after.detail, after.row],
            ['Update', 'weight', before.row],
          );
          return after;
        };
        let told = await now();
        await hand.press(page, 'Another weight');
        told = await turned(told);
        await page.select('#weight', '7');
        told = await turned(told);
        await page.focus('[aria-label="dense, unit 3"]');
        await page.keyboard.press('Enter');
        // While the unit has the focus, the picture explains the unit.
        await page.focus('#weight');
        told = await turned(told);
        assert.match(told.title, /dense, unit 3: weight of pixel/);
        // Another example, in the picture as well.
        await hand.press(page, 'Another example');
        await page.waitForFunction(
          (bar) =>
            document.querySelector('.example-bar')?.textContent?.replace(/\s+/g, ' ').trim() !==
            bar,
          {},
          told.bar,
        );
        const other = await now();
        assert.deepEqual([other.stage, other.at], ['Update', told.at]);
        assert.notEqual(other.row, told.row);
        // A walk through all terms of the stage takes the weight of the panel with it.
        await page.select('#grain', 'term');
        for (let i = 0; i < 3; i++) {
          const before = await now();
          await hand.press(page, 'Next');
          await page.waitForFunction(
            (at) => document.querySelector('.facts')?.getAttribute('data-at') !== at,
            {},
            before.at,
          );
          const { title, stage } = await now();
          const chosen = await page.$eval('#weight', (e) => {
            const { options, selectedIndex } = /** @type {HTMLSelectElement} */ (e);
            return options[selectedIndex].textContent;
          });
          assert.ok(title.includes(`weight of ${chosen}`), `${title}; ${chosen}`);
          assert.equal(stage, 'Update');
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('oracle: a second line says how the step of Adam differs', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(1)),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await hand.press(page, 'Step 1 batch');
        await hand.until(page, (now) => now.steps === 1);
        await page.waitForSelector('[data-step="1"]');
        await hand.press(page, 'Update');
        const texts = await page.waitForFunction(() => {
          const text = (/** @type {string} */ of) =>
            document.querySelector(of)?.textContent?.replaceAll('−', '-').replace(/\s+/g, ' ') ??
            '';
          const [plain, step] = [text('[data-n=descent]'), text('[data-n=step]')];
          return step && { plain, step, numbers: text('.told .numbers') };
        });
        const { plain, step, numbers } = /** @type {any} */ (await texts.jsonValue());
        // The first step of Adam is as long as the learning rate, for any gradient.
        const g = Number(/× ?\(?(-?[\d.e-]+)/.exec(plain)?.[1]);
        const [, own, other, times] =
          /The step of Adam is (-?[\d.e-]+) instead of (-?[\d.e-]+): ([\d.,]+) times as long/.exec(
            numbers,
          ) ?? [];
        assert.ok(Math.abs(Math.abs(Number(own)) - 1e-3) < 1e-5, numbers);
        assert.ok(Math.abs(Number(other) + 1e-3 * g) <= 1e-3 * Math.abs(Number(other)), numbers);
        const ratio = Number(own) / Number(other);
        assert.ok(Math.abs(Number(times.replace(',', '')) - ratio) <= 0.05 * ratio, numbers);
        const [, w, sign, by, after] =
          /= ?(-?[\d.]+) ?([-+]) ?([\d.e-]+) ?= ?(-?[\d.]+)/.exec(step) ?? [];
        const moved = Number(w) + Number(`${sign}1`) * Number(by);
        assert.ok(Math.abs(moved - Number(after)) < 0.02 * Number(by), step);
        assert.match(
          await page.$eval('.derivation', (e) => e.textContent ?? ''),
          /How Adam computes its step/,
        );
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the example of the step in the picture, with the numbers of the card, and the former one after it', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(2)),
        );
        await page.waitForSelector('#moment');
        const bar = (/** @type {RegExp} */ words) =>
          page
            .waitForFunction(
              (words) =>
                new RegExp(words).exec(
                  document.querySelector('.example-bar')?.textContent?.replace(/\s+/g, ' ') ?? '',
                )?.[1],
              {},
              words.source,
            )
            .then((found) => found.jsonValue());
        await hand.press(page, 'Next example');
        await bar(/(test example 2 of 500)/);
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 2);
        await hand.tab(page, 'inside');
        const IN_STEP = /training example (\d+), label \d \(in the step shown below\)/;
        const shown = await bar(IN_STEP);
        const inPanel = await page.$eval('.row-shown b', (e) => e.textContent);
        assert.equal(shown, inPanel);
        // The output of the unit, in the picture and on the card.
        const output = await page.$eval('.told .numbers p:last-child mn:last-child', (e) =>
          Number(e.textContent),
        );
        await page.waitForFunction(
          (output) => {
            const label = /([\d.]+) %/.exec(document.querySelector('.heads')?.textContent ?? '');
            return !label || Math.abs(Number(label[1]) - 100 * output) < 0.06;
          },
          {},
          output,
        );
        // The buttons below the picture turn to the next example of the batch.
        const row = () =>
          page.$eval('#row', (e) => Number(/** @type {HTMLSelectElement} */ (e).value));
        const before = await row();
        await hand.press(page, 'Next example');
        await page.waitForFunction(
          (shown) => document.querySelector('.row-shown b')?.textContent !== shown,
          {},
          shown,
        );
        assert.equal(await row(), (before + 1) % 32);
        // A picked prediction shows in the picture until the next example of the step.
        await page.click('.examples li:nth-child(5) button');
        await bar(/(test example 5 of 500)/);
        await hand.press(page, 'Another example');
        await bar(IN_STEP);
        await hand.tab(page, 'summary');
        await bar(/(test example 5 of 500)/);
        // For the whole batch there is no example.
        await hand.tab(page, 'inside');
        await bar(IN_STEP);
        await page.select('#row', '-1');
        await bar(/(test example 5 of 500)/);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches no path of 0 unfolded, and the example in which the weight matters', async () => {
        const experiment = hand.lesson(1);
        for (const { config } of experiment.model.config.layers.slice(0, 2))
          config.activation = 'relu';
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, experiment),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await hand.press(page, 'Step 1 batch');
        await page.waitForSelector('[data-step="1"]');
        await page.$eval('[aria-label="dense, unit 3"]', (e) =>
          /** @type {HTMLElement} */ (e).click(),
        );
        await page.waitForFunction(() =>
          /dense, unit/.test(document.querySelector('.subject-fields')?.textContent ?? ''),
        );
        const products = (/** @type {string} */ of) =>
          page.$$eval(of, (all) =>
            all.map((e) => Number(e.textContent?.replaceAll('−', '-').replace('=', ''))),
          );
        const shown = await products('.weight-panel > .paths td:last-child');
        assert.ok(shown.length > 0 && shown.every((product) => product !== 0), `${shown}`);
        const sizes = shown.map(Math.abs);
        assert.deepEqual(
          sizes,
          sizes.toSorted((a, b) => b - a),
          'largest first',
        );
        const folded = await page.$eval('.zeros', (e) => ({
          open: /** @type {HTMLDetailsElement} */ (e).open,
          text: e.querySelector('summary')?.textContent?.replace(/\s+/g, ' ').trim(),
        }));
        const zeros = Number(
          /^(\d+) paths? through inputs of 0 or saturated units contributes? 0$/.exec(
            folded.text ?? '',
          )?.[1],
        );
        assert.ok(!folded.open && zeros > 0, JSON.stringify(folded));
        const count = Number(
          /^\s*(\d+) path/.exec(
            await page.$eval('.weight-panel > .paths caption', (e) => e.textContent ?? ''),
          )?.[1],
        );
        assert.equal(zeros + count, 15, 'one path through each unit of the second layer');
        // The corner of the image is paper in this example: only the folded line is there.
        await page.select('#weight', '0');
        await page.waitForFunction(() =>
          document
            .querySelector('.weight-panel')
            ?.textContent?.includes('This weight has no effect on this example'),
        );
        assert.equal(await page.$('.weight-panel > .paths'), null);
        // A pixel that has ink in another example leads to it.
        const offered = async () => {
          for (let pixel = 20; pixel < 400; pixel += 7) {
            await page.select('#weight', String(pixel));
            await page.waitForSelector(`[data-at="${pixel * 25 + 2}"]`);
            if (
              await page.evaluate(() =>
                document.querySelector('.facts')?.textContent?.includes('Show the example'),
              )
            )
              return true;
          }
        };
        assert.ok(await offered());
        await hand.press(page, 'Show the example with the largest share');
        await page.waitForSelector('.weight-panel > .paths');
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches every stage of a weight in a network that is shown as a whole', async () => {
        const experiment = hand.lesson(1);
        experiment.model.config.layers = /** @type {any} */ ([
          { class_name: 'Reshape', config: { target_shape: [20, 20] } },
          { class_name: 'LSTM', config: { units: 1, activation: 'sigmoid' } },
        ]);
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, experiment),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await hand.press(page, 'Step 1 batch');
        await page.waitForSelector('[data-step="1"] #array');
        const gradient = await page.$eval('[data-n=gradient]', (e) =>
          Number(e.textContent?.replaceAll('−', '-')),
        );
        assert.ok(gradient !== 0 && Number.isFinite(gradient));
        for (const [stage, words] of [
          ['Forward', 'Forward through lstm'],
          ['Loss', 'Loss of example'],
          ['Backward', 'Backward through lstm'],
          ['Update', 'Update of lstm/'],
        ]) {
          await hand.press(page, stage);
          await page.waitForFunction(
            (words) => document.querySelector('.told h3')?.textContent?.includes(words),
            {},
            words,
          );
        }
        assert.ok(await page.$('[data-n=descent]'));
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a branch from now by a new value of a weight at the end of a run', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(1)),
        );
        await page.waitForSelector('#moment');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 1);
        await hand.tab(page, 'inside');
        await page.waitForSelector('[data-step="25"] #weight-value');
        const at = await page.$eval('.facts', (e) => e.getAttribute('data-at'));
        await hand.type(page, 'weight-value', '0.25');
        await page.waitForFunction(() =>
          document.querySelector('.notice')?.textContent?.includes('set to 0.25 after batch 25'),
        );
        const { start } = JSON.parse(await textOf(page));
        assert.deepEqual([start.step, start.weights[0].values], [25, [0.25]]);
        // The weight stays, and its step is the next one.
        await page.waitForFunction(
          () =>
            document.querySelector('#weight-value') &&
            /** @type {HTMLInputElement} */ (document.querySelector('#weight-value')).value ===
              '0.25',
        );
        assert.equal(await page.$eval('.facts', (e) => e.getAttribute('data-at')), at);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a step that is held while training continues', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(90_000)),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await page.waitForSelector('.told');
        await hand.pace(page, 'slow');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.steps > 0);
        await hand.pressed(page, 'keep the current step in view');
        const held = await page.waitForFunction(
          () =>
            /Step (\d+), held while training continues/.exec(
              document.querySelector('[data-n=traced]')?.textContent ?? '',
            )?.[1],
        );
        const step = Number(await held.jsonValue());
        await hand.until(page, (now) => now.steps > step + 2);
        assert.match(
          await page.$eval('[data-n=traced]', (e) => e.textContent ?? ''),
          new RegExp(`Step ${step}, held`),
        );
        await page.waitForFunction(() =>
          document.querySelector('.example-bar')?.textContent?.includes('in the step shown below'),
        );
        // Paused and back at the latest moment, it is the step just made.
        await hand.press(page, 'Pause');
        await hand.pressed(page, 'Back to latest');
        // A batch that was being trained may arrive after the pause.
        await page.waitForFunction(() => {
          const meter = /** @type {HTMLElement | null} */ (document.querySelector('.meter'));
          return document
            .querySelector('[data-n=traced]')
            ?.textContent?.includes(`Step ${meter?.dataset.steps}, the last one made`);
        });
        assert.deepEqual(faults, []);
        await close();
      });
    });
  }
});

/** Returns the text of the open experiment from the address. @param {import('puppeteer-core').Page} page */
async function textOf(page) {
  const hash = await page.evaluate(() => location.hash);
  return Buffer.from(hash.slice(3), 'base64url').toString();
}

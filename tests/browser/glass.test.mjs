// The inspector: every step of a run down to one weight, by keyboard alone, compared with Keras' numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Run, initSync } from '../../pkg/glassbox.js';
import * as hand from './page.mjs';

const CASE = '../keras/cases/seed_dense_25_15_1_sigmoid_adam.json';

const SGD = { class_name: 'SGD', config: {} };

/**
 * The numbers of `w − α × g = w_new`, in which the sign of a subtraction stands before α.
 * @param {number[]} numbers
 */
const signsOf = ([w, rate, g, after]) => [w, Math.abs(rate), g, after];

/** Converts a golden case to an experiment with its rows and its initial weights. @param {any} golden */
function experimentOf(golden) {
  const named = (/** @type {any} */ { class: class_name, args: config }) => ({
    class_name,
    config,
  });
  return {
    data: {
      class_name: 'Numbers',
      config: { x: golden.x.data, y: golden.y.data, shape: golden.x.shape.slice(1) },
    },
    model: { class_name: 'Sequential', config: { layers: golden.model_config.config.layers } },
    compile: {
      optimizer: named(golden.compile.optimizer),
      loss: named(golden.compile.loss),
      metrics: golden.compile.metrics,
    },
    fit: { batch_size: golden.batch_size, shuffle: false, epochs: 400 },
    seed: 0,
    start: {
      weights: golden.weights_init.map((/** @type {any} */ { path, data }) => ({
        path: path.split('/').slice(1).join('/'),
        values: data,
      })),
    },
  };
}

/** Returns a run on the lesson's digits in node. @param {unknown} experiment */
function lessonRun(experiment) {
  const file = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url));
  initSync({ module: file('pkg/glassbox_bg.wasm') });
  const digits = gunzipSync(file('www/public/data/digits01.bin'));
  return new Run(JSON.stringify(experiment), digits);
}

/** Returns the fingerprints of the lesson's run after each batch, computed in node. @param {number} epochs */
function undisturbed(epochs) {
  const run = lessonRun(hand.lesson(epochs));
  const hashes = [run.weights_hash()];
  while (run.step() === 1) hashes.push(run.weights_hash());
  run.free();
  return hashes;
}

/** Returns the trace of a golden case's first step, computed in node. @param {any} golden */
function traced(golden) {
  initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });
  const run = new Run(JSON.stringify(experimentOf(golden)));
  return run.trace();
}

/** Returns a seeded generator of numbers from 0 to 1. @param {number} seed */
function drawn(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the inspector', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('oracle: three key presses lead from the training network to Keras’ ∂J/∂w', async () => {
        const golden = JSON.parse(readFileSync(new URL(CASE, import.meta.url), 'utf8'));
        const url = hand.link(site.url, experimentOf(golden));
        const { page, faults, close } = await hand.visit(site.browser, url);
        await page.waitForSelector('#moment');
        await hand.pace(page, 'slow');
        await page.focus('.play');
        await page.keyboard.press('Enter');
        await hand.until(page, (now) => now.steps > 0);
        // Arrow keys lead to the fourth unit of the first layer.
        await page.focus('.units button[tabindex="0"]');
        await page.keyboard.press('ArrowRight');
        for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
        const where = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
        assert.equal(await where(), 'dense, unit 4');
        // 1: the unit.
        await page.keyboard.press('Enter');
        // 2: the step view. (The page draws less often than these keys are pressed.)
        await page.waitForFunction(() =>
          /dense, unit 4[^]*Look inside/.test(
            document.querySelector('.explain')?.textContent ?? '',
          ),
        );
        await tabTo(page, 'Look inside');
        await page.keyboard.press('Enter');
        await page.waitForSelector('#weight');
        // Back to the first step.
        await page.focus('#moment');
        await page.keyboard.press('Home');
        await page.waitForFunction(() =>
          document.querySelector('[data-n=moment]')?.textContent?.includes('before the first'),
        );
        // 3: the weight of the second input.
        await page.waitForSelector('[data-step="0"] #weight');
        const second = '[data-step="0"] [data-at="28"]';
        for (let tries = 0; tries < 3 && !(await page.$(second)); tries++) {
          await page.focus('#weight');
          await page.keyboard.press('Home');
          await page.keyboard.press('ArrowDown');
          await page.waitForSelector(second, { timeout: 3000 }).catch(() => undefined);
        }
        assert.ok(await page.$(second), 'the arrow key selects the second weight');
        await page.focus('#all-digits');
        await page.keyboard.press(' ');
        const shown = await page.waitForFunction(() => {
          const text = (/** @type {string} */ n) =>
            document.querySelector(`[data-n=${n}]`)?.textContent?.replaceAll('−', '-') ?? '';
          const difference = text('difference');
          const full = text('gradient').length > 10;
          return (
            full && difference && { gradient: text('gradient'), difference: Number(difference) }
          );
        });
        const { gradient, difference } = /** @type {any} */ (await shown.jsonValue());
        assert.equal(Math.fround(Number(gradient)), traced(golden).gradients[28], 'every digit');
        const wanted = golden.grad_step0[0].data[1 * 25 + 3];
        const off = Math.abs(Number(gradient) - wanted);
        assert.ok(off <= 2e-6 + 2e-5 * Math.abs(wanted), `${gradient}, in Keras ${wanted}`);
        assert.ok(
          Math.abs(difference - wanted) <= 2e-5 + 2e-2 * Math.abs(wanted),
          String(difference),
        );
        assert.deepEqual(faults, []);
        await close();
      });

      test('bits: after each of 100 scrubs, branches and undos the weights are those of an undisturbed run', async () => {
        const EPOCHS = 7;
        const hashes = undisturbed(EPOCHS);
        const last = hashes.length - 1;
        const url = hand.link(site.url, hand.lesson(EPOCHS));
        const { page, faults, close } = await hand.visit(site.browser, url);
        await page.waitForSelector('#moment');
        await hand.pace(page, 'full');
        await page.evaluate(() => document.getElementById('tab-summary')?.click());
        const finish = async () => {
          await hand.press(page, 'Play');
          await hand.until(page, (now) => now.epoch === EPOCHS);
          await shows(hashes[last]);
        };
        const shows = async (/** @type {string} */ hash) => {
          const there = (/** @type {string} */ hash) =>
            document.querySelector('[data-n=hash]')?.textContent === hash;
          await page.waitForFunction(there, { polling: 5, timeout: 10_000 }, hash);
        };
        await finish();
        const random = drawn(5);
        /** First steps of the runs that undo can restore. */
        const firsts = [0];
        for (let action = 0; action < 100; action++) {
          const [first] = firsts;
          const step = first + Math.floor(random() * (last - first));
          await hand.scrub(page, step);
          await shows(hashes[step]);
          const what = random();
          if (what < 0.06 && step > first) {
            await hand.pressed(page, 'Branch from here');
            await hand.until(page, (now) => now.steps === step);
            await shows(hashes[step]);
            await finish();
            firsts.unshift(step);
          } else if (what < 0.12 && firsts.length > 1) {
            await hand.pressed(page, 'Undo');
            await hand.until(page, (now) => now.epoch === EPOCHS);
            firsts.shift();
            await shows(hashes[last]);
          }
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches all stages of a step at every level of detail, with all gradients before the first update', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(3)),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await page.waitForSelector('#grain');
        await page.select('#grain', 'layer');
        await page.waitForFunction(() =>
          document.querySelector('.told h3')?.textContent?.startsWith('Forward'),
        );
        const seen = [];
        for (let i = 0; i < 12; i++) {
          seen.push(await page.$eval('.told h3', (e) => e.textContent));
          await page.evaluate(() => {
            const next = document.querySelector('[aria-label=Next]');
            /** @type {HTMLElement} */ (next).click();
          });
          await hand.sleep(60);
        }
        const stages = seen.map((title) => String(title).split(' ')[0]);
        assert.deepEqual(
          [...new Set(stages)],
          ['Forward', 'The', 'Backward', 'Update'],
          seen.join('; '),
        );
        assert.ok(stages.lastIndexOf('Backward') < stages.indexOf('Update'));
        // Every level of detail has numbers, for one example and for the batch.
        for (const grain of ['unit', 'term', 'product']) {
          await page.select('#grain', grain);
          for (const row of ['-1', '5']) {
            await page.select('#row', row);
            for (const stage of ['Forward', 'Loss', 'Backward', 'Update']) {
              await hand.press(page, stage);
              await page.waitForFunction(
                (stage) =>
                  document
                    .querySelector('.stages [aria-pressed=true]')
                    ?.textContent?.includes(stage),
                {},
                stage,
              );
              // The update of all weights of a unit is more than one number.
              const many = grain === 'unit' && stage === 'Update';
              const shown = await page.waitForSelector(many ? '.numbers' : '[data-n=value]');
              const text = (await shown?.evaluate((e) => e.textContent)) ?? '';
              const value = text.replaceAll('−', '-').match(/-?\d[\d.]*(e-?\d+)?/)?.[0];
              assert.ok(Number.isFinite(Number(value)), `${grain} ${row} ${stage}: ${text}`);
            }
          }
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a branch from an earlier step with an edited weight, and undo', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(2)),
        );
        await page.waitForSelector('#moment');
        await hand.pace(page, 'full');
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 2);
        const whole = await hand.fingerprint(page);
        await hand.scrub(page, 30);
        await page.evaluate(() => {
          const unit = document.querySelector('[aria-label="dense_1, unit 3"]');
          /** @type {HTMLElement} */ (unit).click();
        });
        await hand.tab(page, 'inside');
        await page.waitForSelector('[data-step="30"] #weight-value');
        const at = await page.$eval('.facts', (e) => Number(e.getAttribute('data-at')) - 10_025);
        assert.equal(at % 15, 2, 'a weight of the third unit');
        await hand.type(page, 'weight-value', 'much');
        await page.waitForFunction(() =>
          document.querySelector('.notice')?.textContent?.includes('not a number'),
        );
        await hand.type(page, 'weight-value', '1.25');
        await hand.until(page, (now) => now.steps === 30);
        const { experiment } = JSON.parse(await textOf(page)).start;
        assert.equal(experiment.seed, 42);
        assert.deepEqual(JSON.parse(await textOf(page)).start.weights, [
          { path: 'dense_1/kernel', at, values: [1.25] },
        ]);
        await hand.press(page, 'Play');
        await hand.until(page, (now) => now.epoch === 2);
        assert.notEqual(await hand.fingerprint(page), whole);
        await hand.pressed(page, 'Undo');
        await hand.until(page, (now) => now.epoch === 2);
        await page.waitForFunction(
          (whole) => document.querySelector('[data-n=hash]')?.textContent === whole,
          {},
          whole,
        );
        assert.deepEqual(faults, []);
        await close();
      });

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
              picture: /^(.*?): [wb] = /.exec(text('.explain'))?.[1],
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
          // In the picture “dense_2, unit 1, weight of unit 2”, on the card “dense_2, unit 1: weight of unit 2”.
          if (stage !== 'Loss')
            assert.ok(
              title.includes(String(picture).replace(', weight', ': weight')),
              `${title}, ${picture}`,
            );
        }
        /** Waits for another weight, of which the card tells in the same stage, and the picture. */
        const turned = async (/** @type {any} */ before) => {
          await page.waitForFunction(
            (at) => document.querySelector('.facts')?.getAttribute('data-at') !== at,
            {},
            before.at,
          );
          await hand.sleep(100);
          const after = await now();
          assert.deepEqual(
            [after.stage, after.detail, after.row],
            ['Update', 'weight', before.row],
          );
          assert.ok(
            after.title.includes(String(after.picture).replace(/, (weight|bias)/, ': $1')),
            JSON.stringify(after),
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
        // The first step of Adam has the length of the learning rate, whatever the gradient.
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
        // The input of the weight, and the output of the unit, in the picture and on the card.
        const input = await page.waitForFunction(
          () => /input x = (.*?),/.exec(document.querySelector('.explain')?.textContent ?? '')?.[1],
        );
        const told = await page.$eval('.told .numbers', (e) => e.textContent ?? '');
        assert.ok(told.includes(`×${await input.jsonValue()}`), told);
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
        await hand.pressed(page, 'hold the current step');
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
        const { steps } = await hand.read(page);
        await page.waitForFunction(
          (steps) =>
            document
              .querySelector('[data-n=traced]')
              ?.textContent?.includes(`Step ${steps}, the last one made`),
          {},
          steps,
        );
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the content of every view for a network on digits, on a plane, and for a CNN', async () => {
        const cnn = hand.lesson(1);
        const layer = (/** @type {string} */ class_name, config = {}) => ({ class_name, config });
        cnn.model.config.layers = /** @type {any} */ ([
          layer('Reshape', { target_shape: [20, 20, 1] }),
          layer('Conv2D', { filters: 4, kernel_size: 5, activation: 'relu' }),
          layer('MaxPooling2D'),
          layer('Flatten'),
          layer('Dense', { units: 1, activation: 'sigmoid' }),
        ]);
        const moons = { ...hand.lesson(20), data: { class_name: 'Moons', config: {} } };
        for (const [what, experiment] of Object.entries({ digits: hand.lesson(3), moons, cnn })) {
          const { page, faults, close } = await hand.visit(
            site.browser,
            hand.link(site.url, experiment),
          );
          await page.waitForSelector('#moment');
          await hand.pace(page, 'full');
          await hand.press(page, 'Play');
          await hand.until(page, (now) => now.epoch === experiment.fit.epochs, 60_000);
          const panel = (/** @type {string} */ text) =>
            page.waitForFunction(
              (text) => document.querySelector('.glass-panel')?.textContent?.includes(text),
              { timeout: 20_000 },
              text,
            );
          await hand.tab(page, 'inside');
          await panel('the last one made');
          await hand.pressed(page, 'One batch back');
          await panel('the one after the moment you look back at');
          if (what === 'cnn') {
            await page.$eval('[aria-label="conv2d, channel 2"]', (e) =>
              /** @type {HTMLElement} */ (e).click(),
            );
            await panel('(2, 5) of the window');
            await hand.type(page, 'weight', '9');
            await page.waitForFunction(() => {
              const text = (/** @type {string} */ n) =>
                Number(document.querySelector(`[data-n=${n}]`)?.textContent?.replaceAll('−', '-'));
              return Math.abs(text('gradient') - text('difference')) < 1e-3;
            });
          }
          await hand.tab(page, 'units');
          await panel('Examples with the highest output');
          await hand.tab(page, 'spread');
          await panel('median');
          await hand.tab(page, 'warp');
          await panel(what === 'moons' ? 'layer' : 'Choose such a data set above');
          await hand.tab(page, 'surface');
          await page.waitForSelector('.slices');
          await hand.pressed(page, 'Compute');
          await panel('BinaryCrossentropy: 0.');
          await hand.press(page, 'Cancel').catch(() => {}); // It may have finished.
          await hand.tab(page, 'beside');
          await panel('Logistic regression');
          await page.waitForFunction(() =>
            /loss 0\.\d+.*loss 0\.\d+/.test(
              document
                .querySelector('.versus tbody tr:last-child')
                ?.textContent?.replace(/\s+/g, ' ') ?? '',
            ),
          );
          await hand.tab(page, 'honesty');
          await page.waitForSelector('.honesty tbody tr');
          const rows = await page.$$eval('.honesty tbody tr', (all) =>
            all.map((e) => e.textContent),
          );
          assert.ok(rows.length >= 12 && rows.every((row) => (row?.trim().length ?? 0) > 40));
          assert.deepEqual(faults, [], what);
          await close();
        }
      });
    });
  }
});

/** Returns the text of the open experiment from the address. @param {import('puppeteer-core').Page} page */
async function textOf(page) {
  const hash = await page.evaluate(() => location.hash);
  return Buffer.from(hash.slice(3), 'base64url').toString();
}

/**
 * Presses Tab until the button of this name has the focus.
 * @param {import('puppeteer-core').Page} page
 * @param {string} name
 */
async function tabTo(page, name) {
  const passed = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate(() => document.activeElement?.textContent?.trim());
    if (found === name) return;
    passed.push(found?.slice(0, 20));
  }
  throw new Error(`Tab does not lead to ${name}, but to ${passed.join(', ')}.`);
}

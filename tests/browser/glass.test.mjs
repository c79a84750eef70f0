// The inspector: every step of a run down to one weight, by keyboard alone, compared with Keras' numbers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Run, initSync } from '../../pkg/glassbox.js';
import { lessonRun } from './node-run.mjs';
import * as hand from './page.mjs';

const CASE = '../keras/cases/seed_dense_25_15_1_sigmoid_adam.json';

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
          /dense, unit 4[^]*Step by step/.test(
            document.querySelector('.explain')?.textContent ?? '',
          ),
        );
        await tabTo(page, 'Step by step');
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
        await hand.tab(page, 'summary');
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

// Branches: where a run continues, its notices, the compared runs, and undo.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

const RATE = 'f-compile-optimizer-config-learning_rate';
const UNITS = 'f-model-config-layers-0-config-units';

describe('branches', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      /** The lesson trained for 3 epochs of 25 batches. @param {any} [experiment] */
      async function trained(experiment = hand.lesson(3)) {
        const visit = await hand.visit(site.browser, hand.link(site.url, experiment));
        const { page } = visit;
        await page.waitForSelector('#moment');
        await hand.pace(page, 'full');
        await finish(page, 3);
        return visit;
      }

      test('reaches a reset by a branch from the first step, and the run again by undo', async () => {
        const { page, faults, close } = await trained();
        const whole = await hand.fingerprint(page);
        for (const first of [0, 30]) {
          if (first) await branch(page, first);
          if (first) await finish(page, 3);
          await look(page, first);
          await hand.pressed(page, 'Branch from here');
          await hand.until(page, (now) => now.steps === first);
          await says(
            page,
            first ? 'reset to batch 30, where this branch starts' : 'Training was reset. Undo',
          );
          await shown(page, first ? `Now: after batch ${first}` : 'Now: before the first update');
          await hand.pressed(page, 'Undo');
          await hand.until(page, (now) => now.steps === 75);
          assert.equal(await hand.fingerprint(page), whole);
        }
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a comparison of a branch with the previous runs, and after every edit', async () => {
        const { page, faults, close } = await trained();
        const beside = (/** @type {string} */ words) =>
          page.waitForFunction(
            (words) =>
              document
                .getElementById('plot-loss')
                ?.getAttribute('aria-label')
                ?.endsWith(`by epoch${words && `, compared with: ${words}`}`),
            { timeout: 10_000 },
            words,
          );
        // An edit while looking back restarts training, and the notice says how to branch.
        await look(page, 60);
        await hand.type(page, RATE, '0.05');
        await says(page, 'Training restarted. To apply it from batch 60 onwards, undo');
        await beside('Adam 0.001');
        await hand.pressed(page, 'Undo');
        await hand.until(page, (now) => now.steps === 75);
        await beside('');
        await branch(page, 60);
        await says(page, 'Branched after batch 60. Training continues from batch 60.');
        await beside('until batch 60');
        for (const [rate, ...others] of [
          ['0.05', 'Adam 0.001, until batch 60'],
          ['0.02', 'Adam 0.001, until batch 60', 'Adam 0.05'],
        ]) {
          await hand.type(page, RATE, rate);
          await says(page, `Learning rate changed to ${rate}. Training continues from batch 60.`);
          await hand.until(page, (now) => now.steps === 60);
          await beside(others.join(', '));
          await finish(page, 3);
        }
        await hand.type(page, UNITS, '20');
        await says(page, 'do not fit the new layers, so training restarted at batch 0');
        await hand.until(page, (now) => now.steps === 0);
        assert.equal((await running(page)).start, undefined);
        // Those runs stay for comparison, and so does the one that was just left.
        await beside(
          '25 units, Adam 0.001, 25 units, Adam 0.05 + 1 more, 25 units, branch from batch 60',
        );
        await hand.pressed(page, 'Undo');
        await hand.until(page, (now) => now.steps === 75);
        assert.equal((await running(page)).start.step, 60);
        await beside('Adam 0.001, until batch 60, Adam 0.05');
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches an edited weight, and keeps the focus in its field and the weight selected', async () => {
        const { page, faults, close } = await trained();
        await look(page, 30);
        await page.$eval('[aria-label="dense_1, unit 3"]', (e) =>
          /** @type {HTMLElement} */ (e).click(),
        );
        await hand.tab(page, 'inside');
        await page.waitForSelector('[data-step="30"] #weight-value');
        await page.select('#weight', '4');
        await page.waitForSelector('[data-at="10087"]');
        for (const value of ['1.25', '-2.5']) {
          await page.focus('#weight-value');
          await page.$eval('#weight-value', (e) => /** @type {HTMLInputElement} */ (e).select());
          await page.keyboard.type(value);
          await page.keyboard.press('Enter');
          const set = `dense_1/kernel, input 5 of unit 3, set to ${value.replace('-', '−')} after batch 30`;
          await says(page, `${set}. Training continues`);
          await page.waitForFunction(
            (value) => {
              const field = /** @type {HTMLInputElement | null} */ (document.activeElement);
              const panel = field?.closest('[data-at="10087"]');
              return panel && field?.id === 'weight-value' && field.value === value;
            },
            { timeout: 10_000 },
            value,
          );
        }
        const [first, second] = (await running(page)).start.weights;
        assert.deepEqual([first.at, second.at, second.values], [62, 62, [-2.5]]);
        // Other layers clear the selection: the weight with the largest gradient is shown again.
        await has(page, '.subject-fields', 'dense_1, unit');
        await hand.type(page, UNITS, '20');
        await has(page, '[data-n=rank]', 'Largest gradient of this step');
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches the first step of a branch by a click on a curve before it, with a notice', async () => {
        const { page, faults, close } = await trained();
        await branch(page, 60);
        const state = () =>
          page.evaluate(() =>
            ['#moment', '[aria-label="One batch forward"]'].map(
              (button) =>
                /** @type {HTMLButtonElement} */ (document.querySelector(button)).disabled,
            ),
          );
        await clickCurve(page, 0.3);
        await says(page, 'This branch starts after batch 60');
        await says(page, 'Undo returns to that run.');
        await shown(page, 'Now: after batch 60');
        assert.deepEqual(await state(), [true, true]);
        await finish(page, 3);
        await clickCurve(page, 0.3);
        await shown(page, 'Looking back: after batch 60');
        await says(page, 'This branch starts after batch 60');
        assert.deepEqual(await state(), [false, false]);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches Play with the focus after a branch and an undo by keyboard', async () => {
        const { page, faults, close } = await trained();
        const focus = () => page.evaluate(() => document.activeElement?.className ?? '');
        await look(page, 60);
        const buttons = await page.$$('.moment-foot button');
        for (const button of buttons)
          if ((await button.evaluate((e) => e.textContent?.trim())) === 'Branch from here')
            await button.focus();
        await page.keyboard.press('Enter');
        await shown(page, 'Now: after batch 60');
        await page.waitForFunction(() => document.activeElement?.classList.contains('play'));
        await page.focus('[aria-label="Undo"]');
        await page.keyboard.press('Enter');
        await says(page, 'Undone');
        await page.waitForFunction(() => document.activeElement?.classList.contains('play'));
        assert.match(await focus(), /play/);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches: an arrow key trains no batch where it has another function, and space only presses', async () => {
        const { page, faults, close } = await hand.visit(
          site.browser,
          hand.link(site.url, hand.lesson(3)),
        );
        await page.waitForSelector('#moment');
        await hand.tab(page, 'inside');
        await page.waitForSelector('[aria-label=Next]');
        const steps = async () => (await hand.read(page)).steps;
        const place = () => page.$eval('[data-n=place]', (e) => e.textContent);
        const press = async (/** @type {string} */ selector, /** @type {any} */ key) => {
          await page.focus(selector);
          await page.keyboard.press(key);
          await hand.sleep(120);
        };
        const there = await place();
        for (const selector of ['[aria-label=Next]', '.stages button', '.turns select'])
          await press(selector, 'ArrowRight');
        assert.deepEqual([await steps(), await place()], [0, there]);
        await press('[aria-label=Next]', ' ');
        assert.deepEqual([await steps(), await place()], [0, '2']);
        await press('.step', 'ArrowRight');
        await hand.until(page, (now) => now.steps === 1);
        await press('.step', ' ');
        await hand.until(page, (now) => now.steps === 2);
        await hand.sleep(200);
        assert.equal(await steps(), 2, 'training has not started');
        await press('[aria-label="One batch back"]', 'ArrowRight');
        await page.evaluate(() => {
          const buttons = [...document.querySelectorAll('.chart-bar button')];
          const table = buttons.find((b) => b.textContent?.trim() === 'table');
          /** @type {HTMLElement} */ (table).click();
        });
        await page.waitForSelector('.curves .table');
        await press('.curves .table', 'ArrowRight');
        assert.equal(await steps(), 2);
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches a mark of the viewed step on both charts', async () => {
        const { page, faults, close } = await trained();
        // The column with most pixels that differ from the chart without a mark, as a fraction of the width.
        const column = (/** @type {string} */ id) =>
          page.evaluate((id) => {
            const held = /** @type {any} */ (window);
            held.before ??= {};
            const canvas = /** @type {HTMLCanvasElement} */ (
              document.querySelector(`#plot-${id} canvas`)
            );
            const over = /** @type {HTMLElement} */ (document.querySelector(`#plot-${id} .u-over`));
            const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
            const { width, height } = canvas;
            const { data } = context.getImageData(0, 0, width, height);
            const before = (held.before[id] ??= data);
            const changed = new Array(width).fill(0);
            for (let i = 0; i < data.length; i += 4)
              if (data[i] !== before[i]) changed[(i / 4) % width]++;
            const most = Math.max(...changed);
            const x = (changed.indexOf(most) / width) * canvas.clientWidth - over.offsetLeft;
            return { share: most / height, at: x / over.clientWidth };
          }, id);
        const ids = ['loss', 'metric'];
        for (const id of ids) assert.equal((await column(id)).share, 0);
        for (const step of [60, 20]) {
          await look(page, step);
          for (const id of ids) {
            const marked = await until(
              () => column(id),
              ({ share, at }) => {
                // The axes begin where the data begin: at the first batch, and at the end of epoch 1.
                const [epoch, first] = [step / 25, id === 'loss' ? 0.02 : 1];
                const wanted = Math.max(0, (epoch - first) / (3 - first));
                return share > 0.5 && Math.abs(at - wanted) < 0.02;
              },
            );
            assert.ok(marked, `${id} at ${step}: ${JSON.stringify(await column(id))}`);
          }
        }
        await hand.pressed(page, 'Back to latest');
        for (const id of ids)
          assert.ok(
            await until(
              () => column(id),
              ({ share }) => share === 0,
            ),
          );
        assert.deepEqual(faults, []);
        await close();
      });

      test('reaches no best epoch where none was measured', async () => {
        const experiment = hand.lesson(3);
        Object.assign(experiment.fit, { validation_freq: 2 });
        const { page, faults, close } = await trained(experiment);
        await has(page, '.early', 'would still be running. Best epoch so far: 2 (0.');
        await hand.type(page, 'f-fit-validation_freq', '5');
        await hand.until(page, (now) => now.steps === 0);
        await finish(page, 3);
        await has(page, '.early', 'would still be running. No val_loss has been measured yet.');
        assert.deepEqual(faults, []);
        await close();
      });
    });
  }
});

/**
 * Whether a condition comes true within two seconds.
 * @template T
 * @param {() => Promise<T>} read
 * @param {(value: T) => boolean} holds
 */
async function until(read, holds) {
  for (const end = Date.now() + 2000; Date.now() < end; await hand.sleep(25))
    if (holds(await read())) return true;
  return false;
}

/** Clicks the loss chart. @param {Page} page @param {number} share of its width */
async function clickCurve(page, share) {
  const box = await page.$eval('#plot-loss .u-over', (e) => {
    const { left, top, width, height } = e.getBoundingClientRect();
    return { left, top, width, height };
  });
  await page.mouse.click(box.left + share * box.width, box.top + box.height / 2);
}

/** Returns the open experiment from the address. @param {Page} page */
async function running(page) {
  const hash = await page.evaluate(() => location.hash);
  return JSON.parse(Buffer.from(hash.slice(3), 'base64url').toString());
}

/** Trains to the end. @param {Page} page @param {number} epochs */
async function finish(page, epochs) {
  await hand.press(page, 'Play');
  await hand.until(page, (now) => now.epoch === epochs);
  await page.waitForFunction(() =>
    /Start over/.test(document.querySelector('.play')?.textContent ?? ''),
  );
}

/** Goes to an earlier step on the timeline. @param {Page} page @param {number} step */
async function look(page, step) {
  await hand.scrub(page, step);
  await shown(page, step ? `Looking back: after batch ${step}` : 'Looking back: before the first');
}

/** Branches from a step. @param {Page} page @param {number} step */
async function branch(page, step) {
  await look(page, step);
  await hand.pressed(page, 'Branch from here');
  await hand.until(page, (now) => now.steps === step);
}

/** Waits for a text in the notice. @param {Page} page @param {string} words */
function says(page, words) {
  return has(page, '.notice', words);
}

/** Waits for a text in the position of the time machine. @param {Page} page @param {string} words */
async function shown(page, words) {
  const position = () => {
    const isPast = !document.querySelector('.moment-foot')?.hasAttribute('hidden');
    const text = document.getElementById('moment')?.getAttribute('aria-valuetext');
    return `${isPast ? 'Looking back' : 'Now'}: ${text}`;
  };
  for (const end = Date.now() + 10_000; ;) {
    const text = await page.evaluate(position);
    if (text.includes(words)) return;
    if (Date.now() > end) assert.fail(`The page shows “${text}” and not “${words}”.`);
    await hand.sleep(30);
  }
}

/** @param {Page} page @param {string} selector @param {string} words */
async function has(page, selector, words) {
  const there = (/** @type {string} */ selector, /** @type {string} */ words) =>
    document.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').includes(words);
  await page.waitForFunction(there, { timeout: 10_000 }, selector, words).catch(async () => {
    const text = await page.$eval(selector, (e) => e.textContent);
    assert.fail(`The page shows “${text?.trim()}” and not “${words}”.`);
  });
}

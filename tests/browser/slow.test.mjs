// A page with a sixth of the processor's speed: Pause works at once with a model of any size, and an edit that is held down
// settles at once and is undone at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** Frames in which Pause must show: other programs make frames longer, not more. */
const FRAMES = 2;
/** Milliseconds in which Pause must show in one of the tries. */
const PAUSE = 300;
/** Tries; where other programs take the processor, up to four times as many. */
const TRIES = 7;
/** Milliseconds in which the last of many edits must be built. */
const SETTLED = 2500;
/** Milliseconds between two edits of one number from which on they are undone apart. */
const BURST = 1000;

/** @param {Page} page */
async function slowDown(page) {
  const session = await page.createCDPSession();
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
}

/** Waits until a text is on the main button. @param {Page} page @param {string} text */
const button = (page, text) =>
  page.waitForFunction(
    (text) => document.querySelector('.play')?.textContent?.trim() === text,
    {},
    text,
  );

/** Presses Pause in the page. Returns the milliseconds and the frames until the button shows that. @param {Page} page */
function pause(page) {
  return page.evaluate(
    () =>
      new Promise((/** @type {(waited: { ms: number, frames: number }) => void} */ resolve) => {
        const play = /** @type {HTMLElement} */ (document.querySelector('.play'));
        const start = performance.now();
        let frames = 0;
        let request = 0;
        const frame = () => {
          frames++;
          request = requestAnimationFrame(frame);
        };
        const seen = new MutationObserver(() => {
          if (play.textContent?.trim() === 'Pause') return;
          seen.disconnect();
          cancelAnimationFrame(request);
          resolve({ ms: Math.round(performance.now() - start), frames });
        });
        seen.observe(play, { subtree: true, childList: true, characterData: true });
        // As a click of the user, in a task of its own.
        setTimeout(() => {
          play.click();
          request = requestAnimationFrame(frame);
        });
      }),
  );
}

describe('a slow processor', () => {
  const site = hand.opened('chromium');

  test('reaches Pause at once with three million weights', { timeout: 240_000 }, async (t) => {
    const experiment = hand.lesson(5000);
    const [first, second] = experiment.model.config.layers;
    [first.config.units, second.config.units] = [2000, 1000];
    const { page, faults, close } = await hand.visit(site.browser, hand.link(site.url, experiment));
    await hand.pace(page, 'full');
    await slowDown(page);
    /** @type {Awaited<ReturnType<typeof pause>>[]} */
    const waits = [];
    const fastest = () => Math.min(...waits.map(({ ms }) => ms));
    while (waits.length < TRIES || (fastest() >= PAUSE && waits.length < 4 * TRIES)) {
      await hand.press(page, 'Play');
      await button(page, 'Pause');
      await hand.sleep(1200 + 250 * (waits.length % TRIES));
      waits.push(await pause(page));
    }
    const all = waits.map(({ ms, frames }) => `${ms} ms in ${frames} frames`).join(', ');
    t.diagnostic(all);
    assert.ok(Math.max(...waits.map(({ frames }) => frames)) <= FRAMES, all);
    assert.ok(fastest() < PAUSE, all);
    assert.deepEqual(faults, []);
    await close();
  });

  test('reaches the last of many edits of a number at once, and one Undo for all', async () => {
    const { page, faults, close } = await hand.visit(site.browser, site.url);
    await hand.makeForms(page);
    const field = await page.waitForSelector('input[id$="units"]');
    const id = await field?.evaluate((e) => e.id);
    const before = await page.evaluate(() => location.hash);
    await slowDown(page);
    const edits = 120;
    const { units, pauses } = await page.evaluate(
      async (id, edits, burst) => {
        let [pauses, last] = [0, performance.now()];
        for (let i = 0; i < edits; i++) {
          if (performance.now() - last >= burst) pauses++;
          last = performance.now();
          const input = /** @type {HTMLInputElement} */ (document.getElementById(id ?? ''));
          input.dispatchEvent(
            new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true }),
          );
          await new Promise((resolve) => setTimeout(resolve, 30));
        }
        const input = /** @type {HTMLInputElement} */ (document.getElementById(id ?? ''));
        return { units: Number(input.value), pauses };
      },
      id,
      edits,
      BURST,
    );
    const start = performance.now();
    // Keys that come faster than the form is drawn change what it shows.
    assert.ok(units > 25 + 5, String(units));
    await page.waitForFunction(
      (id) => {
        const text = atob(location.hash.slice(3).replaceAll('-', '+').replaceAll('_', '/'));
        const input = /** @type {HTMLInputElement} */ (document.getElementById(id ?? ''));
        return JSON.parse(text).model.config.layers[0].config.units === Number(input.value);
      },
      {},
      id,
    );
    const ms = performance.now() - start;
    assert.ok(ms < SETTLED, `${ms} ms after the last of ${edits} edits; the field shows ${units}`);
    // Where other programs take the processor, a key may come a second after the one before it.
    const most = 1 + pauses;
    let undone = 0;
    for (; undone <= most; undone++) {
      if (await page.evaluate((before) => location.hash === before, before)) break;
      const now = await page.evaluate(() => location.hash);
      await hand.pressed(page, 'Undo');
      await page.waitForFunction((now) => location.hash !== now, {}, now);
    }
    assert.ok(undone > 0 && undone <= most, `${undone} times Undo after ${pauses} pauses`);
    assert.deepEqual(faults, []);
    await close();
  });
});

// Kills the browser at a random time after an edit, opens the same profile again, and checks the storage. Usage:
//   node tests/browser/kills.mjs --browser chromium --kills 50 --seed 1
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { launch, quit } from '../../scripts/launch.js';
import * as hand from './page.mjs';

/** Maximum milliseconds from an edit to the kill. */
const WITHIN = 3000;
/** Milliseconds of training that may be lost. */
export const LOST = 2000;

/**
 * The result of one kill.
 * @typedef {object} Left
 * @property {number} after milliseconds from the edit to the kill
 * @property {number} durable milliseconds from the edit until it was on the disk; NaN where the kill came first
 * @property {'the edit' | 'what was before' | 'nothing'} found
 * @property {number} steps trained steps after the restart
 * @property {number} owed trained steps two seconds before the kill
 */

/**
 * Starts the browser with a profile.
 * @param {import('../../scripts/launch.js').Name} name
 * @param {string} profile
 */
async function begin(name, profile) {
  // Files that a driver leaves behind when it is killed together with Firefox.
  for (const file of ['user.js.puppeteer', 'prefs.js.puppeteer'])
    await rm(join(profile, file), { force: true });
  const browser = await launch(name, { userDataDir: profile });
  const [page] = await browser.pages();
  return { browser, page };
}

/**
 * Kills a browser `n` times.
 * @param {import('../../scripts/launch.js').Name} name
 * @param {number} n
 * @param {number} seed of the random times
 * @param {(line: string) => void} [say]
 * @returns {Promise<Left[]>}
 */
export async function kills(name, n, seed, say = () => {}) {
  const profile = await mkdtemp(join(tmpdir(), 'glassbox-'));
  const site = await hand.serve();
  /** @type {Left[]} */
  const all = [];
  let state = seed;
  const random = () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32;
  let { browser, page } = await begin(name, profile);
  try {
    // The seed of a first visit.
    let before = '42';
    for (let i = 0; i < n; i++) {
      let durable = NaN;
      let edited = 0;
      const mark = String(1000 + i);
      await page.exposeFunction('keptNow', (/** @type {string} */ text) => {
        if (text.includes(`"seed":${mark}`) && Number.isNaN(durable)) durable = Date.now() - edited;
      });
      await page.evaluateOnNewDocument(watch);
      await page.goto(site.url);
      await hand.ready(page);
      // Every second run trains already when it is edited.
      if (i % 2) await play(page);
      await hand.sleep(200 + 800 * random());
      const wait = WITHIN * random() ** 2;
      edited = Date.now();
      await hand.type(page, 'seed', mark);
      if (i % 2 === 0) await play(page);
      /** @type {{ at: number, steps: number }[]} */
      const seen = [];
      while (Date.now() - edited < wait) {
        const trained = await steps(page, mark).catch(() => 0);
        seen.push({ at: Date.now(), steps: trained });
        await hand.sleep(Math.min(30, Math.max(0, wait - (Date.now() - edited))));
      }
      const killed = Date.now();
      const child = browser.process();
      process.kill(-Number(child?.pid), 'SIGKILL');
      await new Promise((resolve) => {
        if (child?.exitCode !== null || child?.signalCode) resolve(undefined);
        else child?.once('exit', resolve);
      });
      const owed = seen.findLast(({ at }) => at <= killed - LOST)?.steps ?? 0;
      ({ browser, page } = await begin(name, profile));
      await page.goto(site.url);
      await hand.ready(page);
      const found = await page.evaluate(
        () => /** @type {HTMLInputElement} */ (document.getElementById('seed')).value,
      );
      const left = {
        after: killed - edited,
        durable,
        found: /** @type {Left['found']} */ (
          found === mark ? 'the edit' : found === before ? 'what was before' : 'nothing'
        ),
        steps: found === mark ? (await hand.read(page)).steps : 0,
        owed,
      };
      before = found;
      all.push(left);
      say(JSON.stringify(left));
      // A new page for the next kill: an exposed function stays with its page.
      const next = await browser.newPage();
      await page.close();
      page = next;
    }
  } finally {
    await quit(browser);
    site.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  return all;
}

/** Presses Play or Start over. @param {import('puppeteer-core').Page} page */
function play(page) {
  return page.evaluate(() =>
    /** @type {HTMLElement | null} */ (document.querySelector('.play'))?.click(),
  );
}

/** Returns the steps of the run with this seed; 0 while an earlier one is open. @param {import('puppeteer-core').Page} page @param {string} mark */
async function steps(page, mark) {
  const running = await page.evaluate(
    (mark) =>
      atob(location.hash.slice(3).replaceAll('-', '+').replaceAll('_', '/')).includes(
        `"seed":${mark}`,
      ),
    mark,
  );
  return running ? (await hand.read(page)).steps : 0;
}

/** In the page: reports each experiment when it is on the disk. */
function watch() {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    this.transaction.addEventListener('complete', () =>
      /** @type {any} */ (window).keptNow(value.text),
    );
    return put.call(this, value, key);
  };
}

/** Summarizes the results. @param {Left[]} all */
export function told(all) {
  const count = (/** @type {Left['found']} */ what) => all.filter((l) => l.found === what).length;
  const times = all.map((l) => l.durable).filter((t) => !Number.isNaN(t));
  times.sort((a, b) => a - b);
  const early = all.filter((l) => l.found !== 'the edit').map((l) => l.after);
  const short = all.filter((l) => l.found === 'the edit' && l.steps < l.owed).length;
  return [
    `${all.length} kills: the edit was found ${count('the edit')} times, the experiment before it ${count('what was before')} times, nothing ${count('nothing')} times.`,
    `An edit was on the disk after ${times[times.length >> 1]} ms (median), ${times.at(-1)} ms (maximum).`,
    early.length
      ? `Lost edits were made ${early.join(', ')} ms before the kill.`
      : 'No edit was lost.',
    `More than ${LOST} ms of training were lost ${short} times.`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      browser: { type: 'string', default: 'chromium' },
      kills: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
    },
  });
  const name = /** @type {import('../../scripts/launch.js').Name} */ (values.browser);
  console.log(told(await kills(name, Number(values.kills), Number(values.seed), console.log)));
}

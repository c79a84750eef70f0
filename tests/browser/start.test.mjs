// Startup errors: where the engine cannot start, the page says why and what to do. Missing storage does not prevent
// training.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as hand from './page.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/**
 * One obstacle.
 * @typedef {object} Way
 * @property {string} name
 * @property {RegExp} [says] text that the page must show
 * @property {Parameters<typeof hand.serve>[0]} [host]
 * @property {() => void} [before] runs in the page before its scripts
 * @property {string} [at] address to open
 * @property {boolean} [framed] whether the page is inside a frame
 * @property {'chromium'} [only] browser in which the obstacle exists
 */

/** @param {string} policy */
const policy = (policy) => ({ headers: { 'content-security-policy': policy } });
/** @param {RegExp} which @param {import('../../scripts/serve.js').Changed} changed */
const other = (which, changed) => ({
  change: (/** @type {string} */ name) => (which.test(name) ? changed : undefined),
});
/** A page with the page in a frame. @param {string} sandbox */
const frame = (sandbox) =>
  other(/^outer\.html$/, {
    type: 'text/html',
    body: `<iframe sandbox="${sandbox}" src="index.html"></iframe>`,
  });

const WORKER = /assets\/worker-.*\.js$/;
const WASM = /\.wasm$/;
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** @type {Way[]} */
const DEAD = [
  {
    name: "the site's policy forbids workers",
    host: policy(`${POLICY}; worker-src 'none'`),
    says: /policy of this site \(worker-src\) blocks the worker.*must allow worker-src 'self'/,
  },
  {
    name: 'the script of the worker is missing',
    host: other(WORKER, { status: 404 }),
    says: /script worker-.*\.js is missing \(HTTP status 404\)/,
  },
  {
    name: 'the script of the worker comes as text',
    host: other(WORKER, { type: 'text/plain' }),
    says: /worker-.*\.js was served as text\/plain.*serve \.js files as text\/javascript/,
  },
  {
    name: "the site's policy forbids fetching",
    host: policy(`${POLICY}; connect-src 'none'`),
    says: /policy of this site \(connect-src\) blocks the engine/,
  },
  {
    name: 'the engine is missing',
    host: other(WASM, { status: 404 }),
    says: /engine \(.*\.wasm\) is missing \(HTTP status 404\)/,
  },
  {
    name: 'the engine is damaged',
    host: other(WASM, { type: 'application/wasm', body: 'once upon a time' }),
    says: /engine \(.*\.wasm\) is damaged, or too new for this browser/,
  },
  {
    name: "the site's policy forbids WebAssembly",
    host: policy("default-src 'self'"),
    says: /policy of this site \(script-src\) blocks WebAssembly.*'wasm-unsafe-eval'/,
  },
  {
    name: 'the browser gives no workers',
    before: () => {
      // @ts-expect-error: a browser without them
      delete window.Worker;
    },
    says: /does not let the page start a worker/,
  },
  {
    name: 'it is opened as a file',
    at: pathToFileURL(join(hand.dist, 'index.html')).href,
    says: /has not started.*file:.*Serve the folder/,
    only: 'chromium',
  },
  {
    name: 'the scripts come as text',
    host: other(/\.js$/, { type: 'text/plain' }),
    says: /has not started.*as text\/javascript/,
  },
  {
    name: 'it is in a frame of no origin',
    host: frame('allow-scripts'),
    at: 'outer.html',
    framed: true,
    says: /has not started.*Open it in a tab of its own/,
  },
  {
    name: 'it is in a frame of no origin, on a host that lets anyone read its scripts',
    host: { ...frame('allow-scripts'), headers: { 'access-control-allow-origin': '*' } },
    at: 'outer.html',
    framed: true,
    says: /does not let the page start a worker.*Open the page in a tab of its own/,
  },
  {
    name: 'no script may run',
    host: frame('allow-same-origin'),
    at: 'outer.html',
    framed: true,
    says: /Please turn on JavaScript/,
  },
];

const KEPT = /blocks storage, so the page cannot save the experiment/;

/** @type {Way[]} */
const ALIVE = [
  {
    name: 'there is no storage',
    before: () => Object.defineProperty(window, 'indexedDB', { value: undefined }),
    says: KEPT,
  },
  {
    name: 'storage never opens',
    before: () => {
      IDBFactory.prototype.open = () => /** @type {any} */ ({});
    },
    says: KEPT,
  },
  {
    name: 'storage opens and never answers',
    before: () => {
      IDBObjectStore.prototype.getAllKeys = () => /** @type {any} */ ({});
    },
    says: KEPT,
  },
  {
    name: 'storage of settings may not be touched',
    before: () =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('no', 'SecurityError');
        },
      }),
  },
  {
    name: 'the address may not be changed',
    before: () => {
      history.replaceState = () => {
        throw new DOMException('no', 'SecurityError');
      };
    },
  },
];

describe('obstacles at the start', { concurrency: 2 }, () => {
  for (const browser of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(browser, { concurrency: 1 }, () => {
      const site = hand.opened(browser);

      /** @param {Way} way */
      const visit = async ({ host, before, at = '', framed }) => {
        const server = host && (await hand.serve(host));
        const context = await site.browser.createBrowserContext();
        const page = await context.newPage();
        /** @type {string[]} */
        const faults = [];
        page.on('pageerror', (error) => faults.push(String(error)));
        if (before) await page.evaluateOnNewDocument(before);
        await page.goto(new URL(at, server?.url ?? site.url).href);
        const close = async () => {
          // The driver's last messages must not reach a closed page.
          await hand.sleep(100);
          await context.close();
          server?.close();
        };
        const room = framed ? page.frames()[1] : page;
        const says = (/** @type {RegExp} */ what) =>
          room.waitForFunction(
            (source) => new RegExp(source, 's').test(document.body.innerText.replace(/\s+/g, ' ')),
            { timeout: 20_000 },
            what.source,
          );
        return { page, faults, says, close };
      };

      for (const way of DEAD.filter(({ only = browser }) => only === browser)) {
        test(`reaches a message: ${way.name}`, async () => {
          const { says, faults, close } = await visit(way);
          await says(/** @type {RegExp} */ (way.says));
          // Messages of the browser itself are not errors of the page.
          assert.deepEqual(
            faults.filter((fault) => !/blocked|may not load/i.test(fault)),
            [],
          );
          await close();
        });
      }

      for (const way of ALIVE) {
        test(`reaches training: ${way.name}`, async () => {
          const started = Date.now();
          const { page, says, faults, close } = await visit(way);
          await hand.ready(page);
          assert.ok(Date.now() - started < 10_000, 'the page does not wait for storage');
          if (way.says) await says(way.says);
          await hand.press(page, 'Play');
          await hand.until(page, (now) => now.steps > 3);
          assert.deepEqual(faults, []);
          await close();
        });
      }
    });
  }
});

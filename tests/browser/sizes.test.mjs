// A first visit downloads little: until the first picture, and until one field has been edited.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import * as hand from './page.mjs';

/**
 * Bytes after gzip, as most hosts send files. The data sets are not counted. The goal is 450 KB: with stable compiler flags
 * the engine alone is over it (docs/decisions/0003-one-engine.md). This limit keeps it from growing further.
 */
const BUDGET = 710_000;
/** Milliseconds without a request after which the page has loaded what it wants. */
const QUIET = 1500;

for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
  describe(name, () => {
    const site = hand.opened(name);

    test('reaches the first picture, and the picture after an edit, within the budget', async (t) => {
      /** @type {string[]} */
      const sent = [];
      const server = await hand.serve({
        onSent: (file, status) => {
          if (status === 200 && !file.startsWith('data/')) sent.push(file);
        },
      });
      t.after(server.close);
      const quiet = async () => {
        for (let before = -1; before !== sent.length;) {
          before = sent.length;
          await hand.sleep(QUIET);
        }
      };
      const limit = (/** @type {string} */ when) => {
        const bytes = sent.reduce((sum, file) => sum + sizeOf(file), 0);
        const engines = sent.filter((file) => file.endsWith('.wasm'));
        const wasm = engines.reduce((sum, file) => sum + sizeOf(file), 0);
        t.diagnostic(
          `${when}: ${kilobytes(bytes)} of ${kilobytes(BUDGET)}, of which wasm ${kilobytes(wasm)}`,
        );
        assert.ok(bytes <= BUDGET, `${when} it has loaded ${bytes} bytes: ${sent.join(', ')}`);
        assert.equal(engines.length, 1, `${when} it has loaded ${engines.join(', ')}`);
      };
      const { page, close } = await hand.visit(site.browser, server.url);
      limit('first picture');
      await quiet();
      await hand.type(page, 'f-model-config-layers-0-config-units', '24');
      await hand.until(page, (now) => now.steps === 0);
      await quiet();
      limit('after an edit');
      await close();
    });
  });
}

/** @param {string} file of dist/ */
function sizeOf(file) {
  return gzipSync(readFileSync(join(hand.dist, file)), { level: 9 }).length;
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

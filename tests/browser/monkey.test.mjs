// Random events on the page: no error that nobody catches, no engine that breaks, no dead Play, no emptied page.
// The long version: see monkey.mjs.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { monkey } from './monkey.mjs';
import * as hand from './page.mjs';

/** Milliseconds for each browser. */
const TIME = 20_000;

describe('random hands', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches: whatever is done to the page, it stands and Play plays', async () => {
        const until = Date.now() + TIME;
        const { events, traps, plays } = await monkey(site.browser, site.url, {
          seed: 12,
          to: 4000,
          until,
        });
        assert.deepEqual(traps, []);
        assert.ok(events > 20 && plays.pressed > 0, `${events} events, ${plays.pressed} plays`);
      });
    });
  }
});

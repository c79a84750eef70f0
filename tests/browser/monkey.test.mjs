// Random events on the page cause no uncaught error, no trap of the engine, no dead Play button and no missing part.
// monkey.mjs runs a longer version.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { monkey } from './monkey.mjs';
import * as hand from './page.mjs';

/** Milliseconds for each browser. */
const TIME = 20_000;

describe('random events', { concurrency: 2 }, () => {
  for (const name of /** @type {const} */ (['chromium', 'firefox'])) {
    describe(name, { concurrency: 1 }, () => {
      const site = hand.opened(name);

      test('reaches a working page and a working Play after random events', async () => {
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

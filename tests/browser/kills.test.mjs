// A browser that is killed after an edit still has the experiment. kills.mjs runs a longer version.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOST, kills } from './kills.mjs';

describe('a killed browser', { concurrency: 1 }, () => {
  for (const [name, n] of /** @type {const} */ ([
    ['chromium', 3],
    ['firefox', 1],
  ])) {
    test(`reaches: ${name}: the experiment is restored, with all training but the last ${LOST} ms`, async () => {
      for (const { found, durable, steps, owed } of await kills(name, n, 5)) {
        assert.notEqual(found, 'nothing');
        // An edit that was on the disk before the kill is found after it.
        if (!Number.isNaN(durable)) assert.equal(found, 'the edit');
        if (found === 'the edit') assert.ok(steps >= owed, `${steps} steps of ${owed}`);
      }
    });
  }
});

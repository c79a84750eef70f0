// A dead worker is noticed by its silence within seconds, and a slow one is not taken for dead.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Silence } from '../../www/engine/silence.js';

let now = 0;
let dead = 0;
/** @type {Silence} */
let silence;
let id = 0;

/** Lets time pass. @param {number} ms */
function pass(ms) {
  for (let i = 0; i < ms; i += 10) {
    now += 10;
    mock.timers.tick(10);
  }
}

/** A call that is answered after some milliseconds. @param {string} call @param {number} ms */
function answered(call, ms) {
  silence.sent(++id, call);
  pass(ms);
  silence.heard(id);
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
  [now, dead] = [0, 0];
  silence = new Silence(() => dead++);
});

test('reaches the death of a worker within seconds while it trains', () => {
  answered('open', 100);
  answered('advance', 50);
  silence.sent(++id, 'advance');
  pass(4000);
  assert.equal(dead, 0);
  pass(1100);
  assert.equal(dead, 1);
});

test('reaches no alarm for a slow worker', () => {
  answered('open', 20_000);
  // The first call of a run may take long.
  answered('advance', 30_000);
  answered('advance', 2_000);
  // Up to 20 times the longest one.
  answered('advance', 55_000);
  // Another run: nothing is known about it.
  answered('advance', 20);
  answered('open', 50);
  answered('advance', 40_000);
  assert.equal(dead, 0);
  silence.sent(++id, 'advance');
  pass(61_100);
  assert.equal(dead, 1);
});

test('reaches no alarm where no call waits, and one limit for each call of a queue', () => {
  answered('open', 10);
  answered('advance', 100);
  pass(100_000);
  for (let i = 0; i < 30; i++) silence.sent(1000 + i, 'advance');
  for (let i = 0; i < 30; i++) {
    pass(1000);
    silence.heard(1000 + i);
  }
  pass(100_000);
  assert.equal(dead, 0);
});

test('reaches the long limit for other calls, and none after the worker was replaced', () => {
  answered('open', 10);
  answered('advance', 10);
  answered('log', 30_000);
  silence.sent(++id, 'trace');
  pass(50_000);
  silence.forget();
  pass(100_000);
  assert.equal(dead, 0);
});

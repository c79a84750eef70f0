// The states that Undo restores: edits of one number together, and checkpoints within a limit of bytes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST } from '../../www/app/presets.js';
import { editedNumber } from '../../www/app/same.js';
import { withChange } from '../../www/app/store.js';
import { UndoStack } from '../../www/app/undo.js';

/** @param {string} description @param {Uint8Array} [checkpoint] @param {string} [path] */
const state = (description, checkpoint, path = '') =>
  /** @type {any} */ ({ description, checkpoint, path, steps: 5 });

test('reaches the path of an edited number', () => {
  const rate = ['compile', 'optimizer', 'config', 'learning_rate'];
  assert.equal(editedNumber(FIRST, withChange(FIRST, rate, 0.5)), `.${rate.join('.')}`);
  const units = ['model', 'config', 'layers', 1, 'config', 'units'];
  assert.equal(editedNumber(FIRST, withChange(FIRST, units, 16)), `.${units.join('.')}`);
  for (const other of [
    FIRST,
    withChange(FIRST, ['model', 'config', 'layers', 1, 'config', 'activation'], 'relu'),
    withChange(withChange(FIRST, rate, 0.5), units, 16),
    withChange(FIRST, ['model', 'config', 'layers'], []),
    withChange(FIRST, ['fit', 'callbacks'], []),
    withChange(FIRST, rate, 'abc'),
  ])
    assert.equal(editedNumber(FIRST, other), '');
});

test('reaches one state for a burst of edits of one number', () => {
  const stack = new UndoStack();
  stack.push(state('a', undefined, '.x'), false);
  stack.push(state('b', undefined, '.x'), true);
  stack.push(state('c', undefined, '.x'), true);
  assert.equal(stack.length, 1);
  assert.equal(stack.pop()?.description, 'c');
  // Not after another change, nor after a while.
  stack.push(state('a', undefined, '.x'), false);
  stack.push(state('reset'), false);
  stack.push(state('b', undefined, '.x'), true);
  stack.push(state('c', undefined, '.x'), false);
  stack.push(state('d', undefined, '.y'), true);
  assert.equal(stack.length, 5);
});

test('reaches a limit of states and of bytes, from the oldest on', () => {
  const stack = new UndoStack(100);
  for (let i = 0; i < 100; i++) stack.push(state(String(i), new Uint8Array(30)), false);
  assert.equal(stack.length, 40);
  const kept = Array.from({ length: 40 }, () => stack.pop());
  assert.deepEqual(
    kept.map((s) => s?.description),
    Array.from({ length: 40 }, (_, i) => String(99 - i)),
  );
  assert.deepEqual(kept.map((s) => Boolean(s?.checkpoint)).slice(0, 5), [
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('reaches the latest checkpoint however large, and counts a shared one once', () => {
  const stack = new UndoStack(100);
  stack.push(state('a', new Uint8Array(10)), false);
  const large = new Uint8Array(500);
  for (const name of ['b', 'c', 'd']) stack.push(state(name, large), false);
  const kept = Array.from({ length: 4 }, () => stack.pop()?.checkpoint?.length);
  assert.deepEqual(kept, [500, 500, 500, undefined]);
});

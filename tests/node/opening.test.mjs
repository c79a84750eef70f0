// What is opened: the text in a link's fragment, files that are no experiments, and the store's notice and alarm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foreignFile, foreignJson } from '../../www/app/foreign.js';
import { fromFragment, toFragment } from '../../www/app/link.js';
import { Store } from '../../www/app/store.js';
import { allOf, oneOf } from '../../www/views/draw.js';

test('round trip of an experiment through a link', () => {
  for (const text of ['{}', '{"x": "é ☕ 数"}', 'a'.repeat(1e5)])
    assert.equal(fromFragment(toFragment(text)), text);
  assert.equal(fromFragment(toFragment('{"a":1}').replace('#e', '#E')), '{"a":1}');
});

test('reaches no experiment in other fragments, and an error in damaged ones', () => {
  for (const fragment of ['', '#', '#top', '#edit', '#example=1'])
    assert.equal(fromFragment(fragment), null);
  for (const fragment of ['#e=', '#E=', '#e', '#E'])
    assert.throws(() => fromFragment(fragment), /damaged: the experiment after “#e=” is missing/);
  for (const fragment of ['#e=%%%', '#E=%', '#e=_w'])
    assert.throws(() => fromFragment(fragment), /a part of it is missing or was changed/);
});

/** @param {string | number[]} content */
const bytes = (content) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : Uint8Array.from(content);

test('reaches a sentence for files that are no experiments', () => {
  /** @type {[name: string, content: string | number[], says: RegExp][]} */
  const cases = [
    ['houses.csv', 'area,price\n10,2.5\n20,5\n', /table of data. Your own data cannot/],
    ['houses.txt', '10,2.5\n20,5', /table/],
    ['houses.json', 'a;b;c\r\n1;2;3\r\n4;5;6', /table/],
    ['houses', '1\t2\n3\t4\n', /table/],
    ['empty.csv', '', /table/],
    ['x.npy', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0], /array of numbers. Your own data/],
    ['x.npz', [0x50, 0x4b, 3, 4], /array of numbers/],
    ['photo.json', [0x89, 0x50, 0x4e, 0x47, 13, 10], /image. Your own images/],
    ['photo.jpg', [0xff, 0xd8, 0xff, 0xe0], /image/],
    ['drawing.svg', '<svg></svg>', /image/],
    ['model.h5', [0x89, 0x48, 0x44, 0x46, 13, 10], /saved model. Models cannot/],
    ['model.keras', [0x50, 0x4b, 3, 4], /saved model/],
    ['all.bin', [0x50, 0x4b, 3, 4], /archive/],
  ];
  for (const [name, content, says] of cases) {
    const sentence = foreignFile(name, bytes(content));
    assert.match(sentence, says, name);
    assert.match(
      sentence,
      /“Open” takes experiments that were saved on this page, and Keras programs\.$/,
    );
  }
});

test('reaches nothing for what may be an experiment', () => {
  for (const [name, content] of [
    ['experiment.json', '{"data": {}, "model": {}}'],
    ['experiment.json', '  \n{\n  "data": 1,\n  "model": 2,\n'],
    ['experiment.csv', '{"data": "Circle"}'],
    ['experiment', ''],
    ['lesson.py', 'import keras\n'],
    ['lesson.ipynb', '{"cells": []}'],
    ['story.txt', 'once upon a time'],
    ['story.txt', 'once, upon\na time\n'],
  ])
    assert.equal(foreignFile(name, bytes(content)), '', `${name}: ${content}`);
});

test('reaches a sentence for the config of a model', () => {
  assert.match(
    foreignJson({ class_name: 'Sequential', config: { layers: [] } }),
    /config of a model/,
  );
  for (const json of [null, 1, 'a', [], {}, { class_name: 'a' }, { model: {}, data: {} }])
    assert.equal(foreignJson(json), '');
});

test('reaches the end of an alarm with the next notice, but not with an announcement', () => {
  const store = new Store(/** @type {any} */ ({ notice: '', alarm: '' }));
  store.set({ alarm: 'No.' });
  store.set({ playing: true });
  store.announce('The learning rate was reduced.');
  assert.deepEqual(store.state.alarm, 'No.');
  store.set({ notice: 'Copied.' });
  assert.deepEqual([store.state.alarm, store.state.notice], ['', 'Copied.']);
  store.set({ notice: 'Copied.', alarm: 'No.' });
  assert.equal(store.state.alarm, 'No.');
});

test('reaches the names of the classes that a network knows', () => {
  assert.equal(allOf(['0', '1']), '0 and 1');
  assert.equal(allOf(['0', '1', '2', '3']), 'the digits 0 to 3');
  assert.equal(allOf(['cat', 'dog', 'ship']), 'cat, dog and ship');
  assert.equal(oneOf(['0', '1']), 'a 0 or a 1');
  assert.equal(oneOf(['0', '1', '2']), 'a digit from 0 to 2');
  assert.equal(oneOf(['cat', 'dog', 'ship']), 'a cat, a dog or a ship');
});

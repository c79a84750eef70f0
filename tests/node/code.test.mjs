// Reads Keras programs: each program of tests/code/programs/ becomes the experiment beside it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCode } from '../../www/code/read.js';

const folder = fileURLToPath(new URL('../code/programs/', import.meta.url));
const names = readdirSync(folder).filter((name) => !name.endsWith('.json'));

describe('programs', () => {
  for (const name of names) {
    test(`reaches the experiment of ${name}`, () => {
      const wanted = JSON.parse(
        readFileSync(join(folder, name.replace(/\.\w+$/, '.json')), 'utf8'),
      );
      const read = readCode(readFileSync(join(folder, name), 'utf8'));
      assert.deepEqual(sorted(read.experiment), sorted(wanted.experiment));
      assert.deepEqual([...read.from_data].sort(), [...wanted.from_data].sort());
      assert.equal(read.models, wanted.models);
      const said = read.messages.map(({ text }) => text.toLowerCase()).join('\n');
      for (const word of wanted.says ?? [])
        assert.ok(said.includes(word.toLowerCase()), `${word}: ${said}`);
    });
  }
});

describe('corrected programs', () => {
  for (const name of names) {
    test(`reaches the same experiment by the program corrected for Keras 3, ${name}`, () => {
      const read = readCode(readFileSync(join(folder, name), 'utf8'));
      // What is no Python, and ends with its cell, is no program.
      if (read.messages.some(({ text }) => text.startsWith('Python cannot'))) return;
      const again = readCode(read.corrected);
      assert.deepEqual(again.experiment, read.experiment);
      const renamed = again.messages.filter(({ text }) => / is called /.test(text));
      assert.deepEqual(renamed, []);
      assert.equal(again.corrected, read.corrected, 'nothing is left to correct');
    });
  }
});

/** Milliseconds of a program of 200 lines: a picture of the page. */
const PICTURE = 16;

test(`reaches the experiment of a program of 200 lines within ${PICTURE} ms`, () => {
  const lines = names.flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n');
    return name.endsWith('.py') && lines.length > 60 ? lines : [];
  });
  const program = lines.slice(0, 200).join('\n');
  assert.equal(program.split('\n').length, 200);
  const times = Array.from({ length: 30 }, () => {
    const began = performance.now();
    assert.ok(readCode(program).models > 0);
    return performance.now() - began;
  });
  assert.ok(Math.min(...times) < PICTURE, times.map(Math.round).join(', '));
});

/** What a slip of the hand, or of a copy, puts into a program. */
const SLIPS = [
  '(',
  ')',
  '[',
  '{',
  '}',
  ':',
  ',',
  '=',
  '"',
  "'",
  '\n',
  '    ',
  '**',
  '??',
  '%',
  '"""',
  'f"{',
  'model',
  'None',
  '__proto__',
  'constructor',
  '1e999',
  'lambda x: ',
  'for i in range(9): ',
  'if x:\n',
  'def f(a, b=2):\n',
];
/** Numbers of mutated programs, and milliseconds that one may take. */
const [MUTATED, MOST] = [10_000, 2000];

describe('mutated programs', () => {
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'));

  test(`reaches an answer for ${MUTATED} programs with mistakes, none of which takes long`, () => {
    const draw = drawn(2026);
    for (let i = 0; i < MUTATED; i++) {
      let text = texts[draw(texts.length)];
      for (let slips = 1 + draw(6); slips > 0; slips--) text = slipped(text, texts, draw);
      const began = performance.now();
      const read = readCode(text);
      const ms = performance.now() - began;
      assert.ok(ms < MOST, `${ms} ms for ${JSON.stringify(text)}`);
      assert.ok(read.experiment || read.messages.length > 0, JSON.stringify(text));
    }
  });
});

/** Whole numbers below a bound, from a seed. @param {number} seed */
function drawn(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 / 0x80000000) * below);
  };
}

/** @param {string} text @param {string[]} others @param {(below: number) => number} draw */
function slipped(text, others, draw) {
  const from = draw(text.length + 1);
  const to = Math.min(text.length, from + draw(40));
  const [head, tail] = [text.slice(0, from), text.slice(from)];
  switch (draw(4)) {
    case 0:
      return head + text.slice(to);
    case 1:
      return head + SLIPS[draw(SLIPS.length)] + tail;
    case 2: {
      const other = others[draw(others.length)];
      const at = draw(other.length);
      return head + other.slice(at, at + draw(200)) + tail;
    }
    default: {
      // One name takes the place of another.
      const words = text.match(/\w+/g) ?? ['x'];
      const [one, another] = [words[draw(words.length)], words[draw(words.length)]];
      return text.replaceAll(new RegExp(`\\b${one}\\b`, 'g'), another);
    }
  }
}

/** The same value with its keys in order. @param {any} value @returns {any} */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

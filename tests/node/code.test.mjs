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

// Values of form fields: what an arrow key makes of a number, the same in every browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { stepValue } from '../../www/forms/values.js';

const rate = /** @type {any} */ ({ kind: 'float', min: 0, max: 100 });

test('reaches 1, 2, 5, 10 ... in both directions', () => {
  const way = [1e-7, 2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3];
  way.push(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100);
  for (let i = 1; i < way.length; i++) {
    assert.equal(stepValue(rate, way[i - 1], 1), way[i]);
    assert.equal(stepValue(rate, way[i], -1), way[i - 1]);
  }
  assert.equal(stepValue(rate, 100, 1), 100);
  // From a number between them.
  assert.equal(stepValue(rate, 0.0034, 1), 0.005);
  assert.equal(stepValue(rate, 0.0034, -1), 0.001);
  assert.equal(stepValue(rate, 0, 1), 0.001);
  assert.equal(stepValue({ ...rate, kind: 'int' }, 7, 1), 8);
});

test('reaches a lint of inexact functions outside the drawing modules', async () => {
  const eslint = new ESLint();
  const rules = async (/** @type {string} */ code, /** @type {string} */ filePath) =>
    (await eslint.lintText(code, { filePath }))[0].messages.map(({ ruleId }) => ruleId);
  const code = 'export const a = Math.exp(self.b) + self.b ** 2 + Math.sqrt(self.b);\n';
  assert.deepEqual(await rules(code, 'www/app/new.js'), [
    'no-restricted-properties',
    'no-restricted-syntax',
  ]);
  assert.deepEqual(await rules(code, 'www/picture/charts/new.js'), []);
});

// Oracle: what real Keras made of the engine's own scripts (tests/keras/scripts.json) and what is read in them is the same.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { snake } from '../../www/code/names.js';
import { readCode } from '../../www/code/read.js';

/** @typedef {{ class_name: string, config: Record<string, any> }} Config */

const file = new URL('../keras/scripts.json', import.meta.url);
/** @type {Record<string, { script: string, model: Config, compile: Record<string, any> }>} */
const scripts = JSON.parse(readFileSync(file, 'utf8')).scripts;

/** Whether a model is layers in a row. @param {Config} model */
const isChain = ({ class_name }) => class_name === 'Sequential';

test('oracle: the layers, optimizer, loss and metrics that real Keras makes of each script', () => {
  let chains = 0;
  for (const [name, { script, model, compile }] of Object.entries(scripts)) {
    const { experiment, messages, corrected } = readCode(script);
    assert.equal(corrected, script, `${name} runs in Keras 3`);
    if (!isChain(model)) continue;
    chains++;
    const said = messages.filter(({ severity }) => severity !== 'note');
    assert.deepEqual(said, [], name);
    assert.ok(experiment, name);
    const read = /** @type {any} */ (experiment);
    same(read.model.config.layers, model.config.layers, name);
    for (const key of ['optimizer', 'loss'])
      same(read.compile[key], compile[key], `${name} ${key}`);
    for (const key of ['metrics', 'weighted_metrics'])
      if (read.compile[key]) same(read.compile[key], compile[key], `${name} ${key}`);
  }
  assert.ok(chains > 700, `${chains} chains`);
});

/**
 * Compares what is read with Keras' own, which has every default.
 * @param {any} read
 * @param {any} keras
 * @param {string} where
 */
function same(read, keras, where) {
  if (read !== null && typeof read === 'object' && 'class_name' in read) {
    if (typeof keras === 'string') return assert.equal(read.class_name, keras, where);
    assert.equal(read.class_name, keras?.class_name, where);
    // Keras writes no `delta` of Huber, no `gain` of Identity, no regularizer of SimpleRNN's output, and thresholds in place of
    // their number.
    for (const [option, value] of Object.entries(read.config))
      if ((keras.config[option] ?? null) !== null && option !== 'num_thresholds')
        same(value, keras.config[option], `${where} ${read.class_name}.${option}`);
    return;
  }
  // A class without options is its name.
  if (typeof read === 'string' && keras?.class_name)
    return assert.equal(read, snake(keras.class_name), where);
  // One size stands for all axes, one factor for both directions.
  if (typeof read === 'number' && Array.isArray(keras))
    return keras.forEach(
      (one) => one !== 0 && same(read, Array.isArray(one) ? one : Math.abs(one), where),
    );
  if (read === 'normal') return assert.equal(keras, 'truncated_normal');
  if (Array.isArray(read)) {
    assert.equal(read.length, keras?.length, where);
    return read.forEach((one, i) => same(one, keras[i], `${where} ${i}`));
  }
  if (typeof read === 'number' && typeof keras === 'number')
    return assert.ok(
      Math.abs(read - keras) <= 1e-6 * Math.abs(read),
      `${where}: ${read}, ${keras}`,
    );
  assert.deepEqual(read, keras, where);
}

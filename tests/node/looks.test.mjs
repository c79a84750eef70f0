// The looks at a run while it trains: what they renew, and that a part of the rows has the same bits as all of them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Run, initSync } from '../../pkg/glassbox.js';
import { preset } from '../../www/app/presets.js';
import { LISTED, shownSet } from '../../www/engine/frame.js';
import { Looks } from '../../www/engine/looks.js';
import { sideOf } from '../../www/picture/space.js';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

const options = {
  example: 3,
  drawing: null,
  side: 0,
  epochs: 0,
  batches: 0,
  events: 0,
  checkpoint: false,
  evaluate: false,
};

test('reaches all rows in turn, with the bits of all at once, and another example at once', () => {
  const run = new Run(JSON.stringify(preset('Circle', 42)));
  const info = run.info();
  const { set, n } = shownSet(info);
  const looks = new Looks(run, info);
  const wanted = { ...options, side: sideOf(info) };
  // The first frame has everything.
  assert.ok(Object.values(looks.some(wanted)).every((part) => part !== undefined));
  run.epoch();
  const exact = new Float32Array(n * info.n_outputs);
  run.read_predictions(set, 0, exact);
  /** @type {{ predictions?: Float32Array, weights?: Float32Array, activations?: Float32Array, grid?: Float32Array }} */
  const latest = {};
  const isThere = () =>
    latest.weights &&
    latest.grid &&
    latest.activations &&
    latest.predictions?.every((p, i) => p === exact[i]);
  for (const end = Date.now() + 20_000; !isThere();) {
    assert.ok(Date.now() < end, 'not all rows were renewed');
    const { buffers, answer, ...parts } = looks.some(wanted);
    if (parts.activations) assert.equal(answer[0], exact[3]);
    for (const name of /** @type {const} */ (['predictions', 'weights', 'activations', 'grid'])) {
      const part = parts[name];
      if (part) latest[name] = Float32Array.from(part);
    }
    looks.reuse(buffers);
  }
  const whole = looks.all(wanted);
  assert.deepEqual(latest, {
    weights: whole.weights,
    predictions: whole.predictions,
    activations: whole.activations,
    grid: whole.grid,
  });
  // Another example is read at once.
  assert.notEqual(looks.some({ ...wanted, example: 4 }).activations, undefined);
  assert.ok(n > 2 * LISTED, 'there are rows beyond the listed ones');
});

test('reaches a share of the time for looks that is stated, also where one look takes long', () => {
  const wide = preset('Circle', 42);
  wide.model.config.layers = [600, 600, 1].map((units) => ({
    class_name: 'Dense',
    config: { units, activation: 'sigmoid' },
  }));
  const run = new Run(JSON.stringify(wide));
  const info = run.info();
  const looks = new Looks(run, info);
  const wanted = { ...options, side: sideOf(info) };
  looks.reuse(looks.some(wanted).buffers);
  let [looked, trained] = [0, 0];
  while (trained < 1500) {
    const began = performance.now();
    run.run(14);
    const middle = performance.now();
    looks.reuse(looks.some(wanted).buffers);
    trained += middle - began;
    looked += performance.now() - middle;
  }
  // 1 % for the weights, 2 % each for the example and predictions, 3 % for the plane. One look may go beyond.
  assert.ok(looked < 0.25 * trained, `${Math.round(looked)} of ${Math.round(trained)} ms`);
});

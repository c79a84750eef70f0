// The states that the runner stores while edits are pending.
import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, {
  Worker: class {
    postMessage() {}
    terminate() {}
  },
  document: { baseURI: 'http://localhost/', hidden: false },
});
Object.defineProperty(globalThis, 'navigator', { value: {} });
const { ConfigError } = await import('../../www/engine/client.js');
const { Runner } = await import('../../www/app/runner.js');
const { Store } = await import('../../www/app/store.js');

/** @param {number} seed */
const experiment = (seed) => /** @type {any} */ ({ seed, data: 'Xor', model: {}, fit: {} });

/** Returns a runner whose engine rejects some seeds and fails for others (negative ones), and the stored seeds: negative while pending. */
async function runner(/** @type {number[]} */ refuses) {
  const frame = {
    steps: 0,
    checkpoint: new Uint8Array(1),
    newEpochs: { from: 0, at: new Uint32Array(), rows: new Float64Array() },
    newBatches: { from: 0, at: new Uint32Array(), losses: new Float32Array() },
    newEvents: { from: 0, events: [] },
  };
  const settings = { example: 0, speed: 'full' };
  const store = new Store(
    /** @type {any} */ ({ opened: null, playing: false, viewedStep: null, settings }),
  );
  /** @type {number[]} */
  const kept = [];
  /** The checkpoint from which the engine was opened last, and the seeds that it built. @type {{ checkpoint?: Uint8Array, built: number[] }} */
  const stands = { built: [] };
  const seedOf = (/** @type {string} */ text) => JSON.parse(text).seed;
  const made = new Runner(store, {
    onFrame: () => {},
    onEdit: ({ seed }) => kept.push(-seed),
    onSaved: (text) => kept.push(seedOf(text)),
  });
  const calls = {
    open: (/** @type {any} */ given, /** @type {Uint8Array | undefined} */ checkpoint) => {
      if (refuses.includes(given.seed)) throw new ConfigError('No.', 'seed');
      if (refuses.includes(-given.seed)) throw new Error('Broken.');
      stands.checkpoint = checkpoint;
      stands.built.push(given.seed);
      // As the engine does, without options that have their default.
      const text = JSON.stringify(given).replace('"shuffle":true', '');
      return { text, experiment: JSON.parse(text), info: { log_names: [], layers: [] } };
    },
    advance: () => ({ ...frame }),
  };
  made.client = /** @type {any} */ ({
    ask: async (/** @type {'open' | 'advance'} */ call, /** @type {any} */ args) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return call === 'open' ? calls.open(args[0], args[2]) : calls.advance();
    },
  });
  const problem = await made.openFirst(experiment(1));
  kept.length = stands.built.length = 0;
  return { made, kept, stands, problem };
}

test('reaches a stored pending edit that the earlier edit does not overwrite', async () => {
  const { made, kept } = await runner([]);
  const first = made.edit(experiment(2), 'Seed 2');
  const second = made.edit(experiment(3), 'Seed 3');
  await first;
  assert.deepEqual(kept.slice(0, 2), [-2, -3]);
  assert.equal(kept.at(-1), -3, 'the latest edit is stored');
  await second;
  assert.equal(kept.at(-1), 3);
});

test('reaches the earlier edit as the stored one after an invalid edit', async () => {
  const { made, kept } = await runner([3]);
  await Promise.all([made.edit(experiment(2), 'Seed 2'), made.edit(experiment(3), 'Seed 3')]);
  assert.equal(made.store.state.draftError?.message, 'No.');
  assert.equal(kept.at(-1), 2);
});

test('reaches the same training after an edit that only states a default', async () => {
  const { made, stands } = await runner([]);
  await made.edit({ ...experiment(1), fit: { shuffle: true } }, 'Shuffle');
  assert.ok(stands.checkpoint, 'the run continues');
  assert.equal(made.store.state.canUndo, undefined, 'nothing to undo');
  assert.deepEqual(made.store.state.draft, experiment(1));
});

test('reaches the next experiment after a first one that fails in any way', async () => {
  assert.equal((await runner([])).problem, '');
  assert.equal((await runner([1])).problem, 'No.');
  const { made, problem } = await runner([-1]);
  assert.equal(problem, 'Broken.');
  assert.equal(await made.openFirst(experiment(2)), '');
});

test('reaches the newest of many edits of one number without building the others, and one Undo for all', async () => {
  const { made, stands } = await runner([]);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) => made.edit(experiment(i + 2), `Seed ${i}`)),
  );
  assert.deepEqual(stands.built, [41]);
  assert.equal(made.store.state.opened?.experiment.seed, 41);
  await made.undo();
  assert.equal(made.store.state.opened?.experiment.seed, 1);
  assert.equal(made.store.state.canUndo, false);
});

test('reaches one Undo for edits of one number that follow each other, and two for two numbers', async () => {
  const { made, stands } = await runner([]);
  for (const seed of [2, 3, 4]) await made.edit(experiment(seed), `Seed ${seed}`);
  await made.edit({ ...experiment(4), fit: { batch_size: 8 } }, 'Batch 8');
  assert.deepEqual(stands.built, [2, 3, 4, 4]);
  await made.undo();
  assert.equal(made.store.state.opened?.experiment.seed, 4);
  await made.undo();
  assert.equal(made.store.state.opened?.experiment.seed, 1);
  assert.equal(made.store.state.canUndo, false);
});

test('reaches every edit where an action stands between them', async () => {
  const { made, stands } = await runner([]);
  await Promise.all([
    made.edit(experiment(2), 'Seed 2'),
    made.reset(),
    made.edit(experiment(3), 'Seed 3'),
  ]);
  assert.deepEqual(stands.built, [2, 2, 3]);
});

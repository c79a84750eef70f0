// The client of the inspector's worker, with a fake worker.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InspectorClient } from '../../www/step/inspector-client.js';

/** Answers after a delay, in order, with the open experiment and the checkpoint of the request. */
class Worker {
  #open = '';
  #turn = Promise.resolve();
  /** @type {(event: { data: any }) => void} */
  onmessage = () => {};

  /** @param {{ id: number, call: string, args: any[] }} asked */
  postMessage({ id, call, args }) {
    // It has no engine.
    if (!call) return;
    this.#turn = this.#turn.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (call === 'inspect') this.#open = args[0].seed;
      this.onmessage({ data: { id, result: { open: this.#open, given: args.at(-1) } } });
    });
  }
}

test('reaches the result of the right run, with its own checkpoints, for interleaved requests', async () => {
  const locks = { request: () => new Promise(() => {}) };
  const navigator = { value: { locks }, configurable: true };
  Object.defineProperty(globalThis, 'navigator', navigator);
  Object.assign(globalThis, { Worker, document: { baseURI: 'http://localhost/' } });
  const study = new InspectorClient();
  const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
  const runs = ['run 0', 'run 1', 'run 2'].map((text) => ({
    text,
    experiment: /** @type {any} */ ({ seed: text }),
  }));
  const asked = [];
  for (let i = 0; i < 12; i++) {
    const run = runs[i % 3];
    study.addCheckpoint(run.text, 5, bytes(run.text));
    asked.push(study.ask(run, 'weights', 7));
    if (i % 4 === 0) await asked[i];
  }
  const answers = /** @type {any[]} */ (await Promise.all(asked));
  answers.forEach(({ open, given }, i) => {
    assert.equal(open, `run ${i % 3}`);
    if (given) assert.deepEqual(given.bytes, bytes(open));
  });
  assert.ok(
    answers.some(({ given }) => given),
    'some requests carry checkpoints',
  );
});

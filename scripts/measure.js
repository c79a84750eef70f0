// `npm run measure`: the run of the lesson from 100 seeds. `npm run bench` measures its speed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EPOCHS, lesson } from '../benches/lesson.js';
import { buildParts } from './build-steps.js';
import { root, script } from './stage.js';

const SEEDS = 100;

await script(async () => {
  await buildParts();
  await manySeeds();
});

async function manySeeds() {
  const { Run, initSync } = await import('../pkg/glassbox.js');
  initSync({ module: readFileSync(join(root, 'pkg/glassbox_bg.wasm')) });
  const digits = new Uint8Array(
    gunzipSync(readFileSync(join(root, 'www/public/data/digits01.bin'))),
  );
  /** @type {Record<string, number[]>} */
  const found = {
    'loss, epoch 1': [],
    'loss, epoch 20': [],
    accuracy: [],
    'test accuracy': [],
    ms: [],
  };
  for (let seed = 0; seed < SEEDS; seed++) {
    const run = new Run(JSON.stringify(lesson(seed)), digits);
    const start = performance.now();
    while (!run.done) run.epoch();
    found.ms.push(performance.now() - start);
    const names = run.info().log_names;
    const epochs = run.epochs_since(0).rows;
    const at = (/** @type {number} */ epoch, /** @type {string} */ name) =>
      epochs[(epoch - 1) * names.length + names.indexOf(name)];
    found['loss, epoch 1'].push(at(1, 'loss'));
    found['loss, epoch 20'].push(at(EPOCHS, 'loss'));
    found.accuracy.push(at(EPOCHS, 'accuracy'));
    found['test accuracy'].push(run.evaluate('test')[1]);
    run.free();
  }
  console.log(
    `\nThe lesson's run (1,000 digits, 25-15-1, Adam 0.001, batch 32), ${SEEDS} seeds, node:`,
  );
  for (const [name, values] of Object.entries(found)) {
    const sorted = values.toSorted((a, b) => a - b);
    const [least, median, most] = [0, SEEDS / 2, SEEDS - 1].map((i) => sorted[i].toFixed(4));
    console.log(`${name.padEnd(15)} least ${least}, median ${median}, most ${most}`);
  }
  const below = found['loss, epoch 20'].filter((loss) => loss < 0.05).length;
  const above = found.accuracy.filter((accuracy) => accuracy >= 0.99).length;
  console.log(`loss below 0.05 in ${below} of ${SEEDS}, accuracy of at least 99 % in ${above}.`);
}

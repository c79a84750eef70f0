// `npm run measure`: the lesson's run from 100 seeds, and its time beside TensorFlow.js in Chromium.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EPOCHS, lesson } from '../benches/lesson.js';
import { findBrowsers } from './browsers.js';
import { buildParts } from './build-steps.js';
import { serve } from './serve.js';
import { StageError, root, run as command, script, stage } from './stage.js';
import { setUpBuild } from './tools.js';

const SEEDS = 100;

await script(async () => {
  await setUpBuild();
  await buildParts();
  await manySeeds();
  await besideTensorFlow();
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
    const epochs = run.epochs_since(0);
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

/** Both train in a worker of the same browser, on the same digits, in turn, after a warm-up. */
async function besideTensorFlow() {
  const { chrome } = findBrowsers();
  if (!chrome) throw new StageError('Timing beside TensorFlow.js needs Chromium or Chrome.');
  console.log();
  await stage('TensorFlow.js', async () => {
    await command('npm', ['ci', '--prefix', 'benches/peers']);
    const { build } = await import('vite');
    await build({
      configFile: false,
      root: join(root, 'benches/peers'),
      base: './',
      logLevel: 'warn',
      worker: { format: 'es' },
      build: { outDir: join(root, '.cache/peers'), emptyOutDir: true, target: 'es2022' },
    });
  });
  const { default: puppeteer } = await import('puppeteer-core');
  const { url, close } = await serve({ folder: '.cache/peers' });
  const args = ['--no-sandbox'];
  const browser = await puppeteer.launch({ executablePath: chrome, headless: true, args });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    const times = await page.evaluate('window.times');
    const { glassbox, tensorflow, ratios, backend } = /** @type {Times} */ (times);
    const line = (/** @type {Timed} */ { ms, loss }) =>
      `${ms.toFixed(1)} ms (loss ${loss.toFixed(4)})`;
    console.log(`${EPOCHS} epochs in a worker of ${await browser.version()}:`);
    console.log(`Glassbox                 ${line(glassbox)}`);
    console.log(`TensorFlow.js (${backend})     ${line(tensorflow)}`);
    const [least, most] = [ratios[0], ratios.at(-1)].map((ratio) => ratio?.toFixed(1));
    const median = (tensorflow.ms / glassbox.ms).toFixed(1);
    console.log(
      `ratio                    ${median} (median of ${ratios.length}, ${least} to ${most})`,
    );
  } finally {
    await browser.close();
    await close();
  }
}

/** @typedef {{ ms: number, loss: number }} Timed */
/** @typedef {{ glassbox: Timed, tensorflow: Timed, ratios: number[], backend: string }} Times */

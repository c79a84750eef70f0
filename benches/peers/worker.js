// The lesson's run, 20 epochs, by Glassbox and by TensorFlow.js' wasm backend: milliseconds of each.
import '@tensorflow/tfjs-backend-wasm';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import init, { Run } from '../../pkg/glassbox.js';
import { EPOCHS, lesson } from '../lesson.js';
import digits from '../../www/public/data/digits01.bin?url';

const REPEATS = 9;
const inflated = (await fetch(digits)).body.pipeThrough(new DecompressionStream('gzip'));
const data = new Uint8Array(await new Response(inflated).arrayBuffer());

async function glassbox() {
  await init();
  return () => {
    const run = new Run(JSON.stringify(lesson(42)), data);
    const start = performance.now();
    while (!run.done) run.run(8);
    const ms = performance.now() - start;
    const names = run.info().log_names;
    return { ms, loss: run.epochs_since(EPOCHS - 1)[names.indexOf('loss')] };
  };
}

async function tensorflow() {
  const at = (url) => new URL(url, location.href).href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': at(plain),
    'tfjs-backend-wasm-simd.wasm': at(simd),
    'tfjs-backend-wasm-threaded-simd.wasm': at(threaded),
  });
  await tf.setBackend('wasm');
  const rows = new Run(JSON.stringify(lesson(42)), data);
  const x = tf.tensor2d(rows.inputs('train'), [1000, 400]);
  const y = tf.tensor2d(rows.targets('train'), [1000, 1]);
  return async () => {
    const activation = 'sigmoid';
    const model = sequential({
      layers: [
        layers.dense({ units: 25, activation, inputShape: [400] }),
        layers.dense({ units: 15, activation }),
        layers.dense({ units: 1, activation }),
      ],
    });
    const optimizer = tf.train.adam(0.001);
    model.compile({ optimizer, loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const start = performance.now();
    const fit = await model.fit(x, y, { epochs: EPOCHS, batchSize: 32, shuffle: true, verbose: 0 });
    return { ms: performance.now() - start, loss: fit.history.loss.at(-1) };
  };
}

/** Runs of both in turn, so that what slows the machine slows both; the ratio is the median of the pairs'. */
const contestants = [await glassbox(), await tensorflow()];
for (const once of contestants) await once();
const pairs = [];
for (let i = 0; i < REPEATS; i++) {
  const [ours, theirs] = [await contestants[0](), await contestants[1]()];
  pairs.push({ glassbox: ours, tensorflow: theirs, ratio: theirs.ms / ours.ms });
}
pairs.sort((a, b) => a.ratio - b.ratio);
const ratios = pairs.map(({ ratio }) => ratio);
postMessage({ ...pairs[Math.floor(REPEATS / 2)], ratios, backend: tf.getBackend() });

// The program of all workers, which differ in their name alone: `train` advances the run of the page, `inspect`
// reproduces any moment of it, `race` trains variants of it. It answers calls in order, and does nothing else.
import init, { prepare_drawing, random_seed } from '../../pkg/glassbox.js';
import { startEngine } from './absent.js';
import { keepOwn, prefetch } from './asset.js';
import { alive, serveCalls } from './calls.js';
import { inspecting } from './inspecting.js';
import { racing } from './racing.js';
import { training } from './training.js';

const wasm = new URL('../../pkg/glassbox_bg.wasm', import.meta.url);

/** @type {(module: WebAssembly.Module | undefined) => void} */
let receive;
/** The engine, which the page sends as soon as it has compiled it; undefined where it cannot. */
const compiled = /** @type {Promise<WebAssembly.Module | undefined>} */ (
  new Promise((resolve) => (receive = resolve))
);

export const calls = {
  alive,

  /** Starts the engine: every other call comes after it. */
  start: async () => startEngine(init, wasm, await compiled),

  ...training,
  ...inspecting,
  ...racing,

  /** @param {Blob} rows */
  keep: (rows) => keepOwn(rows),

  random_seed: () => random_seed(),

  /** @param {Float32Array} ink @param {number} height @param {number} width @param {number} side */
  prepare: (ink, height, width, side) => prepare_drawing(ink, height, width, side),
};

serveCalls(calls, (notice) => {
  if ('module' in notice) receive(notice.module);
  else prefetch(notice.file, notice.base);
});

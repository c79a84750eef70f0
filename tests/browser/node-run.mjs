// Runs in node, on the same engine and data as the page.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Run, initSync } from '../../pkg/glassbox.js';

/** Returns a run on the lesson's digits in node. @param {unknown} experiment */
export function lessonRun(experiment) {
  const file = (/** @type {string} */ path) =>
    readFileSync(new URL(`../../${path}`, import.meta.url));
  initSync({ module: file('pkg/glassbox_bg.wasm') });
  const digits = gunzipSync(file('www/public/data/digits01.bin'));
  return new Run(JSON.stringify(experiment), digits);
}

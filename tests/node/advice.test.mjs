// The presets of the page cause no advice: each data set with each of its network templates.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { Run, advice, initSync } from '../../pkg/glassbox.js';
import { networks, preset, withNetwork } from '../../www/app/presets.js';

/** @param {string} path of the project */
const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url));

initSync({ module: read('pkg/glassbox_bg.wasm') });

const sets = catalog.datasets.filter(
  ({ options }) => !options.some((/** @type {any} */ o) => o.required),
);

for (const { class_name, asset } of sets) {
  test(`reaches no advice on the presets of ${class_name}`, () => {
    const bytes = () =>
      asset ? new Uint8Array(gunzipSync(read(`www/public/data/${asset}`))) : undefined;
    const own = preset(class_name, 42);
    const { data } = new Run(own, bytes()).info();
    for (const { name } of networks(data)) {
      assert.deepEqual(advice(withNetwork(own, name, data.image), bytes()), [], name);
    }
  });
}

test('reaches all data sets', () => assert.ok(sets.length >= 9));

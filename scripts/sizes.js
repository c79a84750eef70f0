// `npm run sizes`: when a first visit on slow 4G sees something, and its size in each browser, as the tests limit it.
import { buildAll } from './build-steps.js';
import { nodeTests } from './checks.js';
import { firstSight } from './first-sight.js';
import { launch, quit } from './launch.js';
import { serve } from './serve.js';
import { script, stage } from './stage.js';

await script(async () => {
  await buildAll();
  await stage('first sight on slow 4G', sight);
  await nodeTests(['tests/browser/sizes.test.mjs']);
});

async function sight() {
  const { url, close } = await serve({ zip: true });
  const browser = await launch('chromium');
  try {
    const seen = await firstSight(browser, url, { cpu: 1, slow: true });
    const seconds = (/** @type {number} */ ms) => `${(ms / 1000).toFixed(2)} s`;
    return `first paint ${seconds(seen.paint)}, largest ${seconds(seen.largest)} (${seen.what}), the network ${seconds(seen.picture)}`;
  } finally {
    await quit(browser);
    await close();
  }
}

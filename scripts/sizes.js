// `npm run sizes`: the size of a first visit in each browser, as the tests measure and limit it.
import { buildAll } from './build-steps.js';
import { nodeTests } from './checks.js';
import { script } from './stage.js';

await script(async () => {
  await buildAll();
  await nodeTests(['tests/browser/sizes.test.mjs']);
});

// `npm run setup`: everything that building and testing need, for whoever then calls cargo or wasm-pack by hand.
import { setUpBrowsers } from './browsers.js';
import { script, stage } from './stage.js';
import { setUpBuild, setUpTestTools } from './tools.js';

await script(async () => {
  await setUpBuild();
  await setUpTestTools();
  await stage('browsers', setUpBrowsers);
});

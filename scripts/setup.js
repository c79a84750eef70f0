// `npm run setup`: everything that building and testing need, the data too, for whoever then calls cargo or wasm-pack by hand.
import { setUpBrowsers } from './browsers.js';
import { data } from './data.js';
import { script, stage } from './stage.js';
import { setUpBuild, setUpTestTools } from './tools.js';

await script(async () => {
  await setUpBuild();
  await setUpTestTools();
  await stage('browsers', setUpBrowsers);
  await stage('data', data);
});

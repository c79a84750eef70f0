// `npm run setup`: installs all tools and makes all data for building and testing, for manual use of cargo or wasm-pack.
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

// `npm test`: sets up, then runs all checks and tests with one line for each stage. It stops at the first failure.
//
//   npm test            everything, including the page in both browsers
//   npm test -- quick   the tests that find most mistakes within two minutes
import { setUpBrowsers } from './browsers.js';
import { buildAll, buildParts } from './build-steps.js';
import {
  command,
  countKinds,
  lintPage,
  lintRust,
  lintRustQuickly,
  nodeTests,
  types,
} from './checks.js';
import { data } from './data.js';
import { StageError, filesUnder, script, stage } from './stage.js';
import { setUpBuild, setUpTestTools } from './tools.js';

await script(() => {
  const [kind = 'all', ...more] = process.argv.slice(2);
  if (more.length || !['all', 'quick'].includes(kind)) {
    throw new StageError('npm test takes nothing, or `-- quick`.');
  }
  return kind === 'quick' ? quick() : all();
});

/** Formatting, clippy, unit tests, types, the package in node. */
async function quick() {
  await lintRustQuickly();
  await command('cargo test --lib', 'cargo test --locked --lib');
  await buildParts('quick');
  await types();
  await nodeTests(tests('tests/node'));
}

async function all() {
  await setUpBuild();
  await setUpTestTools();
  await stage('browsers', setUpBrowsers);
  await stage('data', data);
  await lintRust();
  await command('cargo test', 'cargo test --locked');
  await command('cargo test --release', 'cargo test --locked --release');
  const patience = { WASM_BINDGEN_TEST_TIMEOUT: '300' };
  await command('wasm-pack test, Firefox', 'wasm-pack test --headless --firefox', patience);
  await command('wasm-pack test, Chrome', 'wasm-pack test --headless --chrome', patience);
  await buildAll();
  await lintPage();
  await countKinds();
  console.log('package in node, page in both browsers:');
  await nodeTests([...tests('tests/node'), ...tests('tests/browser')]);
}

/** @param {string} folder */
function tests(folder) {
  return filesUnder([folder]).filter((file) => file.endsWith('.test.mjs'));
}

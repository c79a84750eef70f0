// `npm test`: sets up, then every check and every test, a line for each stage; stops at the first that fails.
//
//   npm test            everything, the page in both browsers too
//   npm test -- quick   what finds most mistakes in two minutes
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
  // Fat LTO would link every test program for a minute; it changes no bit.
  await command('cargo test --release', 'cargo test --locked --release', {
    CARGO_PROFILE_RELEASE_LTO: 'off',
  });
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

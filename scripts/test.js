// `npm test`: sets up, then every check and every test, a line for each stage; stops at the first that fails.
import { spawn } from 'node:child_process';
import { setUpBrowsers } from './browsers.js';
import { buildAll } from './build-steps.js';
import { command, countKinds, lintPage, lintRust, sizeBudget } from './checks.js';
import { data } from './data.js';
import { StageError, filesUnder, root, script, stage } from './stage.js';
import { setUpBuild, setUpTestTools } from './tools.js';

await script(async () => {
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
  await sizeBudget();
  await countKinds();
  await nodeTests();
});

/** The last stage: the package in node and the page in both browsers; shows node's own report. */
async function nodeTests() {
  const files = filesUnder(['tests/node', 'tests/browser']).filter((f) => f.endsWith('.test.mjs'));
  if (files.length === 0) return;
  console.log('package in node, page in both browsers:');
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new StageError('Tests failed: see above.');
}

// `npm run lint`: formatting, lints and types of the JavaScript; formatting and lints of the Rust.
import { script } from './stage.js';
import { lintPage, lintRust } from './checks.js';
import { setUpBuild, setUpTestTools } from './tools.js';

await script(async () => {
  await setUpBuild();
  await setUpTestTools();
  await lintRust();
  await lintPage();
});

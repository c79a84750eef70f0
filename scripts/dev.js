// `npm run dev`: the page as it is edited (vite's server); Rust is built once, at the start.
import { spawn } from 'node:child_process';
import { buildParts } from './build-steps.js';
import { root, script } from './stage.js';
import { setUpBuild } from './tools.js';

await script(async () => {
  await setUpBuild();
  await buildParts();
  spawn('vite', [], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
});

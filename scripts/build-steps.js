// The build: the engine to pkg/, the data to www/public/, the page to dist/; each only when it is stale.
import { rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { data } from './data.js';
import { output, root, run, stage, whenStale } from './stage.js';

/** Everything that the page is made of, to dist/. */
export async function buildAll() {
  await buildParts();
  await stage('page', page);
}

/** What vite takes from elsewhere: the wasm package and the data. */
export async function buildParts() {
  await stage('wasm package', wasmPackage);
  await stage('data', data);
}

/** The Rust core as an ES module with types: pkg/. */
function wasmPackage() {
  const inputs = ['src', 'Cargo.toml', 'Cargo.lock', '.cargo/config.toml'];
  const files = {
    inputs: [...inputs, 'scripts/build-steps.js', 'package-lock.json'],
    outputs: ['pkg/glassbox.js', 'pkg/glassbox_bg.wasm', 'pkg/glassbox.d.ts'],
  };
  return whenStale('wasm', files, async () => {
    const built = await engine();
    rmSync(join(root, 'pkg'), { recursive: true, force: true });
    await bind(built, 'pkg');
    const about = { name: 'glassbox', type: 'module', main: 'glassbox.js', types: 'glassbox.d.ts' };
    writeFileSync(join(root, 'pkg', 'package.json'), JSON.stringify(about, null, 2));
  });
}

/**
 * What cargo makes of the Rust core for browsers: the path of the wasm.
 * @param {string[]} more flags for the compiler
 */
export async function engine(more = []) {
  const target = 'wasm32-unknown-unknown';
  // Panics name source files: from here on, so that the file is the same wherever it is built.
  const sources = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  // Less copying of code than LLVM's own measure: a twentieth less to download, and the lesson no slower.
  const copying = [
    'inline-threshold=75', // of functions into their callers
    'unswitch-threshold=0', // of loops, one for each way that an `if` inside goes
    'unroll-runtime=false', // of loops whose length nobody knows
    'unroll-threshold=150',
  ].map((measure) => `-Cllvm-args=-${measure}`);
  const flags = JSON.stringify([`--remap-path-prefix=${sources}=`, ...copying, ...more]);
  const config = `target.${target}.rustflags=${flags}`;
  const build = ['build', '--release', '--lib', '--locked', '--target', target];
  await run('cargo', [...build, '--config', config]);
  const metadata = await output('cargo', [
    'metadata',
    '--format-version=1',
    '--no-deps',
    '--offline',
  ]);
  const built = JSON.parse(metadata.slice(metadata.indexOf('{'))).target_directory;
  return join(built, target, 'release', 'glassbox.wasm');
}

/**
 * The wasm with its JavaScript, made smaller and faster, in a folder.
 * @param {string} wasm
 * @param {string} folder
 * @param {string[]} more flags for the optimizer
 */
export async function bind(wasm, folder, more = ['--strip-producers']) {
  await run('wasm-bindgen', ['--target', 'web', '--out-dir', folder, wasm]);
  const bound = join(folder, 'glassbox_bg.wasm');
  const smaller = ['--reorder-functions', '--reorder-locals'];
  await run('wasm-opt', ['-O3', ...smaller, ...more, bound, '-o', bound]);
}

/** The static site: dist/. */
function page() {
  const files = {
    inputs: ['www', 'pkg', 'vite.config.js', 'package-lock.json'],
    outputs: ['dist/index.html'],
  };
  return whenStale('page', files, async () => {
    await run('vite', ['build']);
  });
}

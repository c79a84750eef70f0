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

/** What vite takes from elsewhere: the wasm package, the catalog, and the data. */
export async function buildParts() {
  await stage('wasm package', wasmPackage);
  await stage('catalog', catalog);
  await stage('data', data);
}

/** The Rust core as an ES module with types: pkg/. */
function wasmPackage() {
  const inputs = ['src', 'Cargo.toml', 'Cargo.lock', '.cargo/config.toml'];
  const made = ['glassbox.js', 'glassbox_bg.wasm', 'glassbox.d.ts'];
  const files = {
    inputs: [...inputs, 'scripts/build-steps.js', 'package-lock.json'],
    outputs: made.map((file) => `pkg/${file}`),
  };
  return whenStale('wasm', files, async () => {
    rmSync(join(root, 'pkg'), { recursive: true, force: true });
    await bind(await engine(), 'pkg');
    const about = { name: 'glassbox', type: 'module', main: 'glassbox.js', types: 'glassbox.d.ts' };
    writeFileSync(join(root, 'pkg', 'package.json'), JSON.stringify(about, null, 2));
  });
}

/** Everything that can be chosen, as the page shows it: pkg/catalog.json. */
function catalog() {
  const inputs = ['src', 'examples', 'Cargo.toml', 'Cargo.lock', 'scripts/build-steps.js'];
  const file = 'pkg/catalog.json';
  return whenStale('catalog', { inputs, outputs: [file] }, async () => {
    await run('cargo', ['run', '--locked', '--example', 'catalog', '--', file]);
  });
}

/** What cargo makes of the Rust core for browsers: the path of the wasm. */
export async function engine() {
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
  const smaller = [
    // Names that begin with the room, by which functions are put in order.
    '-Csymbol-mangling-version=v0',
    // A panic says what went wrong and not in which line; the same run says that natively.
    '-Zlocation-detail=none',
  ];
  const flags = [`--remap-path-prefix=${sources}=`, ...copying, ...smaller];
  const config = `target.${target}.rustflags=${JSON.stringify(flags)}`;
  const build = ['build', '--release', '--lib', '--locked', '--target', target];
  // The stable compiler takes the -Z flag, which changes no number, only when told so.
  await run('cargo', [...build, '--config', config], { env: { RUSTC_BOOTSTRAP: '1' } });
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
 * The wasm with its JavaScript, made smaller, in a folder. What stands beside its like is compressed best:
 * the order of the names.
 * @param {string} wasm
 * @param {string} folder
 * @param {boolean} named whether functions keep their names
 */
export async function bind(wasm, folder, named = false) {
  await run('wasm-bindgen', ['--target', 'web', '--out-dir', folder, wasm]);
  const bound = join(folder, 'glassbox_bg.wasm');
  const passes = ['-Oz', '--reorder-locals', '--reorder-functions-by-name'];
  await run('wasm-opt', ['-g', ...passes, bound, '-o', bound]);
  if (named) return;
  // Once more without the names. Memory begins as zeros, and nothing lies in its first kilobyte but the
  // last of a stack that is full.
  const known = ['--low-memory-unused', '--zero-filled-memory'];
  const again = ['-Oz', '--optimize-added-constants-propagate', '-Oz', '--converge'];
  const bare = ['--strip-debug', '--strip-producers'];
  await run('wasm-opt', [...bare, ...known, ...again, bound, '-o', bound]);
}

/** The static site: dist/. */
function page() {
  const files = {
    inputs: ['www', 'benches', 'pkg', 'vite.config.js', 'package.json', 'package-lock.json'],
    outputs: ['dist/index.html', 'dist/bench.html'],
  };
  return whenStale('page', files, async () => {
    await run('vite', ['build']);
  });
}

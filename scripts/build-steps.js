// The build: the engine to pkg/, the data to www/public/, the page to dist/; each only when it is stale.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { data } from './data.js';
import { output, root, run, stage, whenStale } from './stage.js';
import { thumbnails } from './thumbnails.js';
import { npmPackages, rust, wasmBindgen } from './tools.js';

/**
 * A profile of Cargo.toml: `release` is shipped; `quick` compiles in a fraction of the time and computes the same bits.
 * @typedef {'release' | 'quick'} Profile
 */

const TARGET = 'wasm32-unknown-unknown';
/** What the compiled engine depends on. */
const SOURCES = ['src', 'Cargo.toml', 'Cargo.lock', '.cargo/config.toml', 'rust-toolchain.toml'];

/** Builds the whole page to dist/. @param {Profile} [profile] */
export async function buildAll(profile) {
  await buildParts(profile);
  await stage('page', page);
}

/**
 * Builds what vite takes from elsewhere: pkg/ and the data. Installs the missing tools meanwhile.
 * @param {Profile} [profile]
 */
export async function buildParts(profile) {
  await rust();
  await Promise.all([
    stage('engine', () => enginePackage(profile)),
    stage('catalog', catalog),
    npmPackages().then(() => stage('data', data)),
  ]);
  await stage('thumbnails', thumbnails);
}

/**
 * The Rust core as an ES module with types: pkg/. A failed build leaves the last package in place. A release package
 * is good wherever a quick one is wanted.
 * @param {Profile} [profile]
 */
export function enginePackage(profile = 'release') {
  const files = {
    inputs: [...SOURCES, 'scripts/build-steps.js'],
    outputs: ['glassbox.js', 'glassbox_bg.wasm', 'glassbox.d.ts'].map((file) => `pkg/${file}`),
    flavours: profile === 'quick' ? ['quick', 'release'] : ['release'],
  };
  return whenStale('engine', files, async () => {
    const [wasm] = await Promise.all([compile(profile), wasmBindgen()]);
    const next = join(root, '.cache', 'pkg');
    rmSync(next, { recursive: true, force: true });
    // The names of functions help to debug; they are a tenth of the download.
    const bare =
      profile === 'release' ? ['--remove-name-section', '--remove-producers-section'] : [];
    await run('wasm-bindgen', ['--target', 'web', ...bare, '--out-dir', next, wasm]);
    const about = { name: 'glassbox', type: 'module', main: 'glassbox.js', types: 'glassbox.d.ts' };
    writeFileSync(join(next, 'package.json'), JSON.stringify(about, null, 2));
    mkdirSync(join(root, 'pkg'), { recursive: true });
    // The wasm comes first: vite reloads the page when the JavaScript changes.
    const made = readdirSync(next).sort(
      (a, b) => Number(b.endsWith('.wasm')) - Number(a.endsWith('.wasm')),
    );
    for (const file of made) renameSync(join(next, file), join(root, 'pkg', file));
  });
}

/** Compiles the Rust core for browsers. @param {Profile} profile @returns {Promise<string>} the path of the wasm */
async function compile(profile) {
  // Panics name source files: from the registry on, so that the wasm is the same wherever it is built.
  const sources = join(process.env.CARGO_HOME || join(homedir(), '.cargo'), 'registry', 'src');
  const config = `target.${TARGET}.rustflags=["--remap-path-prefix=${sources}="]`;
  const line = ['build', '--lib', '--locked', '--target', TARGET, '--profile', profile];
  await run('cargo', [...line, '--config', config]);
  const asked = ['metadata', '--format-version=1', '--no-deps', '--offline'];
  const metadata = await output('cargo', asked);
  const { target_directory } = JSON.parse(metadata.slice(metadata.indexOf('{')));
  return join(target_directory, TARGET, profile, 'glassbox.wasm');
}

/** Everything that can be chosen, as the page shows it: pkg/catalog.json. */
export function catalog() {
  const inputs = [
    'src',
    'examples/catalog.rs',
    'Cargo.toml',
    'Cargo.lock',
    'scripts/build-steps.js',
  ];
  const file = 'pkg/catalog.json';
  return whenStale('catalog', { inputs, outputs: [file] }, async () => {
    mkdirSync(join(root, 'pkg'), { recursive: true });
    await run('cargo', ['run', '--locked', '--example', 'catalog', '--', file]);
  });
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

// Setup: installs the missing tools of the build and the tests.
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StageError, output, root, run, stage, stageOnce } from './stage.js';

/** @param {string} path */
const text = (path) => readFileSync(join(root, path), 'utf8');

/** Version of the wasm-bindgen command, which must be that of the library. */
function wasmBindgenVersion() {
  const found = text('Cargo.toml').match(/^wasm-bindgen = "=([\d.]+)"/m);
  if (!found) throw new StageError('Cargo.toml does not pin wasm-bindgen to one version ("=...").');
  return found[1];
}

/** Checks Rust and installs the wasm target. */
export const rust = stageOnce('Rust, with the wasm target', wasmTarget);
/** Runs `npm ci` where node_modules differs from the lock file. */
export const npmPackages = stageOnce('npm packages', installPackages);
/** Installs wasm-bindgen, which writes the JavaScript of the engine. */
export const wasmBindgen = cargoTool('wasm-bindgen-cli', 'wasm-bindgen', wasmBindgenVersion(), {
  exactly: true,
  optimised: '1',
});
const wasmPack = cargoTool('wasm-pack', 'wasm-pack', '0.15.1');
const geckodriver = cargoTool('geckodriver', 'geckodriver', '0.37.1');

/** Installs the tools of a build. */
export async function setUpBuild() {
  await rust();
  await Promise.all([npmPackages(), wasmBindgen()]);
}

/** Installs the further tools of the tests, except browsers. */
export async function setUpTestTools() {
  await stage('rustfmt, clippy', async () => {
    const there =
      (await output('cargo', ['fmt', '--version'])) &&
      (await output('cargo', ['clippy', '--version']));
    if (there) return 'there';
    await run('rustup', ['component', 'add', 'rustfmt', 'clippy']);
    return 'installed';
  });
  await wasmPack();
  await geckodriver();
}

async function installPackages() {
  const wanted = JSON.parse(text('package-lock.json')).packages;
  const hidden = 'node_modules/.package-lock.json';
  const found = existsSync(join(root, hidden)) ? JSON.parse(text(hidden)).packages : {};
  const same = Object.keys(wanted).every((path) => {
    if (path === '') return true;
    if (!found[path]) return wanted[path].optional || wanted[path].devOptional; // another system's
    return found[path].version === wanted[path].version && existsSync(join(root, path));
  });
  if (same) return 'there';
  await run('npm', ['ci', '--include=dev']); // even where NODE_ENV is "production"
  return 'installed';
}

async function wasmTarget() {
  const target = 'wasm32-unknown-unknown';
  const found = (await output('rustc', ['--version'])).match(/\d+\.\d+\.\d+/)?.[0];
  if (!found) {
    throw new StageError(
      'Rust is missing: install it with rustup (rust-lang.org), then try again.',
    );
  }
  const wanted = text('Cargo.toml').match(/^rust-version = "([\d.]+)"/m)?.[1] ?? '0';
  if (isOlder(found, wanted)) {
    throw new StageError(
      `Rust is ${found}, but Glassbox needs ${wanted} or later: run 'rustup update stable'.`,
    );
  }
  const folder = (await output('rustc', ['--print', 'target-libdir', '--target', target])).trim();
  if (folder && existsSync(folder)) return 'there';
  await run('rustup', ['target', 'add', target]);
  return 'installed';
}

/**
 * Runs `cargo install` where the command is missing or has another (older) version.
 * @param {string} crate
 * @param {string} command
 * @param {string} version
 * @param {{ exactly?: boolean, optimised?: string }} [how] `optimised`: rustc's level; wasm-bindgen goes
 *   through megabytes in every test, the others only start programs
 */
function cargoTool(crate, command, version, { exactly = false, optimised = '0' } = {}) {
  return stageOnce(`${crate} ${version}`, async () => {
    const found = (await output(command, ['--version'])).match(/\d+\.\d+\.\d+/)?.[0];
    if (found && (exactly ? found === version : !isOlder(found, version))) return 'there';
    // The lock file of wasm-bindgen-cli names a version that no longer exists.
    const locked = crate === 'wasm-bindgen-cli' ? [] : ['--locked'];
    await run('cargo', ['install', crate, '--version', version, '--force', ...locked], {
      // Optimized for build time. The tools share their dependencies.
      env: {
        CARGO_TARGET_DIR: join(tmpdir(), 'glassbox-tools'),
        CARGO_PROFILE_RELEASE_OPT_LEVEL: optimised,
        CARGO_PROFILE_RELEASE_LTO: 'off',
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
      },
      cwd: tmpdir(), // not under this project's .cargo/config.toml
    });
    return 'installed';
  });
}

/**
 * @param {string} found
 * @param {string} wanted
 */
function isOlder(found, wanted) {
  const [a, b] = [found, wanted].map((version) => version.split('.').map(Number));
  const differs = a.findIndex((part, i) => part !== b[i]);
  return differs >= 0 && a[differs] < b[differs];
}

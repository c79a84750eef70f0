// Checks of the sources: formatting, lints and types.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StageError, filesUnder, root, run, stage } from './stage.js';

/**
 * Returns a stage that runs one command.
 * @param {string} name
 * @param {string} line
 * @param {Record<string, string>} [env]
 */
export function command(name, line, env) {
  const [program, ...args] = line.split(' ');
  return stage(name, async () => summary(await run(program, args, { env })));
}

/**
 * Summarizes the output of test programs.
 * @param {string} output
 */
function summary(output) {
  const passed = [...output.matchAll(/^test result: ok\. (\d+) passed/gm)].map((m) => Number(m[1]));
  const parity = output.match(/^keras_parity: .*$/m);
  if (passed.length === 0) return;
  return [`${passed.reduce((a, b) => a + b)} passed`, ...(parity ?? [])].join(', ');
}

/** Runs rustfmt, and clippy for the host. */
export async function lintRustQuickly() {
  await command('cargo fmt', 'cargo fmt --check');
  await command('clippy, native', 'cargo clippy --locked --all-targets -- -D warnings');
}

/** Runs rustfmt, clippy for both targets, and rustdoc. */
export async function lintRust() {
  await lintRustQuickly();
  await command(
    'clippy, wasm',
    'cargo clippy --locked --lib --tests --target wasm32-unknown-unknown -- -D warnings',
  );
  await command('cargo doc', 'cargo doc --locked --no-deps', { RUSTDOCFLAGS: '-Dwarnings' });
}

/** Runs prettier, eslint and tsc. */
export async function lintPage() {
  await command('prettier', 'prettier --check --log-level=warn .');
  await command('eslint', 'eslint --max-warnings=0 .');
  await types();
}

/** Checks the types of all JavaScript. */
export function types() {
  return command('types (tsc)', 'tsc');
}

const KINDS = ['oracle', 'reaches', 'bits', 'round trip'];

/** Counts the tests by kind, which is the start of their names. */
export function countKinds() {
  return stage('tests by kind', () => {
    const names = filesUnder(['src', 'tests'])
      .filter((file) => /\.(rs|mjs|js)$/.test(file))
      .flatMap((file) => namesIn(readFileSync(join(root, file), 'utf8'), file));
    const counts = KINDS.map((kind) => {
      return `${kind} ${names.filter((name) => name.startsWith(kind)).length}`;
    });
    const others = names.filter((name) => !KINDS.some((kind) => name.startsWith(kind)));
    const rest = others.length ? `; without a kind: ${others.join(', ')}` : '';
    return `${counts.join(', ')} (${names.length} in all${rest})`;
  });
}

/**
 * @param {string} source
 * @param {string} file
 */
function namesIn(source, file) {
  const pattern = file.endsWith('.rs')
    ? /#\[(?:wasm_bindgen_)?test\](?:\s*#\[[^\]]*\])*\s*(?:async\s+)?fn (\w+)/g
    : /^\s*(?:await )?(?:test|it)\(\s*['"`]([^'"`]+)/gm;
  return [...source.matchAll(pattern)].map((match) => match[1].replaceAll('_', ' '));
}

/** Runs tests in node. @param {string[]} files */
export async function nodeTests(files) {
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new StageError('Tests failed: see above.');
}

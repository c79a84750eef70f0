// What the sources must keep, beside the tests: style, no warnings, types, and a small first load.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { StageError, filesUnder, root, run, stage } from './stage.js';

/**
 * A command that is a stage of its own.
 * @param {string} name
 * @param {string} line
 * @param {Record<string, string>} [env]
 */
export function command(name, line, env) {
  const [program, ...args] = line.split(' ');
  return stage(name, async () => summary(await run(program, args, { env })));
}

/**
 * What test programs printed, in a few words.
 * @param {string} output
 */
function summary(output) {
  const passed = [...output.matchAll(/^test result: ok\. (\d+) passed/gm)].map((m) => Number(m[1]));
  const parity = output.match(/^keras_parity: .*$/m);
  if (passed.length === 0) return;
  return [`${passed.reduce((a, b) => a + b)} passed`, ...(parity ?? [])].join(', ');
}

/** rustfmt, clippy on both targets, rustdoc. */
export async function lintRust() {
  const strict = '-- -D warnings';
  await command('cargo fmt', 'cargo fmt --check');
  await command('clippy, native', `cargo clippy --locked --all-targets ${strict}`);
  await command(
    'clippy, wasm',
    `cargo clippy --locked --lib --target wasm32-unknown-unknown ${strict}`,
  );
  await command('cargo doc', 'cargo doc --locked --no-deps', { RUSTDOCFLAGS: '-Dwarnings' });
}

/** prettier, eslint, types. */
export async function lintPage() {
  await command('prettier', 'prettier --check --log-level=warn .');
  await command('eslint', 'eslint --max-warnings=0 .');
  await command('types (tsc)', 'tsc');
}

/**
 * Bytes after gzip: what the page may cost before its data, the engine in it, what comes after the first picture, what
 * only whoever looks inside a run or changes an experiment fetches, and what only whoever starts the bench does
 * (TensorFlow.js).
 */
const BUDGETS = {
  'first load': 450_000,
  wasm: 350_000,
  'charts, views and texts, later': 80_000,
  'second engine, when needed': 380_000,
  'bench page only': 700_000,
};

/** What draws curves, and the views that look inside a run, are files of their own. */
const LATER = /\/(curve|glass)-[^/]*\.js$/;

/**
 * The files of dist/ that a page leads to, by their names in each other.
 * @param {string} page
 * @param {RegExp} [but] what is not followed
 */
function reachedFrom(page, but) {
  const all = filesUnder(['dist']).filter((file) => !/\.(html|md|map)$/.test(file));
  const assets = all.filter((file) => !but?.test(file));
  const reached = new Set([page]);
  // A set goes on with what is put in on the way.
  for (const file of reached) {
    if (!/\.(html|js|css)$/.test(file)) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const asset of assets) if (text.includes(basename(asset))) reached.add(asset);
  }
  return [...reached];
}

/** Measures dist/ as a host would send it, a line for each budget. */
export async function sizeBudget() {
  const size = (/** @type {string} */ file) =>
    gzipSync(readFileSync(join(root, file)), { level: 9 }).length;
  const sum = (/** @type {string[]} */ some) => some.reduce((total, file) => total + size(file), 0);
  const isText = (/** @type {string} */ file) => /\/texts-[^/]*\.json$/.test(file);
  const isLoaded = (/** @type {string} */ file) => !/^dist\/data\/|\.txt$/.test(file);
  const files = reachedFrom('dist/index.html').filter(isLoaded);
  const first = reachedFrom('dist/index.html', LATER).filter(isLoaded);
  const later = files.filter((file) => !first.includes(file) || isText(file));
  const isView = (/** @type {string} */ file) => isText(file) || LATER.test(file);
  const bench = reachedFrom('dist/bench.html').filter(isLoaded);
  const sizes = {
    'first load': sum(first.filter((file) => !isText(file))),
    wasm: sum(first.filter((file) => file.endsWith('.wasm'))),
    'charts, views and texts, later': sum(later.filter(isView)),
    'second engine, when needed': sum(later.filter((file) => !isView(file))),
    'bench page only': sum(bench.filter((file) => !files.includes(file))),
  };
  for (const [what, bytes] of Object.entries(sizes)) {
    const budget = BUDGETS[/** @type {keyof typeof BUDGETS} */ (what)];
    await stage(`gzip, ${what}`, () => {
      const text = `${(bytes / 1000).toFixed(1)} KB of ${budget / 1000}`;
      if (bytes > budget) throw new StageError(`Too large: ${what} ${text}.`);
      if (bytes === 0) throw new StageError(`Not in dist/: ${what}.`);
      return text;
    });
  }
}

const KINDS = ['oracle', 'reaches', 'bits', 'round trip'];

/** Counts the tests by the kind that their names begin with. */
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

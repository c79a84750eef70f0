// The reasons why the engine cannot start, with a remedy for each. Used by the page and the worker.
import { messageOf } from '../app/errors.js';

/** The engine cannot start. The message is for the user. */
export class NoEngine extends Error {
  name = 'NoEngine';
}

const RELOAD = 'Reload the page. If that does not help, the host of this site must';
/** Milliseconds to wait for the server's answer on the worker's script. */
const TIMEOUT = 10_000;
/** The directive that last blocked something. The browser reports it beside the error, or later. */
let forbidden = '';
globalThis.addEventListener?.('securitypolicyviolation', (event) => {
  forbidden = /** @type {SecurityPolicyViolationEvent} */ (event).effectiveDirective;
});

/** @param {string} reason @param {string} remedy */
function noEngine(reason, remedy) {
  return new NoEngine(`Training cannot start: ${reason}. ${remedy}`);
}

/** @param {URL} url */
function nameOf({ pathname }) {
  return pathname.slice(pathname.lastIndexOf('/') + 1);
}

/** @param {unknown} error */
function said(error) {
  return messageOf(error).replace(/\.$/, '');
}

/**
 * Returns the reason why the worker did not start: its script is missing or blocked.
 * @param {URL} url of its script
 * @param {unknown} [error] thrown by the constructor
 */
export async function noWorker(url, error) {
  const remedy = `${RELOAD} put all files of the page there.`;
  const name = nameOf(url);
  if (error || globalThis.origin === 'null') {
    const remedy = 'Open the page in a tab of its own, or in another browser.';
    const reason = error ? said(error) : 'the page is in a sandboxed frame';
    return noEngine(`this browser does not let the page start a worker (${reason})`, remedy);
  }
  const policy = forbidden;
  const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) }).catch(said);
  if (/^(worker|child|script|default)-src/.test(policy)) {
    const reason = `the content security policy of this site (${policy}) blocks the worker`;
    return noEngine(reason, "The host of this site must allow worker-src 'self'.");
  }
  if (typeof answer === 'string')
    return noEngine(`the worker’s script ${name} could not be loaded (${answer})`, remedy);
  if (!answer.ok)
    return noEngine(
      `the worker’s script ${name} is missing (HTTP status ${answer.status})`,
      remedy,
    );
  const type = answer.headers.get('content-type') ?? 'nothing';
  if (!/javascript/.test(type)) {
    const remedy = `${RELOAD} serve .js files as text/javascript.`;
    return noEngine(`the worker’s script ${name} was served as ${type}`, remedy);
  }
  return noEngine(
    `the worker’s script ${name} does not start`,
    `${RELOAD} look for errors in the browser’s console.`,
  );
}

/**
 * Compiles the engine on the page, for its workers. Returns undefined where that fails: a worker then says why.
 * @param {URL} url of the wasm
 */
export async function compileEngine(url) {
  try {
    const answer = await fetch(url);
    return answer.ok ? await compile(answer) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Starts the engine in the worker.
 * @param {(source: { module_or_path: WebAssembly.Module }) => Promise<unknown>} init
 * @param {URL} url of the wasm
 * @param {WebAssembly.Module} [compiled] module from the page; without it, the wasm is fetched and compiled
 */
export async function startEngine(init, url, compiled) {
  const answer = compiled ? undefined : await fetchWasm(url);
  try {
    const module = compiled ?? (await compile(/** @type {Response} */ (answer)));
    await init({ module_or_path: module });
  } catch (error) {
    if (/policy|CSP|unsafe-eval/i.test(said(error))) {
      const reason = 'the content security policy of this site (script-src) blocks WebAssembly';
      throw noEngine(
        reason,
        "The host of this site must allow script-src 'self' 'wasm-unsafe-eval'.",
      );
    }
    const reason = `the engine (${nameOf(url)}) is damaged, or too new for this browser (${said(error)})`;
    throw noEngine(reason, 'Reload the page. If that does not help, open it in a newer browser.');
  }
}

/** @param {URL} url of the wasm */
async function fetchWasm(url) {
  const name = nameOf(url);
  const remedy = `${RELOAD} put all files of the page there.`;
  const answer = await fetch(url).catch(said);
  if (typeof answer === 'string') {
    // The report of the policy may come after the error.
    for (let waits = 0; waits < 10 && !forbidden; waits++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    if (/^(connect|default)-src/.test(forbidden)) {
      const reason = `the content security policy of this site (${forbidden}) blocks the engine`;
      throw noEngine(reason, "The host of this site must allow connect-src 'self'.");
    }
    const remedy = 'Check your connection, then reload the page.';
    throw noEngine(`the engine (${name}) could not be loaded (${answer})`, remedy);
  }
  if (!answer.ok)
    throw noEngine(`the engine (${name}) is missing (HTTP status ${answer.status})`, remedy);
  if (typeof WebAssembly === 'undefined')
    throw noEngine('this browser has no WebAssembly', 'Open the page in a newer browser.');
  return answer;
}

/** Compiles during the download where the server sends the wasm type. @param {Response} answer */
async function compile(answer) {
  if (answer.headers.get('content-type')?.startsWith('application/wasm'))
    return WebAssembly.compileStreaming(answer);
  return WebAssembly.compile(await answer.arrayBuffer());
}

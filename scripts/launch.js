// Starts and ends a browser under program control, for tests, benchmarks and experiments.
import { findBrowsers } from './browsers.js';
import { StageError } from './stage.js';

/** @typedef {'chromium' | 'firefox'} Name */
/** @typedef {import('puppeteer-core').Browser} Browser */

/** Maximum milliseconds of one call by default. A slower call means that the browser hangs. */
const PATIENCE = 60_000;
/** Milliseconds within which a browser must exit. */
const LAST = 10_000;

/**
 * @param {Name} name
 * @param {import('puppeteer-core').LaunchOptions} [options]
 */
export async function launch(name, options) {
  const found = findBrowsers();
  const executablePath = name === 'firefox' ? found.firefox : found.chrome;
  if (!executablePath) {
    throw new StageError(
      `There is no ${name} here: \`npm run setup\` installs it, or says what to do.`,
    );
  }
  const { default: puppeteer } = await import('puppeteer-core');
  const own =
    name === 'firefox'
      ? { browser: /** @type {const} */ ('firefox') }
      : { args: ['--no-sandbox', '--disable-dev-shm-usage'] };
  const browser = await puppeteer.launch({
    executablePath,
    headless: true,
    protocolTimeout: PATIENCE,
    ...own,
    ...options,
  });
  // Firefox blocks when the pipe of its output is full, so the output is read.
  browser.process()?.stderr?.resume();
  return browser;
}

/** Closes a browser, and kills it where it does not respond. @param {Browser | undefined} browser */
export async function quit(browser) {
  if (!browser) return;
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, LAST)));
  await Promise.race([browser.close().catch(() => undefined), late]);
  clearTimeout(timer);
  browser.process()?.kill('SIGKILL');
}

// Finds Firefox and Chromium (or Chrome) for the tests, or installs them where the system's package manager can.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StageError, run } from './stage.js';

const FIREFOX = {
  variable: 'FIREFOX',
  commands: ['firefox-esr', 'firefox'],
  places: [
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
};
const CHROME = {
  variable: 'CHROME',
  commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
};

/**
 * Returns the paths of the two browsers; undefined for a missing one.
 * @returns {{ firefox: string | undefined, chrome: string | undefined }}
 */
export function findBrowsers() {
  return { firefox: find(FIREFOX), chrome: find(CHROME) };
}

/** Finds both browsers, or installs them with apt as root, or fails with what to install. */
export async function setUpBrowsers() {
  let { firefox, chrome } = findBrowsers();
  const apt = process.getuid?.() === 0 && onPath('apt-get');
  let driver = process.env.CHROMEDRIVER || onPath('chromedriver');
  if ((!firefox || !chrome || !driver) && apt) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update'], { env });
    const wanted = [
      ...(firefox ? [] : ['firefox-esr']),
      ...(chrome && driver ? [] : ['chromium', 'chromium-driver']),
    ];
    await run('apt-get', ['install', '-y', ...wanted], { env });
    ({ firefox, chrome } = findBrowsers());
    driver = onPath('chromedriver');
  }
  if (!firefox || !chrome || !driver) {
    const missing = [
      firefox ? '' : 'Firefox',
      chrome ? '' : 'Chromium or Chrome',
      driver ? '' : 'ChromeDriver',
    ];
    throw new StageError(
      `The tests need ${missing.filter(Boolean).join(' and ')}: install what is missing, or name the ` +
        'program in the environment variable FIREFOX, CHROME or CHROMEDRIVER.',
    );
  }
  Object.assign(process.env, { FIREFOX: firefox, CHROME: chrome });
  return `${firefox}, ${chrome}`;
}

/** @param {{ variable: string, commands: string[], places: string[] }} browser */
function find({ variable, commands, places }) {
  return (
    process.env[variable] ||
    commands.map(onPath).find(Boolean) ||
    places.find((place) => mayRun(place))
  );
}

/** @param {string} command */
function onPath(command) {
  const folders = (process.env.PATH || '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find(mayRun);
}

/** @param {string} path */
function mayRun(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

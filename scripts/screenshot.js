// `npm run screenshot`: pictures of the page, to docs/images for the README.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build-steps.js';
import { launch, quit } from './launch.js';
import { serve } from './serve.js';
import { root, script, stage } from './stage.js';

const FOLDER = 'docs/images';

/** @typedef {import('puppeteer-core').Page} Page */

/** Each picture: its size, its theme and how the page comes to look so. @type {{ name: string, width: number, height: number, theme: string, act: (page: Page) => Promise<unknown> }[]} */
const PICTURES = [
  { name: 'page', width: 1440, height: 900, theme: 'light', act: trainToTheEnd },
  {
    name: 'step-by-step',
    width: 1440,
    height: 900,
    theme: 'light',
    act: async (page) => {
      await trainToTheEnd(page);
      await page.click('#tab-inside');
      await page.waitForSelector('.told');
    },
  },
  {
    name: 'compare-dark',
    width: 1440,
    height: 900,
    theme: 'dark',
    act: async (page) => {
      await page.click('#tab-compare');
      await page.waitForSelector('.compare-panel .primary');
      await page.click('.compare-panel .primary');
      await page.waitForFunction(
        () => document.querySelectorAll('.compare-panel tbody tr').length >= 4,
      );
    },
  },
  { name: 'phone', width: 390, height: 844, theme: 'light', act: trainToTheEnd },
];

await script(async () => {
  await buildAll();
  await stage('screenshots', async () => {
    mkdirSync(join(root, FOLDER), { recursive: true });
    const { url, close } = await serve();
    const browser = await launch('chromium');
    try {
      for (const { name, width, height, theme, act } of PICTURES) {
        const context = await browser.createBrowserContext();
        const page = await context.newPage();
        await page.setViewport({ width, height });
        await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
        await page.goto(url);
        await page.waitForSelector('.meter[data-steps]');
        await page.waitForSelector('#moment');
        await act(page);
        // The last frame is drawn, and scrolling has ended.
        await new Promise((resolve) => setTimeout(resolve, 1500));
        await page.screenshot({
          path: /** @type {`${string}.png`} */ (join(root, FOLDER, `${name}.png`)),
        });
        await context.close();
      }
    } finally {
      await quit(browser);
      await close();
    }
    return FOLDER;
  });
});

/** @param {Page} page */
async function trainToTheEnd(page) {
  await page.select('#speed', 'full');
  await page.click('.play');
  await page.waitForFunction(
    () => document.querySelector('.play')?.textContent?.trim() === 'Start over',
  );
}

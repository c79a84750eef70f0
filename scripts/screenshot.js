// `npm run screenshot`: the page after the lesson's run, to docs/page.png for the README.
import { join } from 'node:path';
import { buildAll } from './build-steps.js';
import { launch, quit } from './launch.js';
import { serve } from './serve.js';
import { root, script, stage } from './stage.js';

const FILE = 'docs/page.png';

await script(async () => {
  await buildAll();
  await stage('screenshot', async () => {
    const { url, close } = await serve();
    const browser = await launch('chromium');
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 800 });
      await page.goto(url);
      await page.waitForSelector('.meter[data-steps]');
      await page.select('#speed', 'full');
      await page.click('.play');
      await page.waitForFunction("document.querySelector('.meter')?.dataset.epochs === '20'");
      // The last frame of the curves is drawn.
      await page.waitForNetworkIdle();
      await page.screenshot({ path: join(root, FILE) });
    } finally {
      await quit(browser);
      await close();
    }
    return FILE;
  });
});

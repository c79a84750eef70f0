// When there is something to see on a first visit: the first and the largest paint, and the network, ready to train.

/** Slow 4G, as the browsers' tools and Lighthouse have it. */
const SLOW = {
  offline: false,
  latency: 150,
  downloadThroughput: 1.6e6 / 8,
  uploadThroughput: 750e3 / 8,
};

/**
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url of a server that compresses
 * @param {{ cpu: number, slow: boolean }} how
 */
export async function firstSight(browser, url, { cpu, slow }) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  const session = await page.createCDPSession();
  await session.send('Emulation.setCPUThrottlingRate', { rate: cpu });
  if (slow) {
    const slowDown = async (/** @type {import('puppeteer-core').CDPSession} */ target) => {
      await target.send('Network.enable');
      await target.send('Network.emulateNetworkConditions', SLOW);
    };
    await slowDown(session);
    // What a worker loads is not slowed down with its page.
    page.on('workercreated', (worker) => void slowDown(worker.client).catch(() => undefined));
  }
  await page.evaluateOnNewDocument(watchPaints);
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await page.waitForSelector('.meter[data-steps]', { timeout: 60_000 });
  const picture = await page.evaluate(() => performance.now());
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { paint, largest, what } = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    .../** @type {any} */ (window).paints,
  }));
  await context.close();
  return { cpu, slow, paint, largest, what, picture };
}

/** Notes the largest paint. Runs in the page, before its scripts. */
function watchPaints() {
  const paints = { largest: NaN, what: '' };
  Object.assign(window, { paints });
  new PerformanceObserver((list) => {
    for (const entry of /** @type {(PerformanceEntry & { element: Element | null })[]} */ (
      list.getEntries()
    )) {
      paints.largest = entry.startTime;
      const { element } = entry;
      paints.what = element ? `${element.tagName.toLowerCase()}.${element.className}` : '';
    }
  }).observe({ type: 'largest-contentful-paint', buffered: true });
}

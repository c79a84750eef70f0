// Contestants in a browser, through the worker of the benchmark page.
import { launch, quit } from '../launch.js';

/** Maximum milliseconds of a slow call. */
const PATIENCE = 30 * 60_000;

/** @typedef {import('../../benches/worker.js').Contestant} Contestant */
/** @typedef {import('../../benches/race.js').Runner} Runner */
/** @typedef {import('../launch.js').Name} Name */
/** @typedef {Awaited<ReturnType<typeof openBrowser>>} Bench */

/** @type {{ contestant: Contestant, group: string }[]} */
export const IN_BROWSER = [
  { contestant: 'glassbox', group: 'glassbox' },
  { contestant: 'tensorflow-wasm', group: 'tensorflow' },
  { contestant: 'tensorflow-cpu', group: 'tensorflow' },
  { contestant: 'jaxjs-wasm', group: 'jaxjs' },
  { contestant: 'jaxjs-webgpu', group: 'jaxjs' },
  { contestant: 'convnet', group: 'convnet' },
  { contestant: 'nodes', group: 'nodes' },
];

/**
 * @param {Name} name
 * @param {string} url of the site
 */
export async function openBrowser(name, url) {
  const browser = await launch(name, { protocolTimeout: PATIENCE });
  const page = await browser.newPage();
  await openPage(page, url);
  /**
   * @template {keyof import('../../benches/client.js').Calls} K
   * @param {K} call
   * @param {Parameters<import('../../benches/client.js').Calls[K]>} args
   * @returns {Promise<any>}
   */
  const ask = (call, ...args) =>
    page.evaluate(
      (call, args) => /** @type {any} */ (globalThis).client.ask(call, ...args),
      call,
      /** @type {any[]} */ (args),
    );
  /** @param {Uint8Array} wasm @param {number} bytes @returns {Promise<Ceiling>} */
  const ceiling = (wasm, bytes) =>
    page.evaluate(
      (wasm, bytes) =>
        /** @type {any} */ (globalThis).client.ask('ceiling', new Uint8Array(wasm), bytes),
      Array.from(wasm),
      bytes,
    );
  /** @param {string[]} wanted @returns {Runner[]} */
  const runners = (wanted) =>
    IN_BROWSER.filter(({ group }) => wanted.includes(group)).map(({ contestant, group }) => ({
      name: `${name} ${contestant}`,
      group: `${name} ${group}`,
      ready: (workload, limit) => ask('ready', contestant, workload, limit),
      sample: () => ask('sample', contestant),
      predict: (rows, limit) => ask('predict', contestant, rows, limit),
      free: () => ask('free', contestant),
    }));
  /**
   * Trains in a fresh page. Returns the milliseconds since its start, and the loss.
   * @param {Contestant} contestant
   * @param {import('../../benches/workloads.js').Workload} workload
   * @param {number} epochs
   */
  const cold = async (contestant, workload, epochs) => {
    const context = await browser.createBrowserContext();
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(PATIENCE);
      await openPage(page, url);
      return await page.evaluate(
        async (contestant, workload, epochs) => {
          const { client } = /** @type {any} */ (globalThis);
          const loss = await client.ask('cold', contestant, workload, epochs);
          return { ms: performance.now(), loss: Number(loss) };
        },
        contestant,
        workload,
        epochs,
      );
    } finally {
      await context.close();
    }
  };
  return {
    name,
    version: await browser.version(),
    ask,
    ceiling,
    cold,
    runners,
    close: () => quit(browser),
  };
}

/** Opens the bench page with a client of its worker. @param {import('puppeteer-core').Page} page @param {string} url */
async function openPage(page, url) {
  await page.goto(`${url}bench.html`);
  await page.waitForFunction('window.BenchClient');
  await page.evaluate('window.client = new BenchClient()');
}

/** @typedef {{ peak: number, copy: number }} Ceiling FLOP and bytes per millisecond */

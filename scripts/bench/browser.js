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
  await page.goto(`${url}bench.html`);
  await page.waitForFunction('window.BenchClient');
  await page.evaluate('window.client = new BenchClient()');
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
  return {
    name,
    version: await browser.version(),
    ask,
    ceiling,
    runners,
    close: () => quit(browser),
  };
}

/** @typedef {{ peak: number, copy: number }} Ceiling FLOP and bytes per millisecond */

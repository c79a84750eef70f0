// `npm run bench -- --against FOLDER`: this engine's package beside another one, in both browsers in one run.
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { figure, ratio, shown } from '../../benches/race.js';
import { serve } from '../serve.js';
import { StageError, root, stage } from '../stage.js';
import { openBrowser } from './browser.js';
import { table, withSpread } from './table.js';

/** The site with the other package in it: a browser loads scripts of its own site only. */
const COPY = join(root, '.cache/bench/dist');

/**
 * @param {string} folder of the other package, such as the pkg/ of another checkout
 * @param {import('../../benches/workloads.js').Workload[]} workloads
 * @param {number} rounds
 * @returns {Promise<string>} a table of the ratios of speed
 */
export async function measureAgainst(folder, workloads, rounds) {
  if (!existsSync(join(folder, 'glassbox.js'))) {
    throw new StageError(`There is no glassbox.js in ${resolve(folder)}.`);
  }
  rmSync(COPY, { recursive: true, force: true });
  cpSync(join(root, 'dist'), COPY, { recursive: true });
  cpSync(folder, join(COPY, 'before'), { recursive: true });
  const { url, close } = await serve({ folder: COPY });
  const browsers = [await openBrowser('chromium', url), await openBrowser('firefox', url)];
  try {
    /** @type {string[][]} */
    const rows = [];
    for (const workload of workloads) {
      await stage(workload.id, async () => {
        const cells = [];
        for (const { ask } of browsers) cells.push(...cellsOf(await ask('pair', workload, rounds)));
        rows.push([workload.id, ...cells]);
        return cells.join(' | ');
      });
    }
    const heads = browsers.flatMap(({ name }) => [
      `times as fast, ${name}`,
      'ms before',
      'ms now',
      'same loss',
    ]);
    return table(['', ...heads], rows);
  } finally {
    for (const browser of browsers) await browser.close();
    await close();
  }
}

/** @param {import('../../benches/pair.js').Pair} pair */
function cellsOf({ before, now, sameLoss }) {
  const ms = (/** @type {number[]} */ times) => shown(figure(times)?.median ?? NaN);
  return [withSpread(ratio(before, now)), ms(before), ms(now), sameLoss ? 'yes' : 'no'];
}

// A race: contestants take turns in each round, so that other load on the computer slows all of them. Also its statistics.

/**
 * A contestant. `group`: after the warm-up, only the fastest contestant of each group continues.
 * @typedef {import('./workloads.js').Workload} Workload
 * @typedef {Awaited<ReturnType<import('./timed.js').Timed['ready']>>} Ready
 * @typedef {{ name: string, group: string, ready: (workload: Workload, limit: number) => Promise<Ready>,
 *   sample: () => Promise<number>, predict: (rows: number, limit: number) => Promise<number>,
 *   free: () => Promise<unknown>, cpu?: () => number | undefined }} Runner `cpu`: milliseconds of an epoch of the last
 *   sample in which the processor ran the contestant
 * @typedef {{ name: string, group: string, ready?: Ready, samples: number[], cpus: number[], predicts: number[],
 *   trouble?: string, slower?: boolean }} Entry `slower`: another one of its group was faster
 */

/**
 * Runs a race.
 * @param {Runner[]} runners
 * @param {Workload} workload
 * @param {{ rounds: number, limit: number, predictRows?: number, tell?: (what: string, entries: Entry[]) => void,
 *   eachRound?: () => Promise<void> }} how `limit`: maximum milliseconds of a sample
 * @returns {Promise<Entry[]>}
 */
export async function race(runners, workload, { rounds, limit, predictRows = 0, tell, eachRound }) {
  const entries = runners.map(({ name, group }) => {
    return /** @type {Entry} */ ({ name, group, samples: [], cpus: [], predicts: [] });
  });
  /** @param {number} i @param {() => Promise<void>} work */
  const tried = async (i, work) => {
    try {
      await work();
    } catch (error) {
      entries[i].trouble = error instanceof Error ? error.message : String(error);
      await runners[i].free().catch(() => {});
    }
  };
  for (const [i, runner] of runners.entries()) {
    tell?.(`${runner.name} warms up`, entries);
    await tried(i, async () => {
      entries[i].ready = await runner.ready(workload, limit);
    });
  }
  for (const [i, entry] of entries.entries()) {
    const best = fastest(entries.filter(({ group }) => group === entry.group));
    if (!entry.ready || entry.trouble || entry === best) continue;
    entry.slower = true;
    await runners[i].free();
  }
  const runs = (/** @type {Entry} */ entry) => entry.ready && !entry.trouble && !entry.slower;
  for (let round = 1; round <= rounds; round++) {
    await eachRound?.();
    for (const [i, runner] of runners.entries()) {
      if (!runs(entries[i])) continue;
      tell?.(`round ${round} of ${rounds}: ${runner.name}`, entries);
      await tried(i, async () => {
        entries[i].samples.push(await runner.sample());
        const cpu = runner.cpu?.();
        if (cpu !== undefined) entries[i].cpus.push(cpu);
        if (predictRows) entries[i].predicts.push(await runner.predict(predictRows, limit));
      });
    }
  }
  for (const [i, runner] of runners.entries()) if (runs(entries[i])) await runner.free();
  tell?.('done', entries);
  return entries;
}

/** @param {Entry[]} entries */
function fastest(entries) {
  const ran = entries.filter(({ ready, trouble }) => ready && !trouble);
  return ran.sort((a, b) => (a.ready?.ms ?? 0) - (b.ready?.ms ?? 0)).at(0);
}

/** @typedef {{ median: number, least: number, most: number }} Figure */

/** Returns the statistics of some values. @param {number[]} values @returns {Figure | undefined} undefined for no values */
export function figure(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { median, least: sorted[0], most: sorted[sorted.length - 1] };
}

/**
 * Returns the statistics of the ratios `theirs / ours` of all rounds.
 * @param {number[] | undefined} theirs
 * @param {number[] | undefined} ours
 */
export function ratio(theirs = [], ours = []) {
  const n = Math.min(theirs.length, ours.length);
  return figure(theirs.slice(0, n).map((ms, round) => ms / ours[round]));
}

/** Formats a number in three significant digits. @param {number} value */
export function shown(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

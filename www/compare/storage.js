// Storage of remembered runs in this browser. Where storage is blocked, they last as long as the page.
import { createStore, delMany, set, values } from 'idb-keyval';

/** @typedef {import('./record.js').RunRecord} RunRecord */

/** @type {ReturnType<typeof createStore> | undefined} */
let store;

/** Reads all runs; none where storage is blocked. @returns {Promise<RunRecord[]>} */
export function readRuns() {
  return quietly(async () => /** @type {RunRecord[]} */ (await values(opened())), []);
}

/** @param {RunRecord} run */
export function writeRun(run) {
  return quietly(() => set(run.id, run, opened()), undefined);
}

/** @param {string[]} ids */
export function deleteRuns(ids) {
  return quietly(() => delMany(ids, opened()), undefined);
}

function opened() {
  return (store ??= createStore('glassbox-runs', 'runs'));
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @param {T} otherwise
 * @returns {Promise<T>}
 */
async function quietly(work, otherwise) {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}

// What the experiment with two workers trains: the bench's six networks on the rows that whole batches need.
import { WORKLOADS as BENCH } from '../workloads.js';

/**
 * `lesson`: of the size that people run in the page.
 * @typedef {import('../workloads.js').Workload & { lesson: boolean, batch: number }} Workload
 */

/** Rows of the benchmark's widest network: enough for an epoch that is not waited for. */
const FEW = 256;

/** @type {Workload[]} */
export const WORKLOADS = BENCH.filter(({ id }) => !id.endsWith('-dense')).map((workload) => {
  const batch = workload.fit.batch_size;
  const lesson = workload.id !== 'wide';
  const rows = lesson ? workload.rows - (workload.rows % batch) : FEW;
  return { ...workload, lesson, batch, rows };
});

/** On how many cores a batch may be trained. */
export const CORES = [2, 8, 16];

/** Rows of the largest part of a batch on so many cores. @param {Workload} workload @param {number} cores */
export const part = ({ batch }, cores) => Math.ceil(batch / cores);

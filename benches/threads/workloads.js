// The workloads of the threads experiment: the six networks of the benchmark, on whole batches.
import { WORKLOADS as BENCH } from '../workloads.js';

/**
 * `lesson`: whether the network has a size that is common on the page.
 * @typedef {import('../workloads.js').Workload & { lesson: boolean, batch: number }} Workload
 */

/** Number of examples for the widest network: enough for an epoch, and quick to train. */
const FEW = 256;

/** @type {Workload[]} */
export const WORKLOADS = BENCH.filter(({ id }) => !id.endsWith('-dense')).map((workload) => {
  const batch = workload.fit.batch_size;
  const lesson = workload.id !== 'wide';
  const rows = lesson ? workload.rows - (workload.rows % batch) : FEW;
  return { ...workload, lesson, batch, rows };
});

/** Numbers of cores. */
export const CORES = [2, 8, 16];

/** Returns the size of the largest part of a batch on a number of cores. @param {Workload} workload @param {number} cores */
export const part = ({ batch }, cores) => Math.ceil(batch / cores);

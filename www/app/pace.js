// The amount of training between two frames, by speed.

/** Number of frames of a whole run at normal speed. */
const STEADY_FRAMES = 600;

/**
 * Returns the amount of training of one call.
 * @param {'slow' | 'steady' | 'full' | 'hidden'} pace `hidden`: in a hidden tab
 * @param {import('../types.js').RunInfo} [info]
 * @returns {Pick<import('../engine/training.js').Request, 'unit' | 'n' | 'ms' | 'hold'>}
 */
export function paceOf(pace, info) {
  if (pace === 'hidden') return { unit: 'time', n: 0, ms: 100, hold: 0 };
  if (pace === 'full') return { unit: 'time', n: 0, ms: 20, hold: 0 };
  if (pace === 'slow') return { unit: 'batch', n: 1, ms: 100, hold: 250 };
  const n = info ? Math.ceil((info.n_batches * info.epochs) / STEADY_FRAMES) : 1;
  return { unit: 'batch', n, ms: 100, hold: 15 };
}

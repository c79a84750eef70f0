// How the step view writes its numbers: in four significant digits, or in all digits of a float32.
import { digits, number, signed } from '../../app/figures.js';

let allDigits = false;

/**
 * Returns the result of `make`, whose numbers have all digits or four.
 * @template T
 * @param {boolean} all
 * @param {() => T} make
 * @returns {T}
 */
export function withDigits(all, make) {
  const before = allDigits;
  allDigits = all;
  try {
    return make();
  } finally {
    allDigits = before;
  }
}

/** Numbers from here to 0.001 are written without an exponent, so that a product can be followed. */
const LEAST = 1e-6;

/** Formats a number. One with at most four significant digits has no trailing zeros. @param {number} value */
export function figure(value) {
  const [size, rounded] = [Math.abs(value), Math.abs(Number(value.toPrecision(4)))];
  const decimals = 3 - exponentOf(rounded);
  const isSmall = rounded >= LEAST && size < 1e-3;
  const [full, short] = [digits(value), isSmall ? signed(value.toFixed(decimals)) : number(value)];
  // A number near 1 is not 1: ln(1 − p) depends on it.
  const nearOne = Math.abs(Number(short)) === 1 && size !== 1;
  const isFull = allDigits || nearOne || !Number.isFinite(value) || full.length <= short.length;
  return isFull ? full : short;
}

/** Formats a factor: a number, in brackets where it is negative. @param {number} value */
export const factor = (value) => (value < 0 ? `(${figure(value)})` : figure(value));

/** Maximum number of decimals that `inStep` writes, and the size from which it writes none. */
const MAX_DECIMALS = 10;
const LARGE = 1e5;

/**
 * Formats numbers between which a step is made, with so many decimals that two digits of the step are visible.
 * @param {number[]} values
 * @param {number} step
 */
export function inStep(values, step) {
  const size = Math.min(...values.map(Math.abs).filter((value) => value > 0), 1);
  const decimalsOf = (/** @type {number} */ value, /** @type {number} */ significant) =>
    significant - 1 - exponentOf(value);
  const decimals = Math.max(decimalsOf(size, 4), decimalsOf(step, 2), 0);
  const isWritten = step !== 0 && decimals <= MAX_DECIMALS; // False for NaN.
  if (allDigits || !isWritten || values.some((value) => !(Math.abs(value) < LARGE)))
    return values.map(figure);
  return values.map((value) => signed(value.toFixed(decimals)));
}

/** The decimal exponent of a number, exact in every browser. @param {number} value */
function exponentOf(value) {
  return Number(value.toExponential().split('e')[1]);
}

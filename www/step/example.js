// An example of the traced batch: its input, its number in the training data, and its label or target. It stands in the
// picture while its step is open.
import { number } from '../app/figures.js';

/** @typedef {import('../types.js').Trace} Trace */
/** @typedef {import('../types.js').RunInfo} RunInfo */

/** Maximum number of target values that are written out. */
const FEW = 4;

/**
 * @typedef {object} StepExample
 * @property {Float32Array} input
 * @property {number} number its number in the training data, from 1
 * @property {'label' | 'target'} kind
 * @property {string} target its label or target as text
 */

/**
 * @param {Trace} trace
 * @param {RunInfo} info
 * @param {number} row index in the batch
 * @returns {StepExample}
 */
export function exampleOf(trace, { data, task }, row) {
  const t = Array.from(partOf(trace.t, trace.rows.length, row));
  const name = t.length === 1 ? data.class_names[t[0]] : data.class_names[t.indexOf(1)];
  const isValue = task === 'regression' || !name;
  return {
    input: partOf(trace.x, trace.rows.length, row),
    number: trace.rows[row] + 1,
    kind: isValue ? 'target' : 'label',
    target: isValue ? t.slice(0, FEW).map(number).join(', ') : name,
  };
}

/** The numbers of one example. @param {Float32Array} all @param {number} rows @param {number} row */
function partOf(all, rows, row) {
  const width = all.length / rows;
  return all.subarray(row * width, (row + 1) * width);
}

/** An example in the picture, with the text of the bar below it. @typedef {{ key: string, input: Float32Array, text: string }} PictureExample */

export class ExampleInPicture {
  /** The example of the open step that the picture shows; null: its usual one. @type {PictureExample | null} */
  current = null;
  /** Key of an example in whose place another one was picked. */
  #released = '';

  /**
   * Shows an example of a step, unless another one was picked in its place.
   * @param {Trace} trace
   * @param {RunInfo} info
   * @param {number} row index in the batch; -1: none
   * @param {string} step key of the step
   */
  show(trace, info, row, step) {
    const key = `${row} ${step}`;
    if (key === this.current?.key || key === this.#released) return;
    this.clear();
    if (row < 0 || row >= trace.rows.length) return;
    const { input, number, kind, target } = exampleOf(trace, info, row);
    const text = `training example ${number}, ${kind} ${target} (in the step shown below)`;
    this.current = { key, input, text };
  }

  /** Shows the usual example, which was picked, until another one of the step is shown. */
  release() {
    this.#released = this.current?.key ?? this.#released;
    this.current = null;
  }

  clear() {
    [this.current, this.#released] = [null, ''];
  }
}

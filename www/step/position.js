// Where the step view stands: its stage, its level of detail, and the part of the stage.
import { STAGES, program } from './program.js';

/** @typedef {import('./stages.js').StepLayer} StepLayer */
/** @typedef {import('./program.js').Stage} Stage */
/** @typedef {import('../types.js').UnitRef} UnitRef */
/** `weight`: one weight through all stages; else every part of the step. @typedef {'weight' | import('./program.js').Detail} Detail */

/**
 * What the view stands on: the layers, the number of viewed rows of the batch, the chosen weight and the selection.
 * @typedef {{ layers: StepLayer[], rows: number, weight: UnitRef | null, selection: UnitRef | null }} Ground
 */

export class StepPosition {
  /** @type {Stage} */
  stage = 'forward';
  /** @type {Detail} */
  detail = 'weight';
  /** Index of the part of the stage. With the detail `weight` a stage has one part. */
  at = 0;

  /** The parts of the stage at a level of detail; null: its one part is about the chosen weight. @param {Ground} ground */
  parts({ layers, rows }) {
    return this.detail === 'weight' ? null : program(layers, this.stage, this.detail, rows);
  }

  /** Number of parts of the stage. @param {Ground} ground */
  length(ground) {
    return this.parts(ground)?.length ?? 1;
  }

  /** Index of the shown part, and number of parts, as they are counted on the page. @param {Ground} ground */
  shown(ground) {
    return this.detail === 'weight'
      ? { at: STAGES.indexOf(this.stage), length: STAGES.length }
      : { at: this.at, length: this.length(ground) };
  }

  /** Turns to the part that is about the chosen weight or the selected unit. @param {Ground} ground */
  find(ground) {
    const { weight, selection } = ground;
    const byTerm = this.detail === 'term' || this.detail === 'product';
    const ref = byTerm ? (weight ?? selection) : (selection ?? weight);
    this.at = ref ? Math.max(0, this.parts(ground)?.find(ref) ?? 0) : 0;
  }

  /** Stays within the parts of the stage. @param {Ground} ground */
  limit(ground) {
    this.at = Math.min(this.at, Math.max(0, this.length(ground) - 1));
  }

  /**
   * Turns by some parts, also into the next stage. Returns false at the end of the step.
   * @param {number} by
   * @param {Ground} ground
   */
  turn(by, ground) {
    const at = this.at + by;
    if (at >= 0 && at < this.length(ground)) {
      this.at = at;
      return true;
    }
    const stage = STAGES[STAGES.indexOf(this.stage) + by];
    if (!stage) return false;
    this.stage = stage;
    this.at = by > 0 ? 0 : this.length(ground) - 1;
    return true;
  }
}

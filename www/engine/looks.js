// What the page looks at while the network trains. Each kind of look takes a small share of the worker's time, and what is
// not renewed in a frame keeps its numbers of an earlier one. A paused run is read whole.
import { mapLength, spaceOf } from '../picture/space.js';
import { LISTED, shownSet } from './frame.js';

/** @typedef {import('../types.js').FrameOptions} FrameOptions */
/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../../pkg/glassbox.js').Run} Run */

/** Shares of the worker's time of each kind of look. */
const SHARES = { weights: 0.01, activations: 0.02, predictions: 0.02, grid: 0.03 };
/** Milliseconds that a share may save up. */
const MOST = 4;

/** A share of the time since it began. */
class Allowance {
  #left = MOST;
  #at = performance.now();

  /** @param {number} share */
  constructor(share) {
    this.share = share;
  }

  /** Whether there is time for a look. */
  get isOpen() {
    const now = performance.now();
    this.#left = Math.min(MOST, this.#left + this.share * (now - this.#at));
    this.#at = now;
    return this.#left > 0;
  }

  /** Looks, and takes the time that it took. @param {() => void} look */
  take(look) {
    const began = performance.now();
    look();
    this.#left -= performance.now() - began;
  }
}

/** The looks at one run. */
export class Looks {
  #weights = new Allowance(SHARES.weights);
  #activations = new Allowance(SHARES.activations);
  #predictions = new Allowance(SHARES.predictions);
  #grid = new Allowance(SHARES.grid);
  /** The predictions so far; null before the first frame. @type {Float32Array | null} */
  #predicted = null;
  /** The next row to predict, and whether the listed ones are next. */
  #next = { row: 0, listed: true };
  /** The last example that was read, and the network's answer to it. @type {{ example: number, answer: Float32Array }} */
  #read = { example: -1, answer: new Float32Array() };
  /** Buffers of earlier frames. @type {ArrayBuffer[]} */
  #spares = [];

  /** @param {Run} run @param {RunInfo} info */
  constructor(run, info) {
    this.run = run;
    this.info = info;
  }

  /** Takes the buffers of earlier frames back. @param {ArrayBuffer[]} buffers */
  reuse(buffers) {
    this.#spares.push(...buffers);
  }

  /** Reads everything, for a paused run. @param {FrameOptions} options */
  all(options) {
    const { run, info } = this;
    const { set, n } = shownSet(info);
    const weights = this.#array(info.n_weights);
    run.read_weights(weights);
    this.#predicted ??= new Float32Array(n * info.n_outputs);
    run.read_predictions(set, 0, this.#predicted);
    const predictions = this.#copied(this.#predicted);
    const side = this.#sideOf(options);
    const grid = this.#array(this.#gridLength(side));
    if (side) run.read_grid(side, grid);
    const activations = this.#activate(options);
    return this.#parts(options, { weights, activations, predictions, grid });
  }

  /** Reads what there is time for. The first time, that is everything. @param {FrameOptions} options */
  some(options) {
    if (!this.#predicted) return this.all(options);
    const { run, info } = this;
    const side = this.#sideOf(options);
    const weights = this.#look(this.#weights, info.n_weights, (into) => run.read_weights(into));
    const isAnother =
      this.#drawn(options) !== null || this.#example(options) !== this.#read.example;
    const activations = isAnother || this.#activations.isOpen ? this.#activate(options) : undefined;
    const grid = this.#look(
      this.#grid,
      this.#gridLength(side),
      (into) => side && run.read_grid(side, into),
    );
    return this.#parts(options, { weights, activations, predictions: this.#predict(), grid });
  }

  /**
   * The parts, with what each frame has.
   * @template {Record<string, Float32Array<ArrayBuffer> | undefined>} P
   * @param {FrameOptions} options
   * @param {P} parts
   */
  #parts(options, parts) {
    return {
      ...parts,
      buffers: Object.values(parts).flatMap((part) => part?.buffer ?? []),
      answer: this.#read.answer,
      side: this.#sideOf(options),
      example: this.#example(options),
      drawn: this.#drawn(options) !== null,
    };
  }

  /** The drawing, where it fits the network. @param {FrameOptions} options */
  #drawn({ drawing }) {
    return drawing?.length === this.info.input_shape.reduce(multiply, 1) ? drawing : null;
  }

  /** @param {FrameOptions} options */
  #example({ example }) {
    return Math.min(Math.max(0, example), shownSet(this.info).n - 1);
  }

  /** Reads the activations of the example, or of the drawing. @param {FrameOptions} options */
  #activate(options) {
    const { run, info } = this;
    const [example, drawing] = [this.#example(options), this.#drawn(options)];
    const into = this.#array(info.n_activations);
    this.#activations.take(() => {
      if (drawing) run.read_input(drawing, into);
      else run.read_example(shownSet(info).set, example, into);
    });
    const { at, length } = info.layers[info.layers.length - 1];
    const answer = run.probabilities(into.slice(at, at + length));
    this.#read = { example: drawing ? -1 : example, answer };
    return into;
  }

  /**
   * One look into an array, where there is time for it.
   * @param {Allowance} allowance
   * @param {number} length
   * @param {(into: Float32Array<ArrayBuffer>) => void} read
   */
  #look(allowance, length, read) {
    if (!allowance.isOpen) return undefined;
    const into = this.#array(length);
    allowance.take(() => read(into));
    return into;
  }

  /** Renews predictions: of the listed rows and of the others in turn. */
  #predict() {
    const { run, info } = this;
    const { set, n } = shownSet(info);
    const width = info.n_outputs;
    const predicted = this.#predicted;
    let rows = 0;
    while (predicted && rows < n && this.#predictions.isOpen) {
      const next = this.#next;
      const first = next.listed ? 0 : next.row;
      const last = Math.min(n, first + LISTED);
      const into = predicted.subarray(first * width, last * width);
      this.#predictions.take(() => run.read_predictions(set, first, into));
      if (!next.listed) next.row = last < n ? last : LISTED % n;
      next.listed = !next.listed || n <= LISTED;
      rows += last - first;
    }
    return predicted && rows ? this.#copied(predicted) : undefined;
  }

  /** @param {FrameOptions} options */
  #sideOf({ side }) {
    return spaceOf(this.info) ? side : 0;
  }

  /** @param {number} side */
  #gridLength(side) {
    return this.info.n_activations * mapLength(this.info, side);
  }

  /** @param {Float32Array} from */
  #copied(from) {
    const into = this.#array(from.length);
    into.set(from);
    return into;
  }

  /** An array, in the buffer of an earlier frame where one fits. @param {number} length */
  #array(length) {
    const i = this.#spares.findIndex(({ byteLength }) => byteLength === 4 * length);
    const [spare] = i < 0 ? [] : this.#spares.splice(i, 1);
    // Buffers that never fit are dropped.
    if (this.#spares.length > 16) this.#spares.length = 8;
    return new Float32Array(spare ?? new ArrayBuffer(4 * length));
  }
}

/** @param {number} a @param {number} b */
function multiply(a, b) {
  return a * b;
}

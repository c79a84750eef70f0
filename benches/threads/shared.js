// Exchange of gradients in shared memory: each worker sums its slice of all parts, in the order of the parts, between two
// barriers.
import { padded } from './messages.js';

/** @typedef {(to: number, from: number, bytes: number) => void} Add */

/** Offsets of the two numbers of the barrier, on separate cache lines, and of the parts. */
const [ARRIVED, ROUND, FIRST] = [0, 64, 1024];
const WORKERS = 2;

export class Shared {
  #round = 0;

  /**
   * @param {WebAssembly.Memory} memory
   * @param {WebAssembly.Module} add
   * @param {number} numbers in a gradient
   */
  constructor(memory, add, numbers) {
    this.own = new Float32Array(padded(numbers) / 4).fill(1);
    // Memory that was never written is faster to read, so it is written first.
    new Float32Array(memory.buffer, FIRST).fill(1);
    this.words = new Int32Array(memory.buffer);
    const { exports } = new WebAssembly.Instance(add, { env: { memory } });
    this.add = /** @type {Add} */ (exports.add);
  }

  /**
   * Returns milliseconds per turn, without the first one. `numbers`: length of a gradient; 0 for the barriers alone.
   * `parts`: number of summed parts, which is the number of simulated cores.
   * @param {() => void} step
   * @param {{ me: number, parts: number, numbers: number, spins: boolean, turns: number }} how
   */
  turns(step, { me, parts, numbers, spins, turns }) {
    this.#round = Atomics.load(this.words, ROUND);
    const { own } = this;
    const memory = this.words.buffer;
    const turn = () => {
      step();
      if (numbers) new Float32Array(memory, FIRST + me * 4 * own.length, own.length).set(own);
      this.#barrier(spins);
      if (numbers) this.#sum(me, parts, numbers);
      this.#barrier(spins);
    };
    turn();
    const start = performance.now();
    for (let i = 0; i < turns; i++) turn();
    return (performance.now() - start) / turns;
  }

  /** @param {number} me @param {number} parts @param {number} numbers */
  #sum(me, parts, numbers) {
    const whole = padded(numbers);
    const slice = padded(numbers / parts);
    const at = FIRST + Math.min(me * slice, whole - slice);
    for (let part = 1; part < parts; part++) this.add(at, at + part * whole, slice);
  }

  /** @param {boolean} spins */
  #barrier(spins) {
    const { words } = this;
    const round = this.#round++;
    if (Atomics.add(words, ARRIVED, 1) === WORKERS - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, ROUND, 1);
      if (!spins) Atomics.notify(words, ROUND);
    } else if (spins) {
      while (Atomics.load(words, ROUND) === round);
    } else {
      Atomics.wait(words, ROUND, round);
    }
  }
}

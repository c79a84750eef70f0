// Exchange of gradients without shared memory: buffers are transferred to the leader, summed there in the order of the
// parts, and transferred back.

export class Messages {
  /** @type {ArrayBuffer[]} */
  #come = [];
  /** @type {(() => void) | undefined} */
  #wake;
  /** @type {ArrayBuffer[]} */
  #own = [];

  /**
   * @param {MessagePort} port
   * @param {WebAssembly.Module} add
   * @param {number} numbers in a gradient
   */
  constructor(port, add, numbers) {
    this.port = port;
    this.bytes = padded(numbers);
    // Like the memory of the engine, this one is not shared, so numbers are copied out of it and into it.
    this.memory = new WebAssembly.Memory({ initial: pages(1024 + 2 * this.bytes), maximum: 32768 });
    const { exports } = new WebAssembly.Instance(add, { env: { memory: this.memory } });
    this.add = /** @type {import('./shared.js').Add} */ (exports.add);
    port.onmessage = ({ data }) => {
      this.#come.push(data);
      this.#wake?.();
    };
  }

  /**
   * Returns milliseconds per turn, without the first one. `count`: number of received gradients, which simulates as many
   * further cores (the one other worker sends all of them and copies only one, as each of those cores would).
   * @param {() => void} step
   * @param {{ leads: boolean, count: number, numbers: number, turns: number }} how
   */
  async turns(step, { leads, count, numbers, turns }) {
    const bytes = padded(numbers);
    const turn = leads ? this.#lead : this.#follow;
    this.#own = Array.from({ length: leads ? 0 : count }, () => new ArrayBuffer(bytes));
    step();
    await turn.call(this, count, bytes);
    const start = performance.now();
    for (let i = 0; i < turns; i++) {
      step();
      await turn.call(this, count, bytes);
    }
    const ms = (performance.now() - start) / turns;
    this.#own = [];
    return ms;
  }

  /** @param {number} count @param {number} bytes */
  async #lead(count, bytes) {
    const sum = new Uint8Array(this.memory.buffer, 1024, bytes);
    const came = new Uint8Array(this.memory.buffer, 1024 + this.bytes, bytes);
    const buffers = [];
    for (let i = 0; i < count; i++) {
      const buffer = await this.#next();
      came.set(new Uint8Array(buffer));
      this.add(1024, 1024 + this.bytes, bytes);
      buffers.push(buffer);
    }
    for (const buffer of buffers) {
      new Uint8Array(buffer).set(sum);
      this.port.postMessage(buffer, [buffer]);
    }
  }

  /** @param {number} count @param {number} bytes */
  async #follow(count, bytes) {
    const own = new Uint8Array(this.memory.buffer, 1024, bytes);
    new Uint8Array(this.#own[0]).set(own);
    for (const buffer of this.#own) this.port.postMessage(buffer, [buffer]);
    this.#own = [];
    for (let i = 0; i < count; i++) {
      const buffer = await this.#next();
      if (i === 0) own.set(new Uint8Array(buffer));
      this.#own.push(buffer);
    }
  }

  /** @returns {Promise<ArrayBuffer>} */
  async #next() {
    while (this.#come.length === 0) {
      await new Promise((resolve) => (this.#wake = () => resolve(undefined)));
    }
    return /** @type {ArrayBuffer} */ (this.#come.shift());
  }
}

/** Returns the bytes of a number of floats, as add.wat takes them. @param {number} numbers */
export const padded = (numbers) => Math.ceil(numbers / 16) * 64;

/** @param {number} bytes */
export const pages = (bytes) => Math.ceil(bytes / 65536);

// Notices a dead worker by its silence, in browsers without locks (a page on plain http has none).

/** Milliseconds of silence after which a worker counts as dead, while nothing is known about how long a call takes. */
const LONGEST = 60_000;
/** Limits of `advance`, which trains for a short time: its least, and a multiple of the longest one so far of this run. */
const [LEAST, FACTOR] = [4_000, 20];
/** Milliseconds of a second wait: after a sleep of the computer the timer may fire before an answer arrives. */
const GRACE = 1_000;

export class Silence {
  /** The calls without an answer, in their order. @type {Map<number, { call: string, at: number }>} */
  #pending = new Map();
  #heardAt = 0;
  /** Milliseconds of the longest `advance` of the open run; 0: none is known. */
  #longest = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} dead called when the worker counts as dead */
  constructor(dead) {
    this.dead = dead;
  }

  /** A call was sent to the worker. @param {number} id @param {string} call */
  sent(id, call) {
    this.#pending.set(id, { call, at: performance.now() });
    if (this.#pending.size === 1) this.#wait();
  }

  /** The worker has answered. @param {number} id */
  heard(id) {
    const now = performance.now();
    const answered = this.#pending.get(id);
    // A call waits for those before it.
    const took = answered ? now - Math.max(answered.at, this.#heardAt) : 0;
    if (answered?.call === 'open') this.#longest = 0;
    if (answered?.call === 'advance') this.#longest = Math.max(this.#longest, took);
    this.#heardAt = now;
    this.#pending.delete(id);
    this.#wait();
  }

  /** No call waits for an answer any more. */
  forget() {
    this.#pending.clear();
    this.#longest = 0;
    this.#wait();
  }

  /** Waits for the answer to the earliest call. */
  #wait() {
    clearTimeout(this.#timer);
    const [first] = this.#pending.values();
    if (!first) return;
    const known = first.call === 'advance' && this.#longest > 0;
    const limit = known ? Math.min(LONGEST, Math.max(LEAST, FACTOR * this.#longest)) : LONGEST;
    this.#timer = setTimeout(() => {
      this.#timer = setTimeout(this.dead, GRACE);
    }, limit);
  }
}

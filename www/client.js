// The page's end of the worker: calls as promises, and a new worker where one died.

/** @typedef {Record<string, (...args: any[]) => any>} AnyCalls */

/** The worker went away before it answered; another one is there, with nothing in it. */
export class WorkerLost extends Error {}

/** The engine said no: a sentence, and the place that it is about. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {string} place
   */
  constructor(message, place) {
    super(message);
    this.place = place;
  }
}

/** How long a worker may be silent where the browser has no locks to tell that it died. */
const SILENCE = 60_000;
/** How long a worker may take to come to life: the first one has to be fetched. */
const BIRTH = { first: 30_000, later: 3_000 };

/** @template {AnyCalls} Calls what the worker can be asked */
export class Client {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #id = 0;
  /** @type {Worker} */
  #worker;

  /**
   * @param {() => Worker} make a worker
   * @param {() => void} onLost called when a worker died
   */
  constructor(make, onLost) {
    this.make = make;
    this.onLost = onLost;
    this.#worker = this.#spawn();
  }

  /**
   * Asks the worker.
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]>} args
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(call, args, transfer = []) {
    const id = ++this.#id;
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      worker.postMessage({ id, call, args }, { transfer });
      if (!navigator.locks) setTimeout(() => this.#open.has(id) && this.#lose(worker), SILENCE);
    });
  }

  #spawn() {
    const worker = this.make();
    worker.onmessage = ({ data }) => this.#take(worker, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(worker);
    };
    this.#worker = worker;
    if (navigator.locks) this.#watch(worker);
    return worker;
  }

  /**
   * The worker keeps a lock while it lives; when the page gets that lock, the worker is dead. No timer
   * is needed, so this works in a hidden tab as well.
   * @param {Worker} worker
   */
  async #watch(worker) {
    const lock = `glassbox-${performance.timeOrigin}-${Math.random()}`;
    const patience = this.#id === 0 ? BIRTH.first : BIRTH.later;
    const birth = setTimeout(() => this.#lose(worker), patience);
    try {
      await this.ask('live', /** @type {any} */ ([lock]));
      clearTimeout(birth);
      await navigator.locks.request(lock, () => {});
    } catch {
      return; // It was lost meanwhile, and that is known.
    }
    this.#lose(worker);
  }

  /**
   * @param {Worker} worker
   * @param {{ id: number, result?: any, error?: { name: string, message: string, place?: string, trapped: boolean } }} answer
   */
  #take(worker, { id, result, error }) {
    const call = this.#open.get(id);
    this.#open.delete(id);
    if (!error) return call?.resolve(result);
    if (error.trapped) {
      call?.reject(new WorkerLost(error.message));
      return this.#lose(worker);
    }
    const refused = error.name === 'Refusal';
    call?.reject(
      refused ? new Refusal(error.message, error.place ?? '') : new Error(error.message),
    );
  }

  /** @param {Worker} worker */
  #lose(worker) {
    if (worker !== this.#worker) return;
    worker.terminate();
    const open = [...this.#open.values()];
    this.#open.clear();
    this.#spawn();
    for (const { reject } of open) reject(new WorkerLost('The worker was lost.'));
    this.onLost();
  }
}

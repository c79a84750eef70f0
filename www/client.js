// The page's end of the worker: calls as promises, and a new worker where one died.
import { NoEngine, noWorker } from './absent.js';

/** @typedef {Record<string, (...args: any[]) => any>} AnyCalls */

/** The worker went away before it answered; another one is there, with nothing in it. */
export class WorkerLost extends Error {
  /** @param {boolean} trapped this very call broke the engine, and would again */
  constructor(trapped) {
    super('The worker was lost.');
    this.trapped = trapped;
  }
}

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
/** How long a worker may take to come to life: the first one has to be fetched. A later one gets twice as long each time. */
const BIRTH = { first: 30_000, later: 3_000 };
/** So many workers in a row may die before they said a word: then there is none to be had. */
const STILLBORN = 3;

/** @template {AnyCalls} Calls what the worker can be asked */
export class Client {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #id = 0;
  /** None, where none could be made: who asks then tries again. @type {Worker | undefined} */
  #worker;
  /** The worker has said something. */
  #lives = false;
  #stillborn = 0;

  /** The script of the worker. */
  #url = new URL(import.meta.url);

  /**
   * @param {(Maker: typeof Worker) => Worker} make a worker, by this class
   * @param {() => void} onLost called when a worker died
   */
  constructor(make, onLost) {
    this.make = make;
    this.onLost = onLost;
    this.#spawn();
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
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      const worker = this.#worker ?? this.#spawn();
      if (!worker) return;
      worker.postMessage({ id, call, args }, { transfer });
      if (!navigator.locks) setTimeout(() => this.#open.has(id) && this.#lose(worker), SILENCE);
    });
  }

  #spawn() {
    this.#lives = false;
    let worker;
    try {
      const kept = (/** @type {string | URL} */ url) => (this.#url = new URL(url));
      worker = this.make(
        class extends Worker {
          /** @param {string | URL} url @param {WorkerOptions} [options] */
          constructor(url, options) {
            super(kept(url), options);
          }
        },
      );
    } catch (error) {
      this.#giveUp(error);
      return;
    }
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
    const patience = this.#id === 0 ? BIRTH.first : BIRTH.later * 2 ** this.#stillborn;
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
    if (worker === this.#worker) [this.#lives, this.#stillborn] = [true, 0];
    const call = this.#open.get(id);
    this.#open.delete(id);
    if (!error) return call?.resolve(result);
    if (error.trapped) {
      call?.reject(new WorkerLost(true));
      return this.#lose(worker);
    }
    if (error.name === 'NoEngine') {
      call?.reject(new NoEngine(error.message));
      return this.#letGo(worker, new NoEngine(error.message));
    }
    const refused = error.name === 'Refusal';
    call?.reject(
      refused ? new Refusal(error.message, error.place ?? '') : new Error(error.message),
    );
  }

  /** @param {Worker} worker */
  #lose(worker) {
    if (worker !== this.#worker) return;
    if (!this.#lives && ++this.#stillborn >= STILLBORN) {
      this.#stillborn = 0;
      worker.terminate();
      this.#giveUp();
      return;
    }
    const open = this.#taken();
    worker.terminate();
    this.#spawn();
    for (const { reject } of open) reject(new WorkerLost(false));
    this.onLost();
  }

  /** There is no worker to be had. @param {unknown} [error] thrown when one was made */
  async #giveUp(error) {
    this.#worker = undefined;
    const open = this.#taken();
    const why = await noWorker(this.#url, error);
    for (const { reject } of open) reject(why);
  }

  /** A worker that cannot do anything. @param {Worker} worker @param {NoEngine} why */
  #letGo(worker, why) {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#taken()) reject(why);
  }

  /** The calls that wait for an answer, which will get none. */
  #taken() {
    const open = [...this.#open.values()];
    this.#open.clear();
    return open;
  }
}

// The page's end of a worker: calls as promises. Where a worker dies, another one takes its place and continues.
import { NoEngine, noWorker } from './absent.js';

/** @typedef {Record<string, (...args: any[]) => any>} AnyCalls */
/** @typedef {typeof import('./worker.js').calls} Calls what a worker can be asked */
/**
 * @template {keyof Calls} K
 * @typedef {Awaited<ReturnType<Calls[K]>>} Answer
 */
/** @typedef {<K extends keyof Calls>(call: K, args: Parameters<Calls[K]>) => Promise<Answer<K>>} Ask */
/** @typedef {{ id: number, result?: unknown, error?: { name: string, message: string, path?: string, trapped: boolean } }} Message */

/** The worker went away before it answered, as often as it was tried. */
export class WorkerLost extends Error {
  /** @param {boolean} trapped this very call broke the engine, and would again */
  constructor(trapped) {
    super('The engine stopped again and again at this point.');
    this.trapped = trapped;
  }
}

/** A request that cannot be carried out: a sentence, and the path to the setting that it is about. */
export class ConfigError extends Error {
  /**
   * @param {string} message
   * @param {string} path
   */
  constructor(message, path) {
    super(message);
    this.path = path;
  }
}

/** How long a worker may be silent where the browser has no locks to tell that it died. */
const RESPONSE_TIMEOUT = 60_000;
/** How long a worker may take to start: the first one has to be fetched. A later one gets twice as long each time. */
const STARTUP_TIMEOUT = { first: 30_000, later: 3_000 };
/** So many workers in a row may die before they answered anything: then there is none to be had. */
const MAX_FAILED_STARTS = 3;
/** So often may the worker die in one call. */
const MAX_LOSSES = 8;
/** So often may one call break the engine: the same numbers break it again. */
const MAX_TRAPS = 2;

/** The engine, compiled by the first worker. @type {WebAssembly.Module | undefined} */
let compiled;

export class Client {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #pending = new Map();
  #id = 0;
  /** None, where none could be made: the next call tries again. @type {Worker | undefined} */
  #worker;
  /** The worker has answered something. */
  #hasAnswered = false;
  #failedStarts = 0;
  /** The worker has nothing in it: `restore` comes before the next call. */
  #needsRestore = false;
  /** @type {Promise<void> | null} */
  #restoring = null;
  /** The script of the worker. */
  #url = new URL(import.meta.url);

  /**
   * @param {'train' | 'inspect'} name
   * @param {object} callbacks
   * @param {(ask: Ask) => Promise<void>} callbacks.restore brings a new worker to where the last one was
   * @param {() => void} [callbacks.lost] the worker died
   */
  constructor(name, callbacks) {
    this.name = name;
    this.callbacks = callbacks;
    this.#spawn();
  }

  /**
   * Asks the worker. Where it dies, another one is brought to where it was and is asked again.
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]> | (() => Parameters<Calls[K]>)} args as a function: called again for each try
   * @param {(args: Parameters<Calls[K]>) => Transferable[]} [transfer] what the worker gets of them for itself
   * @returns {Promise<Answer<K>>}
   */
  async ask(call, args, transfer = () => []) {
    for (let losses = 1, traps = 0; ; losses++) {
      try {
        if (this.#needsRestore) {
          this.#restoring ??= this.#restore().finally(() => (this.#restoring = null));
          await this.#restoring;
        }
        const given = typeof args === 'function' ? args() : args;
        return await this.#ask(call, given, transfer(given));
      } catch (error) {
        if (!(error instanceof WorkerLost)) throw error;
        const retry = !error.trapped || ++traps < MAX_TRAPS;
        if (!retry || losses > MAX_LOSSES) throw error;
      }
    }
  }

  async #restore() {
    await this.callbacks.restore((call, args) => this.#ask(call, args));
    this.#needsRestore = false;
  }

  /**
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]>} args
   * @param {Transferable[]} [transfer]
   * @returns {Promise<Answer<K>>}
   */
  #ask(call, args, transfer = []) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      const worker = this.#worker ?? this.#spawn();
      if (!worker) return;
      worker.postMessage({ id, call, args }, { transfer });
      if (!navigator.locks)
        setTimeout(() => this.#pending.has(id) && this.#replace(worker), RESPONSE_TIMEOUT);
    });
  }

  #spawn() {
    this.#hasAnswered = false;
    let worker;
    try {
      // Vite makes a file of this very expression; the class in its scope tells the name of that file.
      const keepUrl = (/** @type {string | URL} */ url) => (this.#url = new URL(url));
      const Worker = class extends globalThis.Worker {
        /** @param {string | URL} url @param {WorkerOptions} [options] */
        constructor(url, options) {
          super(keepUrl(url), options);
        }
      };
      worker = createWorker(Worker, this.name);
    } catch (error) {
      this.#giveUp(error);
      return;
    }
    worker.onmessage = ({ data }) => this.#receive(worker, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#replace(worker);
    };
    const first = this.#id === 0;
    this.#worker = worker;
    if (navigator.locks) this.#watch(worker, first);
    this.#start(worker);
    return worker;
  }

  /** Gives the worker its engine, compiled already where another worker has done so. @param {Worker} worker */
  #start(worker) {
    const id = ++this.#id;
    // What goes wrong is told with the calls that wait.
    this.#pending.set(id, { resolve: (made) => (compiled = made ?? compiled), reject: () => {} });
    try {
      worker.postMessage({ id, call: 'start', args: [compiled] });
    } catch {
      // This browser cannot hand over a compiled engine: the worker makes its own.
      worker.postMessage({ id, call: 'start', args: [] });
    }
  }

  /**
   * The worker keeps a lock while it lives; when the page gets that lock, the worker is dead. No timer
   * is needed, so this works in a hidden tab as well.
   * @param {Worker} worker
   * @param {boolean} first
   */
  async #watch(worker, first) {
    const lock = `glassbox-${performance.timeOrigin}-${Math.random()}`;
    const timeout = first ? STARTUP_TIMEOUT.first : STARTUP_TIMEOUT.later * 2 ** this.#failedStarts;
    const timer = setTimeout(() => this.#replace(worker), timeout);
    try {
      await this.#ask('alive', [lock]);
      clearTimeout(timer);
      await navigator.locks.request(lock, () => {});
    } catch {
      return; // It was lost meanwhile, and that is known.
    }
    this.#replace(worker);
  }

  /**
   * @param {Worker} worker
   * @param {Message} answer
   */
  #receive(worker, { id, result, error }) {
    if (worker === this.#worker) [this.#hasAnswered, this.#failedStarts] = [true, 0];
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (!error) return call?.resolve(result);
    if (error.trapped) {
      call?.reject(new WorkerLost(true));
      return this.#replace(worker);
    }
    if (error.name === 'NoEngine') {
      const why = new NoEngine(error.message);
      call?.reject(why);
      return this.#discard(worker, why);
    }
    const refused = error.name === 'ConfigError';
    call?.reject(
      refused ? new ConfigError(error.message, error.path ?? '') : new Error(error.message),
    );
  }

  /** @param {Worker} worker */
  #replace(worker) {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#needsRestore = true;
    if (!this.#hasAnswered && ++this.#failedStarts >= MAX_FAILED_STARTS) {
      this.#failedStarts = 0;
      this.#giveUp();
      return;
    }
    const pending = this.#takePending();
    this.#spawn();
    for (const { reject } of pending) reject(new WorkerLost(false));
    this.callbacks.lost?.();
  }

  /** There is no worker to be had. @param {unknown} [error] thrown when one was made */
  async #giveUp(error) {
    this.#worker = undefined;
    this.#needsRestore = true;
    const pending = this.#takePending();
    const why = await noWorker(this.#url, error);
    for (const { reject } of pending) reject(why);
  }

  /** A worker that cannot do anything. @param {Worker} worker @param {NoEngine} why */
  #discard(worker, why) {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = undefined;
    this.#needsRestore = true;
    for (const { reject } of this.#takePending()) reject(why);
  }

  /** The calls that wait for an answer, which will get none. */
  #takePending() {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    return pending;
  }
}

/** @param {typeof globalThis.Worker} Worker @param {string} name */
function createWorker(Worker, name) {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name });
}

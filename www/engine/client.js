// The page's client of a worker: calls as promises. A worker that dies is replaced, and its state is restored.
import { NoEngine, compileEngine, noWorker } from './absent.js';
import { Silence } from './silence.js';

/** @typedef {Record<string, (...args: any[]) => any>} AnyCalls */
/** @typedef {typeof import('./worker.js').calls} Calls calls of a worker */
/** @template {keyof Calls} K @typedef {Awaited<ReturnType<Calls[K]>>} Answer */
/** @typedef {<K extends keyof Calls>(call: K, args: Parameters<Calls[K]>) => Promise<Answer<K>>} Ask */
/** A message that is no call. @typedef {{ module: WebAssembly.Module | undefined } | { file: string, base: string }} Notice */
/** @typedef {{ id: number, result?: unknown, error?: { name: string, message: string, path?: string, trapped: boolean } }} Message */

/** The worker died before it answered, in every try. */
export class WorkerLost extends Error {
  /** @param {boolean} trapped whether this call crashed the engine, and would again */
  constructor(trapped) {
    super('The engine stopped again and again at this point.');
    this.trapped = trapped;
  }
}

/** The page has ended the worker. */
export class WorkerClosed extends Error {}

/** An invalid experiment: a message, and the path of the invalid option. */
export class ConfigError extends Error {
  /** @param {string} message @param {string} path */
  constructor(message, path) {
    super(message);
    this.path = path;
  }
}

/** Milliseconds in which a worker must start. The first one is fetched; the limit of later ones doubles each time. */
const STARTUP_TIMEOUT = { first: 30_000, later: 3_000 };
/** Number of workers in a row that may die before their first answer. After that the engine is unavailable. */
const MAX_FAILED_STARTS = 3;
/** Number of times that the worker may die in one call. */
const MAX_LOSSES = 8;
/** Number of times that one call may crash the engine. The same numbers would crash it again. */
const MAX_TRAPS = 2;

/** The engine, compiled by the page while the first worker starts; undefined where it cannot. @type {Promise<WebAssembly.Module | undefined> | undefined} */
let compiled;

export class Client {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #pending = new Map();
  #id = 0;
  /** Undefined where none could be created; the next call tries again. @type {Worker | undefined} */
  #worker;
  /** Whether the worker has answered a call. */
  #hasAnswered = false;
  #failedStarts = 0;
  /** Notices a dead worker where there are no locks. */
  #silence = navigator.locks
    ? null
    : new Silence(() => this.#worker && this.#replace(this.#worker));
  /** Whether the worker is new, so that `restore` must run before the next call. */
  #needsRestore = false;
  /** @type {Promise<void> | null} */
  #restoring = null;
  /** URL of the worker's script. */
  #url = new URL(import.meta.url);

  /**
   * @param {'train' | 'inspect' | 'race'} name
   * @param {object} callbacks
   * @param {(ask: Ask) => Promise<void>} callbacks.restore restores the state of the dead worker in a new one
   * @param {() => void} [callbacks.lost] the worker died
   */
  constructor(name, callbacks) {
    this.name = name;
    this.callbacks = callbacks;
    this.#spawn();
  }

  /**
   * Calls the worker. If it dies, the call is repeated in a new one with the same state.
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]> | (() => Parameters<Calls[K]>)} args or a function that is called for each try
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
      this.#silence?.sent(id, call);
    });
  }

  #spawn() {
    this.#hasAnswered = false;
    let worker;
    try {
      // Vite replaces this expression by the URL of a file. The local class `Worker` reads that URL.
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

  /** Starts the engine in the worker, with the module that the page compiles. @param {Worker} worker */
  async #start(worker) {
    const id = ++this.#id;
    // An error is reported by the waiting calls.
    this.#pending.set(id, { resolve: () => {}, reject: () => {} });
    worker.postMessage({ id, call: 'start', args: [] });
    compiled ??= compileEngine(new URL('../../pkg/glassbox_bg.wasm', import.meta.url));
    const module = await compiled;
    try {
      worker.postMessage({ module });
    } catch {
      // This browser cannot send a compiled module, so the worker compiles its own.
      worker.postMessage({ module: undefined });
    }
  }

  /** Makes the worker fetch a data file while the engine loads. @param {string} file */
  prefetch(file) {
    this.#worker?.postMessage({ file, base: document.baseURI });
  }

  /**
   * The worker holds a lock while it lives, so it is dead when the page gets that lock. This needs no timer and works in
   * a hidden tab.
   * @param {Worker} worker
   * @param {boolean} first
   */
  async #watch(worker, first) {
    const lock = `glassbox-${performance.timeOrigin}-${Math.random()}`;
    const timeout = first ? STARTUP_TIMEOUT.first : STARTUP_TIMEOUT.later << this.#failedStarts;
    const timer = setTimeout(() => this.#replace(worker), timeout);
    try {
      await this.#ask('alive', [lock]);
      clearTimeout(timer);
      await navigator.locks.request(lock, () => {});
    } catch {
      return; // It was replaced meanwhile.
    }
    this.#replace(worker);
  }

  /** @param {Worker} worker @param {Message} answer */
  #receive(worker, { id, result, error }) {
    if (worker === this.#worker) [this.#hasAnswered, this.#failedStarts] = [true, 0];
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    this.#silence?.heard(id);
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

  /** Rejects all calls: no worker can start. @param {unknown} [error] thrown by the constructor */
  async #giveUp(error) {
    this.#worker = undefined;
    this.#needsRestore = true;
    const pending = this.#takePending();
    const why = await noWorker(this.#url, error);
    for (const { reject } of pending) reject(why);
  }

  /** Terminates a worker whose engine cannot start. @param {Worker} worker @param {NoEngine} why */
  #discard(worker, why) {
    if (worker !== this.#worker) return;
    worker.terminate();
    this.#worker = undefined;
    this.#needsRestore = true;
    for (const { reject } of this.#takePending()) reject(why);
  }

  /** Ends the worker. Waiting calls are rejected. */
  close() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#needsRestore = true;
    for (const { reject } of this.#takePending()) reject(new WorkerClosed());
  }

  /** Removes and returns the calls that wait for an answer. */
  #takePending() {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#silence?.forget();
    return pending;
  }
}

/** @param {typeof globalThis.Worker} Worker @param {string} name */
function createWorker(Worker, name) {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name });
}

// Client of the benchmark worker: calls as promises.

/** @typedef {typeof import('./worker.js').calls} Calls */

export class BenchClient {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #id = 0;
  /** Reason of the stop; empty while it runs. */
  stopped = '';

  constructor() {
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const call = this.#open.get(id);
      this.#open.delete(id);
      if (error === undefined) call?.resolve(result);
      else call?.reject(new Error(error));
    };
    this.worker.onerror = (event) => this.stop(event.message || 'The worker could not be started.');
    this.ask('begin', document.baseURI).catch(() => {}); // The next call reports the error.
  }

  /**
   * @template {keyof Calls} K
   * @param {K} call
   * @param {Parameters<Calls[K]>} args
   * @returns {Promise<Awaited<ReturnType<Calls[K]>>>}
   */
  ask(call, ...args) {
    if (this.stopped) return Promise.reject(new Error(this.stopped));
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, args });
    });
  }

  /** Terminates the worker. @param {string} reason error message of open calls */
  stop(reason) {
    this.stopped = reason;
    this.worker.terminate();
    for (const { reject } of this.#open.values()) reject(new Error(reason));
    this.#open.clear();
  }
}

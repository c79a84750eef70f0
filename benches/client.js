// A page's end of the bench's worker: calls as promises.

/** @typedef {typeof import('./worker.js').calls} Calls */

export class BenchClient {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #open = new Map();
  #id = 0;
  /** Why it was stopped, if it was. */
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
    this.ask('begin', document.baseURI).catch(() => {}); // told with the next call
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

  /** Ends the worker, whatever it is doing. @param {string} reason what open calls are told */
  stop(reason) {
    this.stopped = reason;
    this.worker.terminate();
    for (const { reject } of this.#open.values()) reject(new Error(reason));
    this.#open.clear();
  }
}

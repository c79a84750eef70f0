// A worker's end of the calls: one answer each, in order. It never acts unasked.

/**
 * @template {Record<string, (...args: any[]) => any>} Calls
 * @param {Calls} calls what can be asked
 * @param {Promise<unknown>} ready when the engine is there; `live` is answered before
 * @param {() => void} [arrived] told of every call that comes
 * @returns {{ waiting: () => number }} how many calls wait
 */
export function serveCalls(calls, ready, arrived) {
  /** @type {{ id: number, call: keyof Calls, args: any[] }[]} */
  const queue = [];
  let busy = false;

  async function work() {
    busy = true;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, call, args } = next;
      try {
        if (call !== 'live') await ready;
        const result = await calls[call](...args);
        const transfer = result && result.buffer instanceof ArrayBuffer ? [result.buffer] : [];
        postMessage({ id, result }, { transfer });
      } catch (thrown) {
        const error = /** @type {any} */ (thrown);
        postMessage({
          id,
          error: {
            name: String(error?.name ?? 'Error'),
            message: String(error?.message ?? error),
            place: error?.place === undefined ? undefined : String(error.place),
            trapped: isTrap(error),
          },
        });
      }
    }
    busy = false;
  }

  ready.catch(() => {}); // told with the first call
  self.onmessage = ({ data }) => {
    queue.push(data);
    arrived?.();
    if (!busy) work();
  };
  return { waiting: () => queue.length };
}

/** Whether nothing in the wasm instance can be trusted any more: a trap, or no room left. @param {unknown} error */
function isTrap(error) {
  const { name } = /** @type {Error} */ (error ?? {});
  return ['RuntimeError', 'RangeError', 'InternalError'].includes(name);
}

/**
 * Takes a lock and keeps it: whoever gets it after that knows that this worker is gone.
 * @param {string} lock
 */
export function live(lock) {
  return new Promise((resolve) => {
    navigator.locks.request(lock, () => {
      resolve(undefined);
      return new Promise(() => {});
    });
  });
}

// A worker's end of the calls: one answer each, in order. It never acts unasked.

/** @typedef {import('./client.js').AnyCalls} AnyCalls */

/** @type {{ id: number, call: string, args: unknown[] }[]} */
const queue = [];
/** Releases an answer that is kept back. @type {(() => void) | undefined} */
let release;

/** How many calls wait. */
export const waitingCalls = () => queue.length;

/** Waits so many milliseconds, or until the next call. @param {number} ms */
export function untilNextCall(ms) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      release = undefined;
      resolve(undefined);
    }
    release = done;
  });
}

/** @param {AnyCalls} calls what can be asked */
export function serveCalls(calls) {
  let busy = false;

  async function work() {
    busy = true;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { id, call, args } = next;
      try {
        answer(id, await calls[call](...args));
      } catch (error) {
        postMessage({ id, error: errorMessage(error) });
      }
    }
    busy = false;
  }

  /** @param {{ id: number, call: string, args: unknown[] }} asked */
  function enqueue(asked) {
    queue.push(asked);
    release?.();
    if (!busy) work();
  }

  self.onmessage = ({ data }) => enqueue(data);
  // A compiled engine that this browser cannot hand over: the worker makes its own.
  self.onmessageerror = () => enqueue({ id: 0, call: 'start', args: [] });
}

/** @param {number} id @param {unknown} result */
function answer(id, result) {
  const buffer = /** @type {{ buffer?: unknown } | undefined} */ (result)?.buffer;
  const transfer = buffer instanceof ArrayBuffer ? [buffer] : [];
  try {
    postMessage({ id, result }, { transfer });
  } catch (error) {
    // A compiled engine that this browser cannot hand over.
    if (!(result instanceof WebAssembly.Module)) throw error;
    postMessage({ id });
  }
}

/**
 * What the page is told of an error. `trapped`: nothing in the wasm instance can be trusted any more.
 * @param {unknown} error
 */
function errorMessage(error) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), trapped: false };
  const { name, message } = error;
  const path = 'path' in error ? String(error.path) : '';
  return { name, message, path, trapped: isTrap(name) };
}

/** A trap, or no memory left. @param {string} name */
const isTrap = (name) => ['RuntimeError', 'RangeError', 'InternalError'].includes(name);

/**
 * Takes a lock and keeps it: when the page gets it, this worker is dead.
 * @param {string} lock
 */
export function alive(lock) {
  return new Promise((resolve) => {
    navigator.locks.request(lock, () => {
      resolve(undefined);
      return new Promise(() => {});
    });
  });
}

// The calls of a worker: it answers each one, in order.

/** @typedef {import('./client.js').AnyCalls} AnyCalls */

/** @type {{ id: number, call: string, args: unknown[] }[]} */
const queue = [];
/** Ends the wait of `untilNextCall`. @type {(() => void) | undefined} */
let release;

/** Number of waiting calls. */
export const waitingCalls = () => queue.length;

/** Waits some milliseconds, or until the next call. @param {number} ms */
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

/**
 * Answers all messages by these functions.
 * @param {AnyCalls} calls
 * @param {(notice: import('./client.js').Notice) => void} notice receives messages that are no calls, at once
 */
export function serveCalls(calls, notice) {
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

  self.onmessage = ({ data }) => ('id' in data ? enqueue(data) : notice(data));
  // This browser cannot receive a compiled module, so the worker compiles its own.
  self.onmessageerror = () => notice({ module: undefined });
}

/** @param {number} id @param {unknown} result */
function answer(id, result) {
  // A frame gives its buffers away: copying a large checkpoint would block the page.
  const { buffers = [], checkpoint } =
    /** @type {{ buffers?: ArrayBuffer[], checkpoint?: Uint8Array }} */ (result ?? {});
  const transfer = [...buffers, checkpoint?.buffer].filter((part) => part instanceof ArrayBuffer);
  postMessage({ id, result }, { transfer });
}

/**
 * Returns an error as plain data. `trapped`: whether the wasm instance is unusable after it.
 * @param {unknown} error
 */
function errorMessage(error) {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), trapped: false };
  const { name, message } = error;
  const path = 'path' in error ? String(error.path) : '';
  return { name, message, path, trapped: isTrap(name) };
}

/** Whether an error is a trap or means that memory is exhausted. @param {string} name */
const isTrap = (name) => ['RuntimeError', 'RangeError', 'InternalError'].includes(name);

/**
 * Takes a lock and holds it until the worker dies.
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

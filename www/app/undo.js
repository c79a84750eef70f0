// The states that Undo restores, with a limit on the memory of their checkpoints.

/** @typedef {import('./session.js').RunState} RunState */
/**
 * A state, and the description of the change after it. `steps`: its batches, of which a checkpoint was kept or dropped;
 * `path`: the number that the change edited, or an empty text.
 * @typedef {RunState & { description: string, steps: number, path: string }} Snapshot
 */

/** Maximum number of states. */
const MOST = 40;
/** Maximum bytes of all checkpoints. The latest one is always kept. */
const MAX_BYTES = 64e6;

export class UndoStack {
  /** @type {Snapshot[]} */
  #snapshots = [];

  /** @param {number} [maxBytes] */
  constructor(maxBytes = MAX_BYTES) {
    this.maxBytes = maxBytes;
  }

  get length() {
    return this.#snapshots.length;
  }

  /**
   * Adds the state before a change. A change that continues the last one, such as an arrow key held down in a number,
   * is undone together with it.
   * @param {Snapshot} snapshot
   * @param {boolean} continues
   */
  push(snapshot, continues) {
    const last = this.#snapshots.at(-1);
    if (continues && last && last.path && last.path === snapshot.path) {
      last.description = snapshot.description;
      return;
    }
    this.#snapshots.push(snapshot);
    if (this.#snapshots.length > MOST) this.#snapshots.shift();
    this.#dropCheckpoints();
  }

  pop() {
    return this.#snapshots.pop();
  }

  /** Drops the oldest checkpoints beyond the limit. One that several states share counts once. */
  #dropCheckpoints() {
    /** @type {Set<Uint8Array>} */
    const kept = new Set();
    let bytes = 0;
    for (const snapshot of [...this.#snapshots].reverse()) {
      const { checkpoint } = snapshot;
      if (!checkpoint || kept.has(checkpoint)) continue;
      bytes += checkpoint.byteLength;
      if (bytes > this.maxBytes && kept.size > 0) snapshot.checkpoint = undefined;
      else kept.add(checkpoint);
    }
  }
}

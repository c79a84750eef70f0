// Storage in this browser: the page settings, and the last experiments with their checkpoints. Several tabs share the
// storage. A new tab opens the experiment that was written last; a reloaded tab finds its own by the link in its address.
import { promisifyRequest } from 'idb-keyval';
import { SETTINGS } from './store.js';

/** An experiment's text and its checkpoint. @typedef {{ text: string, checkpoint: Uint8Array | undefined }} Kept */
/**
 * Key of a record: its time, and the hash of its experiment. A pending edit, which has not been validated yet, also has the
 * hash of the experiment that it replaces.
 * @typedef {number[]} Key
 */
/** Result of a read: the record, its time, whether it is known to run, and whether a later record is damaged. @typedef {{ kept: Kept | null, at: number, known: boolean, damaged: boolean }} Found */

const LOOK = 'glassbox.settings';
const BASE = 'glassbox';
const RECORDS = 'experiments';
/** Number of kept experiments. */
const KEPT = 6;
/** Number of kept states of each experiment: where the latest one is damaged, the one before it is used. */
const GENERATIONS = 2;
/** Milliseconds to wait for storage. */
const PATIENCE = 3000;

/** Returns null where the work throws: storage may be full, disabled or broken. @param {() => any} work */
function tried(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Reads the page settings. A missing or invalid value has its default. @returns {import('./store.js').Settings} */
export function rememberedSettings() {
  const kept = tried(() => JSON.parse(localStorage.getItem(LOOK) ?? '{}'));
  const settings = /** @type {any} */ ({ ...SETTINGS });
  for (const key of Object.keys(SETTINGS)) {
    if (kept && typeof kept[key] === typeof settings[key]) settings[key] = kept[key];
  }
  return settings;
}

/** Writes the page settings. @param {import('./store.js').Settings} settings */
export function rememberSettings(settings) {
  tried(() => localStorage.setItem(LOOK, JSON.stringify(settings)));
}

/**
 * Reads the latest record of an experiment (or of a pending edit of it), or of any experiment. Skips damaged records.
 * @param {string} [text]
 * @param {number} [before] time of a record: only earlier ones are read
 * @returns {Promise<Found>}
 * @throws where storage is not available or does not answer in time
 */
export function remembered(text, before = Infinity) {
  return soon(newest(text, before));
}

/** @param {string | undefined} text @param {number} before @returns {Promise<Found>} */
async function newest(text, before) {
  const records = await open('readonly');
  const id = text === undefined ? null : sumOf(text);
  let damaged = false;
  for (const key of (await keysIn(records)).reverse()) {
    const [at, own, left] = key;
    if (at >= before || (id !== null && own !== id && left !== id)) continue;
    const kept = await promisifyRequest(records.get(key));
    const known = left === undefined;
    if (!isWhole(kept)) damaged = true;
    else if (!known || (text ?? kept.text) === kept.text) return { kept, at, known, damaged };
  }
  return { kept: null, at: 0, known: true, damaged };
}

/** Writes states one after the other. Of the states that arrive during a write, only the latest is written. */
export class Shelf {
  /** @type {(Kept & { left?: string }) | null} */
  #next = null;
  #writing = false;

  /** @param {() => void} failed called when a write fails */
  constructor(failed) {
    this.failed = failed;
  }

  /**
   * @param {string} text
   * @param {Uint8Array} [checkpoint]
   * @param {string} [left] for a pending edit, the experiment that it replaces: the record stays only until the next one
   */
  async put(text, checkpoint, left) {
    this.#next = { text, checkpoint, left };
    if (this.#writing) return;
    this.#writing = true;
    while (this.#next) {
      const kept = this.#next;
      this.#next = null;
      await soon(write(kept)).catch(this.failed);
    }
    this.#writing = false;
  }
}

/** Time of the last record that this tab has seen. It always increases. */
let last = 0;

/** Times of this tab's pending edits. @type {Set<number>} */
const unknown = new Set();
/** Milliseconds after which a pending edit of another tab is deleted. */
const FORGOTTEN = 60_000;

/** Adds a state and deletes the oldest ones. @param {Kept & { left?: string }} kept */
async function write({ text, checkpoint, left }) {
  const records = await open('readwrite');
  last = Math.max(Date.now(), last + 1);
  const key = left === undefined ? [last, sumOf(text)] : [last, sumOf(text), sumOf(left)];
  if (left !== undefined) unknown.add(last);
  records.put({ text, checkpoint, sum: sumOf(text, checkpoint) }, key);
  // Commits now and not when the event loop is idle.
  records.transaction.commit();
  await promisifyRequest(records.transaction);
  await tidy();
}

/** Deletes surplus records, and pending edits that a later record has replaced. */
async function tidy() {
  const records = await open('readwrite', 'relaxed');
  const keys = await keysIn(records);
  /** @type {Map<number, number>} */
  const states = new Map();
  for (const key of keys.reverse()) {
    const [at, id, left] = key;
    const own = unknown.has(at) || at < last - FORGOTTEN;
    const over = left !== undefined && own && at < last;
    const n = (states.get(id) ?? 0) + 1;
    if (!over) states.set(id, n);
    if (over || n > GENERATIONS || states.size > KEPT) records.delete(key);
  }
  await promisifyRequest(records.transaction);
}

/** @type {Promise<IDBDatabase> | undefined} */
let base;

/**
 * Opens the object store in a transaction. With strict durability it completes when the data is on disk.
 * @param {IDBTransactionMode} mode
 * @param {IDBTransactionDurability} [durability]
 */
async function open(mode, durability = 'strict') {
  base ??= connect();
  const connection = await base.catch((error) => {
    base = undefined;
    throw error;
  });
  return connection.transaction(RECORDS, mode, { durability }).objectStore(RECORDS);
}

async function connect() {
  const request = indexedDB.open(BASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(RECORDS);
  const connection = await promisifyRequest(request);
  connection.onclose = connection.onversionchange = () => {
    connection.close();
    base = undefined;
  };
  return connection;
}

/** @param {IDBObjectStore} records @returns {Promise<Key[]>} from the oldest to the newest */
async function keysIn(records) {
  const keys = await promisifyRequest(/** @type {IDBRequest<any>} */ (records.getAllKeys()));
  last = Math.max(last, keys.at(-1)?.[0] ?? 0);
  return keys;
}

/** Whether a record is undamaged. @param {any} kept */
function isWhole(kept) {
  const { text, checkpoint, sum } = kept ?? {};
  const bytes = checkpoint === undefined || checkpoint instanceof Uint8Array;
  return typeof text === 'string' && bytes && sumOf(text, checkpoint) === sum;
}

/** Hash of a text and bytes (FNV-1a). @param {string} text @param {Uint8Array} [bytes] */
function sumOf(text, bytes = new Uint8Array()) {
  let sum = 0x811c9dc5;
  for (const part of [new TextEncoder().encode(text), bytes]) {
    for (let i = 0; i < part.length; i++) sum = Math.imul(sum ^ part[i], 0x01000193);
  }
  return sum >>> 0;
}

/** Rejects where an answer takes longer than `PATIENCE`. @template T @param {Promise<T>} answer @returns {Promise<T>} */
function soon(answer) {
  const late = new Error('Storage does not answer.');
  return Promise.race([
    answer,
    new Promise((_, reject) => setTimeout(() => reject(late), PATIENCE)),
  ]);
}

// Storage in this browser: the page settings, and the last experiments with their checkpoints. Several tabs share the
// storage. A new tab opens the experiment that was written last; a reloaded tab finds its own by the link in its address.
import { promisifyRequest } from 'idb-keyval';
import { SETTINGS } from './store.js';

/** An experiment's text and its checkpoint. @typedef {{ text: string, checkpoint: Uint8Array | undefined }} SavedState */
/**
 * Key of a record: its time, and the hash of its experiment. A pending edit, which has not been validated yet, also has the
 * hash of the experiment that it replaces.
 * @typedef {number[]} Key
 */
/** Result of a read: the record, its time, whether it is known to run, and whether a later record is damaged. @typedef {{ saved: SavedState | null, time: number, validated: boolean, damaged: boolean }} Found */

const SETTINGS_KEY = 'glassbox.settings';
const DATABASE = 'glassbox';
const RECORDS = 'experiments';
/** Number of kept experiments. */
const MAX_EXPERIMENTS = 6;
/** Number of kept states of each experiment: where the latest one is damaged, the one before it is used. */
const GENERATIONS = 2;
/** Milliseconds to wait for storage. */
const TIMEOUT = 3000;

/** Returns null where the work throws: storage may be full, disabled or broken. @template T @param {() => T} work */
function orNull(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Reads the page settings. A missing or invalid value has its default. @returns {import('./store.js').Settings} */
export function loadSettings() {
  const saved = orNull(() => JSON.parse(localStorage.getItem(SETTINGS_KEY) ?? '{}'));
  const valid = Object.entries(SETTINGS).filter(
    ([key, value]) => typeof saved?.[key] === typeof value,
  );
  return { ...SETTINGS, ...Object.fromEntries(valid.map(([key]) => [key, saved[key]])) };
}

/** Writes the page settings. @param {import('./store.js').Settings} settings */
export function saveSettings(settings) {
  orNull(() => localStorage.setItem(SETTINGS_KEY, JSON.stringify(settings)));
}

/**
 * Reads the latest record of an experiment (or of a pending edit of it), or of any experiment. Skips damaged records.
 * @param {string} [text]
 * @param {number} [before] time of a record: only earlier ones are read
 * @returns {Promise<Found>}
 * @throws where storage is not available or does not answer in time
 */
export function latestRecord(text, before = Infinity) {
  return withTimeout(findRecord(text, before));
}

/** @param {string | undefined} text @param {number} before @returns {Promise<Found>} */
async function findRecord(text, before) {
  const id = text === undefined ? null : hashText(text);
  let damaged = false;
  for (const key of (await keysIn(await open('readonly'))).reverse()) {
    const [at, own, replaced] = key;
    if (at >= before || (id !== null && own !== id && replaced !== id)) continue;
    const saved = await readRecord(key);
    const known = replaced === undefined;
    if (!saved) damaged = true;
    else if (!known || (text ?? saved.text) === saved.text)
      return { saved, time: at, validated: known, damaged };
  }
  return { saved: null, time: 0, validated: true, damaged };
}

/** Reads a record; null for a damaged one. @param {Key} key @returns {Promise<SavedState | null>} */
async function readRecord(key) {
  const records = await open('readonly');
  const record = await promisifyRequest(records.get(key));
  const blob = record?.checkpoint;
  const checkpoint = blob instanceof Blob ? new Uint8Array(await blob.arrayBuffer()) : blob;
  const saved = { ...record, checkpoint };
  return (await isIntact(saved)) ? saved : null;
}

/** Writes states one after the other. Of the states that arrive during a write, only the latest is written. */
export class RecordWriter {
  /** @type {(SavedState & { replaced?: string }) | null} */
  #next = null;
  #writing = false;

  /** @param {() => void} failed called when a write fails */
  constructor(failed) {
    this.failed = failed;
  }

  /**
   * @param {string} text
   * @param {Uint8Array} [checkpoint]
   * @param {string} [replaced] for a pending edit, the experiment that it replaces: the record stays only until the next one
   */
  async put(text, checkpoint, replaced) {
    this.#next = { text, checkpoint, replaced };
    if (this.#writing) return;
    this.#writing = true;
    while (this.#next) {
      const saved = this.#next;
      this.#next = null;
      await withTimeout(write(saved)).catch(this.failed);
    }
    this.#writing = false;
  }
}

/** Time of the last record that this tab has seen. It always increases. */
let lastTime = 0;

/** Times of this tab's pending edits. @type {Set<number>} */
const ownPending = new Set();
/** Milliseconds after which a pending edit of another tab is deleted. */
const PENDING_LIFETIME = 60_000;

/** Adds a state and deletes the oldest ones. @param {SavedState & { replaced?: string }} kept */
async function write({ text, checkpoint, replaced }) {
  const sum = await hashOf(text, checkpoint);
  // A large array would be copied while the page waits; a blob is copied by the browser.
  const stored =
    checkpoint && checkpoint.length > PART
      ? new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (checkpoint)])
      : checkpoint;
  const records = await open('readwrite');
  lastTime = Math.max(Date.now(), lastTime + 1);
  const key =
    replaced === undefined
      ? [lastTime, hashText(text)]
      : [lastTime, hashText(text), hashText(replaced)];
  if (replaced !== undefined) ownPending.add(lastTime);
  records.put({ text, checkpoint: stored, sum }, key);
  // Commits now and not when the event loop is idle.
  records.transaction.commit();
  await promisifyRequest(records.transaction);
  await deleteSurplus();
}

/** Deletes surplus records, and pending edits that a later record has replaced. */
async function deleteSurplus() {
  const records = await open('readwrite', 'relaxed');
  const keys = await keysIn(records);
  /** @type {Map<number, number>} */
  const states = new Map();
  for (const key of keys.reverse()) {
    const [at, id, replaced] = key;
    const own = ownPending.has(at) || at < lastTime - PENDING_LIFETIME;
    const over = replaced !== undefined && own && at < lastTime;
    const n = (states.get(id) ?? 0) + 1;
    if (!over) states.set(id, n);
    if (over || n > GENERATIONS || states.size > MAX_EXPERIMENTS) records.delete(key);
  }
  await promisifyRequest(records.transaction);
}

/** @type {Promise<IDBDatabase> | undefined} */
let database;

/**
 * Opens the object store in a transaction. With strict durability it completes when the data is on disk.
 * @param {IDBTransactionMode} mode
 * @param {IDBTransactionDurability} [durability]
 */
async function open(mode, durability = 'strict') {
  database ??= connect();
  const connection = await database.catch((error) => {
    database = undefined;
    throw error;
  });
  return connection.transaction(RECORDS, mode, { durability }).objectStore(RECORDS);
}

async function connect() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(RECORDS);
  const connection = await promisifyRequest(request);
  connection.onclose = connection.onversionchange = () => {
    connection.close();
    database = undefined;
  };
  return connection;
}

/** @param {IDBObjectStore} records @returns {Promise<Key[]>} from the oldest to the newest */
async function keysIn(records) {
  const keys = await promisifyRequest(/** @type {IDBRequest<Key[]>} */ (records.getAllKeys()));
  lastTime = Math.max(lastTime, keys.at(-1)?.[0] ?? 0);
  return keys;
}

/** Whether a record is undamaged. @param {Partial<SavedState & { sum: number }>} record */
async function isIntact({ text, checkpoint, sum }) {
  const bytes = checkpoint === undefined || checkpoint instanceof Uint8Array;
  return typeof text === 'string' && bytes && (await hashOf(text, checkpoint)) === sum;
}

/** Number of bytes that are hashed at once. In between, the page can answer. */
const PART = 2_097_152;

/** Hash of a text and bytes (FNV-1a). @param {string} text @param {Uint8Array} [bytes] */
async function hashOf(text, bytes = new Uint8Array()) {
  let sum = hashText(text);
  for (let at = 0; at < bytes.length; at += PART) {
    if (at > 0) await nextTask();
    sum = hashPart(sum, bytes, at, Math.min(at + PART, bytes.length));
  }
  return sum >>> 0;
}

/** Hash of a text. @param {string} text */
function hashText(text) {
  const bytes = new TextEncoder().encode(text);
  return hashPart(0x811c9dc5, bytes, 0, bytes.length) >>> 0;
}

/** @param {number} sum @param {Uint8Array} bytes @param {number} from @param {number} to */
function hashPart(sum, bytes, from, to) {
  for (let i = from; i < to; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193);
  return sum;
}

/** Resolves in a later task, without the delay of a timer. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve(undefined);
    };
    port2.postMessage(0);
  });
}

/** Rejects where an answer takes longer than `PATIENCE`. @template T @param {Promise<T>} answer @returns {Promise<T>} */
function withTimeout(answer) {
  const late = new Error('Storage does not answer.');
  return Promise.race([
    answer,
    new Promise((_, reject) => setTimeout(() => reject(late), TIMEOUT)),
  ]);
}

// What this browser remembers, on this device: how the page looks, and the last experiments, each with how far it was
// trained. Several tabs write to the same place: who writes last is what a new tab opens with; the others' experiments
// stay beside it, and each finds its own again by the link in its address.
import { promisifyRequest } from 'idb-keyval';
import { SETTINGS } from './store.js';

/** An experiment's text, and how far it was trained. @typedef {{ text: string, checkpoint: Uint8Array | undefined }} Kept */
/**
 * The number of a record, which is its time, and its experiment's. Of an edit of which nobody knows yet whether it runs, the
 * number of the experiment that it would take the place of.
 * @typedef {number[]} Key
 */
/** What was read: from which record, whether it is known to run, and whether one after it is damaged. @typedef {{ kept: Kept | null, at: number, known: boolean, damaged: boolean }} Found */

const LOOK = 'glassbox.settings';
const BASE = 'glassbox';
const RECORDS = 'experiments';
/** So many experiments are kept, */
const KEPT = 6;
/** each in its newest states: where the last one was damaged, the one before is there. */
const GENERATIONS = 2;
/** Milliseconds that storage may take to answer; the page does not wait longer. */
const PATIENCE = 3000;

/** Storage may be full, switched off or broken: the page works without it. @param {() => any} work */
function tried(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** @returns {import('./store.js').Settings} what was kept, value by value, where it still makes sense */
export function rememberedSettings() {
  const kept = tried(() => JSON.parse(localStorage.getItem(LOOK) ?? '{}'));
  const settings = /** @type {any} */ ({ ...SETTINGS });
  for (const key of Object.keys(SETTINGS)) {
    if (kept && typeof kept[key] === typeof settings[key]) settings[key] = kept[key];
  }
  return settings;
}

/** @param {import('./store.js').Settings} settings */
export function rememberSettings(settings) {
  tried(() => localStorage.setItem(LOOK, JSON.stringify(settings)));
}

/**
 * What was kept last, of this experiment (or an edit of it that was not taken in yet) or of any. Where a record is damaged,
 * the one before it.
 * @param {string} [text]
 * @param {number} [before] number of a record: only those before it are meant
 * @returns {Promise<Found>}
 * @throws where storage is not there, or does not answer in time
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

/** Writes one state after the other; of those that come while it writes, only the newest. */
export class Shelf {
  /** @type {(Kept & { left?: string }) | null} */
  #next = null;
  #writing = false;

  /** @param {() => void} failed told when something cannot be kept */
  constructor(failed) {
    this.failed = failed;
  }

  /**
   * @param {string} text
   * @param {Uint8Array} [checkpoint]
   * @param {string} [left] the experiment that it would take the place of, where nobody knows yet whether it runs: it
   *   stays only until the next one is there
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

/** The number of the last record that this tab has seen: the time, and always more than before. */
let last = 0;

/** Edits of this tab of which nobody knew whether they run, by their times. @type {Set<number>} */
const unknown = new Set();
/** Milliseconds after which nobody takes in another tab's edit any more. */
const FORGOTTEN = 60_000;

/** Puts a state beside those before it; then the oldest go. @param {Kept & { left?: string }} kept */
async function write({ text, checkpoint, left }) {
  const records = await open('readwrite');
  last = Math.max(Date.now(), last + 1);
  const key = left === undefined ? [last, sumOf(text)] : [last, sumOf(text), sumOf(left)];
  if (left !== undefined) unknown.add(last);
  records.put({ text, checkpoint, sum: sumOf(text, checkpoint) }, key);
  // Not when the page has time again: now.
  records.transaction.commit();
  await promisifyRequest(records.transaction);
  await tidy();
}

/** Lets go of what is too much, and of what was not known to run when the next one came. */
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
 * The records, in a transaction that is done when they are on the disk.
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

/** Whether a record is what was written. @param {any} kept */
function isWhole(kept) {
  const { text, checkpoint, sum } = kept ?? {};
  const bytes = checkpoint === undefined || checkpoint instanceof Uint8Array;
  return typeof text === 'string' && bytes && sumOf(text, checkpoint) === sum;
}

/** A number that changes with any byte (FNV-1a). @param {string} text @param {Uint8Array} [bytes] */
function sumOf(text, bytes = new Uint8Array()) {
  let sum = 0x811c9dc5;
  for (const part of [new TextEncoder().encode(text), bytes]) {
    for (let i = 0; i < part.length; i++) sum = Math.imul(sum ^ part[i], 0x01000193);
  }
  return sum >>> 0;
}

/** @template T @param {Promise<T>} answer @returns {Promise<T>} */
function soon(answer) {
  const late = new Error('Storage does not answer.');
  return Promise.race([
    answer,
    new Promise((_, reject) => setTimeout(() => reject(late), PATIENCE)),
  ]);
}

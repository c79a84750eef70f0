// What this browser remembers, on this device: the experiment, how the page looks, the last checkpoints.
import { del, entries, get, set } from 'idb-keyval';
import { SETTINGS } from './store.js';

const TEXT = 'glassbox.experiment';
const LOOK = 'glassbox.settings';
const CHECKPOINT = 'checkpoint:';
/** Checkpoints of this many experiments are kept. */
const KEPT = 6;

/** Storage may be full, switched off or broken: the page works without it. */
function tried(/** @type {() => any} */ work) {
  try {
    return work();
  } catch {
    return null;
  }
}

/** @returns {string | null} */
export function rememberedText() {
  return tried(() => localStorage.getItem(TEXT));
}

/** @param {string} text */
export function rememberText(text) {
  tried(() => localStorage.setItem(TEXT, text));
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
 * @param {string} text
 * @returns {Promise<Uint8Array | undefined>}
 */
export async function rememberedCheckpoint(text) {
  try {
    const kept = await get(CHECKPOINT + text);
    return kept?.bytes instanceof Uint8Array ? kept.bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Writes one checkpoint after the other; of those that come while it writes, only the newest. */
export class CheckpointShelf {
  /** @type {{ text: string, bytes: Uint8Array } | null} */
  #next = null;
  #writing = false;

  /**
   * @param {string} text
   * @param {Uint8Array} bytes
   */
  async put(text, bytes) {
    this.#next = { text, bytes };
    if (this.#writing) return;
    this.#writing = true;
    try {
      while (this.#next) {
        const { text, bytes } = /** @type {{ text: string, bytes: Uint8Array }} */ (this.#next);
        this.#next = null;
        await set(CHECKPOINT + text, { bytes, at: Date.now() });
      }
    } catch {
      // Without storage a reload begins the run anew, which its seed makes the same run.
    } finally {
      this.#writing = false;
    }
  }

  /** Forgets all but the newest few. */
  async tidy() {
    try {
      const kept = (await entries()).filter(([key]) => String(key).startsWith(CHECKPOINT));
      kept.sort(([, a], [, b]) => b.at - a.at);
      for (const [key] of kept.slice(KEPT)) await del(key);
    } catch {
      // As above.
    }
  }
}

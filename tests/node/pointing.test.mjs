// Hit-testing in the picture: units, links and single weights, on layouts of real networks.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Run, initSync } from '../../pkg/glassbox.js';
import { cellOf } from '../../www/picture/geometry.js';
import { cellAt, distance, pictureRefAt } from '../../www/picture/nearest.js';
import { boxAt, boxesOf, layout } from '../../www/picture/layout.js';
import { eachLink, sourceOf } from '../../www/picture/links.js';
import { brightOf, unitRefOf, pictureRefOf } from '../../www/picture/pointing.js';

const read = (/** @type {string} */ path) =>
  readFileSync(new URL(`../../${path}`, import.meta.url));
initSync({ module: read('pkg/glassbox_bg.wasm') });
const digits = new Uint8Array(gunzipSync(read('www/public/data/digits01.bin')));

/** Builds a network of Dense layers on a data set, and returns its description and its initial weights. @param {string} data @param {number[]} units */
function built(data, units) {
  const layers = units.map((units) => ({
    class_name: 'Dense',
    config: { units, activation: 'sigmoid' },
  }));
  const text = JSON.stringify({
    data: { class_name: data, config: {} },
    model: { class_name: 'Sequential', config: { layers } },
    compile: { optimizer: 'adam', loss: 'binary_crossentropy' },
    fit: { epochs: 1 },
    seed: 7,
  });
  const run = data === 'Digits01' ? new Run(text, digits) : new Run(text);
  const info = /** @type {import('../../www/types.js').RunInfo} */ (run.info());
  const weights = new Float32Array(info.n_weights);
  run.read_weights(weights);
  return { info, weights };
}

/** Returns a seeded generator of numbers from 0 to 1. @param {number} seed */
function numbers(seed) {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Returns points of a link, by de Casteljau's algorithm. @param {any} from @param {any} to */
function pointsOf(from, to) {
  const [x0, y0] = [from.x + from.w, from.y + from.h / 2];
  const [x3, y3] = [to.x, to.y + to.h / 2];
  const middle = (x0 + x3) / 2;
  return Array.from({ length: 4001 }, (_, i) => {
    const t = i / 4000;
    let points = [
      [x0, y0],
      [middle, y0],
      [middle, y3],
      [x3, y3],
    ];
    while (points.length > 1)
      points = points.slice(1).map(([x, y], k) => {
        const [ax, ay] = points[k];
        return [ax + t * (x - ax), ay + t * (y - ay)];
      });
    return points[0];
  });
}

test('oracle: the distance to a link is the distance to the nearest of 4,001 points of its curve', () => {
  const next = numbers(3);
  for (let n = 0; n < 150; n++) {
    const from = { x: next() * 100, y: next() * 300, w: 20, h: 20 };
    const to = { x: 140 + next() * 150, y: next() * 300, w: 30, h: 30 };
    const points = pointsOf(from, to);
    // Most points are near the curve, some further away.
    const [px, py] = points[Math.floor(next() * 4000)];
    const [x, y] = [px + (next() - 0.5) * 24, py + (next() - 0.5) * 24];
    const least = Math.min(...points.map(([ax, ay]) => Math.hypot(ax - x, ay - y)));
    const found = distance(from, to, x, y, 6);
    if (least < 5.5) assert.ok(Math.abs(found - least) < 0.5, `${n}: ${found} for ${least}`);
    if (least > 6.5) assert.equal(found, Infinity, `${n}: ${least}`);
  }
});

test('round trip: every pixel of an image is found at its centre', () => {
  const box = { x: 31.5, y: 12.25, w: 47.3, h: 29.1 };
  for (let at = 0; at < 20 * 13; at++) {
    const { x, y, w, h } = cellOf(box, 20, 13, at);
    assert.equal(cellAt(box, 20, 13, x + w / 2, y + h / 2), at);
  }
  assert.equal(cellAt(box, 20, 13, box.x - 2, box.y - 2), 0);
  assert.equal(cellAt(box, 20, 13, box.x + box.w + 2, box.y + box.h + 2), 20 * 13 - 1);
});

for (const [data, width, height] of /** @type {const} */ ([
  ['Digits01', 808, 260],
  ['Digits01', 366, 260],
  ['Moons', 808, 260],
  ['Moons', 366, 260],
]))
  test(`reaches each of 512 units at its place, ${data}, ${width} pixels`, () => {
    const { info } = built(data, [512, 65, 64, 1]);
    const picture = layout(info, width, height);
    const kinds = picture.columns.map(({ kind, boxes }) => `${kind} ${boxes.length}`);
    const image = data === 'Digits01';
    const third = image ? 'discs 64' : 'tiles 64';
    assert.deepEqual(kinds.slice(1, 4), ['discs 512', 'discs 65', third]);
    for (const box of boxesOf(picture)) {
      const { x, y, w, h } = box;
      assert.ok(w >= 4, `${w} pixels wide`);
      for (const [across, down] of [
        [0.5, 0.5],
        [0.1, 0.1],
        [0.9, 0.9],
      ])
        assert.equal(boxAt(picture, x + across * w, y + down * h), box);
    }
  });

test('reaches eight layers of 512 units side by side, in order, with a separate place for each unit', () => {
  const { info } = built('Digits01', [...Array.from({ length: 8 }, () => 512), 1]);
  const { columns, width } = layout(info, 1000, 300);
  assert.ok(width <= 1000);
  columns.slice(1, 9).forEach(({ x, boxes }, i) => {
    assert.equal(boxes.length, 512);
    assert.equal(new Set(boxes.map((box) => `${box.x} ${box.y}`)).size, 512);
    assert.ok(x >= columns[i].x + columns[i].w);
  });
});

test('oracle: the pointer selects a box, or else the nearest visible link within 6 pixels', () => {
  const { info, weights } = built('Digits01', [25, 15, 6, 1]);
  const picture = layout(info, 808, 260);
  /** @type {{ from: any, to: any, points: number[][] }[]} */
  const links = [];
  for (const column of picture.columns) {
    const before = sourceOf(picture, column);
    if (before)
      eachLink(info, weights, column, before, (from, to) =>
        links.push({ from, to, points: pointsOf(from, to).filter((_, i) => i % 16 === 0) }),
      );
  }
  assert.ok(links.length > 300 && links.length < 25 * 15 + 15 * 6 + 6, `${links.length}`);
  const next = numbers(11);
  const [first] = picture.columns;
  let [hits, boxes, none] = [0, 0, 0];
  for (let n = 0; n < 400; n++) {
    const x = first.x + first.w + next() * (picture.width - first.x - first.w);
    const y = next() * 260;
    const mark = pictureRefAt(info, picture, weights, [], x, y);
    const box = boxAt(picture, x, y);
    if (box) {
      assert.equal(mark?.box, box);
      boxes++;
      continue;
    }
    const far = links.map(({ points }) =>
      Math.min(...points.map(([px, py]) => Math.hypot(px - x, py - y))),
    );
    const least = Math.min(...far);
    if (!mark?.box) {
      assert.ok(least > 5.5, `${x}, ${y}: nothing, but one at ${least}`);
      none++;
      continue;
    }
    const found = links.findIndex(({ from, to }) => to === mark.box && from.unit === mark.from);
    assert.ok(far[found] < Math.min(6.5, least + 0.6), `${x}, ${y}: ${far[found]} for ${least}`);
    hits++;
  }
  assert.ok(hits > 60 && boxes > 30 && none > 30, `${hits} links, ${boxes} boxes, ${none} nothing`);
});

test('round trip: a hovered pixel, link and bias are the highlighted ones', () => {
  const { info, weights } = built('Digits01', [4, 3, 1]);
  const picture = layout(info, 808, 260);
  const [, tiles, discs] = picture.columns;
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    unitRefOf(picture, pictureRefAt(info, picture, weights, [], x, y));
  const { x, y, w, h } = cellOf(tiles.boxes[2], 20, 20, 137);
  const [from, to] = [tiles.boxes[0], discs.boxes[0]];
  const [px, py] = pointsOf(from, to)[2000];
  const middle = to.x + to.w / 2;
  const taken = weights.slice();
  structuredClone(taken, { transfer: [taken.buffer] });
  const cases = [
    [at(x + w / 2, y + h / 2), { layer: 0, unit: 2, from: 137 }],
    [at(px, py), { layer: 1, unit: 0, from: 0 }],
    [at(middle, to.y + to.h / 2), { layer: 1, unit: 0 }],
    [at(middle, to.y + to.h + 2.5), { layer: 1, unit: 0, from: 4 }],
    [at(2, 2), null],
    // Also after the buffer of the drawn frame has been transferred to the worker.
    [
      unitRefOf(picture, pictureRefAt(info, picture, taken, [], px, py)),
      { layer: 1, unit: 0, from: 0 },
    ],
  ];
  for (const [found, wanted] of cases) {
    assert.deepEqual(found, wanted);
    assert.deepEqual(unitRefOf(picture, pictureRefOf(picture, found)), wanted);
  }
  // A whole layer is a column. A unit that the picture does not show has no mark.
  assert.deepEqual(pictureRefOf(picture, { layer: 1, unit: -1 }), {
    column: 2,
    box: null,
    from: -1,
  });
  assert.equal(pictureRefOf(picture, { layer: 1, unit: 900 }), null);
});

test('reaches the bright boxes of a weight, of a unit and of a layer', () => {
  const { info } = built('Digits01', [4, 3, 1]);
  const picture = layout(info, 808, 260);
  const [, tiles, discs] = picture.columns;
  const [to] = discs.boxes;
  const strong = tiles.boxes.map((source, from) => ({ from, weight: 1, area: source, source, to }));
  const bright = (/** @type {number} */ from) =>
    brightOf(picture, { column: 2, box: to, from }, strong, []);
  assert.deepEqual(bright(-1), new Set([to, ...tiles.boxes]));
  assert.deepEqual(bright(2), new Set([to, tiles.boxes[2]]));
  assert.deepEqual(bright(4), new Set([to]));
  const layer = brightOf(picture, { column: 2, box: null, from: -1 }, [], []);
  assert.deepEqual(layer, new Set(discs.boxes));
});

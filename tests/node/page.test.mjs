// The pure parts of the page's frame: the sentence on a run, the groups of views, links, and edits of layers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { groupsOf, VIEW_IDS } from '../../www/app/groups.js';
import {
  addLayer,
  layersOf,
  moveLayers,
  removeLayer,
  resizeLayer,
} from '../../www/app/layer-edits.js';
import { readView, toFragment, viewPart } from '../../www/app/link.js';
import { preset } from '../../www/app/presets.js';
import { statusOf, trend } from '../../www/app/status.js';

const catalog = JSON.parse(
  readFileSync(new URL('../../pkg/catalog.json', import.meta.url), 'utf8'),
);

/** @param {number[]} loss @param {number[]} [val] @param {number} [first] number of epochs before */
const history = (loss, val, first = 0) => ({
  names: val ? ['loss', 'val_loss'] : ['loss'],
  at: loss.map((_, i) => first + i + 1),
  epochs: loss.map((value, i) => (val ? [value, val[i]] : [value])),
  ...batches(),
  events: [],
});

/** @param {number[]} losses of the first batches */
const batches = (...losses) => ({ batches: { at: losses.map((_, i) => i + 1), losses } });

/** @param {import('../../www/types.js').History} history */
const told = (history) => trend(history, 32).text;

test('reaches a sentence on how the losses have moved', () => {
  assert.equal(told(history([0.7])), '');
  assert.equal(told(history([0.7, 0.5])), 'The training loss is falling.');
  assert.equal(told(history([0.7, 0.5], [0.7, 0.4])), 'Both losses have fallen.');
  assert.match(told(history([0.6931, 0.6929])), /hardly moved: 0\.6931 .* 0\.6929 now/);
  assert.match(told(history([0.7, 2.5])), /has risen from 0\.7000 to 2\.500/);
  assert.match(told(history([0.7, NaN])), /no longer a number/);
  // The validation loss is lowest after the second epoch, three epochs ago; the branch starts after epoch 10.
  const over = history([0.7, 0.5, 0.3, 0.2, 0.1], [0.7, 0.4, 0.45, 0.47, 0.5], 10);
  assert.match(told(over), /lowest after epoch 12 \(0\.4000, now 0\.5000\)/);
  // SGD with rate 1000 on the lesson: far above the first batch, or jumping without end.
  const wild = { ...history([678, 664, 671, 690, 664]), ...batches(0.72, 801) };
  assert.equal(
    told(wild),
    'The training loss is higher than at the first batch: 0.7200 then, 664.0 now.',
  );
  assert.equal(trend(wild, 32).isWell, false);
  // The first batch of a single example may be an easy one.
  const slow = { ...history([0.42, 0.39]), ...batches(0.05) };
  assert.equal(trend(slow, 1).text, 'The training loss is falling.');
  const jumping = { ...history([0.9, 0.5, 0.8, 0.4, 0.9, 0.45, 0.7]), ...batches(0.9) };
  assert.match(told(jumping), /jumps between 0\.4000 and 0\.9000/);
  // A falling loss is no jumping one, and neither is a small noise at its end.
  for (const loss of [
    [0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02],
    [0.7, 0.1, 0.02, 0.03, 0.02, 0.04, 0.02, 0.03],
  ])
    assert.deepEqual(trend({ ...history(loss), ...batches(0.7) }, 32), {
      text: 'The training loss is falling.',
      isWell: true,
    });
  // One epoch above the best one is noise.
  assert.equal(told(history([0.7, 0.5, 0.4], [0.7, 0.4, 0.41])), 'Both losses have fallen.');
});

test('reaches a sentence on what the run is doing', () => {
  const info = /** @type {import('../../www/types.js').RunInfo} */ (
    /** @type {unknown} */ ({
      epochs: 20,
      first_epoch: 0,
      first_step: 0,
      n_train: 800,
      n_batches: 25,
    })
  );
  const at = (
    /** @type {number} */ steps,
    done = false,
    trouble = /** @type {string | undefined} */ (undefined),
  ) => ({
    steps,
    epochs: Math.floor(steps / 25),
    done,
    trouble,
  });
  const none = history([]);
  assert.deepEqual(statusOf(info, at(0), none, false), {
    kind: 'ready',
    text: 'Ready: 800 training examples, 25 batches per epoch, 20 epochs.',
    isWell: true,
  });
  assert.match(statusOf(info, at(26), none, true).text, /^Training, epoch 2 of 20\./);
  assert.match(statusOf(info, at(25), none, false).text, /^Paused in epoch 1 of 20\./);
  const end = statusOf(info, at(500, true), history([0.7, 0.03], [0.7, 0.05]), false);
  assert.deepEqual(end, {
    kind: 'finished',
    text: 'Finished after 20 epochs. Both losses have fallen.',
    isWell: true,
  });
  assert.equal(statusOf(info, at(3, true, 'The loss is NaN.'), none, false).kind, 'broken');
});

test('reaches the group of a view, and the first view where the wanted one is not there', () => {
  assert.equal(groupsOf(VIEW_IDS, 'spread').group.id, 'explain');
  const { groups, group, view } = groupsOf(['inside', 'code', 'log'], 'draw');
  assert.deepEqual(
    groups.map(({ id }) => id),
    ['inside', 'text'],
  );
  assert.deepEqual([group.id, view], ['inside', 'inside']);
});

test('round trip: what a link says about the page stays in the address beside the experiment', () => {
  const part = '&view=inside&batch=25&hide=data,settings&title=Step+1&task=What%20moves%3F&present';
  const view = readView(toFragment('{}') + part, VIEW_IDS);
  assert.deepEqual(view, {
    view: 'inside',
    batch: 25,
    hide: ['data', 'settings'],
    title: 'Step 1',
    task: 'What moves?',
    present: true,
    embed: false,
    problems: [],
  });
  assert.equal(viewPart(toFragment('{}') + part), part);
  assert.equal(viewPart(toFragment('{}')), '');
});

test('reaches a sentence for each part of a link that cannot be', () => {
  const { problems, view, batch, hide } = readView(
    '#view=foo&batch=-3&hide=data,moon&colour=red',
    VIEW_IDS,
  );
  assert.deepEqual([view, batch, hide], ['', 0, ['data']]);
  assert.match(problems.join(' '), /no view “foo”.*batch=-3.*no section “moon”.*no part “colour”/);
  const told = (/** @type {string} */ part) => readView(`#${part}`, VIEW_IDS).problems.join(' ');
  for (const [part, wanted] of /** @type {[string, RegExp][]} */ ([
    ['view=', /^“view=” has no value\.$/],
    ['view=log&view=code', /“view” more than once; the first counts/],
    [`title=${'a'.repeat(700)}`, /“title” is cut after 600 characters/],
    ['title=%E0%A4%A', /“title” is damaged: it is not percent-encoded UTF-8/],
    ['present&embed=0&title=Step%201', /^$/],
  ]))
    assert.match(told(part), wanted);
});

test('reaches added, moved, removed and resized layers, and never a network without layers', () => {
  const start = preset('Digits01', 1);
  const classes = (/** @type {typeof start} */ e) =>
    layersOf(e).map((l) => `${l.class_name} ${l.config.units ?? ''}`.trim());
  const dropout = catalog.layers.find((/** @type {any} */ e) => e.class_name === 'Dropout');
  const added = addLayer(start, 1, dropout);
  assert.deepEqual(classes(added), ['Dense 25', 'Dropout', 'Dense 15', 'Dense 1']);
  assert.deepEqual(classes(moveLayers(added, 0, 2, 1)), [
    'Dense 15',
    'Dense 25',
    'Dropout',
    'Dense 1',
  ]);
  assert.deepEqual(classes(moveLayers(added, 0, 1, -5)), classes(added));
  assert.deepEqual(classes(removeLayer(added, 1)), classes(start));
  assert.deepEqual(classes(resizeLayer(catalog, start, 0, -1)), [
    'Dense 24',
    'Dense 15',
    'Dense 1',
  ]);
  assert.deepEqual(classes(resizeLayer(catalog, start, 2, -1)), classes(start));
  assert.deepEqual(classes(resizeLayer(catalog, added, 1, 1)), classes(added));
  const one = removeLayer(removeLayer(start, 0), 0);
  assert.equal(removeLayer(one, 0), one);
  assert.deepEqual(classes(start), ['Dense 25', 'Dense 15', 'Dense 1']);
});

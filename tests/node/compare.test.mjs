// Comparing runs: the settings in which experiments differ, the names and sentences made of them, and what is remembered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { preset } from '../../www/app/presets.js';
import { align } from '../../www/compare/align.js';
import { differences } from '../../www/compare/differences.js';
import { axesOf, withValue } from '../../www/compare/axes.js';
import { nameOfRun, sentenceOn } from '../../www/compare/naming.js';
import { planOf, problemOf } from '../../www/compare/plan.js';
import { freeHue, recordOf, shownRuns } from '../../www/compare/record.js';
import { recordOfSeeds } from '../../www/compare/seeds.js';
import { distinctHues } from '../../www/compare/shown.js';
import { csvOfRuns, sorted, tableOf } from '../../www/compare/table.js';
import { parseValues, scaled } from '../../www/compare/values.js';

/** @typedef {import('../../www/types.js').Experiment} Experiment */

const lesson = preset('Digits01', 42);

/** Returns a changed copy of the lesson's experiment. @param {(draft: any) => void} change */
function changed(change) {
  const draft = structuredClone(lesson);
  change(draft);
  return draft;
}
const found = (/** @type {Experiment} */ b, a = lesson) => differences(a, b, catalog);
const named = (/** @type {Experiment} */ b, a = lesson) => nameOfRun(found(b, a));

const dense = (/** @type {number} */ units, activation = 'relu') => ({
  class_name: 'Dense',
  config: { units, activation },
});
const parent = { experiment: lesson, step: 25 };

/** Changes of the lesson's experiment, the name of the changed run beside it, and its name beside the changed run. */
const NAMES = /** @type {[(draft: any) => void, string, string][]} */ ([
  [
    (e) => (e.compile.optimizer = { class_name: 'SGD', config: { learning_rate: 0.1 } }),
    'SGD 0.1',
    'Adam 0.001',
  ],
  [
    (e) => (e.compile.optimizer = { class_name: 'SGD', config: { momentum: 0.9 } }),
    'SGD 0.01, momentum 0.9',
    'Adam 0.001',
  ],
  [(e) => (e.compile.optimizer.config.learning_rate = 0.01), 'Adam 0.01', 'Adam 0.001'],
  [(e) => (e.compile.optimizer.config.beta_1 = 0.5), 'beta 1 0.5', 'beta 1 0.9'],
  [(e) => (e.model.config.layers[0].config.units = 32), '32 units', '25 units'],
  [(e) => (e.model.config.layers[0].config.units = 1), '1 unit', '25 units'],
  [(e) => (e.model.config.layers[1].config.activation = 'relu'), 'ReLU', 'Sigmoid'],
  [(e) => (e.model.config.layers[1].config.use_bias = false), 'no bias', 'bias'],
  [
    (e) => (e.model.config.layers[1].config.kernel_initializer = 'he_normal'),
    'initial weights He normal',
    'initial weights Glorot uniform',
  ],
  [
    (e) =>
      (e.model.config.layers[0].config.kernel_regularizer = {
        class_name: 'L2',
        config: { l2: 0.02 },
      }),
    'weight penalty L2 0.02',
    'no weight penalty',
  ],
  [
    (e) => e.model.config.layers.splice(2, 0, { class_name: 'Dropout', config: { rate: 0.2 } }),
    'Dropout 0.2',
    'no dropout',
  ],
  [
    (e) => e.model.config.layers.splice(2, 0, dense(10)),
    'Dense, 10 units, ReLU',
    'one dense layer fewer',
  ],
  [
    (e) => (e.model.config.layers[1] = { class_name: 'LSTM', config: { units: 4 } }),
    'LSTM, 4 units',
    'Dense, 15 units, Sigmoid',
  ],
  [(e) => (e.seed = 7), 'seed 7', 'seed 42'],
  [(e) => (e.fit.batch_size = 8), 'batch size 8', 'batch size 32'],
  [(e) => (e.fit.epochs = 40), '40 epochs', '20 epochs'],
  [(e) => (e.fit.shuffle = false), 'no shuffle', 'shuffle'],
  [
    (e) => (e.fit.callbacks = [{ class_name: 'EarlyStopping', config: { patience: 3 } }]),
    'Early stopping, patience 3',
    'no callbacks',
  ],
  [
    (e) => (e.data = { class_name: 'Circle', config: { n: 99 } }),
    'Circle, 99 points',
    'Digits 0 and 1',
  ],
  [
    (e) => (e.compile.loss = { class_name: 'MeanSquaredError', config: {} }),
    'Mean squared error',
    'Binary cross-entropy',
  ],
  [(e) => (e.start = parent), 'branch from batch 25', 'until batch 25'],
  [
    (e) => {
      e.seed = 7;
      e.fit.batch_size = 8;
      e.fit.shuffle = false;
    },
    'batch size 8, no shuffle + 1 more',
    'batch size 32, shuffle + 1 more',
  ],
  [
    (e) => {
      for (const i of [0, 1]) e.model.config.layers[i].config.units = 8;
    },
    'layer 1: 8 units, layer 2: 8 units',
    'layer 1: 25 units, layer 2: 15 units',
  ],
]);

test('reaches the name of a run by what differs, in both directions', () => {
  for (const [change, there, back] of NAMES) {
    const other = changed(change);
    assert.equal(named(other), there);
    assert.equal(named(lesson, other), back);
  }
});

test('reaches no difference where only the writing differs: defaults, bare names', () => {
  const long = changed((e) => {
    Object.assign(e.compile.optimizer.config, { beta_1: 0.9, momentum: undefined });
    e.compile.metrics = [{ class_name: 'Accuracy', config: {} }];
    e.model.config.layers[0].config.activation = { class_name: 'sigmoid', config: {} };
    e.model.config.layers[0].config.kernel_initializer = 'glorot_uniform';
    delete e.fit.batch_size;
  });
  long.compile.metrics = ['accuracy'];
  assert.deepEqual(found(long), []);
});

test('reaches every option of every class of the experiment: a change is one difference at its path', () => {
  let n = 0;
  const other = (/** @type {any} */ opt) =>
    opt.kind === 'bool'
      ? !opt.default
      : opt.kind === 'one_of'
        ? opt.choices.find((/** @type {string} */ c) => c !== opt.default)
        : opt.family
          ? /** @type {any} */ (catalog)[opt.family].find(
              (/** @type {any} */ e) => e.name !== opt.default,
            )?.name
          : opt.kind === 'float' || opt.kind === 'int'
            ? 12.5
            : ['x'];
  const specs = /** @type {any} */ ({
    'model.config.layers.0.config': catalog.layers.find((l) => l.class_name === 'Dense')?.options,
    'compile.optimizer.config': catalog.optimizers.find((l) => l.class_name === 'Adam')?.options,
    'compile.loss.config': catalog.losses[0].options,
    fit: catalog.fit,
  });
  for (const [path, options] of Object.entries(specs)) {
    for (const opt of options) {
      const draft = structuredClone(lesson);
      const at = path.split('.').reduce((o, key) => /** @type {any} */ (o)[key], draft);
      /** @type {any} */ (at)[opt.name] =
        opt.kind === 'list' ? [other({ ...opt, kind: 'class' })] : other(opt);
      const [one, ...more] = found(draft);
      assert.equal(one?.path.slice(0, path.split('.').length + 1).join('.'), `${path}.${opt.name}`);
      assert.equal(more.length, 0, opt.name);
      assert.ok(one.toName && one.fromName && one.toName !== one.fromName, JSON.stringify(one));
      n++;
    }
  }
  assert.ok(n > 30, String(n));
});

test('reaches an unknown key and other connections, so that no difference is lost', () => {
  assert.equal(
    named(changed((e) => (e.model.config.layers[0].config.name = 'first'))),
    'name first',
  );
  const graph = (/** @type {string} */ from) =>
    changed((e) => {
      e.model.class_name = 'Functional';
      for (const [i, l] of e.model.config.layers.entries())
        Object.assign(l, { name: `d${i}`, inbound_nodes: [i === 2 ? from : i] });
    });
  assert.equal(named(graph('d0'), graph('d1')), 'other connections');
});

test('reaches the alignment with the fewest changes', () => {
  const pairs = (/** @type {string} */ a, /** @type {string} */ b) =>
    align(a.length, b.length, (i, k) =>
      a[i] === b[k] ? 0 : a[i].toLowerCase() === b[k].toLowerCase() ? 1 : Infinity,
    )
      .map(([i, k]) => `${i === null ? '-' : a[i]}${k === null ? '-' : b[k]}`)
      .join(' ');
  assert.equal(pairs('abc', 'abc'), 'aa bb cc');
  assert.equal(pairs('abc', 'aXbc'), 'aa -X bb cc');
  assert.equal(pairs('aXbc', 'abc'), 'aa X- bb cc');
  assert.equal(pairs('abc', 'aBc'), 'aa bB cc');
  assert.equal(pairs('abc', 'axc'), 'aa bx cc');
  assert.equal(pairs('', 'ab'), '-a -b');
});

/** Curves with these columns, one row per epoch. @param {string[]} names @param {number[][]} rows @param {string} [trouble] */
const curves = (names, rows, trouble = '') => ({
  names,
  at: rows.map((_, i) => i + 1),
  rows,
  trouble,
});

test('reaches a sentence on two runs that differ in one setting', () => {
  const sgd = changed((e) => {
    e.compile.optimizer = { class_name: 'SGD', config: { learning_rate: 0.1 } };
  });
  const names = ['accuracy', 'loss', 'val_accuracy', 'val_loss'];
  const good = curves(names, [
    [0.5, 0.6, 0.9, 0.5],
    [0.9, 0.1, 0.9, 0.03],
  ]);
  const bad = curves(names, [
    [0.5, 0.6, 0.9, 0.6],
    [0.9, 0.3, 0.8, 0.21],
    [0.9, 0.3, 0.8, 0.01],
  ]);
  const say = (/** @type {Experiment} */ b, x = good, y = bad) => sentenceOn(found(b), x, y);
  assert.equal(
    say(sgd),
    'SGD 0.1 instead of Adam 0.001: learns more slowly, validation loss 0.2100 after 2 epochs against 0.03000.',
  );
  assert.equal(
    say(sgd, bad, good),
    'SGD 0.1 instead of Adam 0.001: learns faster, validation loss 0.03000 after 2 epochs against 0.2100.',
  );
  assert.match(say(sgd, good, good), /: no difference, validation loss/);
  const without = curves(['loss'], [[0.5]]);
  assert.match(
    say(sgd, without, bad),
    /: learns more slowly, loss 0\.6000 after 1 epoch against 0\.5000\.$/,
  );
  // What is not a matter of pace is higher or lower, and a penalty changes the loss itself.
  const units = changed((e) => (e.model.config.layers[0].config.units = 32));
  assert.match(say(units), /^32 units instead of 25 units in layer 1: higher, validation loss/);
  const penalty = changed((e) => (e.model.config.layers[0].config.kernel_regularizer = 'l2'));
  assert.match(
    say(penalty),
    /: lower, validation accuracy 0\.8000 after 2 epochs against 0\.9000\.$/,
  );
  assert.match(
    say(sgd, good, curves(names, [], 'The loss is not finite.')),
    /: diverged\. The loss/,
  );
  // Two settings, another data set, or no epoch: no sentence.
  const both = changed((e) => (e.seed = e.fit.batch_size = 7));
  const circle = changed((e) => (e.data = { class_name: 'Circle', config: {} }));
  for (const other of [both, circle, lesson]) assert.equal(say(other), '');
  assert.equal(say(sgd, good, curves(names, [])), '');
});

test('reaches decimal products without an error in the last digit', () => {
  assert.deepEqual(
    [
      scaled(0.001, 3, 0),
      scaled(0.001, 1, -1),
      scaled(0.003, 3, -1),
      scaled(0.03, 1, 1),
      scaled(0.1, 3, 0),
      scaled(1e-7, 3, 0),
      scaled(20, 3, -1),
    ],
    [0.003, 0.0001, 0.0009, 0.3, 0.3, 3e-7, 6],
  );
  assert.notEqual(0.1 * 3, 0.3);
});

test('reaches a value that can be read for each proposed one, and every setting has a path', () => {
  for (const { class_name, options } of catalog.datasets) {
    if (options.some((o) => o.required)) continue;
    const experiment = preset(class_name, 42);
    const axes = axesOf(experiment, catalog);
    assert.equal(new Set(axes.map(({ id }) => id)).size, axes.length);
    assert.equal(axes[0].label, 'optimizer');
    const fit = axes.flatMap(({ paths: [[part, name]] }) => (part === 'fit' ? name : []));
    const named = catalog.fit.filter(({ kind }) => /^(int|float|bool|one_of|class)$/.test(kind));
    assert.deepEqual(fit.sort(), named.map(({ name }) => name).sort());
    for (const axis of axes) {
      const parsed = parseValues(catalog, axis.opt, axis.values);
      assert.deepEqual(
        parsed.filter(({ error }) => error),
        [],
        axis.label,
      );
      for (const { value, text } of parsed) {
        const found = differences(experiment, withValue(experiment, axis, value), catalog);
        // A value is the current one, or a difference in this setting alone.
        const own = axis.paths.some((path) =>
          found.every((d) => d.path.join('.').startsWith(path.slice(0, -1).join('.'))),
        );
        assert.ok(own || axis.paths.length > 1, `${axis.label} ${text}`);
      }
    }
  }
});

test('reaches values of each kind as a person writes them, and a reason for each other text', () => {
  const axes = axesOf(lesson, catalog);
  const opt = (/** @type {string} */ id) => {
    const axis = axes.find((a) => a.id === id);
    assert.ok(axis, id);
    return axis.opt;
  };
  const read = (/** @type {string} */ id, /** @type {string} */ text) =>
    parseValues(catalog, opt(id), text).map(({ value, error }) => error ?? value);
  assert.deepEqual(
    read('compile.optimizer', 'sgd 0.1; Adam; SGD 0.01, momentum 0.9, nesterov on'),
    [
      { class_name: 'SGD', config: { learning_rate: 0.1 } },
      { class_name: 'Adam', config: {} },
      { class_name: 'SGD', config: { learning_rate: 0.01, momentum: 0.9, nesterov: true } },
    ],
  );
  assert.deepEqual(read('compile.optimizer', 'Adam, RMSprop').length, 2);
  assert.deepEqual(read('compile.optimizer', 'Adamant 3;SGD x;SGD 0.1, speed 3;'), [
    '“Adamant 3” is not known here.',
    '“x” is not a number.',
    'SGD has no option for “speed 3”.',
  ]);
  assert.deepEqual(read('fit.batch_size', '8, 1e2, ?'), [8, 100, '“?” is not a number.']);
  assert.deepEqual(read('fit.shuffle', 'on, OFF, maybe'), [
    true,
    false,
    '“maybe” is neither on nor off.',
  ]);
  const penalty = 'model.config.layers.0.config.kernel_regularizer';
  assert.deepEqual(read(penalty, 'none; L2 0.01'), [
    null,
    { class_name: 'L2', config: { l2: 0.01 } },
  ]);
  assert.match(String(read('compile.loss.config.reduction', 'most')), /is not one of sum/);
  assert.deepEqual(read('fit.batch_size', ' , '), []);
});

/** The axis with this id. @param {string} id */
const axis = (id) =>
  /** @type {import('../../www/compare/axes.js').Axis} */ (
    axesOf(lesson, catalog).find((a) => a.id === id)
  );

test('reaches the plan of a race: variants, pairs of two settings, seeds, and its limit', () => {
  const optimizer = axis('compile.optimizer');
  const four = planOf(catalog, lesson, { axis: optimizer, values: optimizer.values }, null, 3);
  assert.deepEqual(
    four.variants.map(({ experiment }) => named(experiment)),
    ['SGD 0.01', 'SGD 0.01, momentum 0.9', 'RMSprop 0.001', 'these settings'],
  );
  assert.equal(four.seeds, 3);
  const batch = { axis: axis('fit.batch_size'), values: '8, 16, x' };
  const rate = { axis: axis('compile.optimizer.config.learning_rate'), values: '0.1, 0.2' };
  const pairs = planOf(catalog, lesson, batch, rate, 1);
  assert.equal(pairs.variants.length, 6);
  assert.deepEqual(
    pairs.variants.map(({ row, column, error }) => [row, column, error]),
    [
      [0, 0, ''],
      [0, 1, ''],
      [1, 0, ''],
      [1, 1, ''],
      [2, 0, '“x” is not a number.'],
      [2, 1, '“x” is not a number.'],
    ],
  );
  assert.equal(named(pairs.variants[1].experiment), 'Adam 0.2, batch size 8');
  assert.equal(pairs.variants[1].label, 'batch size 8, learning rate 0.2');
  // A value that is written twice is raced once.
  const twice = { ...batch, values: '8; 16; 8.0; 8' };
  assert.deepEqual(planOf(catalog, lesson, twice, null, 1).rows, ['8', '16']);
  // The seeds of a race over the seed are those that it varies.
  assert.equal(planOf(catalog, lesson, { axis: axis('seed'), values: '1, 2' }, null, 5).seeds, 1);
  const many = Array.from({ length: 60 }, (_, i) => i + 1).join(', ');
  assert.match(
    problemOf(planOf(catalog, lesson, { ...batch, values: many }, null, 3)),
    /These are 180 runs\. A race has at most 100\./,
  );
  assert.equal(
    problemOf(planOf(catalog, lesson, { ...batch, values: '' }, null, 1)),
    'Give at least one value.',
  );
  // All hidden layers at once; the output layer keeps its activation.
  const hidden = axesOf(lesson, catalog).find(
    ({ label }) => label === 'activation of hidden layers',
  );
  assert.equal(hidden?.paths.length, 2);
});

/** A run that has trained. @param {number[][]} epochs @param {Partial<import('../../www/compare/record.js').Trained>} [but] */
const trained = (epochs, but) => ({
  experiment: lesson,
  names: ['loss', 'accuracy'],
  at: epochs.map((_, i) => i + 1),
  epochs,
  steps: epochs.length,
  parameters: 7,
  seconds: 0.5,
  finished: true,
  ...but,
});

test('reaches a record of at most 801 rows with the figures of all', () => {
  const epochs = Array.from({ length: 3001 }, (_, i) => [
    i === 1001 ? -1 : 3001 - i,
    i === 7 ? 9 : 0.5,
  ]);
  const record = recordOf('a', trained(epochs, { at: epochs.map((_, i) => i + 11) }), 3);
  assert.ok(record.rows.length <= 801, String(record.rows.length));
  assert.equal(record.at.at(-1), 3011);
  assert.equal(record.at.length, record.rows.length);
  assert.deepEqual([record.best.loss.low, record.best.loss.lowAt], [-1, 1012]);
  assert.deepEqual([record.best.accuracy.high, record.best.accuracy.highAt], [9, 18]);
});

test('reaches the mean of several seeds, and a band that holds each of them', () => {
  const runs = [
    trained([
      [1, 0],
      [3, 0],
    ]),
    trained([
      [2, 0],
      [5, 0],
      [9, 9],
    ]),
  ];
  const record = recordOfSeeds('a', runs, 0);
  assert.deepEqual(record.rows, [
    [1.5, 0],
    [4, 0],
  ]);
  assert.deepEqual(record.low, runs[0].epochs);
  assert.deepEqual(record.high, [
    [2, 0],
    [5, 0],
  ]);
  assert.deepEqual([record.seeds, record.seconds], [2, 1]);
  assert.equal(recordOfSeeds('a', [runs[0]], 0).seeds, undefined);
});

/** A record. @param {string} id @param {Experiment} experiment @param {object} [but] */
const record = (id, experiment, but) => ({
  ...recordOf(id, trained([[2, 0.5]], { experiment }), 0),
  ...but,
});

test('reaches the runs in the charts: at most 8, pinned ones first, none on other data or that the current run repeats', () => {
  const other = (/** @type {number} */ seed) => changed((e) => (e.seed = seed));
  const many = Array.from({ length: 12 }, (_, i) => record(`${i}`, other(i)));
  const ids = (/** @type {any[]} */ runs, epoch = 1) =>
    shownRuns(runs, lesson, epoch).map(({ id }) => id);
  assert.deepEqual(ids(many), ['4', '5', '6', '7', '8', '9', '10', '11']);
  const pinned = many.map((run) => ({ ...run, pinned: run.id === '1' }));
  assert.deepEqual(ids(pinned), ['1', '5', '6', '7', '8', '9', '10', '11']);
  const circle = changed((e) => (e.data = { class_name: 'Circle', config: {} }));
  assert.deepEqual(ids([record('a', circle), record('b', other(1), { rows: [], at: [] })]), []);
  // The same run is shown until the current one has reached its end.
  const same = [
    record(
      'a',
      changed((e) => (e.fit.epochs = 99)),
    ),
  ];
  assert.deepEqual([ids(same, 0), ids(same, 1)], [['a'], []]);
  assert.deepEqual(ids([{ ...same[0], seeds: 3 }], 1), ['a']);
  assert.deepEqual(distinctHues([0, 3, 0, 1, 3]), [0, 3, 2, 1, 4]);
  assert.equal(new Set(distinctHues(Array(8).fill(5))).size, 8);
  assert.equal(freeHue([{ hue: 0 }, { hue: 2 }]), 1);
});

test('reaches the table of runs: settings with the differing ones marked, figures, order, and the same as CSV', () => {
  const sgd = changed((e) => (e.compile.optimizer = { class_name: 'SGD', config: {} }));
  const wide = changed((e) => (e.model.config.layers[0].config.units = 32));
  const current = record('', lesson);
  const runs = [
    record('1', sgd, { rows: [[5, 0.25]], pinned: true, seconds: 3 }),
    record('2', wide, { rows: [[1, 0.75]], seconds: null, parameters: 9 }),
    record('3', wide, { rows: [], at: [] }),
  ];
  const table = tableOf(current, runs, lesson, catalog);
  assert.deepEqual(
    [table.settings, table.figures],
    [
      ['optimizer', 'layers'],
      ['loss', 'accuracy'],
    ],
  );
  assert.deepEqual(
    table.rows.map(({ name, cells }) => [name, cells.map(({ differs }) => differs)]),
    [
      ['this run', [false, false]],
      ['SGD 0.01', [true, false]],
      ['32 units', [false, true]],
      ['32 units', [false, true]],
    ],
  );
  assert.deepEqual(table.rows[1].cells[0].text, 'SGD 0.01');
  assert.match(table.rows[2].cells[1].text, /^Dense, 32 units, Sigmoid; Dense, 15/);
  const order = (/** @type {string} */ key, descending = false) =>
    sorted(table, key, descending).map(({ run }) => run.id);
  // The current run, the pinned ones, the others; rows without the number last.
  assert.deepEqual(order('loss'), ['', '1', '2', '3']);
  assert.deepEqual(order('loss', true), ['', '1', '2', '3']);
  assert.deepEqual(order(''), ['', '1', '3', '2']);
  assert.deepEqual(order('parameters', true), ['', '1', '2', '3']);
  const lines = csvOfRuns(table).split('\r\n');
  assert.match(lines[0], /^run,optimizer,layers,epochs,loss,best loss,epoch of best loss,accuracy/);
  assert.match(
    lines[3],
    /^32 units,Adam 0\.001,"Dense, 32 units, .*,1,1,2,1,0\.75,0\.5,1,,9,"\{""data""/,
  );
  assert.equal(lines.length, 6);
});

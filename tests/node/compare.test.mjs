// Comparing runs: the settings in which experiments differ, the names and sentences made of them, and what is remembered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { preset } from '../../www/app/presets.js';
import { align } from '../../www/compare/align.js';
import { differences } from '../../www/compare/differences.js';
import { nameOfRun, sentenceOn } from '../../www/compare/naming.js';

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
    'SGD 0.1 instead of Adam 0.001: slower, validation loss 0.2100 after 2 epochs against 0.03000.',
  );
  assert.equal(
    say(sgd, bad, good),
    'SGD 0.1 instead of Adam 0.001: faster, validation loss 0.03000 after 2 epochs against 0.2100.',
  );
  assert.match(say(sgd, good, good), /: no difference, validation loss/);
  const without = curves(['loss'], [[0.5]]);
  assert.match(say(sgd, without, bad), /: slower, loss 0\.6000 after 1 epoch against 0\.5000\.$/);
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

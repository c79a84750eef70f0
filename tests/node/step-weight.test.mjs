// The weight and the example that the step view opens with, the lines of its update, and its paths.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import catalog from '../../pkg/catalog.json' with { type: 'json' };
import { Run, initSync } from '../../pkg/glassbox.js';
import { chosenWeight, mainExample, nextWeight, rankOf } from '../../www/step/chosen.js';
import { exampleOf, ExampleInPicture } from '../../www/step/example.js';
import { figure, inStep, withDigits } from '../../www/step/formulas/figure.js';
import { comparison } from '../../www/step/formulas/update.js';
import { explainWeight } from '../../www/step/formulas/weight.js';
import { sharesOf } from '../../www/step/numbers.js';
import { pathsOf } from '../../www/step/paths.js';
import { StepPosition } from '../../www/step/position.js';
import { DETAILS, STAGES, program } from '../../www/step/program.js';
import { stepLayers } from '../../www/step/stages.js';
import { ordinal } from '../../www/views/moment/step-parts.js';

initSync({ module: readFileSync(new URL('../../pkg/glassbox_bg.wasm', import.meta.url)) });

const layer = (/** @type {string} */ class_name, config = {}) => ({ class_name, config });
const dense = (/** @type {number} */ units, /** @type {string} */ activation) =>
  layer('Dense', { units, activation });

/** The third step on the moons, and its layers as the page sees them. @param {any[]} layers @param {any} [optimizer] */
function opened(layers, optimizer = layer('SGD')) {
  const text = JSON.stringify({
    data: layer('Moons'),
    model: layer('Sequential', { layers }),
    compile: { optimizer, loss: layer('BinaryCrossentropy'), metrics: [] },
    fit: { epochs: 3, batch_size: 16 },
    seed: 4,
  });
  const run = new Run(text);
  run.step();
  run.step();
  const info = run.info();
  const experiment = run.experiment();
  return { info, experiment, trace: run.trace(), layers: stepLayers(info) };
}

const NETWORK = [dense(6, 'tanh'), dense(5, 'relu'), dense(1, 'sigmoid')];
/** Indices in get_weights() of the kernels: of 2, 6 and 5 inputs. */
const KERNELS = [...range(0, 12), ...range(18, 48), ...range(53, 58)];

/** @param {number} from @param {number} to */
function range(from, to) {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

test('oracle: the first weight has the largest gradient of all kernels, or of those that the selection allows', () => {
  const { trace, layers } = opened(NETWORK);
  const size = (/** @type {number} */ at) => Math.abs(trace.gradients[at]);
  const most = (/** @type {number[]} */ all) => all.reduce((a, b) => (size(b) > size(a) ? b : a));
  const chosen = (/** @type {any} */ selection) => chosenWeight(layers, trace, selection);
  assert.equal(chosen(null)?.at, most(KERNELS));
  assert.equal(chosen({ layer: 1, unit: -1 })?.at, most(range(18, 48)));
  // The weights of a unit stand as far apart as the layer has units.
  const ofUnit = range(0, 6).map((i) => 18 + 5 * i + 3);
  assert.equal(chosen({ layer: 1, unit: 3 })?.at, most(ofUnit));
  assert.deepEqual(chosen({ layer: 1, unit: 3, from: 2 })?.ref, { layer: 1, unit: 3, from: 2 });
  assert.equal(chosen({ layer: 1, unit: 3, from: 6 })?.at, 48 + 3, 'the bias');
  // Of equal gradients the first; also where they are not numbers.
  for (const value of [0, 0.5, NaN])
    assert.equal(
      chosenWeight(layers, { ...trace, gradients: trace.gradients.map(() => value) }, null)?.at,
      0,
    );
});

test('oracle: ranks count the larger gradients, and another weight is the next of the largest of each layer', () => {
  const { trace, layers } = opened(NETWORK);
  const size = (/** @type {number} */ at) => Math.abs(trace.gradients[at]);
  const bySize = (/** @type {number[]} */ all) => all.toSorted((a, b) => size(b) - size(a));
  for (const from of range(0, 6)) {
    const chosen = chosenWeight(layers, trace, { layer: 1, unit: 2, from });
    assert.ok(chosen);
    const rank = rankOf(layers, trace, chosen);
    assert.deepEqual(rank, {
      inStep: bySize(KERNELS).indexOf(chosen.at) + 1,
      inLayer: bySize(range(18, 48)).indexOf(chosen.at) + 1,
      of: KERNELS.length,
    });
  }
  const bias = chosenWeight(layers, trace, { layer: 1, unit: 2, from: 6 });
  assert.ok(bias && rankOf(layers, trace, bias) === null);
  const turns = bySize([
    ...bySize(range(0, 12)).slice(0, 3),
    ...bySize(range(18, 48)).slice(0, 3),
    ...bySize(range(53, 58)).slice(0, 3),
  ]);
  let chosen = chosenWeight(layers, trace, null);
  for (const at of [...turns, ...turns]) {
    assert.equal(chosen?.at, at);
    if (chosen) chosen = nextWeight(layers, trace, chosen);
  }
});

test('oracle: the first example has the largest share of the gradient of the weight', () => {
  const { trace, layers } = opened(NETWORK);
  for (const at of [null, { layer: 0, unit: 4, from: 1 }, { layer: 2, unit: 0, from: 3 }]) {
    const chosen = chosenWeight(layers, trace, at);
    assert.ok(chosen);
    const { layer, ref } = chosen;
    const shares = range(0, trace.rows.length).map((row) =>
      Math.abs(sharesOf(trace, layer, ref.unit, ref.from, row)[0].product),
    );
    const best = mainExample(trace, chosen);
    assert.equal(shares[best], Math.max(...shares));
  }
  assert.equal(mainExample(trace, null), 0);
});

test('reaches a weight in models that are shown as a whole, without weights and frozen', () => {
  const lstm = [layer('Reshape', { target_shape: [2, 1] }), layer('LSTM', { units: 3 })];
  const whole = opened([...lstm, layer('BatchNormalization'), dense(1, 'sigmoid')]);
  // The one layer that is opened goes first, and the others can be selected.
  assert.equal(chosenWeight(whole.layers, whole.trace, null)?.ref.layer, 3);
  const inLstm = chosenWeight(whole.layers, whole.trace, { layer: 1, unit: 2 });
  assert.equal(inLstm?.opens, false);
  const size = Math.abs(whole.trace.gradients[inLstm?.at ?? -1]);
  const own = whole.info.layers[1].params.flatMap(({ at, length }) => range(at, at + length));
  assert.ok(own.every((at) => Math.abs(whole.trace.gradients[at]) <= size) && size > 0);
  assert.equal(chosenWeight(whole.layers, whole.trace, { layer: 0, unit: 0 }), null);
  const frozen = opened([layer('Dense', { units: 1, activation: 'sigmoid', trainable: false })]);
  assert.equal(chosenWeight(frozen.layers, frozen.trace, null)?.at, 0);
  for (const { info, experiment, trace, layers } of [whole, frozen]) {
    for (const selection of [null, { layer: 1, unit: 0 }, { layer: 2, unit: 0 }]) {
      if (selection && selection.layer >= info.layers.length) continue;
      const chosen = chosenWeight(layers, trace, selection);
      assert.ok(chosen);
      for (const row of [-1, 2])
        for (const stage of STAGES) {
          const scene = /** @type {any} */ ({ opened: { info, experiment }, catalog, layers });
          const told = explainWeight(stage, { ...scene, trace, row }, chosen);
          const words = JSON.stringify([told.title, told.formula, told.numbers, told.note]);
          assert.ok(told.title && !/undefined|NaN/.test(words), `${stage} ${row}: ${words}`);
        }
    }
  }
});

test('oracle: the paths with a product, and those without one, are all paths of the network', () => {
  const { trace, layers } = opened([dense(6, 'relu'), dense(5, 'relu'), dense(1, 'sigmoid')]);
  let zeros = 0;
  for (let row = 0; row < 8; row++)
    for (let unit = 0; unit < 6; unit++) {
      const found = pathsOf(trace, layers, layers[0], [unit], 0, row);
      assert.equal(found.count + found.zeros, 5, 'one through each unit of the second layer');
      assert.ok(found.paths.every(({ product }) => product !== 0));
      assert.ok(found.zeroPaths.every(({ factors }) => factors.includes(0)));
      assert.equal(found.zeroPaths.length, found.zeros);
      zeros += found.zeros;
    }
  assert.ok(zeros > 20 && zeros < 8 * 6 * 5, `${zeros} of 240 are 0`);
  // An input of 0 ends all paths.
  const { x } = trace;
  const none = pathsOf({ ...trace, x: x.map(() => 0) }, layers, layers[0], [1], 0, 2);
  assert.deepEqual([none.paths.length, none.count, none.zeros, none.sum], [0, 0, 5, 0]);
});

test('round trip: numbers have four digits, or all of them, and a step has two visible digits', () => {
  const cases = [
    [0.1, '0.1'],
    [-0.0523423, '−0.05234'],
    [0.0000023284, '0.000002328'],
    [Math.fround(0.01), '0.01'],
    [1234567, '1234567'],
    [1e-9, '1e−9'],
    [0.00099998713, '0.001000'],
    [0.9999999, '0.9999999'],
    [1.00004, '1.00004'],
    [NaN, 'NaN'],
    [0, '0'],
  ];
  for (const [value, text] of cases) assert.equal(figure(Number(value)), text);
  const value = Math.fround(0.123456789);
  const all = withDigits(true, () => figure(value)).replaceAll('−', '-');
  assert.equal(Math.fround(Number(all)), value);
  assert.equal(figure(value), '0.1235', 'only there');
  assert.deepEqual(inStep([-0.0523412, -0.0523644], -0.0000232), ['−0.052341', '−0.052364']);
  assert.deepEqual(inStep([0.5, 0.5], 0), ['0.5', '0.5']);
  assert.deepEqual(inStep([0.5, 1.7513e20], 1.7513e20), ['0.5', '1.751e+20']);
  assert.deepEqual(inStep([0.5, NaN], NaN), ['0.5', 'NaN']);
  assert.deepEqual(inStep([0, 0.001], 0.001), ['0.000000', '0.001000']);
});

test('reaches a sentence on how a step differs from that of plain gradient descent', () => {
  const say = (/** @type {[string, number, number, { name: string }[]]} */ ...given) => {
    const told = /** @type {any} */ (comparison(...given));
    const text =
      told.strings
        ?.map((/** @type {string} */ s, /** @type {number} */ i) => s + (told.values[i] ?? ''))
        .join('') ?? told;
    return text.replace(/<\/?b>/g, '').replace(/\s+/g, ' ');
  };
  const m = [{ name: 'momentum' }];
  assert.equal(say('Adam', 0, 0, m), 'Adam does not move this weight either.');
  assert.equal(
    say('Adam', -1e-3, -2.5e-6, m),
    'The step of Adam is −0.001 instead of −0.0000025: 400 times as long.',
  );
  assert.equal(
    say('Adam', 1e-3, -2e-3, m),
    'The step of Adam is 0.001 instead of −0.002: 2.0 times shorter, in the opposite direction.',
  );
  assert.equal(
    say('Adam', 1e-3, 0, m),
    'Adam moves it by 0.001 although its gradient is 0 because of the values that it keeps of earlier steps (momentum).',
  );
  assert.equal(
    say('SGD (weight_decay 0.1)', 1e-3, 0, []),
    'SGD (weight_decay 0.1) moves it by 0.001 although its gradient is 0.',
  );
  assert.equal(say('Lion', 0, 1e-3, m), 'Lion does not move this weight in this step.');
  assert.equal(say('RMSprop', 1e-3, 1e-3, m), 'RMSprop makes the same step here.');
});

test('oracle: plain gradient descent has one line, and other optimizers a second one', () => {
  /** @param {any} optimizer */
  const update = (optimizer) => {
    const { info, experiment, trace, layers } = opened(NETWORK, optimizer);
    const chosen = chosenWeight(layers, trace, null);
    assert.ok(chosen);
    const scene = /** @type {any} */ ({ opened: { info, experiment }, catalog, layers, trace });
    const told = explainWeight('update', { ...scene, row: 0 }, chosen);
    const after = trace.after[chosen.at];
    assert.equal(told.value, after);
    return JSON.stringify([told.formula, told.numbers, told.more]);
  };
  assert.doesNotMatch(update(layer('SGD')), /Plain gradient descent|The step of/);
  for (const { class_name } of catalog.optimizers.filter(({ name }) => name !== 'sgd'))
    assert.match(update(layer(class_name)), /Plain gradient descent.*How /, class_name);
  const words = update(layer('SGD', { momentum: 0.9 }));
  assert.match(words, /SGD \(momentum 0\.9/);
  assert.match(update(layer('SGD', { weight_decay: 0.1 })), /weight_decay/);
});

test('reaches the example of the step in the picture until another one is picked', () => {
  const { info, trace } = opened(NETWORK);
  const picture = new ExampleInPicture();
  const current = () => picture.current;
  picture.show(trace, info, 3, 'a');
  const { input, number, target } = exampleOf(trace, info, 3);
  assert.deepEqual(current()?.input, input);
  assert.equal(number, trace.rows[3] + 1);
  assert.match(
    current()?.text ?? '',
    new RegExp(`^training example ${number}, label ${target} \\(`),
  );
  picture.release();
  picture.show(trace, info, 3, 'a');
  assert.equal(current(), null);
  picture.show(trace, info, 4, 'a');
  assert.deepEqual(current()?.input, exampleOf(trace, info, 4).input);
  picture.show(trace, info, -1, 'a');
  assert.equal(current(), null, 'of the whole batch none');
});

test('round trip: ordinals', () => {
  const known = ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '111th'];
  for (const text of known) assert.equal(ordinal(parseInt(text)), text);
  assert.equal(ordinal(10_390), '10,390th');
});

test('reaches every part of a step forwards and backwards, and stays at the weight in all stages', () => {
  const { layers } = opened(NETWORK);
  const weight = { layer: 1, unit: 3, from: 2 };
  const position = new StepPosition();
  const ground = { layers, rows: 1, weight, selection: weight };
  /** Turns to the end of the step, and returns the passed parts. @param {number} by */
  const walk = (by) => {
    const seen = [];
    do seen.push(`${position.stage} ${position.at}`);
    while (position.turn(by, ground));
    return seen;
  };
  assert.deepEqual(walk(1), ['forward 0', 'loss 0', 'backward 0', 'update 0']);
  assert.deepEqual(position.shown(ground), { at: 3, length: 4 });
  assert.equal(walk(-1).length, 4);
  for (const detail of DETAILS) {
    Object.assign(position, { detail, stage: 'forward', at: 0 });
    const seen = walk(1);
    const all = STAGES.map((stage) => program(layers, stage, detail, 1).length);
    assert.equal(
      seen.length,
      all.reduce((a, b) => a + b),
    );
    assert.deepEqual(walk(-1), seen.toReversed());
    for (const stage of STAGES.filter((stage) => stage !== 'loss')) {
      position.stage = stage;
      position.find(ground);
      const part = position.parts(ground)?.at(position.at);
      assert.equal(part?.layer, 1, `${stage}, ${detail}`);
      if (detail !== 'layer') assert.equal(part?.channel, 3);
      if (detail === 'term' || detail === 'product') assert.equal(part?.from, 2);
    }
  }
  position.at = 1e9;
  position.limit(ground);
  assert.equal(position.at, position.length(ground) - 1);
});

// The report of the benchmark as Markdown: docs/bench.md, and the printed tables.
import { leastTime } from '../../benches/cost.js';
import { EPOCHS } from '../../benches/lesson.js';
import { figure, ratio, shown } from '../../benches/race.js';
import { STEPS } from '../../benches/timed.js';
import { exponents } from './scaling.js';
import { PROGRAMS } from './programs.js';
import { shareTable } from './share.js';
import { table, withSpread } from './table.js';

/** @typedef {import('../bench.js').Results} Results */
/** @typedef {import('../bench.js').OneResult} OneResult */
/** @typedef {import('../../benches/race.js').Figure} Figure */

/** Targets: ratios of speed, and fractions of the peak speed. @type {Record<string, Record<string, number>>} */
export const TARGETS = {
  lesson: { tensorflow: 100, keras: 50, ceiling: 0.5 },
  toy: { tensorflow: 150, keras: 200, nodes: 10 },
  mlp: { tensorflow: 12, keras: 2.5, ceiling: 0.6 },
  cnn: { tensorflow: 500, keras: 2, ceiling: 0.4 },
  lstm: { tensorflow: 25, keras: 6, ceiling: 0.3 },
  wide: { tensorflow: 20, keras: 1, ceiling: 0.75 },
};

/**
 * Compared pairs: the time of `theirs` divided by the time of `ours`.
 * @type {{ key: string, title: string, theirs: string, ours: string }[]}
 */
export const COMPARED = [
  {
    key: 'tensorflow',
    title: 'TensorFlow.js, Chromium',
    theirs: 'chromium tensorflow',
    ours: 'chromium glassbox',
  },
  {
    key: 'tensorflow',
    title: 'TensorFlow.js, Firefox',
    theirs: 'firefox tensorflow',
    ours: 'firefox glassbox',
  },
  ...['Chromium', 'Firefox'].map((browser) => ({
    key: 'jaxjs',
    title: `jax-js, ${browser}`,
    theirs: `${browser.toLowerCase()} jaxjs`,
    ours: `${browser.toLowerCase()} glassbox`,
  })),
  ...Object.entries({
    keras: 'native TensorFlow',
    'keras-jax': 'Keras on JAX',
    jax: 'JAX',
    torch: 'PyTorch',
    sklearn: 'scikit-learn',
    candle: 'candle',
  }).map(([key, title]) => ({ key, title, theirs: key, ours: 'chromium glassbox' })),
  { key: 'convnet', title: 'ConvNetJS', theirs: 'chromium convnet', ours: 'chromium glassbox' },
  { key: 'nodes', title: 'nodes and links', theirs: 'chromium nodes', ours: 'chromium glassbox' },
];

/** @param {OneResult} result @param {string} group @returns {import('../../benches/race.js').Entry | undefined} */
export const entryOf = ({ entries }, group) =>
  entries.find((entry) => entry.group === group && entry.samples.length > 0);

/** @param {OneResult} result @param {{ theirs: string, ours: string }} pair */
export const compared = (result, { theirs, ours }) =>
  ratio(entryOf(result, theirs)?.samples, entryOf(result, ours)?.samples);

/** Returns the compared pairs of which both ran. @param {OneResult[]} workloads */
export const comparedIn = (workloads) =>
  COMPARED.filter((pair) => workloads.some((result) => compared(result, pair)));

/** @param {OneResult} result @param {string} browser */
function shareOfCeiling(result, browser) {
  const samples = entryOf(result, `${browser} glassbox`)?.samples ?? [];
  const ceilings = result.ceilings[browser] ?? [];
  return figure(samples.map((ms, round) => leastTime(result.cost, ceilings[round]) / ms));
}

const percent = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;

/** Renders the ratios of speed with their targets. @param {Results} results */
export function ratioTable({ workloads }) {
  const pairs = comparedIn(workloads);
  const heads = [
    '',
    ...pairs.map(({ title }) => title),
    'ceiling, Chromium',
    'ceiling, Firefox',
    'Firefox / Chromium',
    'native / Chromium',
  ];
  const rows = workloads.map((result) => {
    const targets = TARGETS[result.workload.id] ?? {};
    const aim = (/** @type {string} */ key, /** @type {(value: number) => string} */ as) =>
      targets[key] ? ` of ${as(targets[key])}` : '';
    const chromium = entryOf(result, 'chromium glassbox')?.samples;
    return [
      result.workload.id,
      ...pairs.map((pair) => withSpread(compared(result, pair)) + aim(pair.key, String)),
      ...['chromium', 'firefox'].map(
        (browser) => withSpread(shareOfCeiling(result, browser), percent) + aim('ceiling', percent),
      ),
      withSpread(ratio(entryOf(result, 'firefox glassbox')?.samples, chromium)),
      withSpread(ratio(entryOf(result, 'native')?.samples, chromium)),
    ];
  });
  return table(heads, rows);
}

/** Renders the milliseconds per epoch of all contestants. @param {Results} results */
export function timeTable({ workloads }) {
  const names = [...new Set(workloads.flatMap(({ entries }) => entries.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...workloads.map(({ entries }) => time(entries.find((entry) => entry.name === name))),
  ]);
  return table(['ms of an epoch', ...workloads.map(({ workload }) => workload.id)], rows);
}

/** Renders the processor time of the pinned programs, beside that of this engine; nothing where none ran. @param {Results} results */
export function cpuTable({ workloads }) {
  const entries = workloads.flatMap(({ entries }) => entries).filter(({ cpus }) => cpus.length);
  if (entries.length === 0) return '';
  const cell = (/** @type {OneResult} */ result, /** @type {string} */ name) => {
    const cpus = entryOf(result, name)?.cpus;
    const times = name === 'native' ? undefined : ratio(cpus, entryOf(result, 'native')?.cpus);
    return withSpread(figure(cpus ?? [])) + (times ? `; ${shown(times.median)} times` : '');
  };
  const rows = [...new Set(entries.map(({ name }) => name))].map((name) => [
    name,
    ...workloads.map((result) => cell(result, name)),
  ]);
  const heads = ['ms of processor time', ...workloads.map(({ workload }) => workload.id)];
  const spread = (/** @type {(entry: import('../../benches/race.js').Entry) => number[]} */ of) =>
    figure(
      entries.flatMap((entry) => {
        const found = figure(of(entry));
        return found ? [(found.most - found.least) / found.median] : [];
      }),
    )?.median ?? NaN;
  const [wall, cpu] = [spread(({ samples }) => samples), spread(({ cpus }) => cpus)];
  const steadier = cpu < wall ? 'Processor time' : 'Time';
  return `${table(heads, rows)}

The rounds of a program lie ${percent(wall)} of their median apart in time and ${percent(cpu)} in processor time (the
median of all). ${steadier} is steadier.`;
}

/** A contestant is named whose loss falls by another part of the first one than the median, with this difference. */
const FAR = 0.25;

/**
 * Renders the losses after some steps on the first batch, and names the contestants whose loss falls otherwise than the
 * others'.
 * @param {Results} results
 */
export function lossTable({ workloads }) {
  const fall = (/** @type {import('../../benches/race.js').Entry} */ { ready }) =>
    ready ? [1 - ready.losses[1] / ready.losses[0]] : [];
  const far = workloads.flatMap(({ workload, entries }) => {
    const median = figure(entries.flatMap(fall))?.median ?? NaN;
    return entries.flatMap((entry) =>
      fall(entry)
        .filter((part) => Math.abs(part - median) > FAR)
        .map(
          (part) =>
            `- ${entry.name}, ${workload.id}: it falls by ${percent(part)}; median ${percent(median)}`,
        ),
    );
  });
  const names = [...new Set(workloads.flatMap(({ entries }) => entries.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...workloads.map(({ entries }) => {
      const loss = entries.find((entry) => entry.name === name)?.ready?.losses[1];
      return loss === undefined ? '–' : shown(loss);
    }),
  ]);
  const heads = [`loss after ${STEPS} steps`, ...workloads.map(({ workload }) => workload.id)];
  return [table(heads, rows), far.join('\n')].filter(Boolean).join('\n\n');
}

/** Renders the times from the start to the end of the lesson. @param {import('./cold.js').Cold[]} cold */
export function coldTable(cold) {
  const rows = cold.map(({ name, ms, loss, trouble }) => [
    name,
    trouble ? trouble.split('\n')[0] : `${withSpread(figure(ms))} ms`,
    trouble ? '–' : shown(loss),
  ]);
  return table(['', 'from the start to the end', 'loss'], rows);
}

/** @param {import('../../benches/race.js').Entry | undefined} entry */
function time(entry) {
  if (!entry) return '–';
  const { samples, ready, trouble, slower } = entry;
  if (trouble) return 'cannot';
  const scaled = ready && ready.batches < ready.of ? `, ${ready.batches}/${ready.of} batches` : '';
  if (slower && ready) return `${shown(ready.ms)} (warm-up${scaled})`;
  return withSpread(figure(samples)) + scaled;
}

/** Renders the contestants that could not run, with the reasons. @param {Results} results */
export function troubles({ workloads }) {
  const lines = new Set(
    workloads.flatMap(({ workload, entries }) =>
      entries
        .filter(({ trouble }) => trouble)
        .map(({ name, trouble }) => `- ${name}, ${workload.id}: ${trouble?.split('\n')[0]}`),
    ),
  );
  return [...lines].join('\n');
}

/** @param {Results} results */
function predictTable({ workloads }) {
  const heads = [
    'ms of 10,000 rows',
    'Glassbox, Chromium',
    'Glassbox, Firefox',
    'native',
    'TensorFlow.js, Chromium',
    'TensorFlow.js / Glassbox',
    'native TensorFlow',
    'native TensorFlow / Glassbox',
  ];
  const rows = workloads.map((result) => {
    const of = (/** @type {string} */ group) => entryOf(result, group)?.predicts;
    const ms = (/** @type {string} */ group) => withSpread(figure(of(group) ?? []));
    const times = (/** @type {string} */ theirs) =>
      withSpread(ratio(of(theirs), of('chromium glassbox')));
    return [
      result.workload.id,
      ms('chromium glassbox'),
      ms('firefox glassbox'),
      ms('native'),
      ms('chromium tensorflow'),
      times('chromium tensorflow'),
      ms('keras'),
      times('keras'),
    ];
  });
  return table(heads, rows);
}

/** @param {Results} results */
function ceilingTable({ workloads }) {
  const rows = workloads.map(({ workload, cost, ceilings }) => [
    workload.id,
    shown(cost.flops / 1e6),
    cost.parameters.toLocaleString('en'),
    ...['chromium', 'firefox'].flatMap((browser) => [
      withSpread(figure(ceilings[browser].map(({ peak }) => peak / 1e6))),
      withSpread(figure(ceilings[browser].map(({ copy }) => copy / 1e6))),
    ]),
  ]);
  const heads = [
    '',
    'MFLOP of an epoch',
    'parameters',
    'GFLOP/s, Chromium',
    'copy GB/s, Chromium',
    'GFLOP/s, Firefox',
    'copy GB/s, Firefox',
  ];
  return table(heads, rows);
}

/** @param {import('../bench.js').WholeResults['page']} page */
function pageTable(page) {
  const ms = (/** @type {Figure | undefined} */ found) => `${withSpread(found)} ms`;
  return table(
    ['the page in Chromium', ''],
    [
      ['from the visit to a play button that can be pressed', ms(page.ready)],
      ['from the visit to the first trained batch on the screen', ms(page.firstStep)],
      ['answers of the worker a second', page.answers.toFixed(1)],
      ['bytes that an answer moves', Math.round(page.bytesPerAnswer).toLocaleString('en')],
      [
        "the worker's time in the engine (training, and reading what is shown)",
        percent(page.engineShare),
      ],
    ],
  );
}

/** @param {import('./scaling.js').Axis} axis */
function scalingTable({ what, about, bends, points }) {
  const time = exponents(points, ({ ms }) => ms);
  const flops = exponents(points, ({ flops }) => flops);
  const moved = exponents(points, ({ optimizerBytes }) => optimizerBytes);
  const two = (/** @type {number | undefined} */ value) => value?.toFixed(2) ?? '';
  const rows = points.map(({ size, ms, step, products, optimizer }, i) => [
    size.toLocaleString('en'),
    shown(ms),
    ...[step, products, optimizer, Math.max(0, step - products - optimizer)].map(shown),
    ...[time, flops, moved].map((all) => two(all[i - 1])),
  ]);
  const heads = [
    what,
    'ms of an epoch',
    '\u00b5s of a step',
    'products at the ceiling',
    'optimizer at the ceiling',
    'the rest',
    'exponent of the time',
    'of the products',
    "of the optimizer's bytes",
  ];
  const title = `### ${what[0].toUpperCase()}${what.slice(1)}`;
  const why = bends.map((bend) => `- ${bend}`).join('\n');
  return `${title}\n\n${about}.\n\n${table(heads, rows)}\n\n${why}`;
}

/** Renders how time grows, with the reasons. @param {import('./scaling.js').Axis[]} axes */
export const scalingTables = (axes) => axes.map(scalingTable).join('\n\n');

/** @param {import('../bench.js').WholeResults} results */
export function report(results) {
  const { date, machine, rounds, versions, workloads, page, shares, cold, scaling } = results;
  const programs = PROGRAMS.flatMap((name) => versions[name] ?? []);
  return `# How fast it is

Made by \`npm run bench\` on ${date}; no figure here is written by hand. The site's \`bench.html\` runs the first
comparison on your own machine, with the same code.

- Machine: ${machine}.
- Browsers: ${versions.chromium}, ${versions.firefox}.
- Contestants in the browsers: Glassbox ${versions.Glassbox} (\`pkg/\` in a worker), TensorFlow.js ${versions['TensorFlow.js']},
  jax-js ${versions['jax-js']}, ConvNetJS 0.3.0, nodes and links in the manner of TensorFlow Playground.
- Contestants as programs: Glassbox, ${programs.join(', ')}.
- ${rounds} rounds; in each, everybody trains in turn.

![How many times as fast Glassbox trains](bench.svg)

## Times as fast

**median** (least – most) of the rounds' own ratios; "of" names what is aimed at.

${ratioTable(results)}

${workloads.map(({ workload }) => `- **${workload.id}**: ${workload.title}`).join('\n')}

## Milliseconds of an epoch

**median** (least – most). "n/m batches": an epoch would take long, so n of its m batches were timed and scaled.
"warm-up": of a library's two backends this is the slower one, which did not go on.

${timeTable(results)}

Who could not take part:

${troubles(results)}

## Processor time

All programs but TensorFlow's run on one core, with one thread. Each figure is the time that this core spent on an epoch;
"times": as a multiple of this engine's own, natively.

${cpuTable(results)}

## From a cold start

From the start of a process, or of a visit to a fresh page, to the end of ${EPOCHS} epochs of the lesson: loading,
compiling, reading the data and training. The loss is that of the last epoch.

${coldTable(cold)}

## Equal work

Each contestant trains ${STEPS} steps on the first batch alone, from initial weights of its own. One whose loss does not
fall takes no part; one whose loss falls by far more or less than the median is named below the table.

${lossTable(results)}

## Predicting

${predictTable(results)}

Of what takes longer than ${results.limit / 1000} seconds fewer rows were timed, and scaled.

## The machine's ceiling

${ceilingTable(results)}

\`benches/ceiling.wat\` multiplies and adds in 12 independent registers of four numbers, and copies as many bytes
as weights, gradients and Adam's two slots have; both are timed in every round, beside the training. The
minimum time of an epoch, and the share of the ceiling in the table above, are

    minimum time = FLOP / (FLOP/s of the loop) + optimizer's bytes / (bytes/s of the copy, read and written)
    share        = minimum time / measured time

FLOP are those of the products alone: forward, gradient of the weights, gradient of the inputs (none for the first
layer; an LSTM's own steps have one), 2 for each weight that a row uses. Activations, losses, biases, metrics, shuffling
are not counted: they are what keeps a share below 100 %. Adam must read weights, gradients and two slots, and
write all but the gradients: 28 bytes a parameter and step. Digits are mostly paper; the engine skips zeros
of a first Dense layer's inputs, which the formula does not, so such a share can come out above what the products
alone would allow. The rows named "-dense" are the same networks on inputs without a zero.

## The page

${pageTable(page)}

The site came from this machine (no network in between). A copy of \`dist/\` whose worker adds up the time in
the engine's calls gave the last share.

\`npm run share\` measures how much of its time the worker trains while the page shows the run at full speed:

${shareTable(shares)}

## How time grows

![Time against width, depth, batch and rows](scaling.svg)

An exponent says how time grows between two neighbouring sizes (1: twice the size, twice the time), beside the
exponents of what must be done. "At the ceiling": the microseconds of a step that its products would take in the
ceiling's loop, and its optimizer's bytes at the speed of a copy in the cache that holds them; the rest is everything
else: constant costs of every step and layer, activations, loss, gathering rows, and products that fall short of the
ceiling. A table shows which of the three dominates at which size; the lines bend where another one takes over.

${scalingTables(scaling)}

## How it is measured

- The same bytes go to everyone: digits as the page ships them (for 28 x 28 with MNIST's border of 4 around
  the 20 x 20), seeded random numbers for the rest (\`benches/data.js\`); hashes are compared.
- Adam at 0.001, shuffled, no metrics but the loss. ConvNetJS has no Adam (its windowgrad has one slot less to move)
  and no binary cross-entropy (a softmax of two classes instead); nodes and links use Adam too.
- TensorFlow.js runs without threads, which need headers that a plain static host does not send; its \`fit\` is
  told never to wait for the screen. TensorFlow's \`predict\`s take 1,000 rows at a time, which is faster than their
  default. Native TensorFlow may use all cores.
- jax-js compiles a function a step, which also gathers the batch; JAX compiles a scan over an epoch, or with convolutions
  a function a step, since XLA's convolutions are slow in a loop; PyTorch is eager, with its fused Adam; scikit-learn
  trains an epoch a \`partial_fit\`; candle is compiled for this processor, and its AdamW decays nothing.
- A contestant with an epoch of less than a third of a second (a second, natively) trains several for a sample.
- Warm-up: at least two epochs and 0.4 seconds, for compilers. A contestant whose loss is not finite is left out.
`;
}

// The performance model, and the tables of docs/threads.md.
import { CORES, part } from './workloads.js';

/** @typedef {import('./page.js').Round} Round */
/**
 * @typedef {{ workload: import('./workloads.js').Workload, numbers: number,
 *   bits: { share: number, most: number }, rounds: Round[], loads: number[] }} Result
 * @typedef {{ machine: string, date: string, rounds: number }} About
 */

/** Speedup that threads must reach to be worth building. */
const WORTH = 1.5;

/** Returns the milliseconds of the optimizer's update. @param {Round} round */
const update = ({ alone, still }) => Math.max(0, alone[CORES.length] - still);

/**
 * Speedup of the ith number of cores in the model: the step of a part, plus the exchange. In shared memory every core
 * updates its slice of the weights; otherwise every core updates all of them.
 */
const model = {
  /** @param {Round} r @param {number} i */
  free: (r, i) => r.alone[0] / r.alone[i + 1],
  /** @param {Round} r @param {number} i */
  messages: (r, i) => r.alone[0] / (r.alone[i + 1] + Math.min(r.gather[i], 2 * r.slices[i])),
  /** @param {Round} r @param {number} i */
  waiting: (r, i) => r.alone[0] / (split(r, i) + r.wait[i] + more(i) * r.barrierWait),
  /** @param {Round} r @param {number} i */
  spinning: (r, i) => r.alone[0] / (split(r, i) + r.spin[i] + more(i) * r.barrierSpin),
};

/** Returns the milliseconds of a step of a part where each core updates a slice of the weights. @param {Round} r @param {number} i */
const split = (r, i) => r.alone[i + 1] - update(r) * (1 - 1 / CORES[i]);

/** Returns the time of a barrier of p cores, a tree, relative to that of two. @param {number} i */
const more = (i) => Math.log2(CORES[i]) - 1;

/** Measured speedups of two workers. @type {Record<string, (round: Round) => number>} */
const measured = {
  messages: (r) => r.alone[0] / r.withMessages,
  waiting: (r) => r.alone[0] / r.waiting,
  spinning: (r) => r.alone[0] / r.spinning,
  barriers: (r) => r.alone[0] / r.barriers,
  messagesDrawn: (r) => r.aloneDrawn / r.messagesDrawn,
  spinningDrawn: (r) => r.aloneDrawn / r.spinningDrawn,
};

/** @param {Result[]} results @param {About} about */
export function tables(results, { machine, date, rounds }) {
  return [
    `Measured on ${date}: ${machine}; medians of ${rounds} rounds, everything in turn in each round.`,
    '**One worker alone** (measured): microseconds of a step with the rows of 1, 1/2, 1/8 and 1/16 of a batch; ' +
      'moving the weights, which is in each of them; what a second worker that trains beside it ' +
      'leaves of its speed; and the load of the machine (processes that want to run, ' +
      "this experiment's own among them; a mean over a minute).",
    table(
      [
        '',
        'parameters',
        'batch',
        '1',
        '1/2',
        '1/8',
        '1/16',
        'of which update',
        'beside another',
        'load',
      ],
      results.map(alone),
    ),
    '**Handing over** (measured with two workers; for 8 and 16 cores with the messages and the sums of so many, ' +
      'the barrier being that of two): microseconds there and back, sums and copies included.',
    table(
      [
        '',
        ...CORES.map((p) => `messages, ${p}`),
        ...CORES.map((p) => `shared, waits, ${p}`),
        ...CORES.map((p) => `shared, spins, ${p}`),
      ],
      results.map(({ workload, rounds }) => [
        workload.id,
        ...CORES.map((_, i) => us(rounds, (r) => Math.min(r.gather[i], 2 * r.slices[i]))),
        ...CORES.map((_, i) => us(rounds, (r) => r.wait[i])),
        ...CORES.map((_, i) => us(rounds, (r) => r.spin[i])),
      ]),
    ),
    '**Two cores** (measured: two workers train half a batch each and hand over after each step; each moves all ' +
      'weights): times as fast as one worker with whole batches, median (least to most). In the last two columns the ' +
      "page's own thread works 4 ms of every 16 meanwhile, as one that draws; beside one worker and beside two.",
    table(
      [
        '',
        'without handing over',
        'messages',
        'shared, waits',
        'shared, spins',
        'barriers alone, spins',
        'messages, page draws',
        'spins, page draws',
      ],
      results.map(({ workload, rounds }) => [
        workload.id,
        spread(rounds, (r) => r.alone[0] / r.both),
        spread(rounds, measured.messages),
        spread(rounds, measured.waiting),
        spread(rounds, measured.spinning),
        spread(rounds, measured.barriers),
        spread(rounds, measured.messagesDrawn),
        spread(rounds, measured.spinningDrawn),
      ]),
    ),
    '**2, 8 and 16 cores** (by the model from the figures above; extrapolated): times as fast as one worker.',
    table(
      [
        '',
        ...['free', 'messages', 'shared, waits', 'shared, spins'].map(
          (how) => `${how}: 2 / 8 / 16`,
        ),
      ],
      results.map(({ workload, rounds }) => [
        workload.id,
        ...Object.values(model).map((how) =>
          CORES.map((_, i) => times(rounds, (r) => how(r, i))).join(' / '),
        ),
      ]),
    ),
    '**Bits**: weights that differ after one epoch if every batch is summed in two parts, the largest difference; and how ' +
      'many times as long one thread takes at most, if it works in parts for 8 and for 16 cores.',
    table(['', 'differ', 'by at most', 'in 8 parts', 'in 16 parts'], results.map(bits)),
    verdict(results),
  ].join('\n\n');
}

/** @param {Result} result */
function alone({ workload, numbers, rounds, loads }) {
  return [
    workload.id,
    numbers.toLocaleString('en'),
    [1, ...CORES].map((p) => part(workload, p)).join(' / '),
    ...[1, ...CORES].map((_, i) => us(rounds, (r) => r.alone[i])),
    us(rounds, update),
    `${(100 * middle(rounds, (r) => r.alone[1] / r.both)).toFixed(0)} %`,
    `${quantile(loads, 0.5).toFixed(1)} (to ${quantile(loads, 1).toFixed(1)})`,
  ];
}

/** @param {Result} result */
function bits({ workload, bits, rounds }) {
  /** @param {number} i */
  const inParts = (i) =>
    times(rounds, (r) => {
      const parts = workload.batch / part(workload, CORES[i]);
      return (parts * (r.alone[i + 1] - update(r)) + update(r)) / r.alone[0];
    });
  return [
    workload.id,
    `${(100 * bits.share).toFixed(0)} %`,
    bits.most.toExponential(0),
    inParts(1),
    inParts(2),
  ];
}

/** @param {Result[]} results */
function verdict(results) {
  const lessons = results.filter(({ workload }) => workload.lesson);
  /** @param {string} how @param {(r: Round) => number} ratio */
  const line = (how, ratio) => {
    const worth = lessons.filter(({ rounds }) => middle(rounds, ratio) >= WORTH);
    return `- ${how}: ${worth.map(({ workload }) => workload.id).join(', ') || 'none'}`;
  };
  return [
    `At least ${WORTH} times as fast, of the networks that people run in the page:\n`,
    line('2 cores, messages (measured)', measured.messages),
    line('2 cores, shared memory, waiting (measured)', measured.waiting),
    line('2 cores, shared memory, spinning (measured)', measured.spinning),
    line('2 cores, shared memory, spinning, no gradients (measured)', measured.barriers),
    line('2 cores, messages, while the page draws (measured)', measured.messagesDrawn),
    line(
      '2 cores, shared memory, spinning, while the page draws (measured)',
      measured.spinningDrawn,
    ),
    ...CORES.flatMap((cores, i) => {
      if (cores === 2) return [];
      const words = (/** @type {string} */ how) => `${cores} cores, ${how} (extrapolated)`;
      return [
        line(words('messages'), (r) => model.messages(r, i)),
        line(words('shared memory, waiting'), (r) => model.waiting(r, i)),
        line(words('shared memory, spinning'), (r) => model.spinning(r, i)),
      ];
    }),
  ].join('\n');
}

/** @param {string[]} head @param {string[][]} rows */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map(line).join('\n');
}

/** @param {number[]} values @param {number} share */
function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round(share * (sorted.length - 1))];
}

/** @param {Round[]} rounds @param {(round: Round) => number} of */
const middle = (rounds, of) => quantile(rounds.map(of), 0.5);

/** @param {Round[]} rounds @param {(round: Round) => number} of */
function us(rounds, of) {
  const value = middle(rounds, of) * 1000;
  return value < 9.95 ? value.toPrecision(2) : Math.round(value).toLocaleString('en');
}

/** @param {Round[]} rounds @param {(round: Round) => number} of */
function times(rounds, of) {
  const value = middle(rounds, of);
  return value < 0.1
    ? value.toPrecision(1)
    : value < 10
      ? value.toFixed(1 + Number(value < 1))
      : value.toFixed(0);
}

/** @param {Round[]} rounds @param {(round: Round) => number} of */
function spread(rounds, of) {
  const all = rounds.map(of);
  const [least, most] = [0, 1].map((share) => quantile(all, share).toFixed(2));
  return `${quantile(all, 0.5).toFixed(2)} (${least} to ${most})`;
}

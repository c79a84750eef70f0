// The benchmark page: Glassbox, TensorFlow.js and jax-js on the visitor's computer, network by network.
import { BenchClient } from '../../benches/client.js';
import { race } from '../../benches/race.js';
import { WORKLOADS } from '../../benches/workloads.js';
import { results } from './results.js';

/** @typedef {import('../../benches/worker.js').Contestant} Contestant */

const ROUNDS = [3, 5, 9];
/** Maximum milliseconds of a sample. A slower network is timed on a part of its batches. */
const LIMIT = 3000;
/** `group`: the library. @type {{ contestant: Contestant, name: string, group: string }[]} */
const CONTESTANTS = [
  { contestant: 'glassbox', name: 'Glassbox', group: 'Glassbox' },
  { contestant: 'tensorflow-wasm', name: 'TensorFlow.js, wasm', group: 'TensorFlow.js' },
  { contestant: 'tensorflow-cpu', name: 'TensorFlow.js, cpu', group: 'TensorFlow.js' },
  { contestant: 'jaxjs-wasm', name: 'jax-js, wasm', group: 'jax-js' },
  { contestant: 'jaxjs-webgpu', name: 'jax-js, WebGPU', group: 'jax-js' },
];
/** One contestant of each library. */
const LIBRARIES = CONTESTANTS.filter(
  ({ group }, i) => CONTESTANTS.findIndex((other) => other.group === group) === i,
);

const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const rounds = /** @type {HTMLSelectElement} */ (part('rounds'));
const start = /** @type {HTMLButtonElement} */ (part('start'));
const stop = /** @type {HTMLButtonElement} */ (part('stop'));
const bar = /** @type {HTMLProgressElement} */ (part('bar'));

const STOPPED = 'Stopped.';
/** @type {BenchClient | undefined} */
let client;

for (const n of ROUNDS) rounds.add(new Option(String(n), String(n), n === 5, n === 5));
const boxes = WORKLOADS.map((workload) => {
  const box = document.createElement('input');
  Object.assign(box, {
    type: 'checkbox',
    value: workload.id,
    checked: !/-(dense|cnn|128|64|256)$/.test(workload.id),
  });
  const label = document.createElement('label');
  label.append(box, `${workload.id}: ${workload.title}`);
  part('workloads').append(label);
  return box;
});

/** @param {BenchClient} client @returns {import('../../benches/race.js').Runner[]} */
const runners = (client) =>
  CONTESTANTS.map(({ contestant, name, group }) => ({
    name,
    group,
    ready: (workload, limit) => client.ask('ready', contestant, workload, limit),
    sample: () => client.ask('sample', contestant),
    predict: (rows, limit) => client.ask('predict', contestant, rows, limit),
    free: () => client.ask('free', contestant),
  }));

async function run() {
  const chosen = WORKLOADS.filter((_, i) => boxes[i].checked);
  if (chosen.length === 0) return say('Choose a network first.');
  const mine = (client = new BenchClient());
  part('results').replaceChildren();
  busy(true);
  try {
    say(`Loading ${LIBRARIES.map(({ group }) => group).join(', ')}.`);
    const versions = await Promise.all(
      LIBRARIES.map(async ({ contestant, group }) => {
        return `${group} ${await mine.ask('version', contestant)}`;
      }),
    );
    part('versions').textContent = `${versions.join(', ')}; ${navigator.userAgent}`;
    for (const [i, workload] of chosen.entries()) {
      const view = results(part('results'), workload);
      const steps = CONTESTANTS.length + LIBRARIES.length * Number(rounds.value);
      let step = 0;
      const entries = await race(runners(mine), workload, {
        rounds: Number(rounds.value),
        limit: LIMIT,
        tell: (what, entries) => {
          // An error of one contestant does not stop the race, but a stopped worker does.
          if (mine.stopped) throw new Error(mine.stopped);
          say(`${workload.id}: ${what}.`);
          bar.value = (i + Math.min(1, step++ / steps)) / chosen.length;
          view(entries);
        },
      });
      view(entries);
      bar.value = (i + 1) / chosen.length;
    }
    say('Done.');
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    mine.stop(STOPPED);
    busy(false);
  }
}

/** @param {string} what */
function say(what) {
  part('progress').textContent = what;
}

/** @param {boolean} is */
function busy(is) {
  const held = document.activeElement;
  [start.disabled, stop.disabled] = [is, !is];
  if (held === start || held === stop) (is ? stop : start).focus();
}

part('choice').addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
stop.addEventListener('click', () => client?.stop(STOPPED));

// `npm run bench` uses the same worker through this class.
Object.assign(window, { BenchClient });

// A race: it trains variants of an experiment in workers of their own, while the page stays as it is.
import { Client, WorkerClosed, WorkerLost } from '../engine/client.js';
import { messageOf } from '../app/errors.js';
import { appendEpochs } from '../app/history.js';
import { HUES } from './record.js';
import { MAX_RUNS } from './runs.js';
import { recordOfSeeds } from './seeds.js';

/** @typedef {import('./record.js').RunRecord} RunRecord */
/** @typedef {import('./record.js').Trained} Trained */
/** @typedef {import('./plan.js').Plan} Plan */
/** @typedef {import('./plan.js').Variant} Variant */

/** A variant with one seed. @typedef {{ trained: Trained, epochs: number, status: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled', error: string }} Lane */
/** A variant in the race, with its record once it has trained. @typedef {Variant & { lanes: Lane[], record: RunRecord | null }} Racer */
/** The state of a race. @typedef {{ plan: Plan, racers: Racer[], isRunning: boolean, seconds: number, workers: number }} RaceState */

/** Milliseconds of training in one call of a worker. */
const LAP = 40;
/** The same while the page's own run trains, and the rest between two calls: the page draws on the same cores. */
const [SHORT_LAP, REST] = [12, 24];
/** Milliseconds between two drawings of the progress, while the page's own run trains and while it is paused. */
const DRAW_EVERY = { playing: 500, paused: 100 };
/** Number of seeds that there are. */
const SEEDS = 4_294_967_296;
/** Maximum number of workers. */
const MAX_WORKERS = 8;

/** A worker, and what it trains. */
class Seat {
  /** @type {Lane | undefined} */
  lane;
  client = new Client('race', {
    restore: async (ask) => {
      if (this.lane) await ask('enter', [this.lane.trained.experiment, document.baseURI]);
    },
  });
}

export class Race {
  /** @type {Seat[]} */
  #seats = [];
  #isCancelled = false;
  #began = 0;
  #drawnAt = 0;

  /** @param {import('../app/store.js').Store} store @param {import('./runs.js').Runs} runs */
  constructor(store, runs) {
    this.store = store;
    this.runs = runs;
  }

  get #state() {
    return this.store.state.race;
  }

  /** Starts the workers, so that a race begins at once. */
  warm() {
    if (!this.#state?.isRunning) this.#seat(this.#allowed(MAX_WORKERS) - 1);
  }

  /** The worker with this index. @param {number} k */
  #seat(k) {
    while (this.#seats.length <= k) this.#seats.push(new Seat());
    return this.#seats[k];
  }

  /** Starts a race. One that is running is cancelled. @param {Plan} plan */
  async start(plan) {
    await this.cancel();
    const { seeds } = plan;
    const racers = plan.variants.map((variant) => ({
      ...variant,
      record: null,
      lanes: Array.from({ length: seeds }, (_, i) => laneOf(variant, i)),
    }));
    const workers = this.#allowed(racers.length * seeds);
    this.#isCancelled = false;
    this.#began = performance.now();
    const state = { plan, racers, isRunning: true, seconds: 0, workers };
    this.store.set({ race: state });
    // The first seed of each variant comes before the second of any.
    const queue = Array.from({ length: seeds }, (_, s) =>
      racers.flatMap((racer) => (racer.error ? [] : { racer, lane: racer.lanes[s] })),
    ).flat();
    const all = Array.from({ length: workers }, (_, k) => this.#work(state, k, queue));
    this.#ended = Promise.all(all).then(() => this.#end(state));
    await this.#ended;
  }

  /** Ends of the race. @type {Promise<unknown>} */
  #ended = Promise.resolve();

  /** Ends the race. The curves so far stay. */
  async cancel() {
    if (!this.#state?.isRunning) return;
    this.#isCancelled = true;
    for (const { client } of this.#seats.splice(0)) client.close();
    await this.#ended;
  }

  /** Number of workers: one for each core, less the one that trains the page's own run. @param {number} tasks */
  #allowed(tasks) {
    const cores = navigator.hardwareConcurrency || 2;
    const free = cores - (this.store.state.playing ? 1 : 0);
    return Math.max(1, Math.min(free, tasks, MAX_WORKERS));
  }

  /**
   * Trains one variant of the queue after the other in one worker.
   * @param {RaceState} state
   * @param {number} k index of the worker
   * @param {{ racer: Racer, lane: Lane }[]} queue
   */
  async #work(state, k, queue) {
    const seat = this.#seat(k);
    const { client } = seat;
    for (let next = queue.shift(); next && !this.#isCancelled; next = queue.shift()) {
      const { racer, lane } = next;
      seat.lane = lane;
      lane.status = 'running';
      try {
        const { epochs, ...built } = await client.ask('enter', [
          lane.trained.experiment,
          document.baseURI,
        ]);
        Object.assign(lane.trained, built);
        lane.epochs = epochs;
        while (lane.status === 'running' && !this.#isCancelled) {
          await this.#untilAllowed(k);
          await this.#lap(client, lane);
          this.#show(state, racer);
        }
      } catch (error) {
        fail(lane, error);
      }
      this.#show(state, racer, lane.status !== 'running');
    }
  }

  /** Waits while the page's own run needs the core. @param {number} k index of the worker */
  async #untilAllowed(k) {
    const { state } = this.store;
    if (state.playing) await sleep(REST);
    while (!this.#isCancelled && k >= this.#allowed(MAX_WORKERS)) await sleep(DRAW_EVERY.paused);
  }

  /** @param {Client} client @param {Lane} lane */
  async #lap(client, lane) {
    const { trained } = lane;
    const known = trained.at.at(-1) ?? 0;
    const { epochs, steps, done, trouble, seconds } = await client.ask('lap', () => [
      this.store.state.playing ? SHORT_LAP : LAP,
      known,
    ]);
    appendEpochs(trained, epochs);
    trained.steps = steps;
    trained.seconds = (trained.seconds ?? 0) + seconds;
    if (!done) return;
    trained.finished = !trouble;
    trained.trouble = trouble;
    lane.status = trouble ? 'failed' : 'done';
    lane.error = trouble ?? '';
  }

  /**
   * Shows the progress, and remembers the runs of a race, unless they are more than are remembered.
   * @param {RaceState} state
   * @param {Racer} racer
   * @param {boolean} [isOver] whether a seed of the variant has just ended
   */
  #show(state, racer, isOver = false) {
    const now = performance.now();
    const every = this.store.state.playing ? DRAW_EVERY.playing : DRAW_EVERY.paused;
    if (!isOver && now - this.#drawnAt < every) return;
    this.#drawnAt = now;
    if (state.plan.variants.length <= MAX_RUNS && racer.lanes[0].trained.epochs.length) {
      const trained = racer.lanes.map(({ trained }) => trained);
      // While a seed is missing, the first one stands for all.
      const runs = trained.every(({ epochs }) => epochs.length) ? trained : trained.slice(0, 1);
      const seeds = trained.length > 1 ? trained.length : undefined;
      const known = this.runs.placeOf(trained[0].experiment, trained.length, racer.record);
      const { id, hue, pinned } = known;
      // More runs than there are colours stand back in the charts.
      const isNew = !racer.record && state.plan.variants.length > HUES;
      const dimmed = known.dimmed || isNew;
      const isRunning = racer.lanes.some(({ status }) => /waiting|running/.test(status));
      racer.record = { ...recordOfSeeds(id, runs, hue), seeds, dimmed, pinned, isRunning };
      // The same run may be remembered with more epochs.
      const isLess = 'steps' in known && known.steps > racer.record.steps;
      if (!isLess) this.runs.put(racer.record, isOver);
    }
    this.#redraw(state);
  }

  /** @param {RaceState} state */
  #redraw(state) {
    if (this.#state?.plan !== state.plan) return;
    if (state.isRunning) state.seconds = (performance.now() - this.#began) / 1000;
    this.store.set({ race: { ...state } });
  }

  /** @param {RaceState} state */
  #end(state) {
    // A worker keeps the memory of its last run for as long as it lives.
    for (const { client } of this.#seats.splice(0)) client.close();
    for (const { lanes } of state.racers)
      for (const lane of lanes) if (/waiting|running/.test(lane.status)) lane.status = 'cancelled';
    for (const { record } of state.racers)
      if (record?.isRunning) this.runs.put({ ...record, isRunning: false });
    this.#redraw(state);
    state.isRunning = false;
    this.#redraw(state);
  }
}

/** @param {Variant} variant @param {number} later number of seeds before this one @returns {Lane} */
function laneOf({ experiment, error }, later) {
  return {
    status: error ? 'failed' : 'waiting',
    error,
    epochs: 0,
    trained: {
      experiment: { ...experiment, seed: (experiment.seed + later) % SEEDS },
      names: [],
      at: [],
      epochs: [],
      steps: 0,
      parameters: 0,
      seconds: 0,
      finished: false,
    },
  };
}

/** @param {Lane} lane @param {unknown} error */
function fail(lane, error) {
  lane.status = error instanceof WorkerClosed ? 'cancelled' : 'failed';
  lane.error =
    error instanceof WorkerLost
      ? 'The engine crashed on this variant.'
      : error instanceof WorkerClosed
        ? ''
        : messageOf(error);
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

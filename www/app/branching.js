// What a changed experiment keeps of the run before it, and what is said of that.
import { ConfigError } from '../engine/client.js';
import { same } from './same.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Opened} Opened */

/** Runs that were left and are still shown. */
const MAX_LEFT = 4;

/** What is still shown of a run that was left for another. @typedef {{ label: string, first: number, names: string[], epochs: number[][] }} Left */

/** Those that are compared with a run, and what it is called itself once it is left. @typedef {{ runs: Left[], made: string }} Compared */

/**
 * The run that is changed, as it stands. `moment`: the one that is looked at.
 * @typedef {object} Before
 * @property {Experiment} running
 * @property {RunInfo | undefined} info
 * @property {import('../types.js').History} history
 * @property {Compared} left
 * @property {number} steps
 * @property {number | null} moment
 */

/** Changes of a run's experiment, one after another. */
export class Branching {
  /** The start that was dropped because the layers have other weights. @type {Experiment['start']} */
  incompatibleStart;

  /**
   * @param {import('./runner.js').Runner} runner as it stands
   * @param {Experiment} running
   * @param {Experiment} draft
   * @param {string} what is changed
   * @param {boolean} edited step by step, not given as it stands
   */
  change({ store: { state }, frame, history, left }, running, draft, what, edited) {
    const [info, steps] = [state.opened?.info, frame?.steps ?? 0];
    const before = { running, info, history, left, steps, moment: edited ? state.moment : null };
    return new Change(this, before, draft, what, edited);
  }
}

export class Change {
  /** The weights of the start no longer fit. */
  #incompatibleStart = false;

  /**
   * @param {Branching} all
   * @param {Before} before
   * @param {Experiment} draft
   * @param {string} what
   * @param {boolean} edited
   */
  constructor(all, before, draft, what, edited) {
    this.all = all;
    this.before = before;
    this.draft = draft;
    this.what = what;
    this.edited = edited;
  }

  /**
   * Opens the experiment. Where it was edited and its layers have other weights than its start, it
   * begins without them.
   * @param {(experiment: Experiment) => Promise<Opened>} build
   */
  async open(build) {
    const { draft, all, edited } = this;
    const { running, info } = this.before;
    const { start, ...bare } = draft;
    // A draft that was written before its start was dropped.
    if (edited && start && !running.start && same(start, all.incompatibleStart)) return build(bare);
    if (!edited || !start || same(draft.model, running.model)) return build(draft);
    const opened = await build(draft).catch((error) => {
      if (error instanceof ConfigError && error.path.startsWith('start.weights')) return null;
      throw error;
    });
    if (opened && carriesOver(opened.info, info)) return opened;
    this.#incompatibleStart = true;
    all.incompatibleStart = start;
    return build(bare);
  }

  /**
   * The runs to be compared with the new one: those with the same start, and the one that is left.
   * @returns {Compared}
   */
  left() {
    const { running, left, steps, info, history } = this.before;
    const { first_epoch: first = 0, first_step = 0 } = info ?? {};
    const leave = (/** @type {string} */ label) => {
      const epochs = history.epochs.map((row) => [...row]);
      return [...left.runs, { label, first, names: history.names, epochs }].slice(-MAX_LEFT);
    };
    const [start, other] = [this.draft.start, running.start];
    if (start?.experiment && !this.#incompatibleStart) {
      if (same(start.experiment, running))
        return { runs: leave(`until batch ${start.step}`), made: '' };
      if (start.step === other?.step && same(start.experiment, other?.experiment)) {
        const runs = steps > first_step ? leave(left.made || `until batch ${steps}`) : left.runs;
        return { runs, made: this.what };
      }
    }
    return { runs: [], made: '' };
  }

  /**
   * Where the run stands now, and what that has cost.
   * @param {RunInfo | undefined} info
   * @param {number} steps
   */
  told(info, steps) {
    const { draft, what } = this;
    const { running, info: then, moment } = this.before;
    if (this.#incompatibleStart) {
      return `${what}. The starting weights of this branch do not fit the new layers, so training restarted at batch 0. Undo restores the previous run.`;
    }
    const now = steps > 0 ? `continues from batch ${steps}` : 'restarted';
    // A branch keeps rows, batches and weights.
    const kept = same([draft.data, info?.n_batches], [running.data, then?.n_batches]);
    const forgotten = moment !== null && moment !== steps && kept && carriesOver(info, then);
    const keep = ` To apply it from batch ${moment} onwards, undo, return to batch ${moment} and choose “Branch from here”.`;
    return `${what}. Training ${now}.${forgotten ? keep : ''}`;
  }
}

/**
 * Whether each array of weights has its like in another run: else new ones would stand among trained ones.
 * @param {RunInfo | undefined} info
 * @param {RunInfo | undefined} from
 */
function carriesOver(info, from) {
  const [own, theirs] = [info, from].map((run) =>
    (run?.layers ?? []).flatMap((l) => l.params.map(({ path, shape }) => [path, shape].join())),
  );
  return own.every((array) => theirs.includes(array));
}

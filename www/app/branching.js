// What a changed experiment keeps of the run before it, and what is said of that.
import { ConfigError } from '../engine/client.js';
import { same } from './same.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Opened} Opened */

/** Runs that were left and are still shown. */
const MAX_PREVIOUS = 4;

/** What is still shown of a run that was left for another. @typedef {{ label: string, first: number, names: string[], epochs: number[][] }} PreviousRun */

/** Those that are compared with a run, and what it is called itself once it is left. @typedef {{ runs: PreviousRun[], label: string }} PreviousRuns */

/**
 * The run that is changed, as it stands. `moment`: the one that is looked at.
 * @typedef {object} CurrentRun
 * @property {Experiment} running
 * @property {RunInfo | undefined} info
 * @property {import('../types.js').History} history
 * @property {PreviousRuns} previousRuns
 * @property {number} steps
 * @property {number | null} viewedStep
 */

/** Changes of a run's experiment, one after another. */
export class Branching {
  /** The start that was dropped because the layers have other weights. @type {Experiment['start']} */
  incompatibleStart;

  /**
   * @param {import('./runner.js').Runner} runner as it stands
   * @param {Experiment} running
   * @param {Experiment} draft
   * @param {string} description is changed
   * @param {boolean} edited step by step, not given as it stands
   */
  change({ store: { state }, frame, history, previousRuns }, running, draft, description, edited) {
    const [info, steps] = [state.opened?.info, frame?.steps ?? 0];
    const viewedStep = edited ? state.viewedStep : null;
    const before = { running, info, history, previousRuns, steps, viewedStep };
    return new Change(this, before, draft, description, edited);
  }
}

export class Change {
  /** The weights of the start no longer fit. */
  #incompatibleStart = false;

  /**
   * @param {Branching} all
   * @param {CurrentRun} before
   * @param {Experiment} draft
   * @param {string} description
   * @param {boolean} edited
   */
  constructor(all, before, draft, description, edited) {
    this.all = all;
    this.before = before;
    this.draft = draft;
    this.description = description;
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
    if (opened && hasWeightsOf(opened.info, info)) return opened;
    this.#incompatibleStart = true;
    all.incompatibleStart = start;
    return build(bare);
  }

  /**
   * The runs to be compared with the new one: those with the same start, and the one that is left.
   * @returns {PreviousRuns}
   */
  previousRuns() {
    const { running, previousRuns, steps, info, history } = this.before;
    const { first_epoch: first = 0, first_step = 0 } = info ?? {};
    const withCurrent = (/** @type {string} */ label) => {
      const epochs = history.epochs.map((row) => [...row]);
      return [...previousRuns.runs, { label, first, names: history.names, epochs }].slice(
        -MAX_PREVIOUS,
      );
    };
    const [start, other] = [this.draft.start, running.start];
    if (start?.experiment && !this.#incompatibleStart) {
      if (same(start.experiment, running))
        return { runs: withCurrent(`until batch ${start.step}`), label: '' };
      if (start.step === other?.step && same(start.experiment, other?.experiment)) {
        const runs =
          steps > first_step
            ? withCurrent(previousRuns.label || `until batch ${steps}`)
            : previousRuns.runs;
        return { runs, label: this.description };
      }
    }
    return { runs: [], label: '' };
  }

  /**
   * Where the run stands now, and what that has cost.
   * @param {RunInfo | undefined} info
   * @param {number} steps
   */
  notice(info, steps) {
    const { draft, description } = this;
    const { running, info: then, viewedStep } = this.before;
    if (this.#incompatibleStart) {
      return `${description}. The starting weights of this branch do not fit the new layers, so training restarted at batch 0. Undo restores the previous run.`;
    }
    const now = steps > 0 ? `continues from batch ${steps}` : 'restarted';
    // A branch keeps rows, batches and weights.
    const sameShape = same([draft.data, info?.n_batches], [running.data, then?.n_batches]);
    const offersBranch =
      viewedStep !== null && viewedStep !== steps && sameShape && hasWeightsOf(info, then);
    const hint = ` To apply it from batch ${viewedStep} onwards, undo, return to batch ${viewedStep} and choose “Branch from here”.`;
    return `${description}. Training ${now}.${offersBranch ? hint : ''}`;
  }
}

/**
 * Whether each array of weights has its like in another run: else new ones would stand among trained ones.
 * @param {RunInfo | undefined} info
 * @param {RunInfo | undefined} from
 */
function hasWeightsOf(info, from) {
  const [own, theirs] = [info, from].map((run) =>
    (run?.layers ?? []).flatMap((l) => l.params.map(({ path, shape }) => [path, shape].join())),
  );
  return own.every((array) => theirs.includes(array));
}

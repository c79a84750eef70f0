// Changes of the running experiment: the weights that they keep, and the notice about it.
import { ConfigError } from '../engine/client.js';
import { same } from './same.js';

/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('../types.js').RunInfo} RunInfo */
/** @typedef {import('../types.js').Opened} Opened */

/**
 * The run before the change.
 * @typedef {object} CurrentRun
 * @property {Experiment} running
 * @property {RunInfo | undefined} info
 * @property {number | null} viewedStep
 */

/** Creates changes, and remembers the last start that did not fit. */
export class Branching {
  /** The start that was dropped because the layers have other weights. @type {Experiment['start']} */
  incompatibleStart;

  /**
   * @param {import('./runner.js').Runner} runner
   * @param {Experiment} running
   * @param {Experiment} draft
   * @param {string} description
   * @param {boolean} edited whether the draft is an edit of the running experiment
   */
  change({ store: { state } }, running, draft, description, edited) {
    const viewedStep = edited ? state.viewedStep : null;
    const before = { running, info: state.opened?.info, viewedStep };
    return new Change(this, before, draft, description, edited);
  }
}

export class Change {
  /** Whether the weights of the start did not fit the new layers. */
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
   * Opens the experiment. An edited one whose start does not fit its layers is opened without the start.
   * @param {(experiment: Experiment) => Promise<Opened>} build
   */
  async open(build) {
    const { draft, all, edited } = this;
    const { running, info } = this.before;
    const { start, ...bare } = draft;
    // The draft is older than the decision to drop its start.
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
   * Returns the notice on the change: from which batch training continues, and how to apply it to an earlier step.
   * @param {RunInfo | undefined} info
   * @param {number} steps
   * @param {boolean} [hadTrained] whether the replaced run had trained
   */
  notice(info, steps, hadTrained = true) {
    const { draft, description } = this;
    const { running, info: then, viewedStep } = this.before;
    if (this.#incompatibleStart) {
      return `${description}. The starting weights of this branch do not fit the new layers, so training restarted at batch 0. Undo restores the previous run.`;
    }
    const now =
      steps > 0
        ? ` Training continues from batch ${steps}.`
        : hadTrained
          ? ' Training restarted.'
          : '';
    // A branch needs the same rows, batches and weight arrays.
    const sameShape = same([draft.data, info?.n_batches], [running.data, then?.n_batches]);
    const offersBranch =
      viewedStep !== null && viewedStep !== steps && sameShape && hasWeightsOf(info, then);
    const hint = ` To apply it from batch ${viewedStep} onwards, undo, return to batch ${viewedStep} and choose “Branch from here”.`;
    return `${description}.${now}${offersBranch ? hint : ''}`;
  }
}

/**
 * Whether another run has each weight array of this one, so that no layer would start untrained.
 * @param {RunInfo | undefined} info
 * @param {RunInfo | undefined} from
 */
function hasWeightsOf(info, from) {
  const [own, theirs] = [info, from].map((run) =>
    (run?.layers ?? []).flatMap((l) => l.params.map(({ path, shape }) => [path, shape].join())),
  );
  return own.every((array) => theirs.includes(array));
}

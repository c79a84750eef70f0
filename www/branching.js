// What a changed experiment keeps of the run before it, and what is said of that. Pure.

/** @typedef {import('./types.js').Experiment} Experiment */
/** @typedef {import('./types.js').RunInfo} RunInfo */

/** Whether two parts of canonical texts are the same. @param {any} a @param {any} b */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Whether only the number of epochs differs: training goes on. @param {Experiment} a @param {Experiment} b */
export function goesOn(a, b) {
  const rest = (/** @type {Experiment} */ experiment) => ({
    ...experiment,
    fit: Object.entries(experiment.fit).filter(([key]) => key !== 'epochs'),
  });
  return same(rest(a), rest(b));
}

/** Whether an experiment branches off the run of another. @param {Experiment} draft @param {Experiment} running */
function branchesOff({ start }, running) {
  return start?.experiment !== undefined && same(start.experiment, running);
}

/** Whether two experiments set out from the same moment of a run. @param {Experiment} a @param {Experiment} b */
function setOutAlike({ start }, { start: other }) {
  if (!start?.experiment || start.step !== other?.step) return false;
  return same(start.experiment, other?.experiment);
}

/** Runs that were left and are still shown. */
const MAX_LEFT = 4;

/** What is still shown of a run that was left for another. @typedef {{ label: string, first: number, names: string[], epochs: number[][] }} Left */

/**
 * The runs to be compared with the one that `draft` makes: those with the same moment to set out from, and the one that
 * is left. `made`: what the new one is called once it is left.
 * @param {Experiment} draft
 * @param {Experiment} running
 * @param {string} what was changed
 * @param {{ left: Left[], made: string, steps: number, info: RunInfo | undefined }} run which is left
 * @param {import('./types.js').History} history its own
 */
export function leftFor(draft, running, what, { left, made, steps, info }, history) {
  const { first_epoch: first = 0, first_step = 0 } = info ?? {};
  const leave = (/** @type {string} */ label) => {
    const epochs = history.epochs.map((row) => [...row]);
    return [...left, { label, first, names: history.names, epochs }].slice(-MAX_LEFT);
  };
  if (branchesOff(draft, running)) {
    return { left: leave(`left at ${draft.start?.step ?? 0}`), made: '' };
  }
  if (!setOutAlike(draft, running)) return { left: [], made: '' };
  return { left: steps > first_step ? leave(made || `left at ${steps}`) : left, made: what };
}

/**
 * Whether each array of weights has its like in another run: else new ones would stand among trained ones.
 * @param {RunInfo} info
 * @param {RunInfo | undefined} from
 */
export function carriesOver({ layers }, from) {
  const arrays = (/** @type {RunInfo['layers']} */ all) =>
    all.flatMap(({ params }) => params.map(({ path, shape }) => `${path} ${shape.join()}`));
  const theirs = new Set(arrays(from?.layers ?? []));
  return arrays(layers).every((array) => theirs.has(array));
}

/**
 * Whether a branch could lead from a moment of `from` to a run like this one.
 * @param {RunInfo | undefined} info
 * @param {RunInfo | undefined} from
 */
export function couldBranch(info, from) {
  if (!info || info.n_batches !== from?.n_batches || info.n_train !== from.n_train) return false;
  return info.first_epoch === from.first_epoch && carriesOver(info, from);
}

/**
 * Whether the layers of two runs are alike, whatever they compute: what was picked in one is there in the other.
 * @param {RunInfo} info
 * @param {RunInfo | undefined} from
 */
export function alike({ layers }, from) {
  const shapes = (/** @type {RunInfo['layers']} */ all) =>
    all.map(({ class_name, output_shape, inputs, params }) => {
      return [class_name, output_shape, inputs, params.map(({ shape }) => shape)];
    });
  return same(shapes(layers), shapes(from?.layers ?? []));
}

/**
 * Where the run stands after a change, and what that has cost.
 * @param {object} change
 * @param {string} change.what in words
 * @param {boolean} change.goesOn
 * @param {boolean} change.outgrown the weights to set out from fit no longer
 * @param {number} change.steps where the run stands now
 * @param {number | null} change.forgotten the moment that was looked at, could have been kept and was not
 */
export function toldOf({ what, goesOn, outgrown, steps, forgotten }) {
  if (goesOn && steps > 0) return `${what}: the run goes on.`;
  if (outgrown) {
    return `${what}: the weights that the run had set out from do not fit these layers, so it begins again at batch 0. Undo leads back.`;
  }
  const now = steps > 0 ? `goes on from batch ${steps}` : 'begins again';
  const keep = `To try it from batch ${forgotten} on: undo, go to that batch, and press “Go on from here” first.`;
  return `${what}: the run ${now}.${forgotten === null ? '' : ` ${keep}`}`;
}

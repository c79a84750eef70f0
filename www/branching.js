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
  const at = [start, other].map((from) => [from?.experiment, from?.step]);
  return Boolean(start?.experiment) && same(at[0], at[1]);
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
 * @param {RunInfo | undefined} info
 * @param {RunInfo | undefined} from
 */
export function carriesOver(info, from) {
  const [own, theirs] = [info, from].map((run) =>
    (run?.layers ?? []).flatMap((l) => l.params.map(({ path, shape }) => [path, shape].join())),
  );
  return own.every((array) => theirs.includes(array));
}

/**
 * Whether the layers of two runs are alike, but for activations: what was picked in one is there in the other.
 * @param {RunInfo} a
 * @param {RunInfo | undefined} b
 */
export function alike(a, b) {
  const [own, theirs] = [a, b].map((run) => run?.layers.map((l) => ({ ...l, activation: 0 })));
  return same(own, theirs);
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
    return `${what}: the weights that the run set out from do not fit these layers, so it begins again. Undo leads back.`;
  }
  const now = steps > 0 ? `goes on from batch ${steps}` : 'begins again';
  const keep = ` To try it from batch ${forgotten} on: undo, go there, and press “Go on from here” first.`;
  return `${what}: the run ${now}.${forgotten === null ? '' : keep}`;
}

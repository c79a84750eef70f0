// The form of an experiment: what all its fields share, and the edits that they make.
import { withChange } from '../app/store.js';
import { isStillThere } from './choices.js';
import { nearestPath } from './forms.js';

/** @typedef {import('../app/store.js').State} State */
/** @typedef {import('../types.js').Experiment} Experiment */
/** @typedef {import('./forms.js').Form} Form */
/** @typedef {(change: (draft: Experiment) => Experiment, description: string) => void} Edit */

/**
 * Returns the form of the draft. An error is that of its own path; where `collect` renders all fields once, it finds the
 * field that shows it, and so does advice.
 * @param {State} state
 * @param {Edit} edit
 * @param {(form: Form) => unknown} [collect]
 * @returns {Form}
 */
export function formOf({ catalog, draft, draftError, advice }, edit, collect) {
  /** @type {Form} */
  const form = {
    catalog,
    paths: new Set(),
    errorPath: draftError?.path ?? '',
    message: draftError?.message ?? '',
    advice: () => [],
    applyFix: ({ experiment, change }) => edit(() => experiment, change),
    edit: (path, value, description) =>
      edit(
        (now) => (isStillThere(draft, now, path) ? withChange(now, path, value) : now),
        description,
      ),
  };
  if (collect && (draftError || advice.length)) {
    collect(form);
    form.errorPath = nearestPath(form.paths, draftError?.path ?? '');
    form.advice = (path) => advice.filter((a) => nearestPath(form.paths, a.path) === path);
  }
  return form;
}

// Calls the functions and classes that a program only defines, as where `main` is called by a framework.
import { Func, Unknown } from './values.js';

/** @typedef {import('./evaluate.js').Evaluator} Evaluator */
/** @typedef {import('./keras.js').Keras} Keras */

/**
 * Calls what the program only defines, where it builds no model otherwise: the last functions first, since `main` comes last.
 * @param {Evaluator} evaluator
 * @param {Keras} keras
 */
export function callDefined(evaluator, keras) {
  const open = [...evaluator.defined];
  let known = open.length;
  // What is called may define more.
  for (let one = open.pop(); one; one = open.pop()) {
    if (isFitted(keras)) break;
    if (one.called) continue;
    if (one instanceof Func) evaluator.tryCall(one, unknowns(one, 0));
    else callClass(one, evaluator, keras);
    open.push(...evaluator.defined.slice(known));
    known = evaluator.defined.length;
  }
  keras.models.sort((a, b) => a.place.from - b.place.from);
}

/** @param {Keras} keras */
const isFitted = ({ models }) => models.some(({ fitted }) => fitted.length > 0);

/** Makes an object of a class, and calls its methods. @param {import('./values.js').Class} one @param {Evaluator} evaluator @param {Keras} keras */
function callClass(one, evaluator, keras) {
  const start = one.find('__init__');
  const given = start instanceof Func ? unknowns(start, 1) : [];
  const object = evaluator.tryCall(one, given, one.place);
  // The last methods call the first ones.
  const methods = [...one.scope.names.values()].reverse().filter((name) => name instanceof Func);
  for (const method of [...methods, ...methods]) {
    if (isFitted(keras)) return;
    // Once more with what the others have set.
    const text = Array.isArray(method.body) ? evaluator.textOf(method.body) : '';
    if (method.called && !text.includes('.fit(')) continue;
    const self = method.of === 'static' ? [] : [object];
    evaluator.tryCall(method, [...self, ...unknowns(method, self.length)]);
  }
}

/** Values for the parameters that have no default. @param {Func} callee @param {number} after number of parameters that are given */
function unknowns({ params }, after) {
  return params
    .slice(after)
    .filter((param) => !param.default && !param.star)
    .map(({ name }) => new Unknown(name));
}

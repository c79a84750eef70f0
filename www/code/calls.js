// What calls return: of the program's own functions and classes, of Python's, of Keras'.
import { callOutside } from './library.js';
import { textFrom } from './operators.js';
import { parse } from './syntax.js';
import {
  Builtin,
  Class,
  Dict,
  Func,
  Instance,
  List,
  Model,
  Outside,
  Scope,
  Tensor,
  Thing,
  Unknown,
} from './values.js';

/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./compute.js').Computing} Computing */
/** @typedef {import('./compute.js').Frame} Frame */

/** Magics that run code. */
const MAGICS = ['time', 'timeit', 'capture', 'prun'];

/** @param {Computing} computing @param {Value} callee @param {Call} call @returns {Value} */
export function resultOf(computing, callee, call) {
  if (ranMagic(computing, callee, call)) return null;
  const text = computing.source(call.place);
  if (callee instanceof Builtin) return callee.call(call);
  if (callee instanceof Func) return invoked(computing, callee, call);
  if (callee instanceof Class) return constructed(computing, callee, call);
  if (callee instanceof Instance) {
    const method = callee.of.find('__call__') ?? callee.of.find('call');
    return (
      computing.keras.callOwn(callee, call) ??
      (method instanceof Func
        ? computing.call(computing.bound(method, callee, call.place), call)
        : new Unknown(text))
    );
  }
  if (callee instanceof Thing || callee instanceof Model || callee instanceof Tensor)
    return computing.keras.apply(callee, call);
  if (callee instanceof Outside) {
    const known = callOutside(callee, call, computing);
    if (known !== undefined) return known;
    return computing.keras.call(callee, call, computing) ?? new Unknown(text);
  }
  return new Unknown(text || textFrom(callee));
}

/** Runs the code in a magic, as notebooks that became scripts have it: `run_cell_magic('time', '', '...')`. @param {Computing} computing @param {Value} callee @param {Call} call */
function ranMagic(computing, callee, { args, place }) {
  const name =
    callee instanceof Unknown ? /\.(run_(?:cell|line)_magic)$/.exec(callee.text)?.[1] : '';
  const code = args[args.length - 1];
  if (!name || !MAGICS.includes(String(args[0])) || typeof code !== 'string') return false;
  // The code has places of its own, behind those of the program.
  const from = computing.text.length + 1;
  computing.text += `\n${code}`;
  const to = computing.text.length;
  computing.inner.push({ from, code, place });
  computing.block(parse(computing.text, [{ from, to }]).statements, computing.top);
  return true;
}

/** @param {Computing} computing @param {Class} made @param {Call} call @returns {Value} */
function constructed(computing, made, call) {
  made.called = true;
  const own = computing.keras.construct(made, call, computing);
  if (own !== undefined) return own;
  const object = new Instance(made);
  const start = made.find('__init__');
  if (start instanceof Func) computing.call(computing.bound(start, object, call.place), call);
  else for (const [name, value] of call.named) object.fields.set(name, value);
  return object;
}

/** @param {Computing} computing @param {Func} callee @param {Call} call @returns {Value} */
function invoked(computing, callee, { args, named }) {
  callee.called = true;
  const scope = new Scope(callee.scope);
  const rest = new Dict(new Map(named));
  let next = 0;
  for (const { name, star } of callee.params) {
    if (star === '*') scope.names.set(name, new List(args.slice(next), 'tuple'));
    else if (star === '**') scope.names.set(name, rest);
    else {
      const given = named.has(name)
        ? named.get(name)
        : next < args.length
          ? args[next++]
          : callee.defaults.has(name)
            ? callee.defaults.get(name)
            : new Unknown(name);
      scope.names.set(name, given);
      rest.entries.delete(name);
    }
  }
  const [frame, undecided] = [computing.frame, computing.doubt];
  computing.frame = { maybe: undefined, isMaybe: false };
  computing.doubt = 0;
  try {
    if (!Array.isArray(callee.body)) return computing.value(callee.body, scope);
    const end = computing.block(callee.body, scope);
    if (typeof end === 'object') return end.value;
    const { maybe, isMaybe } = /** @type {Frame} */ (computing.frame);
    return isMaybe ? maybe : null;
  } finally {
    [computing.frame, computing.doubt] = [frame, undecided];
  }
}

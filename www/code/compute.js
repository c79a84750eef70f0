// The values of expressions: names, arithmetic, calls. What a library would compute is a value of its own, `Unknown`, which
// passes through everything. Nothing here can run for long: each evaluated expression takes of a fixed supply.
import { resultOf } from './calls.js';
import { attributeOf, indexOf, knownItems } from './library.js';
import { methodOf } from './methods.js';
import { operate, textFrom } from './operators.js';
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
  bounded,
  equal,
  isOpenValue,
  textOf,
  truth,
} from './values.js';

/** @typedef {import('./syntax.js').Expression} Expression */
/** @typedef {import('./syntax.js').Statement} Statement */
/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */

/** How a statement ended: by going on, or otherwise. @typedef {undefined | 'break' | 'continue' | { value: Value }} End */

/** What calls of one function share. @typedef {{ maybe: Value, isMaybe: boolean }} Frame */

/** Number of expressions that are evaluated at most. */
const SUPPLY = 60_000;
/** Number of calls inside calls. */
const DEPTH = 60;
/** Number of turns of one loop. */
export const TURNS = 300;
/** What one loop may take of the supply. */
const LOOP = 8000;

/** The supply is used up. */
export class Exhausted extends Error {}

/** A loop has taken its part. */
export class LoopEnds extends Error {}

export class Computing {
  supply = SUPPLY;
  /** What must be left while a loop runs. */
  floor = -Infinity;
  depth = 0;
  /** Number of loops around the statement that run an unknown number of times. */
  endless = 0;
  /** Number of conditions around the statement that cannot be decided. */
  doubt = 0;
  /** @type {Frame} */
  frame = { maybe: undefined, isMaybe: false };
  /** Functions and classes of the program. @type {(Func | Class)[]} */
  defined = [];
  /** Conditions that cannot be decided, and on which the model depends. @type {(import('./syntax.js').Place & { isAlone: boolean })[]} */
  undecided = [];
  /** Code in texts that was run, with its call. @type {{ from: number, code: string, place: import('./syntax.js').Place }[]} */
  inner = [];
  /** Statements of Python 2. @type {import('./syntax.js').Place[]} */
  prints = [];
  /** Arguments that are written with two equals signs. @type {{ name: string, place: import('./syntax.js').Place }[]} */
  slips = [];
  /** Custom loops and other things that were seen. @type {{ what: string, place: import('./syntax.js').Place }[]} */
  seen = [];
  /** Whether branches that build models are entered though their condition is false. */
  isEager = false;
  /** Whether the program was not read to its end. */
  isExhausted = false;

  /**
   * @param {string} text
   * @param {import('./keras.js').Keras} keras what calls of Keras mean
   */
  constructor(text, keras) {
    this.text = text;
    this.keras = keras;
    this.top = new Scope(null);
    this.top.names.set('__name__', '__main__');
  }

  /** Notes what a function returns where a condition cannot be decided. @param {Value} value */
  noteMaybe(value) {
    if (!this.frame.isMaybe) this.frame = { maybe: value, isMaybe: true };
  }

  /** Runs an outermost loop with a part of the supply. @param {() => End} loop @returns {End} */
  limited(loop) {
    if (this.floor > 0) return loop();
    this.floor = Math.max(1, this.supply - LOOP);
    const [depth, undecided, endless] = [this.depth, this.doubt, this.endless];
    try {
      return loop();
    } catch (error) {
      if (!(error instanceof LoopEnds)) throw error;
      [this.depth, this.doubt, this.endless] = [depth, undecided, endless];
      return undefined;
    } finally {
      this.floor = -Infinity;
    }
  }

  /** Runs statements. @param {Statement[]} _statements @param {Scope} _scope @returns {End} */
  block(_statements, _scope) {
    return undefined;
  }

  /** @param {import('./syntax.js').Place} place */
  source({ from, to }) {
    return this.text.slice(from, to);
  }

  /** Whether what grows now grows by an unknown number. */
  get isOpen() {
    return this.endless > 0 || this.doubt > 0;
  }

  /** @param {Statement[]} body */
  textOf(body) {
    return body.length ? this.text.slice(body[0].from, body[body.length - 1].to) : '';
  }

  /** @param {Expression} target @param {Value} value @param {Scope} scope */
  assign(target, value, scope) {
    switch (target.kind) {
      case 'name':
        (scope.global.has(target.name) ? this.top : scope).names.set(target.name, value);
        return;
      case 'star':
        this.assign(target.value, value, scope);
        return;
      case 'list':
      case 'tuple': {
        const items = knownItems(value);
        const star = target.items.findIndex(({ kind }) => kind === 'star');
        target.items.forEach((item, i) => {
          const rest = target.items.length - 1 - i;
          if (!items) {
            // A part of what is not known is known by its own name.
            const text = value instanceof Unknown ? this.source(item) : '';
            return this.assign(item, new Unknown(text), scope);
          }
          if (i === star)
            return this.assign(item, new List(items.slice(i, items.length - rest)), scope);
          const at = star >= 0 && i > star ? items.length - 1 - rest : i;
          return this.assign(item, at in items ? items[at] : new Unknown(''), scope);
        });
        return;
      }
      case 'attribute': {
        const base = this.value(target.base, scope);
        if (base instanceof Instance || base instanceof Thing || base instanceof Model)
          base.fields.set(target.name, value);
        if (base instanceof Class) base.scope.names.set(target.name, value);
        return;
      }
      case 'index': {
        const base = this.value(target.base, scope);
        const index = this.value(target.index, scope);
        if (base instanceof Dict) {
          base.entries.set(index, value);
          base.isOpen ||= this.isOpen;
        }
        if (base instanceof List && typeof index === 'number') {
          const at = index < 0 ? base.items.length + index : index;
          if (at >= 0 && at < base.items.length) base.items[at] = value;
        }
        return;
      }
      default:
    }
  }

  use() {
    if (--this.supply < 0) throw new Exhausted();
    if (this.supply < this.floor) throw new LoopEnds();
  }

  /** @param {Expression} node @param {Scope} scope @returns {Value} */
  value(node, scope) {
    this.use();
    return bounded(this.rawValue(node, scope));
  }

  /** @param {Expression} node @param {Scope} scope @returns {Value} */
  rawValue(node, scope) {
    switch (node.kind) {
      case 'constant':
        return node.value;
      case 'name':
        return this.nameValue(node.name, scope);
      case 'text':
        return this.textValue(node, scope);
      case 'list':
      case 'tuple':
      case 'set':
        return new List(this.itemValues(node.items, scope), node.kind);
      case 'dict': {
        const made = new Dict();
        for (const [key, value] of node.entries) {
          const found = this.value(value, scope);
          if (key) made.entries.set(this.value(key, scope), found);
          else if (found instanceof Dict) {
            for (const [k, v] of found.entries) made.entries.set(k, v);
            made.isOpen ||= found.isOpen;
          }
        }
        return made;
      }
      case 'comprehension':
        return this.comprehension(node, scope);
      case 'attribute':
        return this.attributeNode(node, scope);
      case 'index': {
        const base = this.value(node.base, scope);
        if (node.index.kind === 'slice') {
          const [from, to, step] = node.index.parts.map((part) => part && this.value(part, scope));
          return indexOf(base, { from, to, step }, this.source(node));
        }
        return indexOf(base, this.value(node.index, scope), this.source(node));
      }
      case 'call':
        return this.callNode(node, scope);
      case 'binary':
        return this.binary(node, scope);
      case 'unary': {
        const value = this.value(node.value, scope);
        if (node.op === 'not') {
          const known = truth(value);
          return known === undefined ? new Unknown(textFrom(value)) : !known;
        }
        if (typeof value === 'number' || typeof value === 'boolean') {
          if (node.op === '-') return -Number(value);
          return node.op === '~' ? ~Number(value) : Number(value);
        }
        return new Unknown(textFrom(value));
      }
      case 'conditional': {
        const known = truth(this.value(node.test, scope));
        if (known === undefined) {
          const [a, b] = [this.value(node.then, scope), this.value(node.otherwise, scope)];
          return equal(a, b) ? a : new Unknown(this.source(node));
        }
        return this.value(known ? node.then : node.otherwise, scope);
      }
      case 'lambda':
        return this.makeFunction('<lambda>', node.params, node.value, scope);
      case 'named': {
        const value = this.value(node.value, scope);
        scope.names.set(node.name, value);
        return value;
      }
      case 'star':
        return this.value(node.value, scope);
      default:
        return new Unknown('');
    }
  }

  /** @param {string} name @param {Scope} scope @returns {Value} */
  nameValue(name, scope) {
    const holder = scope.holder(name);
    if (holder) return holder.names.get(name);
    // A gap of an exercise.
    if (/^_{2,}$/.test(name)) return new Unknown('');
    return new Outside([name], false);
  }

  /** @param {Expression[]} items @param {Scope} scope */
  itemValues(items, scope) {
    return items.flatMap((item) => {
      const value = this.value(item, scope);
      if (item.kind !== 'star') return [value];
      return knownItems(value) ?? [new Unknown(textFrom(value))];
    });
  }

  /** @param {Extract<Expression, { kind: 'text' }>} node @param {Scope} scope @returns {Value} */
  textValue({ parts }, scope) {
    let text = '';
    /** @type {Unknown | null} */
    let unknown = null;
    for (const part of parts) {
      if (typeof part === 'string') text += part;
      else {
        const value = this.value(part.value, scope);
        const digits = /\.(\d)f$/.exec(part.format)?.[1];
        const said =
          digits && typeof value === 'number' ? value.toFixed(Number(digits)) : textOf(value);
        if (said === undefined) unknown ??= new Unknown(textFrom(value));
        else text += said;
      }
    }
    return unknown ?? text;
  }

  /** @param {Extract<Expression, { kind: 'comprehension' }>} node @param {Scope} scope @returns {Value} */
  comprehension({ of, key, element, clauses }, scope) {
    const inner = new Scope(scope);
    /** @type {[Value, Value][]} */
    const found = [];
    let isKnown = true;
    const turn = (/** @type {number} */ at) => {
      if (found.length > TURNS) return;
      if (at === clauses.length) {
        found.push([key && this.value(key, inner), this.value(element, inner)]);
        return;
      }
      const { target, iterable, tests } = clauses[at];
      const over = this.value(iterable, inner);
      const items = knownItems(over);
      if (!items || isOpenValue(over)) isKnown = false;
      for (const item of items ?? [new Unknown(textFrom(over))]) {
        this.assign(target, item, inner);
        const passed = tests.map((test) => truth(this.value(test, inner)));
        if (passed.includes(undefined)) isKnown = false;
        if (!passed.includes(false)) turn(at + 1);
      }
    };
    turn(0);
    const first = clauses[0] && this.source(clauses[0].iterable);
    if (!isKnown && !found.some(([, value]) => value instanceof Thing || value instanceof Model))
      return new Unknown(first);
    if (of === 'dict') return new Dict(new Map(found));
    return new List(
      found.map(([, value]) => value),
      of,
    );
  }

  /** @param {Extract<Expression, { kind: 'attribute' }>} node @param {Scope} scope @returns {Value} */
  attributeNode(node, scope) {
    const base = this.value(node.base, scope);
    return this.attribute(base, node.name, this.source(node), node);
  }

  /** @param {Value} base @param {string} name @param {string} text @param {import('./syntax.js').Place} place @returns {Value} */
  attribute(base, name, text, place) {
    // A program that is started without arguments.
    if (base instanceof Outside && base.last === 'sys' && name === 'argv')
      return new List(['program.py']);
    if (base instanceof Outside) return new Outside([...base.path, name], base.imported);
    if (base instanceof Instance) {
      if (base.fields.has(name)) return base.fields.get(name);
      const found = base.of.find(name);
      if (found instanceof Func) return this.bound(found, base, place);
      if (found !== undefined) return found;
      return this.keras.inherited(base, name) ?? new Unknown(text);
    }
    if (base instanceof Class) {
      const found = base.find(name);
      if (found instanceof Func && found.of === 'class') return this.bound(found, base, place);
      return found ?? new Unknown(text);
    }
    if (base instanceof Model || base instanceof Thing || base instanceof Tensor)
      return this.keras.attribute(base, name, text);
    return methodOf(base, name, this.isOpen) ?? attributeOf(base, name, text);
  }

  /** A method with its object. @param {Func} method @param {Value} self @param {import('./syntax.js').Place} place @returns {Value} */
  bound(method, self, place) {
    if (method.of === 'static') return method;
    const call = (/** @type {Call} */ { args, ...rest }) =>
      this.call(method, { args: [self, ...args], ...rest });
    if (method.of === 'property') return call({ args: [], named: new Map(), place });
    return new Builtin(method.name, call);
  }

  /** @param {Extract<Expression, { kind: 'call' }>} node @param {Scope} scope @returns {Value} */
  callNode(node, scope) {
    const callee = this.value(node.callee, scope);
    /** @type {Call} */
    const call = { args: [], named: new Map(), place: node };
    for (const { name, star, value } of node.args) {
      const given = this.value(value, scope);
      if (star === '*') call.args.push(...(knownItems(given) ?? [new Unknown(textFrom(given))]));
      else if (star === '**') {
        if (given instanceof Dict)
          for (const [key, one] of given.entries) call.named.set(String(key), one);
      } else if (name) call.named.set(name, given);
      else if (this.isSlip(value, given)) {
        const { left, right } = /** @type {any} */ (value);
        call.named.set(left.name, this.value(right, scope));
        this.slips.push({ name: left.name, place: value });
      } else call.args.push(given);
    }
    if (callee instanceof Outside && callee.path.length === 1 && callee.path[0] === 'super')
      return this.superOf(scope);
    return this.call(callee, call);
  }

  /** Whether `name == value` among the arguments means `name=value`: the name is not defined. @param {Expression} node @param {Value} given */
  isSlip(node, given) {
    return (
      node.kind === 'binary' &&
      node.op === '==' &&
      node.left.kind === 'name' &&
      given instanceof Unknown &&
      given.text === node.left.name
    );
  }

  /** `super()`: the object, whose own methods are not found again. @param {Scope} scope @returns {Value} */
  superOf(scope) {
    const self = scope.holder('self')?.names.get('self');
    return (self instanceof Instance && this.keras.superOf(self)) || new Unknown('super()');
  }

  /** @param {Value} callee @param {Call} call @returns {Value} */
  call(callee, call) {
    if (++this.depth > DEPTH) {
      this.depth--;
      return new Unknown('');
    }
    try {
      return resultOf(this, callee, call);
    } finally {
      this.depth--;
    }
  }

  /**
   * @param {string} name
   * @param {import('./syntax.js').Param[]} params
   * @param {Statement[] | Expression} body
   * @param {Scope} scope
   */
  makeFunction(name, params, body, scope) {
    /** @type {Map<string, Value>} */
    const defaults = new Map();
    for (const param of params)
      if (param.default) defaults.set(param.name, this.value(param.default, scope));
    return new Func(name, params, body, scope, defaults);
  }

  /** @param {Extract<Expression, { kind: 'binary' }>} node @param {Scope} scope @returns {Value} */
  binary(node, scope) {
    const left = this.value(node.left, scope);
    if (node.op === 'and' || node.op === 'or') {
      const known = truth(left);
      if (known !== undefined && known === (node.op === 'or')) return left;
      const right = this.value(node.right, scope);
      if (known !== undefined) return right;
      return new Unknown(textFrom(left));
    }
    const right = this.value(node.right, scope);
    const result = operate(node.op, left, right);
    if (
      result instanceof Unknown &&
      result.text === '' &&
      (left instanceof Tensor || right instanceof Tensor)
    )
      return this.keras.combine(node.op, left, right, node);
    return result;
  }
}

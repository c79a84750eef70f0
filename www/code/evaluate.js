// Evaluates a program as far as lessons need it: statements, functions, loops with a bound.
import { Computing, Exhausted, LoopEnds, TURNS } from './compute.js';
import { knownItems } from './library.js';
import { operate } from './operators.js';
import { Class, List, Outside, Scope, Unknown, truth } from './values.js';

/** @typedef {import('./syntax.js').Expression} Expression */
/** @typedef {import('./syntax.js').Statement} Statement */
/** @typedef {import('./values.js').Value} Value */
/** @typedef {import('./values.js').Call} Call */
/** @typedef {import('./compute.js').End} End */

/** What builds a model. */
const BUILDS = /\b(Sequential|Model)\(/;

export class Evaluator extends Computing {
  /** Runs a program. @param {Statement[]} statements */
  run(statements) {
    this.guarded(() => this.block(statements, this.top));
  }

  /** Calls a function that the program has only defined. @param {Value} callee @param {Value[]} args @param {import('./syntax.js').Place} [place] @returns {Value} */
  tryCall(callee, args, place = { from: 0, to: 0 }) {
    /** @type {Value} */
    let result;
    this.guarded(() => {
      result = this.call(callee, { args, named: new Map(), place });
    });
    return result;
  }

  /** @param {() => void} work */
  guarded(work) {
    try {
      work();
    } catch (error) {
      const isLimit = [Exhausted, LoopEnds, RangeError].some((kind) => error instanceof kind);
      if (!isLimit) throw error;
      this.isExhausted = true;
    }
    this.depth = 0;
    this.doubt = 0;
    this.endless = 0;
  }

  /** @param {Statement[]} statements @param {Scope} scope @returns {End} */
  block(statements, scope) {
    for (const statement of statements) {
      const end = this.statement(statement, scope);
      if (end) return end;
    }
    return undefined;
  }

  /** @param {Statement} statement @param {Scope} scope @returns {End} */
  statement(statement, scope) {
    this.use();
    switch (statement.kind) {
      case 'import':
        for (const { path, as } of statement.names) {
          scope.names.set(as ?? path[0], new Outside(as ? path : [path[0]]));
          this.keras.imported(path, statement);
        }
        return undefined;
      case 'from':
        this.keras.imported([...statement.module, statement.names[0]?.name ?? ''], statement);
        for (const { name, as } of statement.names)
          if (name !== '*') scope.names.set(as ?? name, new Outside([...statement.module, name]));
        return undefined;
      case 'assign': {
        const value = this.value(statement.value, scope);
        for (const target of statement.targets) this.assign(target, value, scope);
        return undefined;
      }
      case 'update': {
        const before = this.value(statement.target, scope);
        const by = this.value(statement.value, scope);
        if (
          before instanceof List &&
          before.of === 'list' &&
          by instanceof List &&
          statement.op === '+'
        )
          before.items.push(...by.items.slice(0, TURNS));
        else if (this.endless > 0 && typeof before === 'number')
          this.assign(statement.target, new Unknown(this.source(statement.target)), scope);
        else this.assign(statement.target, operate(statement.op, before, by), scope);
        return undefined;
      }
      case 'expression':
        this.value(statement.value, scope);
        return undefined;
      case 'if':
        return this.runIf(statement, scope);
      case 'for':
        return this.limited(() => this.runFor(statement, scope));
      case 'while':
        return this.limited(() => this.runWhile(statement, scope));
      case 'with':
        for (const { value, as } of statement.items) {
          const entered = this.value(value, scope);
          if (entered instanceof Unknown && /GradientTape/.test(entered.text))
            this.seen.push({ what: 'a training loop of its own', place: statement });
          if (as) this.assign(as, entered, scope);
        }
        return this.block(statement.body, scope);
      case 'try': {
        const loaded = this.keras.foreign.length;
        const end = this.block(statement.body, scope);
        // A model that cannot be loaded is built.
        const builder = statement.handlers.find((body) => BUILDS.test(this.textOf(body)));
        if (builder && this.keras.foreign.length > loaded) return this.block(builder, scope);
        if (end) return end;
        // Handlers are for what cannot happen here; what they define alone is still known.
        const known = new Scope(scope);
        for (const handler of statement.handlers) this.definitions(handler, known);
        for (const [name, value] of known.names)
          if (!scope.names.has(name)) scope.names.set(name, value);
        return this.block([...statement.otherwise, ...statement.last], scope);
      }
      case 'def': {
        const made = this.makeFunction(statement.name, statement.params, statement.body, scope);
        for (const decorator of statement.decorators) {
          const name = this.source(decorator);
          if (/staticmethod$/.test(name)) made.of = 'static';
          if (/classmethod$/.test(name)) made.of = 'class';
          if (/property$/.test(name)) made.of = 'property';
        }
        this.defined.push(made);
        scope.names.set(statement.name, made);
        return undefined;
      }
      case 'class': {
        const inner = new Scope(scope);
        const bases = statement.bases.map(({ value }) => this.value(value, scope));
        const made = new Class(statement.name, bases, inner, statement);
        this.defined.push(made);
        scope.names.set(statement.name, made);
        // Methods are called with their object.
        const { length } = this.defined;
        this.block(statement.body, inner);
        this.defined.length = length;
        return undefined;
      }
      case 'print':
        this.prints.push(statement);
        return undefined;
      case 'global':
        for (const name of statement.names) scope.global.add(name);
        return undefined;
      case 'return': {
        const value = statement.value ? this.value(statement.value, scope) : null;
        if (this.doubt === 0) return { value };
        this.noteMaybe(value);
        return undefined;
      }
      case 'break':
      case 'continue':
        return this.doubt > 0 ? undefined : statement.kind;
      default:
        return undefined;
    }
  }

  /** Only what a block imports and defines. @param {Statement[]} statements @param {Scope} scope */
  definitions(statements, scope) {
    for (const one of statements)
      if (['import', 'from', 'def', 'class', 'assign'].includes(one.kind))
        this.statement(one, scope);
  }

  /** @param {Extract<Statement, { kind: 'if' }>} statement @param {Scope} scope @returns {End} */
  runIf({ branches, otherwise }, scope) {
    const all = [...branches.map(({ body }) => body), otherwise];
    const builder = this.isEager && all.find((body) => BUILDS.test(this.textOf(body)));
    if (builder) {
      this.maybe(builder, scope);
      return undefined;
    }
    for (const [i, { test, body }] of branches.entries()) {
      const known = truth(this.value(test, scope));
      if (known === true) return this.block(body, scope);
      if (known === undefined) {
        const others = [...branches.slice(i + 1).map((branch) => branch.body), otherwise];
        const bodies = [body, ...others.filter(({ length }) => length > 0)];
        const before = this.keras.size;
        this.maybe(this.chosen(bodies), scope);
        if (this.keras.size !== before)
          this.undecided.push({ from: test.from, to: test.to, isAlone: bodies.length === 1 });
        return undefined;
      }
    }
    return this.block(otherwise, scope);
  }

  /** The first of some branches that neither loads a model nor gives up. @param {Statement[][]} bodies */
  chosen(bodies) {
    const ends =
      /load_model|model_from_(json|yaml)|joblib\.load|pickle\.load|load_weights|\braise\b|\bexit\(|return None/;
    return bodies.find((body) => !ends.test(this.textOf(body))) ?? bodies[0];
  }

  /** Runs a block that the program may run. @param {Statement[]} body @param {Scope} scope */
  maybe(body, scope) {
    this.doubt++;
    try {
      this.block(body, scope);
    } finally {
      this.doubt--;
    }
  }

  /** @param {Extract<Statement, { kind: 'for' }>} statement @param {Scope} scope @returns {End} */
  runFor({ target, iterable, body, otherwise }, scope) {
    const over = this.value(iterable, scope);
    const items = knownItems(over);
    if (!items) {
      // One turn shows what the others do.
      this.assign(
        target,
        new Unknown(over instanceof Unknown ? over.text : this.source(iterable)),
        scope,
      );
      this.endless++;
      const end = this.block(body, scope);
      this.endless--;
      return typeof end === 'object' ? end : undefined;
    }
    for (const item of items.slice(0, TURNS)) {
      this.assign(target, item, scope);
      const end = this.block(body, scope);
      if (end === 'break') return undefined;
      if (typeof end === 'object') return end;
    }
    return this.block(otherwise, scope);
  }

  /** @param {Extract<Statement, { kind: 'while' }>} statement @param {Scope} scope @returns {End} */
  runWhile({ test, body }, scope) {
    for (let turn = 0; turn < TURNS; turn++) {
      const known = truth(this.value(test, scope));
      if (known === false) return undefined;
      if (known === undefined) this.endless++;
      const end = this.block(body, scope);
      if (known === undefined) this.endless--;
      if (end === 'break') return undefined;
      if (typeof end === 'object') return end;
      if (known === undefined) return undefined;
    }
    return undefined;
  }
}

// A Python program as a tree of plain objects, made of the tree of CodeMirror's own grammar. What is not Python becomes an
// `error` node where it stands, and the rest of the program is read.
import { parser } from '@lezer/python';
import { DEPTH, Expressions, children, tuple } from './expressions.js';

/** @typedef {import('@lezer/common').SyntaxNode} SyntaxNode */

/**
 * A place in the text.
 * @typedef {{ from: number, to: number }} Place
 */

/**
 * An expression.
 * @typedef {Place & (
 *   | { kind: 'constant', value: number | string | boolean | null }
 *   | { kind: 'name', name: string }
 *   | { kind: 'attribute', base: Expression, name: string }
 *   | { kind: 'index', base: Expression, index: Expression }
 *   | { kind: 'slice', parts: (Expression | null)[] }
 *   | { kind: 'call', callee: Expression, args: Argument[] }
 *   | { kind: 'list' | 'tuple' | 'set', items: Expression[] }
 *   | { kind: 'dict', entries: [Expression | null, Expression][] }
 *   | { kind: 'comprehension', of: 'list' | 'set' | 'dict', key: Expression | null, element: Expression, clauses: Clause[] }
 *   | { kind: 'binary', op: string, left: Expression, right: Expression }
 *   | { kind: 'unary', op: string, value: Expression }
 *   | { kind: 'conditional', test: Expression, then: Expression, otherwise: Expression }
 *   | { kind: 'lambda', params: Param[], value: Expression }
 *   | { kind: 'named', name: string, value: Expression }
 *   | { kind: 'star', value: Expression }
 *   | { kind: 'text', parts: (string | { value: Expression, format: string })[] }
 *   | { kind: 'error' }
 * )} Expression
 */

/** @typedef {Place & { name: string | null, star: '' | '*' | '**', value: Expression }} Argument */
/** @typedef {Place & { name: string, star: '' | '*' | '**', default: Expression | null }} Param */
/** @typedef {{ target: Expression, iterable: Expression, tests: Expression[] }} Clause */

/**
 * A statement.
 * @typedef {Place & (
 *   | { kind: 'import', names: { path: string[], as: string | null }[] }
 *   | { kind: 'from', module: string[], names: { name: string, as: string | null }[] }
 *   | { kind: 'assign', targets: Expression[], value: Expression }
 *   | { kind: 'update', target: Expression, op: string, value: Expression }
 *   | { kind: 'expression', value: Expression }
 *   | { kind: 'if', branches: { test: Expression, body: Statement[] }[], otherwise: Statement[] }
 *   | { kind: 'for', target: Expression, iterable: Expression, body: Statement[], otherwise: Statement[] }
 *   | { kind: 'while', test: Expression, body: Statement[] }
 *   | { kind: 'with', items: { value: Expression, as: Expression | null }[], body: Statement[] }
 *   | { kind: 'try', body: Statement[], handlers: Statement[][], otherwise: Statement[], last: Statement[] }
 *   | { kind: 'def', name: string, params: Param[], body: Statement[], decorators: Expression[] }
 *   | { kind: 'class', name: string, bases: Argument[], body: Statement[] }
 *   | { kind: 'global', names: string[] }
 *   | { kind: 'return', value: Expression | null }
 *   | { kind: 'break' | 'continue' | 'raise' | 'print' | 'other' }
 *   | { kind: 'error' }
 * )} Statement
 */

/**
 * Returns the statements of a program, and the places where it is not Python.
 * @param {string} text
 * @param {Place[]} [parts] that are parsed one by one: an open bracket ends with its part
 * @returns {{ statements: Statement[], errors: Place[] }}
 */
export function parse(text, parts = [{ from: 0, to: text.length }]) {
  /** @type {Place[]} */
  const errors = [];
  const statements = parts.flatMap(({ from, to }) => {
    const part = text.slice(from, to);
    const tree = parser.parse(part);
    tree.iterate({
      enter: ({ type, ...node }) => {
        if (type.isError) errors.push({ from: from + node.from, to: from + node.to });
      },
    });
    const found = new Statements(part).statements(tree.topNode);
    shift(found, from);
    return found;
  });
  return { statements, errors };
}

/** Moves all places of a tree. @param {any} tree @param {number} by */
function shift(tree, by) {
  if (by === 0 || tree === null || typeof tree !== 'object') return;
  if (typeof tree.from === 'number') {
    tree.from += by;
    tree.to += by;
  }
  for (const part of Object.values(tree)) shift(part, by);
}

class Statements extends Expressions {
  /** Reads the statements among a node's children. @param {SyntaxNode} node @returns {Statement[]} */
  statements(node) {
    /** @type {Statement[]} */
    const found = [];
    for (const child of children(node)) {
      if (child.name === 'Comment' || child.name === ':' || child.name === ';') continue;
      found.push(...this.#statement(child));
    }
    return found;
  }

  /** @param {SyntaxNode} node @returns {Statement[]} */
  #statement(node) {
    const place = { from: node.from, to: node.to };
    if (this.depth > DEPTH) return [{ kind: 'error', ...place }];
    this.depth++;
    try {
      return this.#one(node, place);
    } finally {
      this.depth--;
    }
  }

  /** @param {SyntaxNode} node @param {Place} place @returns {Statement[]} */
  #one(node, place) {
    const parts = children(node);
    switch (node.name) {
      case 'ImportStatement':
        return [this.#import(parts, place)];
      case 'ExpressionStatement': {
        const values = this.list(parts);
        const value = values.length === 1 ? values[0] : tuple(values, place);
        return [{ kind: 'expression', value, ...place }];
      }
      case 'AssignStatement':
        return this.#assignment(parts, place);
      case 'UpdateStatement': {
        const at = parts.findIndex(({ name }) => name === 'UpdateOp');
        if (at < 1) return [{ kind: 'error', ...place }];
        const op = this.of(parts[at]).slice(0, -1);
        const value = this.sequence(parts.slice(at + 1), place);
        return [{ kind: 'update', target: this.expression(parts[0]), op, value, ...place }];
      }
      case 'IfStatement':
        return [this.#if(parts, place)];
      case 'ForStatement': {
        const from = parts.findIndex(({ name }) => name === 'for') + 1;
        const at = parts.findIndex(({ name }) => name === 'in');
        const [body = [], otherwise = []] = this.#bodies(parts);
        const end = parts.findIndex(({ name }) => name === 'Body');
        const target = this.sequence(parts.slice(from, at), place);
        const iterable = this.sequence(parts.slice(at + 1, end), place);
        return [{ kind: 'for', target, iterable, body, otherwise, ...place }];
      }
      case 'WhileStatement': {
        const [body = []] = this.#bodies(parts);
        return [{ kind: 'while', test: this.first(parts.slice(1), place), body, ...place }];
      }
      case 'WithStatement':
        return [this.#with(parts, place)];
      case 'TryStatement':
        return [this.#try(parts, place)];
      case 'FunctionDefinition':
        return [this.#function(parts, place, [])];
      case 'ClassDefinition':
        return [this.#class(parts, place)];
      case 'DecoratedStatement': {
        const decorators = parts
          .filter(({ name }) => name === 'Decorator')
          .map((part) => this.first(children(part).slice(1), place));
        const made = parts.flatMap((part) =>
          part.name === 'Decorator' ? [] : this.#statement(part),
        );
        return made.map((one) => (one.kind === 'def' ? { ...one, decorators } : one));
      }
      case 'ReturnStatement': {
        const value = parts.length > 1 ? this.sequence(parts.slice(1), place) : null;
        return [{ kind: 'return', value, ...place }];
      }
      case 'StatementGroup':
        return parts.flatMap((part) => (part.name === ';' ? [] : this.#statement(part)));
      case 'ScopeStatement': {
        const names = parts
          .filter(({ name }) => name === 'VariableName')
          .map((part) => this.of(part));
        return [{ kind: 'global', names, ...place }];
      }
      case 'PrintStatement':
        return [{ kind: 'print', ...place }];
      case 'BreakStatement':
        return [{ kind: 'break', ...place }];
      case 'ContinueStatement':
        return [{ kind: 'continue', ...place }];
      case 'RaiseStatement':
        return [{ kind: 'raise', ...place }];
      case 'PassStatement':
      case 'DeleteStatement':
      case 'AssertStatement':
      case 'TypeDefinition':
      case 'MatchStatement':
        return [{ kind: 'other', ...place }];
      default:
        return [{ kind: 'error', ...place }];
    }
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement} */
  #import(parts, place) {
    const at = parts.findIndex(({ name }) => name === 'import');
    /** @type {{ words: string[], as: string | null, next: boolean }[]} */
    const names = [{ words: [], as: null, next: false }];
    for (const part of parts.slice(at + 1)) {
      const last = names[names.length - 1];
      if (part.name === ',') names.push({ words: [], as: null, next: false });
      else if (part.name === 'as') last.next = true;
      else if (part.name === 'VariableName' || part.name === '*') {
        if (last.next) last.as = this.of(part);
        else last.words.push(this.of(part));
      }
    }
    const given = names.filter(({ words }) => words.length > 0);
    if (parts[0]?.name !== 'from')
      return {
        kind: 'import',
        names: given.map(({ words, as }) => ({ path: words, as })),
        ...place,
      };
    const module = parts
      .slice(1, at)
      .filter(({ name }) => name === 'VariableName')
      .map((part) => this.of(part));
    return {
      kind: 'from',
      module,
      names: given.map(({ words, as }) => ({ name: words[0], as })),
      ...place,
    };
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement[]} */
  #assignment(parts, place) {
    /** @type {SyntaxNode[][]} */
    const sides = [[]];
    for (const part of parts) {
      if (part.name === 'AssignOp') sides.push([]);
      else if (part.name !== 'TypeDef') sides[sides.length - 1].push(part);
    }
    if (sides.length < 2) return [{ kind: 'other', ...place }];
    const all = sides.map((side) => this.sequence(side, place));
    return [{ kind: 'assign', targets: all.slice(0, -1), value: all[all.length - 1], ...place }];
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement} */
  #if(parts, place) {
    /** @type {{ test: Expression, body: Statement[] }[]} */
    const branches = [];
    /** @type {Statement[]} */
    let otherwise = [];
    /** @type {Expression | null} */
    let test = null;
    for (const part of parts) {
      if (part.name === 'Body') {
        const body = this.statements(part);
        if (test) branches.push({ test, body });
        else otherwise = body;
        test = null;
      } else if (!['if', 'elif', 'else', 'Comment'].includes(part.name))
        test = this.expression(part);
    }
    return { kind: 'if', branches, otherwise, ...place };
  }

  /** The bodies among the parts. @param {SyntaxNode[]} parts */
  #bodies(parts) {
    return parts.filter(({ name }) => name === 'Body').map((part) => this.statements(part));
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement} */
  #with(parts, place) {
    /** @type {{ value: Expression, as: Expression | null }[]} */
    const items = [];
    let names = false;
    for (const part of parts) {
      if (part.name === 'as') names = true;
      else if (!['with', 'async', ',', '(', ')', 'Body', 'Comment'].includes(part.name)) {
        const value = this.expression(part);
        if (names && items.length) items[items.length - 1].as = value;
        else items.push({ value, as: null });
        names = false;
      }
    }
    return { kind: 'with', items, body: this.#bodies(parts)[0] ?? [], ...place };
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement} */
  #try(parts, place) {
    /** @type {Extract<Statement, { kind: 'try' }>} */
    const found = { kind: 'try', body: [], handlers: [], otherwise: [], last: [], ...place };
    let word = 'try';
    for (const part of parts) {
      if (['try', 'except', 'else', 'finally'].includes(part.name)) word = part.name;
      if (part.name !== 'Body') continue;
      const body = this.statements(part);
      if (word === 'try') found.body = body;
      else if (word === 'except') found.handlers.push(body);
      else if (word === 'else') found.otherwise = body;
      else found.last = body;
    }
    return found;
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @param {Expression[]} decorators @returns {Statement} */
  #function(parts, place, decorators) {
    const name = parts.find((part) => part.name === 'VariableName');
    const params = parts.find((part) => part.name === 'ParamList');
    return {
      kind: 'def',
      name: name ? this.of(name) : '',
      params: params ? this.params(params) : [],
      body: this.#bodies(parts)[0] ?? [],
      decorators,
      ...place,
    };
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Statement} */
  #class(parts, place) {
    const name = parts.find((part) => part.name === 'VariableName');
    const bases = parts.find((part) => part.name === 'ArgList');
    return {
      kind: 'class',
      name: name ? this.of(name) : '',
      bases: bases ? this.args(bases) : [],
      body: this.#bodies(parts)[0] ?? [],
      ...place,
    };
  }
}

// The expressions of a program, read from the grammar's tree.

/** @typedef {import('@lezer/common').SyntaxNode} SyntaxNode */
/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {import('./syntax.js').Expression} Expression */
/** @typedef {import('./syntax.js').Argument} Argument */
/** @typedef {import('./syntax.js').Param} Param */
/** @typedef {import('./syntax.js').Clause} Clause */

/** Depth of nested expressions and statements beyond which the text is no program. */
export const DEPTH = 200;

export class Expressions {
  depth = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /** @param {SyntaxNode} node */
  of(node) {
    return this.text.slice(node.from, node.to);
  }

  /** @param {SyntaxNode} node @returns {Param[]} */
  params(node) {
    /** @type {Param[]} */
    const params = [];
    /** @type {'' | '*' | '**'} */
    let star = '';
    let isDefault = false;
    for (const part of children(node)) {
      if (part.name === '*' || part.name === '**') star = part.name;
      else if (part.name === 'AssignOp') isDefault = true;
      else if (part.name === ',') [star, isDefault] = ['', false];
      else if (isDefault && params.length) {
        params[params.length - 1].default = this.expression(part);
        isDefault = false;
      } else if (part.name === 'VariableName') {
        const { from, to } = part;
        params.push({ name: this.of(part), star, default: null, from, to });
      }
    }
    return params;
  }

  /** @param {SyntaxNode} node @returns {Argument[]} */
  args(node) {
    /** @type {Argument[]} */
    const args = [];
    /** @type {SyntaxNode[]} */
    let parts = [];
    const end = () => {
      if (parts.length) args.push(...this.#arguments(parts));
      parts = [];
    };
    for (const part of children(node)) {
      // The comma of `for i, c in x` is one of the target.
      const names = parts.map(({ name }) => name);
      const isTarget = names.lastIndexOf('for') > names.lastIndexOf('in');
      if (part.name === ',' && !isTarget) end();
      else if (!['(', ')', 'Comment'].includes(part.name)) {
        // `a=1 b=2`: a comma is missing.
        const last = parts[parts.length - 1];
        if (part.name === 'AssignOp' && parts.length > 3 && last.name === 'VariableName') {
          parts.pop();
          end();
          parts.push(last);
        }
        parts.push(part);
      }
    }
    end();
    return args;
  }

  /** An argument; and the next ones, where a comma is missing: `epochs=8 split=2` is a call of 8 for the grammar. @param {SyntaxNode[]} parts @returns {Argument[]} */
  #arguments(parts) {
    const last = parts[parts.length - 1];
    const list = last.name === 'CallExpression' ? last.getChild('ArgList') : null;
    const value = last.firstChild;
    if (!list || !value || this.of(list).startsWith('(')) return [this.#argument(parts)];
    return [this.#argument([...parts.slice(0, -1), value]), ...this.args(list)];
  }

  /** @param {SyntaxNode[]} parts @returns {Argument} */
  #argument(parts) {
    const place = { from: parts[0].from, to: parts[parts.length - 1].to };
    const [first, second] = parts;
    if (first.name === '*' || first.name === '**')
      return { name: null, star: first.name, value: this.first(parts.slice(1), place), ...place };
    if (second?.name === 'AssignOp') {
      const value = this.first(parts.slice(2), place);
      return { name: this.of(first), star: '', value, ...place };
    }
    const at = parts.findIndex(({ name }) => name === 'for');
    const value = at > 0 ? this.#comprehension('list', parts, place) : this.first(parts, place);
    return { name: null, star: '', value, ...place };
  }

  /** The only expression of some parts; an error where there is none, or several. @param {SyntaxNode[]} parts @param {Place} place @returns {Expression} */
  first(parts, place) {
    const real = parts.filter(({ name }) => name !== 'Comment');
    if (real.some(isError) || real.length === 0) return { kind: 'error', ...place };
    return this.expression(real[0]);
  }

  /** Expressions between commas. @param {SyntaxNode[]} parts @returns {Expression[]} */
  list(parts) {
    /** @type {Expression[]} */
    const items = [];
    let star = false;
    for (const part of parts) {
      if (part.name === '*') star = true;
      if ([',', '(', ')', '[', ']', '{', '}', '*', 'Comment'].includes(part.name)) continue;
      const value = this.expression(part);
      items.push(star ? { kind: 'star', value, from: part.from, to: part.to } : value);
      star = false;
    }
    return items;
  }

  /** One expression, or several with commas as a tuple. @param {SyntaxNode[]} parts @param {Place} place @returns {Expression} */
  sequence(parts, place) {
    const items = this.list(parts);
    const [first, last] = [parts[0] ?? place, parts[parts.length - 1] ?? place];
    if (items.length === 0) return { kind: 'error', ...place };
    const isTuple = items.length > 1 || parts.some(({ name }) => name === ',');
    return isTuple ? tuple(items, { from: first.from, to: last.to }) : items[0];
  }

  /** @param {SyntaxNode} node @returns {Expression} */
  expression(node) {
    const place = { from: node.from, to: node.to };
    if (this.depth > DEPTH) return { kind: 'error', ...place };
    this.depth++;
    try {
      return this.#expression(node, place);
    } finally {
      this.depth--;
    }
  }

  /** @param {SyntaxNode} node @param {Place} place @returns {Expression} */
  #expression(node, place) {
    const parts = children(node);
    switch (node.name) {
      case 'VariableName':
        return { kind: 'name', name: this.of(node), ...place };
      case 'Number':
        return { kind: 'constant', value: numberOf(this.of(node)), ...place };
      case 'Boolean':
        return { kind: 'constant', value: this.of(node) === 'True', ...place };
      case 'None':
        return { kind: 'constant', value: null, ...place };
      case 'String':
        return { kind: 'constant', value: stringOf(this.of(node)), ...place };
      case 'FormatString':
        return { kind: 'text', parts: this.#pieces(node), ...place };
      case 'ContinuedString':
        return {
          kind: 'text',
          parts: parts.flatMap((part) =>
            part.name === 'FormatString' ? this.#pieces(part) : [stringOf(this.of(part))],
          ),
          ...place,
        };
      case 'ParenthesizedExpression': {
        if (parts.some(({ name }) => name === 'for'))
          return this.#comprehension('list', parts, place);
        return this.first(
          parts.filter(({ name }) => name !== '(' && name !== ')'),
          place,
        );
      }
      case 'TupleExpression':
        return tuple(this.list(parts), place);
      case 'ArrayExpression':
        return { kind: 'list', items: this.list(parts), ...place };
      case 'SetExpression':
        return { kind: 'set', items: this.list(parts), ...place };
      case 'DictionaryExpression':
        return this.#dictionary(parts, place);
      case 'ArrayComprehensionExpression':
        return this.#comprehension('list', parts, place);
      case 'SetComprehensionExpression':
        return this.#comprehension('set', parts, place);
      case 'DictionaryComprehensionExpression':
        return this.#comprehension('dict', parts, place);
      case 'MemberExpression':
        return this.#member(parts, place);
      case 'CallExpression': {
        const args = parts.find(({ name }) => name === 'ArgList');
        const callee = this.expression(parts[0]);
        return { kind: 'call', callee, args: args ? this.args(args) : [], ...place };
      }
      case 'BinaryExpression': {
        const [left, right] = [this.expression(parts[0]), this.expression(parts[parts.length - 1])];
        const op = parts
          .slice(1, -1)
          .map((part) => this.of(part))
          .join(' ');
        return { kind: 'binary', op, left, right, ...place };
      }
      case 'UnaryExpression': {
        const value = this.first(parts.slice(1), place);
        return { kind: 'unary', op: this.of(parts[0]), value, ...place };
      }
      case 'ConditionalExpression': {
        const [then, test, otherwise] = parts
          .filter(({ name }) => name !== 'if' && name !== 'else' && name !== 'Comment')
          .map((part) => this.expression(part));
        if (!otherwise) return { kind: 'error', ...place };
        return { kind: 'conditional', test, then, otherwise, ...place };
      }
      case 'LambdaExpression': {
        const params = parts.find(({ name }) => name === 'ParamList');
        const at = parts.findIndex(({ name }) => name === ':');
        const value = this.first(parts.slice(at + 1), place);
        return { kind: 'lambda', params: params ? this.params(params) : [], value, ...place };
      }
      case 'NamedExpression':
        return {
          kind: 'named',
          name: this.of(parts[0]),
          value: this.first(parts.slice(2), place),
          ...place,
        };
      case 'AwaitExpression':
        return this.first(parts.slice(1), place);
      default:
        return { kind: 'error', ...place };
    }
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Expression} */
  #member(parts, place) {
    const base = this.expression(parts[0]);
    const property = parts.find(({ name }) => name === 'PropertyName');
    if (property) return { kind: 'attribute', base, name: this.of(property), ...place };
    const inside = parts.slice(1).filter(({ name }) => !['[', ']', 'Comment'].includes(name));
    if (inside.some(isError) || inside.length === 0) return { kind: 'error', ...place };
    /** @type {SyntaxNode[][]} */
    const groups = [[]];
    for (const part of inside) {
      if (part.name === ',') groups.push([]);
      else groups[groups.length - 1].push(part);
    }
    const items = groups.filter(({ length }) => length).map((group) => this.#subscript(group));
    const index = items.length === 1 && groups.length === 1 ? items[0] : tuple(items, place);
    return { kind: 'index', base, index, ...place };
  }

  /** @param {SyntaxNode[]} parts @returns {Expression} */
  #subscript(parts) {
    const place = { from: parts[0].from, to: parts[parts.length - 1].to };
    if (!parts.some(({ name }) => name === ':')) return this.first(parts, place);
    /** @type {(Expression | null)[]} */
    const slice = [null];
    for (const part of parts) {
      if (part.name === ':') slice.push(null);
      else slice[slice.length - 1] = this.expression(part);
    }
    return { kind: 'slice', parts: slice, ...place };
  }

  /** @param {SyntaxNode[]} parts @param {Place} place @returns {Expression} */
  #dictionary(parts, place) {
    /** @type {[Expression | null, Expression][]} */
    const entries = [];
    /** @type {Expression | null} */
    let key = null;
    let [isValue, isSpread] = [false, false];
    for (const part of parts) {
      if (part.name === ':') isValue = true;
      else if (part.name === '**') isSpread = true;
      else if (part.name === ',') [key, isValue, isSpread] = [null, false, false];
      else if (!['{', '}', 'Comment'].includes(part.name)) {
        const value = this.expression(part);
        if (isSpread) entries.push([null, value]);
        else if (isValue && key) entries.push([key, value]);
        else key = value;
      }
    }
    return { kind: 'dict', entries, ...place };
  }

  /** @param {'list' | 'set' | 'dict'} of @param {SyntaxNode[]} parts @param {Place} place @returns {Expression} */
  #comprehension(of, parts, place) {
    const inner = parts.filter(({ name }) => !'()[]{}'.includes(name) && name !== 'Comment');
    const at = inner.findIndex(({ name }) => name === 'for');
    if (at < 1) return { kind: 'error', ...place };
    const head = inner.slice(0, at).filter(({ name }) => name !== ':' && name !== 'async');
    const [key, element] = of === 'dict' ? head : [null, head[0]];
    if (!element) return { kind: 'error', ...place };
    /** @type {Clause[]} */
    const clauses = [];
    let i = at;
    while (i < inner.length) {
      if (inner[i].name === 'for') {
        const isIn = inner.findIndex(({ name }, j) => j > i && name === 'in');
        if (isIn < 0 || !inner[isIn + 1]) break;
        const target = this.sequence(inner.slice(i + 1, isIn), place);
        clauses.push({ target, iterable: this.expression(inner[isIn + 1]), tests: [] });
        i = isIn + 2;
      } else if (inner[i].name === 'if' && inner[i + 1]) {
        clauses[clauses.length - 1]?.tests.push(this.expression(inner[i + 1]));
        i += 2;
      } else i++;
    }
    return {
      kind: 'comprehension',
      of,
      key: key ? this.expression(key) : null,
      element: this.expression(element),
      clauses,
      ...place,
    };
  }

  /** The texts and values of a format string. @param {SyntaxNode} node */
  #pieces(node) {
    const text = this.of(node);
    const quote = /^[a-zA-Z]*("""|'''|"|')/.exec(text);
    const isRaw = /r/i.test(quote?.[0] ?? '');
    const start = node.from + (quote?.[0].length ?? 0);
    const end = node.to - (quote?.[1].length ?? 0);
    /** @type {(string | { value: Expression, format: string })[]} */
    const pieces = [];
    let at = start;
    const plain = (/** @type {number} */ to) => {
      const raw = this.text.slice(at, to).replaceAll('{{', '{').replaceAll('}}', '}');
      if (to > at) pieces.push(isRaw ? raw : unescaped(raw));
    };
    for (const part of children(node)) {
      if (part.name !== 'FormatReplacement') continue;
      plain(part.from);
      const inside = children(part).filter(({ name }) => name !== '{' && name !== '}');
      const format = inside.find(({ name }) => name === 'FormatSpec');
      const value = this.first(inside.slice(0, 1), part);
      pieces.push({ value, format: format ? this.of(format).slice(1) : '' });
      at = part.to;
    }
    plain(end);
    return pieces;
  }
}

/** @param {SyntaxNode} node */
export function children(node) {
  const all = [];
  // An error without length is something that is missing; what is there is read.
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (!child.type.isError || child.to > child.from) all.push(child);
  return all;
}

/** @param {SyntaxNode} node */
const isError = ({ type }) => type.isError;

/** @param {Expression[]} items @param {Place} place @returns {Expression} */
export function tuple(items, { from, to }) {
  return { kind: 'tuple', items, from, to };
}

/** The value of a number as Python writes it. @param {string} text */
function numberOf(text) {
  const plain = text.replaceAll('_', '').replace(/[lL]$/, '');
  return /^0\d+$/.test(plain) ? parseInt(plain, 10) : Number(plain);
}

/** The value of a string with its quotes. @param {string} text */
function stringOf(text) {
  const [, prefix = '', quote = ''] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text) ?? [];
  const end = text.endsWith(quote) && text.length > prefix.length + quote.length ? quote.length : 0;
  const inside = text.slice(prefix.length + quote.length, text.length - end);
  return /r/i.test(prefix) ? inside : unescaped(inside);
}

/** @type {Record<string, string>} */
const ESCAPES = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', '\n': '', 0: '\0' };

/** @param {string} text */
function unescaped(text) {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|([\s\S]))/gi, (all, x, u, other) =>
    other === undefined ? String.fromCharCode(parseInt(x ?? u, 16)) : (ESCAPES[other] ?? all),
  );
}

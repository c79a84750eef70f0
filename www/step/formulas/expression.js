// Programs of the engine in MathML: each named value with its formula, its numbers and its result.
import { mathml } from 'lit-html';
import { digits } from '../../app/figures.js';
import { number, result } from './math.js';

/** @typedef {import('../../types.js').Program} Program */

/**
 * A named value of a program.
 * @typedef {object} Line
 * @property {string} symbol
 * @property {unknown} formula
 * @property {unknown} numbers
 * @property {number} value
 */

/** The operations of the engine, which rounds each result to float32. @type {Record<string, (...of: number[]) => number>} */
const OPERATIONS = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  neg: (a) => -a,
  sqrt: Math.sqrt,
  abs: Math.abs,
  ln: Math.log,
  ln_1p: Math.log1p,
  exp: Math.exp,
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  tanh: Math.tanh,
  softplus: (a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))),
  pow: Math.pow,
  max: (a, b) => (a > b ? a : b),
  if_less: (a, b, then, otherwise) => (a < b ? then : otherwise),
  if_at_most: (a, b, then, otherwise) => (a <= b ? then : otherwise),
};

/**
 * Returns the value of each node of a program.
 * @param {Program} program
 * @param {ArrayLike<number>} inputs
 */
export function evaluate({ nodes }, inputs) {
  /** @type {number[]} */
  const values = [];
  for (const { input, value, call, of } of nodes) {
    const given = input === null ? value : inputs[input];
    values.push(
      Math.fround(call === null ? (given ?? NaN) : OPERATIONS[call](...of.map((i) => values[i]))),
    );
  }
  return values;
}

/** Precedence of an operation: 1 a sum, 2 a product, 3 without brackets. @param {string | null} call */
const binding = (call) =>
  call === '+' || call === '-' || call === 'neg' ? 1 : call === '*' ? 2 : 3;

const row = (/** @type {unknown} */ inner) => mathml`<mrow>${inner}</mrow>`;
const bracketed = (/** @type {unknown} */ inner) =>
  mathml`<mrow><mo>(</mo>${inner}<mo>)</mo></mrow>`;
const called = (/** @type {string} */ name, /** @type {unknown} */ inner) =>
  mathml`<mi>${name}</mi>${bracketed(inner)}`;

/**
 * Returns the formula of a node in terms of named nodes and inputs.
 * @param {Program} program
 * @param {number} at
 * @param {(node: number) => unknown} leaf
 * @param {unknown} times the sign of a product
 */
function write({ nodes }, at, leaf, times) {
  /** @param {number} i @param {number} least minimum precedence without brackets @returns {unknown} */
  const part = (i, least) => {
    const { call, symbol } = nodes[i];
    if (call === null || symbol) return leaf(i);
    return binding(call) < least ? bracketed(operation(i)) : operation(i);
  };
  /** @param {number} i @returns {unknown} */
  const operation = (i) => {
    const { call, of } = nodes[i];
    const [a, b, c, d] = of;
    switch (call) {
      case '+':
        return mathml`${part(a, 1)}<mo>+</mo>${part(b, nodes[b].call === 'neg' ? 2 : 1)}`;
      case '-':
        return mathml`${part(a, 1)}<mo>−</mo>${part(b, 2)}`;
      case 'neg':
        return mathml`<mo>−</mo>${part(a, 2)}`;
      case '*':
        return a === b
          ? mathml`<msup>${row(part(a, 3))}<mn>2</mn></msup>`
          : mathml`${part(a, 2)}${times}${part(b, 2)}`;
      case '/':
        return mathml`<mfrac>${row(part(a, 0))}${row(part(b, 0))}</mfrac>`;
      case 'sqrt':
        return mathml`<msqrt>${part(a, 0)}</msqrt>`;
      case 'abs':
        return mathml`<mrow><mo>|</mo>${part(a, 0)}<mo>|</mo></mrow>`;
      case 'exp':
        return mathml`<msup><mi>e</mi>${row(part(a, 0))}</msup>`;
      case 'pow':
        return mathml`<msup>${row(part(a, 3))}${row(part(b, 0))}</msup>`;
      case 'ln':
        return called('ln', part(a, 0));
      case 'ln_1p':
        return called('ln', mathml`<mn>1</mn><mo>+</mo>${part(a, 1)}`);
      case 'softplus':
        return called('ln', mathml`<mn>1</mn><mo>+</mo><msup><mi>e</mi>${row(part(a, 0))}</msup>`);
      case 'sigmoid':
        return called('σ', part(a, 0));
      case 'max':
        return called('max', mathml`${part(a, 0)}<mo>,</mo>${part(b, 0)}`);
      case 'if_less':
      case 'if_at_most':
        return mathml`<mrow><mo>{</mo><mtable>
          <mtr><mtd>${part(c, 0)}</mtd><mtd><mtext>if </mtext>${part(a, 0)}<mo>${call === 'if_less' ? '<' : '≤'}</mo>${part(b, 0)}</mtd></mtr>
          <mtr><mtd>${part(d, 0)}</mtd><mtd><mtext>else</mtext></mtd></mtr>
        </mtable></mrow>`;
      default:
        return called(call ?? '', part(a, 0));
    }
  };
  return operation(at);
}

const SYMBOL_TIMES = mathml`<mo>&#x2062;</mo>`;
const NUMBER_TIMES = mathml`<mo>×</mo>`;

/**
 * Finds the named values that only limit an input which is within the limits, so that they equal it.
 * @param {Program} program
 * @param {number[]} values of its nodes
 * @returns {Map<number, number>} the input of each
 */
function unclipped({ nodes, results }, values) {
  /** @type {Map<number, number>} */
  const found = new Map();
  nodes.forEach(({ call, symbol }, i) => {
    if (!call?.startsWith('if_') || !symbol || results.includes(i)) return;
    const parts = [i];
    for (const part of parts) {
      const { call, of, input } = nodes[part];
      if (call?.startsWith('if_')) parts.push(...of.slice(2));
      else if (input !== null && values[part] === values[i]) found.set(i, part);
    }
  });
  return found;
}

/**
 * Returns the named values of a program in the order of computation, without those that no result needs.
 * @param {Program} program
 * @param {number[]} values of its nodes
 * @returns {Line[]}
 */
export function linesOf(program, values) {
  const { nodes, results } = program;
  /** @type {Set<number>} */
  const needed = new Set();
  const need = (/** @type {number} */ i) => {
    if (needed.has(i)) return;
    needed.add(i);
    if (!aliases.has(i)) nodes[i].of.forEach(need);
  };
  const aliases = unclipped(program, values);
  results.forEach(need);
  const given = new Set(nodes.filter(({ call }) => call === null).map(({ symbol }) => symbol));
  // A constant has all its digits: 0.9999999 is not 1.
  const numberOf = (/** @type {number} */ i) =>
    nodes[i].value === null ? number(values[i]) : mathml`<mn>${digits(values[i])}</mn>`;
  const symbolOf = (/** @type {number} */ i) => {
    const { symbol } = nodes[aliases.get(i) ?? i];
    return symbol ? mathml`<mi>${symbol}</mi>` : numberOf(i);
  };
  return nodes.flatMap(({ call, symbol }, i) => {
    if (call === null || !symbol || !needed.has(i) || aliases.has(i)) return [];
    // An input of the same name is replaced.
    const sign = given.has(symbol) ? '←' : '=';
    return {
      symbol,
      formula: mathml`<mi>${symbol}</mi><mo>${sign}</mo>${write(program, i, symbolOf, SYMBOL_TIMES)}`,
      numbers: mathml`<mi>${symbol}</mi><mo>=</mo>${write(program, i, numberOf, NUMBER_TIMES)}<mo>=</mo>${result(values[i])}`,
      value: values[i],
    };
  });
}

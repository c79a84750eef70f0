// What is said of a program: sentences with their place, and the edits that make it a program for Keras 3.

/** @typedef {import('./syntax.js').Place} Place */
/** @typedef {'note' | 'warning' | 'problem'} Severity */
/** @typedef {{ line: number, column: number, from: number, to: number, severity: Severity, text: string }} Message */

/** Number of sentences that are said of one program. */
const MOST = 200;

export class Notes {
  /** @type {{ severity: Severity, place: Place, text: string }[]} */
  #said = [];
  /** @type {{ from: number, to: number, insert: string }[]} */
  #edits = [];
  /** Modules that the corrected program needs. @type {Set<string>} */
  #needed = new Set();
  /** Code in texts that was run: what is said of it stands at its call. @type {{ from: number, code: string, place: Place }[]} */
  inner = [];
  /** Whether only what Keras 3 takes otherwise is said, as of models that are not shown. */
  isQuiet = false;
  /** Whether the program is one for Keras 1, as its words say. */
  isOld = false;

  /**
   * @param {string} given the text
   * @param {{ code: string, cuts: number[] }} python the program in it; all places are of this one
   */
  constructor(given, { code, cuts }) {
    this.given = given;
    this.cuts = cuts;
    this.text = code;
    this.isOld =
      /\b(nb_epoch|border_mode|nb_filter|output_dim|W_regularizer|subsample|dim_ordering|Convolution2D)\b/.test(
        code,
      );
  }

  /** @param {Severity} severity @param {Place} place @param {string} text */
  add(severity, place, text) {
    if (this.isQuiet && severity !== 'warning') return;
    const at = this.#innerOf(place.from)?.place ?? place;
    if (!this.#said.some((other) => other.text === text && other.place.from === at.from))
      this.#said.push({ severity, place: at, text });
  }

  /** The code in a text that a place lies in. @param {number} at */
  #innerOf(at) {
    return this.inner.filter(({ from }) => from <= at).pop();
  }

  /** @param {Place} place @param {string} insert */
  edit({ from, to }, insert) {
    const inner = this.#innerOf(from);
    if (inner) {
      // A word that stands once in the text is that one.
      const word = inner.code.slice(from - inner.from, to - inner.from);
      const { place } = inner;
      const isOne = word && this.text.slice(place.from, place.to).split(word).length === 2;
      if (isOne) this.replaceIn(place, word, insert);
      return;
    }
    const isSame = (/** @type {{ from: number, to: number }} */ other) =>
      from === to ? other.from === from && other.to === to : other.from < to && from < other.to;
    if (!this.#edits.some(isSame)) this.#edits.push({ from, to, insert });
  }

  /** Makes the corrected program import a module. @param {string} module */
  needs(module) {
    const has = new RegExp(
      `^\\s*(import ${module}\\b(?!\\.)|from \\S+ import [^#\\n]*\\b${module}\\b)`,
      'm',
    );
    if (!has.test(this.text)) this.#needed.add(module);
  }

  /** Replaces a text inside a place. @param {Place} place @param {string} before @param {string} after */
  replaceIn({ from, to }, before, after) {
    const at = this.text.slice(from, to).lastIndexOf(before);
    if (at >= 0) this.edit({ from: from + at, to: from + at + before.length }, after);
  }

  /** Adds an argument to a call. @param {Place} call @param {string} argument */
  append({ to }, argument) {
    const isFirst = /\(\s*$/.test(this.text.slice(Math.max(0, to - 50), to - 1));
    this.edit({ from: to - 1, to: to - 1 }, isFirst ? argument : `, ${argument}`);
  }

  /** Removes an argument with its comma. @param {Place} place */
  remove({ from, to }) {
    let start = from;
    while (start > 0 && /\s/.test(this.text[start - 1])) start--;
    if (this.text[start - 1] === ',') return this.edit({ from: start - 1, to }, '');
    const after = /^\s*,[ \t]*/.exec(this.text.slice(to, to + 200));
    return this.edit({ from, to: to + (after?.[0].length ?? 0) }, '');
  }

  /** Offsets in the text of offsets in the program, which come in order. @param {number[]} offsets */
  #inText(offsets) {
    const lines = this.given.split('\n');
    const ends = this.text.split('\n');
    let [line, start, startInText] = [0, 0, 0];
    return offsets.map((offset) => {
      while (line < ends.length - 1 && offset > start + ends[line].length) {
        start += ends[line].length + 1;
        startInText += lines[line].length + 1;
        line++;
      }
      const column = Math.min(lines[line].length, offset - start + this.cuts[line]);
      return {
        offset: startInText + column,
        line: line + 1,
        column: column + 1,
        prefix: lines[line].slice(0, this.cuts[line]),
      };
    });
  }

  /** All sentences, in the order of the text. @returns {Message[]} */
  messages() {
    const sorted = [...this.#said].sort((a, b) => a.place.from - b.place.from).slice(0, MOST);
    const begins = this.#inText(sorted.map(({ place }) => place.from));
    return sorted.map(({ severity, place, text }, i) => {
      const { line, column, offset } = begins[i];
      return { line, column, from: offset, to: offset + place.to - place.from, severity, text };
    });
  }

  /** The text after all edits. */
  corrected() {
    const edits = [...this.#edits].sort((a, b) => a.from - b.from || a.to - b.to);
    const begins = this.#inText(edits.map(({ from }) => from));
    const ends = this.#inText(edits.map(({ to }) => to));
    let text = '';
    let at = 0;
    edits.forEach(({ insert }, i) => {
      const { offset, prefix } = begins[i];
      text += this.given.slice(at, offset) + insert.replaceAll('\n', `\n${prefix}`);
      at = ends[i].offset;
    });
    const imports = [...this.#needed].map((module) => `import ${module}\n`).join('');
    return imports + text + this.given.slice(at);
  }
}

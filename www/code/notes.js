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
  /** Whether the program is one for Keras 1, as its words say. */
  isOld = false;

  /** @param {string} text of the program */
  constructor(text) {
    this.text = text;
    this.isOld =
      /\b(nb_epoch|border_mode|nb_filter|output_dim|W_regularizer|subsample|dim_ordering|Convolution2D)\b/.test(
        text,
      );
  }

  /** @param {Severity} severity @param {Place} place @param {string} text */
  add(severity, place, text) {
    if (!this.#said.some((other) => other.text === text && other.place.from === place.from))
      this.#said.push({ severity, place, text });
  }

  /** @param {Place} place @param {string} insert */
  edit({ from, to }, insert) {
    if (!this.#edits.some((other) => other.from < to && from < other.to))
      this.#edits.push({ from, to, insert });
  }

  /** Replaces a text inside a place. @param {Place} place @param {string} before @param {string} after */
  replaceIn({ from, to }, before, after) {
    const at = this.text.slice(from, to).lastIndexOf(before);
    if (at >= 0) this.edit({ from: from + at, to: from + at + before.length }, after);
  }

  /** Removes an argument with its comma. @param {Place} place */
  remove({ from, to }) {
    let start = from;
    while (start > 0 && /\s/.test(this.text[start - 1])) start--;
    if (this.text[start - 1] === ',') return this.edit({ from: start - 1, to }, '');
    const after = /^\s*,[ \t]*/.exec(this.text.slice(to, to + 200));
    return this.edit({ from, to: to + (after?.[0].length ?? 0) }, '');
  }

  /** All sentences, in the order of the text. @returns {Message[]} */
  messages() {
    const sorted = [...this.#said].sort((a, b) => a.place.from - b.place.from).slice(0, MOST);
    let [line, start, at] = [1, 0, 0];
    return sorted.map(({ severity, place: { from, to }, text }) => {
      for (; at < from; at++) if (this.text[at] === '\n') [line, start] = [line + 1, at + 1];
      return { line, column: from - start + 1, from, to, severity, text };
    });
  }

  /** The program after all edits. */
  corrected() {
    let text = this.text;
    for (const { from, to, insert } of [...this.#edits].sort((a, b) => b.from - a.from))
      text = text.slice(0, from) + insert + text.slice(to);
    return text;
  }
}

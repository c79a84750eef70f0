// What people paste as a program: a script, a notebook, an interpreter's session, with lines that are not Python. Lines
// keep their number, so that places in the program can be found in the text.

/** Longest text that is read, in characters. */
export const LONGEST = 1_000_000;

/**
 * The program in a text: of a notebook, its code cells one after the other.
 * @param {string} text
 * @returns {{ text: string, cells: { index: number, from: number, to: number }[] }}
 */
export function programOf(text) {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const cells = notebook(plain);
  if (!cells) return { text: plain, cells: [] };
  /** @type {{ index: number, from: number, to: number }[]} */
  const places = [];
  let program = '';
  for (const { index, source } of cells) {
    const from = program.length;
    program += source.endsWith('\n') ? source : `${source}\n`;
    places.push({ index, from, to: program.length });
    program += '\n';
  }
  return { text: program, cells: places };
}

/** First lines of cells in other languages. */
const OTHER_CELLS =
  /^\s*%%(bash|sh|script|html|HTML|javascript|js|latex|markdown|R|perl|ruby|svg|cmd)\b/;

/** The code cells of a notebook; undefined where the text is none. @param {string} text */
function notebook(text) {
  if (!/^\s*\{/.test(text)) return undefined;
  /** @type {any} */
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const cells = parsed?.cells ?? parsed?.worksheets?.[0]?.cells;
  if (!Array.isArray(cells)) return undefined;
  return cells.flatMap((cell, index) => {
    if (cell?.cell_type !== 'code') return [];
    const given = cell.source ?? cell.input ?? '';
    const source = Array.isArray(given) ? given.map(String).join('') : String(given);
    const plain = source.replace(/\r\n?/g, '\n');
    const isOther = OTHER_CELLS.test(plain);
    return [{ index, source: isOther ? plain.replace(/^/gm, '#') : plain }];
  });
}

/** A line of a program, and how many characters of the text's line come before it. @typedef {{ code: string, cut: number }} Line */

/**
 * The program without what is not Python: magics, shell lines, prose and printed lines become comments, prompts become
 * nothing.
 * @param {string} text
 * @returns {{ code: string, cuts: number[] }} `cuts`: number of characters that each line has lost in front
 */
export function pythonOf(text) {
  const given = text.split('\n').map(plain);
  const printed = printedLines(given);
  const hasPrompts = given.some((line) => /^\s*(>>>|In ?\[\d*\]:)/.test(line));
  const hasFences = given.some((line) => /^\s*```/.test(line));
  const [isPrompted, isFenced] = [prompting(), fencing()];
  const lines = given.map((line, i) => {
    if (printed.has(i) || OTHER_LINES.test(line) || HELP.test(line)) return comment(line);
    const magic = MAGIC.exec(line);
    if (magic) return { code: blank(magic[0].length) + line.slice(magic[0].length), cut: 0 };
    if (/^\s*[!%]/.test(line)) return comment(line);
    const prompted = hasPrompts ? isPrompted(line) : { code: line, cut: 0 };
    if (!prompted) return comment(line);
    // A line with a prompt is code, in a fence or not.
    if (hasFences && prompted.cut === 0 && !isFenced(line)) return comment(line);
    return { ...prompted, code: grammatical(prompted.code) };
  });
  const all = dedented(lines);
  return { code: all.map(({ code }) => code).join('\n'), cuts: all.map(({ cut }) => cut) };
}

/** Lines for the shell, and of Markdown. */
const OTHER_LINES =
  /^\s*(\?\w|%%|(pip3?|conda|git|cd|sudo|apt|wget|curl) (?!=)[\w.-]|<\/?(pre|code|div|p)\b)/;
/** Fences that hold no Python. */
const OTHER_LANGUAGES =
  /^(bash|sh|shell|console|zsh|json|yaml|text|txt|output|cmd|html|js|javascript|r|R|cpp|java)$/;
/** A question to the notebook: `model.fit?`. */
const HELP = /^\s*\w[\w.]*\?{1,2}\s*$/;
/** Magics after which Python stands in the same line. */
const MAGIC = /^\s*%(time|timeit|prun|memit)\b(\s+-\w+\s*\d*)*/;

/** @param {number} length */
const blank = (length) => ' '.repeat(length);

/** @param {string} line @returns {Line} */
function comment(line) {
  const code = line.trim() ? `#${line.slice(1)}` : line;
  return { code, cut: 0 };
}

/** Without blanks and quotation marks of other kinds. @param {string} line */
function plain(line) {
  return line
    .replace(/[\u00A0\u2002-\u200B\u3000]/g, ' ')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'");
}

/** The lines of tracebacks: code is shown there once more. @param {string[]} lines */
function printedLines(lines) {
  /** @type {Set<number>} */
  const printed = new Set();
  let [isOpen, isListed] = [false, false];
  lines.forEach((line, i) => {
    if (/^\s*(Traceback \(most recent|-{20,})/.test(line)) isOpen = true;
    // An arrow points at a line, with numbered ones around it.
    const isNumbered = /^\s*(-+>\s*)?\d+\s{1,}\S/.test(line);
    if (/^\s*-+>\s*\d+/.test(line)) {
      isListed = true;
      for (let k = i - 1; /^\s*\d+\s/.test(lines[k] ?? ''); k--) printed.add(k);
    }
    if (!isNumbered && line.trim()) isListed = false;
    if (isOpen || (isListed && isNumbered)) printed.add(i);
    if (isOpen && /^\w*(Error|Exception|Interrupt|Warning)\b/.test(line)) isOpen = false;
  });
  // A line of dashes alone begins nothing.
  return isOpen
    ? new Set([...printed].filter((i) => /^\s*(-+>\s*)?\d+\s/.test(lines[i])))
    : printed;
}

/** Reads an interpreter's session: returns the code of a line, or null for what the interpreter has printed. */
function prompting() {
  let isCell = false;
  return (/** @type {string} */ line) => {
    const prompt = /^\s*(>>>|\.{3,}:?|(In|Out) ?\[\d*\]:)( |$)/.exec(line);
    const code = prompt ? line.slice(prompt[0].length) : line;
    if (prompt) {
      // `In [1]:` alone on its line: the cell follows.
      isCell = prompt[2] === 'In' && !code.trim();
      return prompt[2] === 'Out' ? null : { code, cut: prompt[0].length };
    }
    return isCell ? { code, cut: 0 } : null;
  };
}

/** Reads Markdown: whether a line stands in a fence. */
function fencing() {
  let [isCode, isOther] = [false, false];
  return (/** @type {string} */ line) => {
    const fence = /^\s*```\s*(\w*)/.exec(line);
    if (!fence) return isCode;
    // A fence with a language opens.
    const [, language] = fence;
    isCode = language ? !OTHER_LANGUAGES.test(language) : !isCode && !isOther;
    isOther = OTHER_LANGUAGES.test(language);
    return false;
  };
}

/** @type {Record<string, string>} */
const WIDE = { '，': ',', '（': '(', '）': ')', '：': ':', '；': ';', '＝': '=' };

/** What the grammar does not know: numbers that end with their point, gaps, and signs of full width outside texts. @param {string} line */
function grammatical(line) {
  const code = line
    .replace(/(?<![\w.])(\d+)\.(?![\w.])/g, '$1 ')
    .replace(/(?<![\w.])(\d+)\.([eE][-+]?\d+)/g, '$1$2 ')
    .replaceAll('??', '__');
  if (!/[，（）：；＝]/.test(code)) return code;
  return code
    .split(/("[^"]*"|'[^']*'|#.*)/)
    .map((part, i) => (i % 2 ? part : part.replace(/[，（）：；＝]/g, (sign) => WIDE[sign])))
    .join('');
}

/**
 * The signs of full width that were read as Python's: their offsets in the program.
 * @param {string} text
 * @param {{ code: string, cuts: number[] }} python
 */
export function wideSigns(text, { code, cuts }) {
  const given = text.split('\n');
  let start = 0;
  return code.split('\n').flatMap((line, i) => {
    const found = [...line].flatMap((sign, at) => {
      const before = given[i][at + cuts[i]];
      return sign !== before && WIDE[before] === sign ? [{ at: start + at, before, sign }] : [];
    });
    start += line.length + 1;
    return found;
  });
}

/** Without the blanks that all lines begin with. @param {Line[]} lines @returns {Line[]} */
function dedented(lines) {
  const indent = (/** @type {Line} */ { code }) => /^[ \t]*/.exec(code)?.[0] ?? '';
  const real = lines.filter(({ code }) => code.trim() && !/^\s*#/.test(code));
  const least = real.map(indent).sort((a, b) => a.length - b.length)[0] ?? '';
  if (!least) return lines;
  return lines.map((line) =>
    line.code.startsWith(least)
      ? { code: line.code.slice(least.length), cut: line.cut + least.length }
      : line,
  );
}

// What people paste as a program: a script, a notebook, an interpreter's session, with lines that are not Python. Lines
// keep their number and length where they can, so that places in the text stay what they are.

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

/**
 * The program without what is not Python: magics and shell lines become comments, prompts become nothing.
 * @param {string} text
 */
export function pythonOf(text) {
  const lines = text.split('\n');
  const prompts = lines.filter((line) => /^\s*(>>>|In ?\[\d*\]:)/.test(line)).length > 0;
  // Blanks of another kind would be errors.
  const plain = (/** @type {string} */ line) =>
    line
      .replace(/[\u00A0\u2002-\u200B\u3000]/g, ' ')
      .replace(/[“”„]/g, '"')
      .replace(/[‘’]/g, "'");
  const fences = lines.filter((line) => /^\s*```/.test(line));
  let isCode = false;
  const cleaned = lines.map((given) => {
    let line = plain(given);
    if (prompts) {
      const prompt = /^\s*(>>>|\.\.\.|In ?\[\d*\]:) ?/.exec(line);
      // What has no prompt is printed by the interpreter.
      if (prompt) line = line.slice(prompt[0].length) + ' '.repeat(prompt[0].length);
      else if (line.trim()) line = `#${line.slice(1)}`;
    }
    if (/^\s*([!%]|\?\w)/.test(line) || /^\s*\w[\w.]*\?{1,2}\s*$/.test(line))
      return line.replace(/^(\s*)./, '$1#');
    if (fences.length > 0) {
      if (/^\s*```/.test(line)) isCode = !isCode;
      // Around the code stands prose.
      if (!isCode || /^\s*```/.test(line)) return line && `#${line.slice(1)}`;
    }
    // The grammar knows no number that ends with its point, and no gap.
    return line.replace(/(?<![\w.])(\d+)\.(?![\w.])/g, '$1 ').replaceAll('??', '__');
  });
  return dedented(cleaned).join('\n');
}

/** Without the blanks that all lines begin with. @param {string[]} lines */
function dedented(lines) {
  const real = lines.filter((line) => line.trim() && !/^\s*#/.test(line));
  const indent = (/** @type {string} */ line) => /^[ \t]*/.exec(line)?.[0] ?? '';
  const least = real
    .map(indent)
    .reduce((a, b) => (a.length <= b.length ? a : b), real.length ? indent(real[0]) : '');
  if (!least) return lines;
  // The blanks go to the end of the line, so that places differ within a line only.
  return lines.map((line) =>
    line.startsWith(least) ? line.slice(least.length) + ' '.repeat(least.length) : line,
  );
}

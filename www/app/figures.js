// Numbers as text: in four significant digits, or with all digits of a float32. Pure functions.

/** A number's text with minus signs in place of hyphens. @param {string} text */
export function signed(text) {
  return text.replaceAll('-', '−');
}

/**
 * Formats a number in four significant digits; a missing one as a dash.
 * @param {number | null | undefined} value
 */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5) return signed(value.toExponential(3));
  return signed(size < 1e3 ? value.toPrecision(4) : value.toFixed(0));
}

/** A count in front of its total, padded with spaces of a digit's width, so that it moves nothing when it grows. @param {number} count @param {number} total */
export function padded(count, total) {
  return String(count).padStart(String(total).length, '\u2007');
}

/** Formats a number in at most four significant digits, without trailing zeros. @param {number} value */
export function brief(value) {
  const text = number(value);
  return /\.\d*$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}

/**
 * Formats a float32 in the fewest digits that round-trip.
 * @param {number} value
 */
export function digits(value) {
  if (!Number.isFinite(value)) return String(value);
  for (let precision = 1; precision < 9; precision++) {
    const text = value.toPrecision(precision);
    if (Math.fround(Number(text)) === Math.fround(value)) return tidy(text);
  }
  return tidy(value.toPrecision(9));
}

/** Drops trailing zeros: 1e-7 for 1.0e-7. @param {string} text */
function tidy(text) {
  const plain = String(Number(text));
  return signed(plain.length <= text.length + 1 ? plain : text);
}

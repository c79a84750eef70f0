// Numbers as they are shown: in four figures, or with all the digits that a float32 has. Pure.

/**
 * A number in four figures, with the dash of the typographers for none.
 * @param {number | null | undefined} value
 */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(2)
      : value.toFixed(size < 10 ? 4 : 2);
  return text.replace('-', '−');
}

/**
 * The fewest digits that bring a float32 back.
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

/** Without what says nothing: 1e-7 for 1.0e-7. @param {string} text */
function tidy(text) {
  const number = Number(text);
  const plain = String(number);
  return plain.length <= text.length + 1 ? plain.replace('-', '−') : text.replace('-', '−');
}

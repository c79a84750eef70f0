// Colours of numbers: one diverging scale for signed values, orange below zero and blue above. Both ends differ equally
// in lightness from the middle, so the scale is readable with red-green colour blindness.

/** @typedef {[number, number, number]} Rgb */

/** Stops from -1 to 1. @type {{ light: Rgb[], dark: Rgb[] }} */
const STOPS = {
  light: [
    [153, 63, 0],
    [227, 122, 34],
    [250, 249, 246],
    [64, 132, 196],
    [8, 60, 122],
  ],
  dark: [
    [255, 190, 118],
    [201, 104, 24],
    [28, 31, 36],
    [48, 116, 188],
    [138, 197, 255],
  ],
};

/** Colours of lines, texts and series on a canvas. */
const INK = {
  light: {
    paper: '#ffffff',
    ink: '#1b1f24',
    soft: '#5b6470',
    faint: '#d9dde2',
    loss: '#8a2f8f',
    metric: '#00695f',
    good: '#1a6b3c',
    bad: '#b3261e',
  },
  dark: {
    paper: '#16181c',
    ink: '#eceef1',
    soft: '#a4adb8',
    faint: '#343a42',
    loss: '#e59aea',
    metric: '#5fd0c0',
    good: '#7fd6a0',
    bad: '#ff9d94',
  },
};

/** Colours of classes, distinguishable with most kinds of colour blindness. Markers differ as well. */
const CLASSES = {
  light: [
    '#c05a00',
    '#1f6fb4',
    '#00806a',
    '#a04a8c',
    '#7a6a00',
    '#0090b8',
    '#b33a3a',
    '#5a5a5a',
    '#6448b8',
    '#3f7f1f',
  ],
  dark: [
    '#f0953f',
    '#63b0f4',
    '#3fc7a8',
    '#de8fc9',
    '#d8c64a',
    '#5fd0ee',
    '#f08a86',
    '#b8bcc2',
    '#a996f0',
    '#90cc6a',
  ],
};

/**
 * Colours of compared runs, beside those of the current run: no two are alike, also with each kind of colour blindness.
 * Their markers differ as well.
 */
const RUNS = {
  light: ['#3399dd', '#bb1111', '#aa8833', '#ff33aa', '#441166', '#8844ff', '#660000', '#6600cc'],
  dark: ['#ddee44', '#dd0000', '#3355ee', '#44ffcc', '#aa77cc', '#66aa77', '#885588', '#aacc66'],
};

/** Steps of the scale on each side of 0. */
const N = 255;

/**
 * @typedef {object} Colours
 * @property {boolean} dark
 * @property {typeof INK.light} ink
 * @property {string[]} classes
 * @property {string[]} runs of compared runs
 * @property {(value: number) => string} css colour of the scale for -1..1
 * @property {Uint32Array} packed the scale as canvas pixels; index 0 is -1, the middle 0
 */

/**
 * Returns the colours of a theme.
 * @param {boolean} dark
 * @returns {Colours}
 */
export function colours(dark) {
  const theme = dark ? 'dark' : 'light';
  const packed = new Uint32Array(2 * N + 1);
  for (let i = 0; i < packed.length; i++) {
    const [r, g, b] = mix(STOPS[theme], i / N - 1);
    packed[i] = 0xff000000 | (b << 16) | (g << 8) | r;
  }
  return {
    dark,
    ink: INK[theme],
    classes: CLASSES[theme],
    runs: RUNS[theme],
    css: (value) => `rgb(${mix(STOPS[theme], value).join(' ')})`,
    packed,
  };
}

/**
 * Index into `packed`.
 * @param {number} value clamped to -1..1
 */
export function shade(value) {
  const i = Math.round((value + 1) * N);
  return i < 0 ? 0 : i > 2 * N ? 2 * N : i || 0;
}

/**
 * Interpolates between stops.
 * @param {Rgb[]} stops
 * @param {number} value
 * @returns {Rgb}
 */
function mix(stops, value) {
  const at = ((Math.min(1, Math.max(-1, value || 0)) + 1) / 2) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const part = at - i;
  return /** @type {Rgb} */ (stops[i].map((c, k) => Math.round(c + (stops[i + 1][k] - c) * part)));
}

/**
 * Returns the end of a scale: a round number at or above the largest magnitude of `values`.
 * @param {Float32Array} values
 */
export function scaleEnd(values) {
  // An index is much faster than an iterator: a layer may have millions of weights.
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value > high) high = value;
    else if (value < low) low = value;
  }
  let top = Math.max(high, -low);
  if (top === Infinity)
    top = values.reduce((most, v) => (isFinite(v) ? Math.max(most, Math.abs(v)) : most), 0);
  if (top === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(top));
  const step = [1, 1.5, 2, 3, 5, 7, 10].find((s) => s * power >= top * 0.999) ?? 10;
  return Number((step * power).toPrecision(3));
}

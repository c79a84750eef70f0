// How the page is built: static files with relative URLs, from www/ and pkg/ to dist/.
import { defineConfig } from 'vite';

/** The indentation inside templates, which no minifier may touch, and which means nothing in HTML. */
const unindented = {
  name: 'unindented-templates',
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    return /\/www\/(glass\/)?(views|formulas)\//.test(id)
      ? { code: code.replace(/\n\s+/g, '\n'), map: null }
      : null;
  },
};

/** What the chart libraries can do and this page does not, by their files. @type {[file: RegExp, parts: RegExp[]][]} */
const UNUSED = [
  // Dates along an axis, steps, bars and splines.
  [
    /uPlot\.esm\.js$/,
    [
      /= genTimeStuffs\((1|1e-3)\)/, // twice: each takes the first that is left
      /= genTimeStuffs\((1|1e-3)\)/,
      /\(ms == 1 \? timeAxisSplitsMs.*(?=;)/,
      /timeAxisVals\(_tzDate, timeAxisStamps\(\(.*(?=;)/,
      /timeSeriesVal\(_tzDate, timeSeriesStamp\(_.*(?=;)/,
      /\(opts\.fmtDate \|\| fmtDate\)/,
      /uPlot\.fmtDate = fmtDate;/,
      /uPlot\.tzDate {2}= tzDate;/,
      /fmtDate\(dateTpl\)/,
      /\(paths\.stepped = stepped\);/,
      /\(paths\.bars {4}= bars\);/,
      /\(paths\.spline {2}= monotoneCubic\);/,
    ],
  ],
  // Levels of its own choice.
  [
    /d3-contour\.mjs$/,
    [
      /= thresholdSturges/,
      /extent\(values, finite\)/,
      /ticks\(\.\.\.nice\(e\[0\], e\[1\], tz\), tz\)/,
    ],
  ],
];

/** Leaves that out, so that nobody downloads it: four kilobytes. */
const smallerCharts = {
  name: 'smaller-charts',
  /**
   * @param {string} code
   * @param {string} id
   */
  transform(code, id) {
    const unused = UNUSED.find(([file]) => file.test(id));
    if (!unused) return null;
    for (const part of unused[1]) {
      if (!part.test(code)) throw new Error(`${id} has changed: there is no ${part} to leave out.`);
      code = code.replace(part, (found) =>
        /;$/.test(found) ? '' : found[0] === '=' ? '= []' : 'null',
      );
    }
    return { code, map: null };
  },
};

export default defineConfig({
  plugins: [unindented, smallerCharts],
  root: 'www',
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    // The content security policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    // No wrapper around what is fetched later.
    modulePreload: false,
    rolldownOptions: { input: ['www/index.html', 'www/bench.html'] },
    // The licences of what is bundled, beside NOTICE.txt.
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
});

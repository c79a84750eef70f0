// What eslint looks for: its recommended rules, in the page, the scripts and the tests.
import js from '@eslint/js';
import globals from 'globals';

/** Functions whose results may differ in bits between browsers and their versions. */
const INEXACT =
  'acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh';

/** The modules of the page whose numbers are only drawn or shown: none of them reaches an experiment or a hash. */
const DRAWN = [
  'www/picture/charts/**',
  'www/picture/colour.js', // ends of colour scales
  'www/analysis/surface.js', // random directions of a slice of the loss surface
  'www/step/formulas/expression.js', // numbers beside a formula
  'www/views/moment/gradient-check.js', // the width of a numerical difference
  'www/views/moment/spread.js', // a logarithmic axis
  'www/views/compare/heat-map.js', // a logarithmic colour scale
];

export default [
  { ignores: ['.cache/', 'dist/', 'pkg/', 'target/', 'www/public/'] },
  js.configs.recommended,
  {
    rules: {
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['www/**/*.js', 'benches/**/*.js'],
    languageOptions: { globals: { ...globals.browser, ...globals.worker } },
  },
  {
    files: ['www/**/*.js'],
    ignores: DRAWN,
    rules: {
      'no-restricted-properties': [
        'error',
        ...INEXACT.split(' ').map((property) => ({
          object: 'Math',
          property,
          message: 'Its bits differ between browsers: compute it in the engine, or only to draw.',
        })),
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='**']",
          message: 'Its bits differ between browsers: multiply, or use decimal text.',
        },
      ],
    },
  },
  { files: ['scripts/**/*.js', '*.config.js'], languageOptions: { globals: globals.node } },
  {
    // Tests and the bench run in node and hand functions to the browser.
    files: [
      'tests/**/*.mjs',
      'tests/**/*.js',
      'scripts/bench/*.js',
      'scripts/{first-sight,layout,ideas,memory,screenshot,share}.js',
    ],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];

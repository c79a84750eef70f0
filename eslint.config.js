// What eslint looks for: its recommended rules, in the page, the scripts and the tests.
import js from '@eslint/js';
import globals from 'globals';

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
  { files: ['scripts/**/*.js', '*.config.js'], languageOptions: { globals: globals.node } },
  {
    // Tests run in node and hand functions to the browser.
    files: ['tests/**/*.mjs', 'tests/**/*.js'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
];

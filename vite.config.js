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

export default defineConfig({
  plugins: [unindented],
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

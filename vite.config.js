// How the page is built: static files with relative URLs, from www/ and pkg/ to dist/.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (/** @type {string} */ name) => fileURLToPath(new URL(`www/${name}`, import.meta.url));

export default defineConfig({
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
    rolldownOptions: { input: [page('index.html'), page('bench.html')] },
    // The licences of what is bundled, beside NOTICE.txt.
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
});

// How the page is built: static files with relative URLs, from www/ and pkg/ to dist/.
import { defineConfig } from 'vite';

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
    rolldownOptions: { input: ['www/index.html', 'www/bench.html'] },
    // The licences of what is bundled, beside NOTICE.txt.
    license: { fileName: 'licenses.md' },
  },
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
});

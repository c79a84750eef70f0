// How the page is built: static files with relative URLs, from www/ and pkg/ to dist/.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const page = (/** @type {string} */ name) => fileURLToPath(new URL(`www/${name}`, import.meta.url));

/**
 * Lets the page's first files be fetched side by side: the modules that the first one imports, and the engine.
 * @type {import('vite').Plugin}
 */
const preload = {
  name: 'preload',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { bundle = {}, chunk }) => {
      if (chunk?.name !== 'index') return;
      const link = (/** @type {Record<string, string>} */ attrs) => ({
        tag: 'link',
        attrs,
        injectTo: /** @type {const} */ ('head'),
      });
      const engine = Object.keys(bundle).find((file) => /glassbox_bg.*\.wasm$/.test(file));
      return [
        ...chunk.imports.map((file) => link({ rel: 'modulepreload', href: `./${file}` })),
        link({
          rel: 'preload',
          as: 'fetch',
          crossorigin: '',
          fetchpriority: 'low',
          href: `./${engine}`,
        }),
      ];
    },
  },
};

export default defineConfig({
  plugins: [preload],
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

// A static web server for dist/: what any static host does, and nothing else.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from './stage.js';

/** @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/**
 * Serves a folder of the project to this machine.
 * @param {{ folder?: string, base?: string, port?: number, headers?: Record<string, string> }} [options] `base`: the path that stands before
 *   every file's, such as "/course/lab/"; `port`: 0 takes a free one; `headers`: sent with every file
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({ folder = 'dist', base = '/', port = 0, headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    try {
      const path = decodeURIComponent(new URL(request.url || '/', 'http://x').pathname);
      if (!path.startsWith(base)) throw new Error('outside');
      const inside = normalize('/' + path.slice(base.length));
      const file = inside.endsWith('/') ? `${inside}index.html` : inside;
      const body = await readFile(join(root, folder, file));
      const type = TYPES[extname(file)] || 'application/octet-stream';
      response.writeHead(200, {
        'Content-Type': type,
        'Cache-Control': 'no-cache',
        ...headers,
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch {
      response
        .writeHead(404, { 'Content-Type': 'text/plain' })
        .end('There is no such file here.\n');
    }
  });
  /** @type {number} */
  const chosen = await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
  const close = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
    );
  return { url: `http://127.0.0.1:${chosen}${base}`, close };
}

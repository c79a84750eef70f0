// A static web server for dist/.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from './stage.js';

/**
 * A changed answer: another status, type or text.
 * @typedef {{ status?: number, type?: string, body?: string | Buffer }} Changed
 */

/**
 * Serves a folder on the local host.
 * @param {{ folder?: string, base?: string, port?: number, zip?: boolean, headers?: Record<string, string>,
 *   change?: (name: string) => Changed | undefined, onSent?: (name: string, status: number) => void }} [options]
 *   `zip`: whether files are compressed, as most hosts do; `base`: the path before every file's, such as "/course/lab/"; `port`: 0 takes a free one; `headers`: sent with
 *   every file; `change`: what is sent in place of a file; `onSent`: called after each answer
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve({
  folder = join(root, 'dist'),
  base = '/',
  port = 0,
  zip = false,
  headers = {},
  change = () => undefined,
  onSent = () => {},
} = {}) {
  // Loaded here: `npm start` in a fresh clone imports this file before it installs the packages.
  const { default: sirv } = await import('sirv');
  // Files are looked up for each request: a build may replace them while the server runs.
  const files = sirv(folder, { dev: true, etag: true });
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (!path.startsWith(base)) return void response.writeHead(404).end();
    request.url = `/${path.slice(base.length)}`;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const name = new URL(request.url, 'http://localhost').pathname.slice(1) || 'index.html';
    response.on('finish', () => onSent(name, response.statusCode));
    const { status = 200, type, body } = change(name) ?? {};
    if (type) response.setHeader('Content-Type', type);
    if (zip && body === undefined && !name.startsWith('data/'))
      sendZipped(join(folder, name), response);
    else if (body === undefined && status === 200) files(request, response);
    else response.writeHead(status).end(body);
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

/** Types of the files that are compressed. @type {Record<string, string>} */
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** @param {string} path @param {import('node:http').ServerResponse} response */
function sendZipped(path, response) {
  const body = gzipSync(readFileSync(path));
  const headers = { 'Content-Type': TYPES[extname(path)], 'Content-Encoding': 'gzip' };
  response.writeHead(200, headers).end(body);
}

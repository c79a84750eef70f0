// `npm run dev`: vite's server. An edited file of www/ is on the page at once, an edited Rust file after a quick build.
import { join, sep } from 'node:path';
import { buildParts, catalog, enginePackage } from './build-steps.js';
import { root, script, stage } from './stage.js';

/** Inputs of the engine: folders and files. */
const WATCHED = ['src', 'Cargo.toml', '.cargo'].map((path) => join(root, path));

await script(async () => {
  await buildParts('quick');
  const { createServer } = await import('vite');
  const server = await createServer({ configFile: join(root, 'vite.config.js') });
  await server.listen();
  server.printUrls();

  const rebuild = oneAtATime(async () => {
    try {
      await stage('engine', () => enginePackage('quick'));
      server.ws.send({ type: 'full-reload' });
      if ((await stage('catalog', catalog)) !== 'up to date') {
        server.ws.send({ type: 'full-reload' });
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      console.error(message);
      server.ws.send({ type: 'error', err: { message, stack: '' } });
    }
  });
  server.watcher.add(WATCHED);
  server.watcher.on('all', (_event, path) => {
    if (WATCHED.some((watched) => path === watched || path.startsWith(watched + sep))) rebuild();
  });
});

/**
 * Returns a function that runs the work. Calls during a run cause one more run after it.
 * @param {() => Promise<void>} work
 */
function oneAtATime(work) {
  let [running, wanted] = [false, false];
  return async () => {
    wanted = true;
    if (running) return;
    running = true;
    while (wanted) {
      wanted = false;
      await work();
    }
    running = false;
  };
}

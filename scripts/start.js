// `npm start`: sets up, builds stale outputs, serves the page and prints its address.
import { buildAll } from './build-steps.js';
import { serve } from './serve.js';
import { StageError, script } from './stage.js';

await script(async () => {
  await buildAll('quick');
  const url = await serveWhereWeCan();
  console.log(`\nGlassbox is at ${url} (Ctrl+C ends it)`);
});

/**
 * Serves at a fixed address where it is free, since the storage of a browser belongs to an address.
 * @returns {Promise<string>}
 */
async function serveWhereWeCan() {
  const port = Number(process.env.PORT || 4173);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new StageError(`PORT is '${process.env.PORT}': give a number from 0 to 65535.`);
  }
  try {
    return (await serve({ port })).url;
  } catch {
    return (await serve({ port: 0 })).url; // taken by somebody else
  }
}

// `npm start`: sets up, builds what is stale, serves the page and says where.
import { buildAll } from './build-steps.js';
import { serve } from './serve.js';
import { script } from './stage.js';
import { setUpBuild } from './tools.js';

await script(async () => {
  await setUpBuild();
  await buildAll();
  const { url } = await serve({ port: Number(process.env.PORT || 0) });
  console.log(`\nGlassbox is at ${url} (Ctrl+C ends it)`);
});

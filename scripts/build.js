// `npm run build`: sets up and writes dist/, a static site for any host and any sub-path.
import { buildAll } from './build-steps.js';
import { script } from './stage.js';

await script(() => buildAll());

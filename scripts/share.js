// `npm run share`: how much of its time the page's worker trains while the page shows the run at full speed.
import { measureShares, shareTable } from './bench/share.js';
import { buildAll } from './build-steps.js';
import { script, stage } from './stage.js';

await script(async () => {
  await buildAll();
  const shares = await stage('share', measureShares);
  console.log(`\n${shareTable(shares)}`);
});

// `npm run format`: puts all sources into their one layout.
import { run, script, stage } from './stage.js';
import { setUpBuild } from './tools.js';

await script(async () => {
  await setUpBuild();
  await stage('cargo fmt', () => run('cargo', ['fmt']).then(() => {}));
  await stage('prettier', () =>
    run('prettier', ['--write', '--log-level=warn', '.']).then(() => {}),
  );
});

// `npm run format`: formats all sources.
import { run, script, stage } from './stage.js';
import { setUpBuild } from './tools.js';

await script(async () => {
  await setUpBuild();
  await stage('cargo fmt', () => run('cargo', ['fmt']).then(() => {}));
  await stage('prettier', () =>
    run('prettier', ['--write', '--log-level=warn', '.']).then(() => {}),
  );
});

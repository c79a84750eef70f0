// The commands run in a fresh clone: they install the packages, so that none may be imported before.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

test('reaches a fresh clone: no script imports a package where it starts', () => {
  const names = readdirSync(new URL('../../scripts', import.meta.url), { recursive: true });
  const scripts = names.map(String).filter((name) => name.endsWith('.js'));
  assert.ok(scripts.length > 10, scripts.join());
  for (const script of scripts) {
    const text = readFileSync(new URL(`../../scripts/${script}`, import.meta.url), 'utf8');
    const imported = [...text.matchAll(/^import\s[^;]*?from\s+'([^']+)'/gm)].map(
      ([, name]) => name,
    );
    const packages = imported.filter((name) => !/^(node:|\.)/.test(name));
    assert.deepEqual(
      packages,
      [],
      `${script} imports ${packages}: use await import() where it is needed.`,
    );
  }
});

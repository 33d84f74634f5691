import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('an unknown command names the ones there are', () => {
  const setup = fileURLToPath(new URL('setup.mjs', import.meta.url));
  expect(() => execFileSync(process.execPath, [setup, 'dance'], { stdio: 'pipe' })).toThrow(
    /unknown command "dance", want one of build, start/,
  );
});

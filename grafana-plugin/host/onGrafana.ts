import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { findChromium } from '../../stack/src/binaries/chromium.ts';
import { describeMachine } from '../../stack/src/machine.ts';
import { openTheatre, versions, type Stage, type Theatre, type Version } from './stage.ts';

const chromium = await findChromium(
  describeMachine({
    platform: process.platform,
    arch: process.arch,
    env: process.env,
    userId: process.getuid?.(),
    temporaryFolder: tmpdir(),
    say: (line) => console.error(line),
  }),
);

/**
 * Runs tests on every Grafana version (or on `only` some) in a real Chromium, and after each test asks that the console has nothing to complain of.
 * Where Chromium is missing the tests are skipped, loudly.
 */
export function describeOnGrafana(
  name: string,
  tests: (stage: () => Stage, version: Version) => void,
  only: readonly Version[] = versions,
): void {
  if ('missing' in chromium) {
    console.error(`SKIPPED: ${name} on Grafana: ${chromium.missing}`);
    describe.skip(`${name} (${chromium.missing})`, () => {
      tests(neverOpened, versions[0]);
    });
    return;
  }
  const executable = chromium.path;
  describe.each(only)(`${name} on Grafana %s`, (version) => {
    let theatre: Theatre | undefined;
    let stage: Stage | undefined;
    beforeAll(async () => {
      const bundle = fileURLToPath(new URL(`dist/${version}.js`, import.meta.url));
      if (!existsSync(bundle))
        throw new Error(`${bundle} is missing: run node grafana-plugin/build.mjs && node grafana-plugin/host/bundle.mjs`);
      theatre = await openTheatre(executable);
      stage = await theatre.open(version);
    });
    afterEach(() => {
      expect(stage?.complaints.splice(0)).toEqual([]);
    });
    afterAll(() => theatre?.close());
    tests(() => stage ?? neverOpened(), version);
  });
}

function neverOpened(): never {
  throw new Error('the host page was never opened');
}

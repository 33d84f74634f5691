import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      hasInstallScript: z.boolean().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      resolved: z.string().optional(),
    }),
  ),
});
const { packages } = lockSchema.parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')));
const fromRegistry = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);

/** Packages with a script that npm would run at install, and why nothing is lost without it (`npm ci --ignore-scripts`). */
const harmless: Readonly<Record<string, string>> = {
  'node_modules/esbuild': 'checks its binary, which comes as a package of its own',
  'node_modules/koffi': 'builds where its package of the platform is missing; optional, and for macOS and Windows alone',
  'node_modules/msgpackr-extract': 'builds where its package of the platform is missing; optional, JavaScript does the same',
};

it('no package needs a script at install', () => {
  expect(fromRegistry.length).toBeGreaterThan(150);
  const scripted = fromRegistry.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path);
  expect(scripted.filter((path) => !Object.hasOwn(harmless, path))).toEqual([]);
});

it('every package has a digest, and none a place of its own', () => {
  expect(fromRegistry.filter(([, { integrity }]) => integrity?.startsWith('sha512-') !== true).map(([path]) => path)).toEqual([]);
  expect(fromRegistry.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
});

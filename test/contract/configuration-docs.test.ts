import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { configurationDocs } from './configuration-docs.ts';

it('docs/configuration.md says what the programs parse by (renewed by -u)', async () => {
  await expect(await configurationDocs()).toMatchFileSnapshot(fileURLToPath(new URL('../../docs/configuration.md', import.meta.url)));
}, 60_000);

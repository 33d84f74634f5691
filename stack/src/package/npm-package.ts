import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '../execute.ts';
import { type PackagedProgram, versionOf } from './program.ts';

/** Packs a workspace as it is published, into `folder`; `npm run build` must have run. Gives the archive's path. */
export async function packForNpm(root: string, { name, workspace }: PackagedProgram, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const words = ['pack', '--workspace', workspace, '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'];
  await execute('npm', words, { folder: root });
  return join(folder, `${name}-${versionOf(root, workspace)}.tgz`);
}

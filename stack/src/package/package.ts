import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';
import { buildExecutable, type CarriedNode } from './executable.ts';
import { packForNpm } from './npm-package.ts';
import { zipPlugin } from './plugin-zip.ts';
import { packagedPrograms } from './program.ts';

/**
 * Makes everything that is handed out by itself, in `folder`, which is made anew: the packages of npm, the single executables with
 * their licences, the panel's zip, bills of materials, and SHA256SUMS. `npm run build` must have run.
 */
export async function packageAll(root: string, folder: string, node: CarriedNode, say: (line: string) => void): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const program of packagedPrograms) {
    say(await packForNpm(root, program, folder));
    writeFileSync(join(folder, `${program.name}.cdx.json`), billOfMaterials(root, program));
    if (node.platform === 'linux') say(await buildExecutable(root, program, folder, node));
  }
  packagePlugin(root, folder, say);
  const sums = readdirSync(folder).map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex')}  ${file}\n`,
  );
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
}

/** Makes the panel's zip alone. */
export function packagePlugin(root: string, folder: string, say: (line: string) => void): void {
  say(zipPlugin(join(root, 'grafana-plugin/dist'), folder));
}

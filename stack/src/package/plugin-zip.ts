import { zipSync, type Zippable } from 'fflate';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Zip files know no day before; the same for all, so that equal files give an equal archive. */
const DAY = new Date(1980, 0, 1);

/**
 * The panel as Grafana installs and its catalogue takes it: one folder with the plugin's id, and beside the archive its SHA-1 for
 * the catalogue's form. `dist` is what grafana-plugin/build.mjs made, signed (with a MANIFEST.txt) or not. Gives the path of the zip.
 * @throws Error where the build is missing, or holds what a plugin must not.
 */
export function zipPlugin(dist: string, folder: string): string {
  const { id, info }: { readonly id: string; readonly info: { readonly version: string } } = JSON.parse(
    readFileSync(join(dist, 'plugin.json'), 'utf8'),
  );
  if (!/^\d+\.\d+\.\d+/.test(info.version)) throw new Error(`${dist}/plugin.json: info.version: got "${info.version}", want 1.2.3`);
  const entries: Zippable = {};
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    entries[`${id}/${relative(dist, path)}`] = [readFileSync(path), { mtime: DAY, level: 9 }];
  }
  for (const wanted of ['module.js', 'README.md', 'CHANGELOG.md', 'LICENSE'])
    if (!(`${id}/${wanted}` in entries)) throw new Error(`${dist}: got no ${wanted}, want the panel built`);
  const archive = zipSync(entries);
  mkdirSync(folder, { recursive: true });
  const name = `${id}-${info.version}.zip`;
  writeFileSync(join(folder, name), archive);
  writeFileSync(join(folder, `${name}.sha1`), `${createHash('sha1').update(archive).digest('hex')}\n`);
  return join(folder, name);
}

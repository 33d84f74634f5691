import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the licence of a Node lies: beside its own distribution's folders, or where Debian's package puts it. */
export const nodeLicences = (node: string): readonly string[] => [join(dirname(node), '../LICENSE'), '/usr/share/doc/nodejs/LICENSE'];

/**
 * The licences of everything in a program that is not ours, as one text. `packages` are folders from `root`; `node` is the
 * path of the Node that the program carries, if it does.
 * @throws Error where a package names no licence, or Node's own is not found.
 */
export function thirdPartyLicences(root: string, packages: readonly string[], node?: string): string {
  const parts = packages.map((folder) => licenceOf(join(root, folder)));
  if (node !== undefined) {
    const file = nodeLicences(node).find((each) => existsSync(each));
    if (file === undefined) throw new Error(`${node}: got no licence beside it, want one of ${nodeLicences(node).join(', ')}`);
    parts.unshift(['Node.js, and what it contains', readFileSync(file, 'utf8')]);
  }
  const line = '='.repeat(100);
  return parts.map(([title, text]) => `${line}\n${title}\n${line}\n\n${text.trim()}\n`).join('\n');
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

function licenceOf(folder: string): readonly [title: string, text: string] {
  const { name, version, license, author }: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (license === undefined) throw new Error(`${folder}/package.json: got no licence, want to know under which it may be handed on`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const by = typeof author === 'string' ? author : author?.name;
  if (texts.length === 0) texts.push(`Licensed under ${license}${by === undefined ? '' : ` by ${by}`}; the package has no text of it.`);
  return [`${name} ${version} (${license})`, texts.join('\n\n')];
}

import type { Helper } from '../host/helper.ts';

const MAGIC = /[*?[]/;

/**
 * The folders that a path with `*`, `?` and `[…]` means, as glob(7), sorted; a path without them is itself, there or not.
 * Every folder on the way is listed in the helper. Throws what the helper throws for the part before the first pattern.
 */
export async function globFolders(helper: Helper, path: string, timeout: number): Promise<string[]> {
  if (!MAGIC.test(path)) return [path];
  const parts = path.split('/');
  const first = parts.findIndex((part) => MAGIC.test(part));
  let folders = [parts.slice(0, first).join('/')];
  for (const [depth, part] of parts.slice(first).entries()) {
    const next = await Promise.all(folders.map((folder) => matching(helper, folder, part, timeout, depth === 0)));
    folders = next.flat();
  }
  return folders;
}

async function matching(helper: Helper, folder: string, part: string, timeout: number, required: boolean): Promise<string[]> {
  const join = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  if (!MAGIC.test(part)) return [join(part)];
  const wanted = globPattern(part);
  try {
    const names = await helper.list(folder === '' ? '.' : folder, timeout);
    return names.filter((name) => wanted.test(name)).map(join);
  } catch (error) {
    if (required) throw error;
    return [];
  }
}

/** A glob of one part of a path as a regular expression. */
export function globPattern(part: string): RegExp {
  const body = part.replaceAll(/\[(\^|!)?([^\]]+)\]|[\s\S]/g, (piece, not: string | undefined, set: string | undefined) => {
    if (set !== undefined) return `[${not === undefined ? '' : '^'}${set.replaceAll('\\', '\\\\')}]`;
    if (piece === '*') return '[^/]*';
    return piece === '?' ? '[^/]' : piece.replace(/[.+^${}()|[\]\\]/, '\\$&');
  });
  return new RegExp(`^${body}$`);
}

import { readFileSync } from 'node:fs';
import { repositoryFile } from '../contract/machine.ts';

/**
 * The indented block of a page that begins with a text, without its indentation.
 * @throws Error when the page has no such block.
 */
export function codeBlock(page: string, beginning: string): string {
  const found = codeBlocks(page).find((block) => block.startsWith(beginning));
  if (found === undefined) throw new Error(`${page}: got no block that begins with ${JSON.stringify(beginning)}`);
  return found;
}

/** All indented blocks of a page, in its order. */
export function codeBlocks(page: string): readonly string[] {
  const text = readFileSync(repositoryFile(page), 'utf8');
  return [...text.matchAll(/(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+/g)].map(([block]) => block.replaceAll(/^ {4}/gm, ''));
}

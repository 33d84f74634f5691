import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Puts `text` into the page at `path` between the markers of `name` and leaves the rest of the page alone. Throws an Error if
 * the page has no such markers.
 */
export function replaceBetween(path: string, name: string, text: string): void {
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`];
  const page = readFileSync(path, 'utf8');
  const from = page.indexOf(start);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path}: no ${start} … ${end}, want both markers`);
  writeFileSync(path, `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`);
}

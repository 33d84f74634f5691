import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryFile } from './machine.ts';

const root = repositoryFile('.');
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((page) => page !== '' && existsSync(join(root, page)));

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** What GitHub makes of a headline for links within a page. */
function anchorOf(headline: string): string {
  return headline
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(page: string): Set<string> {
  return new Set([...textOf(page).matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1])));
}

/** Links of a page that lead into the repository, without those in code. */
function linksOf(page: string): string[] {
  const prose = textOf(page)
    .replaceAll(/^```[^]*?^```$/gm, '')
    .replaceAll(/^ {4}.*$/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]).filter((link) => !/^(https?:|mailto:)/.test(link));
}

test('there are pages to look at', () => {
  expect(pages.length).toBeGreaterThan(20);
});

test.each(pages)('every link of %s leads somewhere', (page) => {
  const dead = linksOf(page).filter((link) => {
    const [path, anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
  });
  expect(dead).toEqual([]);
});

test('every page under docs/ can be found from the README', () => {
  const reached = new Set<string>();
  const queue = ['README.md'];
  for (const page of queue) {
    if (reached.has(page) || !existsSync(join(root, page))) continue;
    reached.add(page);
    if (!page.endsWith('.md')) continue;
    queue.push(...linksOf(page).map((link) => join(dirname(page), link.split('#')[0])));
  }
  const lost = pages.filter((page) => page.startsWith('docs/') && !/^docs\/(runbooks|decisions)\//.test(page) && !reached.has(page));
  expect(lost).toEqual([]);
});

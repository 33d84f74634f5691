import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { performancePage } from './performance-page.ts';

const results = fileURLToPath(new URL('results', import.meta.url));
const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));

test('docs/performance.md says what the benches last measured (renewed by them, or by -u)', async () => {
  await expect(performancePage(results)).toMatchFileSnapshot(page);
});

test('a bar that is not held is not hidden', () => {
  const { rows } = JSON.parse(readFileSync(`${results}/stream.json`, 'utf8'));
  const missed = rows.filter((row: { holds: boolean }) => !row.holds).length;
  const section =
    performancePage(results)
      .split(/^## /m)
      .find((text) => text.startsWith('stream\n')) ?? '';
  expect(section.match(/\*\*not held\*\*/g)?.length ?? 0).toBe(missed);
  expect(section).toContain('| Figure | Wanted | Measured | |');
});

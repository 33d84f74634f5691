import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { UsageError } from '@presage/service/command-line.ts';
import { afterAll, expect, it } from 'vitest';
import { readTokens } from './api-tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

function tokenFile(text: string): string {
  const path = join(folder, String(Math.abs(Buffer.from(text).reduce((sum, byte) => sum * 31 + byte, 7) % 1e9)));
  writeFileSync(path, text);
  return path;
}

it('tells by a token whose it is, and holds none', () => {
  const one = { name: 'one', tokenFile: tokenFile('0123456789abcdef\n'), role: 'read' } as const;
  const two = { name: 'two', tokenFile: tokenFile('fedcba9876543210'), role: 'admin' } as const;
  const tokens = readTokens({ tokens: [one, two] });
  const names = ['0123456789abcdef', 'fedcba9876543210', '0123456789abcdeF', '', 'two'].map((token) => tokens?.nameOf(token));
  expect(names).toEqual(['one', 'two', undefined, undefined, undefined]);
  expect(inspect(tokens, { depth: 9, showHidden: true })).not.toContain('0123456789');
  expect(readTokens({ tokens: [] })).toBeUndefined();
});

it('refuses short tokens, files that are missing, and a name twice, without showing a token', () => {
  const role = 'read' as const;
  const of = (tokens: Parameters<typeof readTokens>[0]['tokens']) => () => readTokens({ tokens });
  expect(of([{ name: 'a', tokenFile: tokenFile('tooshort'), role }])).toThrow(
    new UsageError('api.tokens[0].token_file: got 8 characters, want 16 or more, such as of openssl rand -hex 32'),
  );
  expect(of([{ name: 'a', tokenFile: '/nowhere/token', role }])).toThrow(/api\.tokens\[0\]\.token_file: got "\/nowhere\/token"/);
  const tokenFileOf = tokenFile('0123456789abcdef');
  expect(
    of([
      { name: 'a', tokenFile: tokenFileOf, role },
      { name: 'a', tokenFile: tokenFileOf, role },
    ]),
  ).toThrow(/api\.tokens\[1\]\.name/);
});

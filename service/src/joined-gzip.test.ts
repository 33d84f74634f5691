import { crc32, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressPart, gzipHead, gzipTail, noParts, withPart } from './joined-gzip.ts';

test.each([
  [[]],
  [['']],
  [['one']],
  [['a'.repeat(100_000), '', 'ü\n', 'b'.repeat(7)]],
  [Array.from({ length: 500 }, (_, i) => `line ${i}\n`.repeat(i))],
])('parts compressed one by one are one gzip stream %#', async (texts: readonly string[]) => {
  const parts = await Promise.all(texts.map(compressPart));
  const sum = parts.reduce(withPart, noParts);
  const whole = Buffer.from(texts.join(''));
  expect(sum).toEqual({ crc: crc32(whole), length: whole.length });
  // A wrong checksum or length throws.
  expect(gunzipSync(Buffer.concat([gzipHead, ...parts.map(({ bytes }) => bytes), gzipTail(sum)])).equals(whole)).toBe(true);
});

test('a part may stand in a stream more than once', async () => {
  const part = await compressPart('again and again\n');
  const sum = [part, part, part].reduce(withPart, noParts);
  expect(gunzipSync(Buffer.concat([gzipHead, part.bytes, part.bytes, part.bytes, gzipTail(sum)])).toString()).toBe(
    'again and again\n'.repeat(3),
  );
});

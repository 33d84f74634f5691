import { crc32, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { gzipHead, gzipTail, noParts, PartCompressor, withPart } from './joined-gzip.ts';

const compressor = new PartCompressor();

test.each([
  [[]],
  [['']],
  [['one']],
  [['a'.repeat(100_000), '', 'ü\n', 'b'.repeat(7)]],
  [Array.from({ length: 500 }, (_, i) => `line ${i}\n`.repeat(i))],
])('parts compressed one by one are one gzip stream %#', async (texts: readonly string[]) => {
  const parts = await Promise.all(texts.map((text) => compressor.compress(text)));
  const sum = parts.reduce(withPart, noParts);
  const whole = Buffer.from(texts.join(''));
  expect(sum).toEqual({ crc: crc32(whole), length: whole.length });
  // A wrong checksum or length throws.
  expect(gunzipSync(Buffer.concat([gzipHead, ...parts.map(({ bytes }) => bytes), gzipTail(sum)])).equals(whole)).toBe(true);
});

test('a part may stand in a stream more than once', async () => {
  const part = await compressor.compress('again and again\n');
  const sum = [part, part, part].reduce(withPart, noParts);
  expect(gunzipSync(Buffer.concat([gzipHead, part.bytes, part.bytes, part.bytes, gzipTail(sum)])).toString()).toBe(
    'again and again\n'.repeat(3),
  );
});

test('parts of any length stand in any order, however they were compressed one after the other', async () => {
  let state = 5;
  const random = (): number => (state = (48_271 * state) % 2_147_483_647) / 2_147_483_647;
  const texts = Array.from({ length: 300 }, (_, i) =>
    `label{host="web-${i % 7}"} ${random()}\n`.repeat(Math.floor(random() ** 6 * 20_000)),
  );
  const made = await Promise.all(texts.map((text) => compressor.compress(text)));
  const order = texts.map((_, i) => i).sort(() => random() - 0.5);
  const whole = Buffer.from(order.map((i) => texts[i]).join(''));
  const parts = order.map((i) => made[i]);
  const sum = parts.reduce(withPart, noParts);
  expect(gunzipSync(Buffer.concat([gzipHead, ...parts.map(({ bytes }) => bytes), gzipTail(sum)])).equals(whole)).toBe(true);
  // None keeps more than it needs.
  expect(made.every(({ bytes }) => bytes.byteLength === bytes.buffer.byteLength)).toBe(true);
});

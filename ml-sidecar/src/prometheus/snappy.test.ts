import { describe, expect, it } from 'vitest';
import { snappyCompress, snappyDecompress } from './snappy.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('snappyDecompress', () => {
  // Element encodings as in google/snappy, format_description.txt, sections 2.1 and 2.2.
  it.each([
    ['an empty block', bytes(0), ''],
    ['a short literal', bytes(3, 0x08, 0x61, 0x62, 0x63), 'abc'],
    ['a copy with one-byte offset that overlaps itself', bytes(6, 0x04, 0x61, 0x62, 0x01, 0x02), 'ababab'],
    ['a copy with two-byte offset', bytes(6, 0x04, 0x61, 0x62, 0x0e, 0x02, 0x00), 'ababab'],
    ['a copy with four-byte offset', bytes(6, 0x04, 0x61, 0x62, 0x0f, 0x02, 0x00, 0x00, 0x00), 'ababab'],
    ['a literal with its length in one more byte', bytes(3, 0xf0, 0x02, 0x61, 0x62, 0x63), 'abc'],
  ])('reads %s', (_, block, text) => {
    expect(new TextDecoder().decode(snappyDecompress(block, 100))).toBe(text);
  });

  it.each([
    ['nothing at all', bytes(), 'no length'],
    ['a length without end', bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0x01), 'no length'],
    ['a declared length over the limit', bytes(0xff, 0xff, 0xff, 0xff, 0x0f, 0x00), 'declares 4294967295 bytes, want at most 100'],
    ['a small block that declares far more than it can hold', bytes(90, 0x00, 0x61), 'declares 90 bytes'],
    ['a literal that runs past the end', bytes(3, 0x08, 0x61), 'runs past the end'],
    ['a literal longer than declared', bytes(2, 0x08, 0x61, 0x62, 0x63), 'runs past the end'],
    ['a literal whose length bytes are cut off', bytes(3, 0xf4, 0x02), 'runs past the end'],
    ['a literal of 4 GiB', bytes(3, 0xfc, 0xff, 0xff, 0xff, 0xff), 'runs past the end'],
    ['a copy before anything was written', bytes(4, 0x01, 0x01), 'points outside'],
    ['a copy with offset 0', bytes(6, 0x04, 0x61, 0x62, 0x01, 0x00), 'points outside'],
    ['a copy longer than declared', bytes(3, 0x04, 0x61, 0x62, 0x01, 0x02), 'points outside'],
    ['a copy whose offset is cut off', bytes(6, 0x04, 0x61, 0x62, 0x0e, 0x02), 'runs past the end'],
    ['less than declared', bytes(5, 0x08, 0x61, 0x62, 0x63), 'holds 3'],
  ])('refuses %s', (_, block, message) => {
    expect(() => snappyDecompress(block, 100)).toThrow(message);
  });
});

describe('snappyCompress', () => {
  it.each([
    ['nothing', new Uint8Array(0)],
    ['one byte', bytes(7)],
    ['three bytes', bytes(1, 2, 3)],
    ['sixty-one different bytes', Uint8Array.from({ length: 61 }, (_, i) => i)],
    ['a long run', new Uint8Array(1_000_000)],
    ['text', new TextEncoder().encode('node_cpu_seconds_total{cpu="0",mode="idle"} '.repeat(5_000))],
    ['noise over several blocks', noise(200_001)],
  ])('gives back %s', (_, input) => {
    expect(Buffer.compare(snappyDecompress(snappyCompress(input), input.length), input)).toBe(0);
  });

  it('makes repeated text small and noise hardly larger', () => {
    expect(snappyCompress(new TextEncoder().encode('presage_forecast'.repeat(4_000))).length).toBeLessThan(4_000);
    expect(snappyCompress(noise(100_000)).length).toBeLessThan(100_100);
  });
});

/** A linear congruential generator: Numerical Recipes, section 7.1. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

import { describe, expect, it } from 'vitest';
import { byteBlock, createSeriesTable } from './series-table.ts';

const key = (text: string) => new TextEncoder().encode(text);
const block = (text: string) => byteBlock(key(text));

describe('a series table', () => {
  it('finds what was added, also past its first size, and nothing else', () => {
    const table = createSeriesTable(7);
    const keys = Array.from({ length: 5000 }, (_, i) => key(`\nnode_cpu{cpu="${i}"}${'x'.repeat(i % 50)}`));
    const slots = keys.map((bytes) => table.add(bytes, 0, bytes.length));
    expect(slots).toEqual(keys.map((_, i) => i));
    expect(keys.map((bytes) => table.find(byteBlock(bytes), 0, bytes.length))).toEqual(slots);
    expect(table.find(block('\nnode_cpu{cpu="5000"}'), 0, 21)).toBe(-1);
    expect(table.find(byteBlock(keys[0]), 0, 3)).toBe(-1);
  });

  it('tells whether a guess holds, and where the labels end', () => {
    const table = createSeriesTable(7);
    table.add(key('\nab'), 0, 3);
    expect(table.endIfSlot(0, block('..\nab\u0012..'), 2, 8)).toBe(5);
    expect(table.endIfSlot(0, block('\nab'), 0, 3)).toBe(3);
    expect(table.endIfSlot(0, block('\nab\ncd'), 0, 6)).toBe(-1);
    expect(table.endIfSlot(0, block('\nax\u0012'), 0, 4)).toBe(-1);
    expect(table.endIfSlot(0, block('\nab'), 0, 2)).toBe(-1);
  });

  it.each([
    ['zeros of either sign', [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0x80]],
    ['bytes that as a double are no number', [1, 2, 3, 4, 5, 6, 0xf8, 0x7f], [1, 2, 3, 4, 5, 7, 0xf8, 0x7f]],
    ['a difference in the last byte alone', [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 4, 5, 6, 7, 8, 10]],
  ])('tells %s apart, and knows each again', (_, a, b) => {
    const table = createSeriesTable(7);
    const [first, second] = [a, b].map((bytes) => byteBlock(Uint8Array.from(bytes)));
    table.add(first.bytes, 0, a.length);
    expect([table.endIfSlot(0, first, 0, a.length), table.endIfSlot(0, second, 0, b.length)]).toEqual([a.length, -1]);
    expect([table.find(first, 0, a.length), table.find(second, 0, b.length)]).toEqual([0, -1]);
  });

  it('numbers anew what it retains', () => {
    const table = createSeriesTable(7);
    const keys = Array.from({ length: 1000 }, (_, i) => key(`\n${i}`));
    keys.forEach((bytes) => table.add(bytes, 0, bytes.length));
    expect([...table.retain((slot) => slot % 300 === 299)]).toEqual([299, 599, 899]);
    expect(table.size).toBe(3);
    expect(table.find(byteBlock(keys[599]), 0, keys[599].length)).toBe(1);
    expect(table.find(byteBlock(keys[0]), 0, keys[0].length)).toBe(-1);
  });
});

import { describe, expect, it } from 'vitest';
import { humanBytes, parseCounter, parseIoDone, parseIoErrors, parseRows } from './bcachefs-tables.ts';

describe('humanBytes', () => {
  it.each([
    ['0', 0],
    ['48.5M\n', 50855936],
    ['2k', 2048],
    ['1.5G', 1610612736],
  ])('reads %j', (text, value) => expect(humanBytes(text)).toBe(value));
  it.each(['', 'M', '1.2.3', '-5k', '5 MB'])('refuses %j', (text) => expect(() => humanBytes(text)).toThrow(/bcachefs: got/));
});

describe('parseRows', () => {
  it('leaves out the heading and rows with too few columns', () =>
    expect(parseRows('type compressed\nlz4: 1 2 3\nnone:\n\nzstd: 4 5', true, 2)).toEqual([
      { name: 'lz4', columns: ['1', '2', '3'] },
      { name: 'zstd', columns: ['4', '5'] },
    ]));
});

describe('parseCounter', () => {
  it('reads the count since the file system was made, not since mount', () =>
    expect(parseCounter('since mount:                12\nsince filesystem creation:  1.5k\n')).toBe(1536));
  it.each(['', 'since mount: 12\n', 'since filesystem creation:\n'])('refuses %j', (text) =>
    expect(() => parseCounter(text)).toThrow(/want/),
  );
});

describe('a device’s work', () => {
  it('belongs to the operation above it', () =>
    expect(parseIoDone('sb: 1\nread:\n  sb : 8192\nwrite:\n  user :  7\n')).toEqual([
      { operation: 'read', dataType: 'sb', bytes: 8192 },
      { operation: 'write', dataType: 'user', bytes: 7 },
    ]));
  it('takes the errors since the file system was made alone, wherever they stand', () => {
    const recent = 'IO errors since 8 h ago\n  read: 9\n';
    const all = 'IO errors since filesystem creation\n  read:    2\n  checksum:1\n';
    for (const text of [all + recent, recent + all])
      expect([...parseIoErrors(text)]).toEqual([
        ['read', 2],
        ['checksum', 1],
      ]);
    expect([...parseIoErrors('')]).toEqual([]);
  });
});

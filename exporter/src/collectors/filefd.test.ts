import { describe, expect, it } from 'vitest';
import { parseFileNr } from './filefd.ts';

describe('parseFileNr', () => {
  it('reads allocated and maximum', () => expect(parseFileNr('1024\t0\t1631329\n')).toEqual({ allocated: 1024, maximum: 1631329 }));
  it.each(['', '1024 0', '1 2 3 4', 'a\tb\tc'])('refuses %j', (text) => expect(() => parseFileNr(text)).toThrow(/file-nr: got/));
});

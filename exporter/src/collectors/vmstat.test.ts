import { describe, expect, it } from 'vitest';
import { parseVmstat } from './vmstat.ts';

describe('parseVmstat', () => {
  const wanted = (name: string) => name.startsWith('pg');
  it('gives the wanted fields alone', () =>
    expect(parseVmstat('nr_free 3\npgfault 12\npgmajfault 4\n', wanted)).toEqual([
      { name: 'pgfault', value: 12 },
      { name: 'pgmajfault', value: 4 },
    ]));
  it('does not mind nonsense in a field nobody wants', () => expect(parseVmstat('nr_free x\n\n', wanted)).toEqual([]));
  it('refuses nonsense in a wanted field', () => expect(() => parseVmstat('pgfault x\n', wanted)).toThrow(/vmstat: got "pgfault x"/));
});

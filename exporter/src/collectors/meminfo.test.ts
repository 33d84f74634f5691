import { describe, expect, it } from 'vitest';
import { parseMeminfo } from './meminfo.ts';

describe('parseMeminfo', () => {
  it('turns kB into bytes, leaves counts, and writes brackets as underscores', () => {
    expect(parseMeminfo('MemTotal:  3742148 kB\nActive(anon):   12 kB\nHugePages_Total:       4\n')).toEqual([
      { name: 'MemTotal_bytes', value: 3742148 * 1024 },
      { name: 'Active_anon_bytes', value: 12 * 1024 },
      { name: 'HugePages_Total', value: 4 },
    ]);
  });
  it('reads nothing from an empty file', () => expect(parseMeminfo('')).toEqual([]));
  it.each(['MemTotal 12 kB\n', 'MemTotal: x kB\n', ': 3\n'])('refuses %j', (text) =>
    expect(() => parseMeminfo(text)).toThrow(/meminfo: got/),
  );
});

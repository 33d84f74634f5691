import { describe, expect, it } from 'vitest';
import { parseLoadavg } from './loadavg.ts';

describe('parseLoadavg', () => {
  it('reads the three averages', () => expect(parseLoadavg('0.21 0.37 10.39 1/719 19737\n')).toEqual([0.21, 0.37, 10.39]));
  it.each(['', '0.21 0.37', 'a b c d', '\0'])('refuses %j', (text) =>
    expect(() => parseLoadavg(text)).toThrow(/loadavg: got .*want three averages/),
  );
});

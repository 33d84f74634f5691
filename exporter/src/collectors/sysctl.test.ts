import { describe, expect, it } from 'vitest';
import { parseParameter } from './sysctl.ts';

describe('parseParameter', () => {
  it('reads a name alone, and one with keys', () => {
    expect(parseParameter('kernel.threads-max')).toEqual({ name: 'kernel.threads-max', keys: [] });
    expect(parseParameter('fs.file-nr:total,current,max')).toEqual({ name: 'fs.file-nr', keys: ['total', 'current', 'max'] });
  });
  it.each(['', 'a b', '../../etc/passwd', 'kernel..pid_max', 'fs.file-nr:'])('refuses %j', (text) =>
    expect(() => parseParameter(text)).toThrow(/kernel\.pid_max/),
  );
});

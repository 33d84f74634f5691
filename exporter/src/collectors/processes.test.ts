import { describe, expect, it } from 'vitest';
import { parseProcessStatus } from './processes.ts';

describe('parseProcessStatus', () => {
  it('is not misled by a command with spaces and parentheses', () =>
    expect(parseProcessStatus('7 (a) Z 1 (b) S 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 12 0 99 0 0\n')).toEqual({
      state: 'S',
      threads: 12,
    }));
  it.each(['', '7 (sh)', '7 (sh) S 1 7', '7 (sh) ?? 1 7 7 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 12 0'])('knows nothing of %j', (text) =>
    expect(parseProcessStatus(text)).toBeUndefined(),
  );
});

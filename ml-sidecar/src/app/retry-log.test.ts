import { createLogger } from '@presage/service/log.ts';
import { expect, it } from 'vitest';
import { tellRetries } from './retry-log.ts';

it('counts every retry and tells the same reason once a minute', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
  let [now, counted] = [0, 0];
  const tell = tellRetries(log, () => now, { retried: () => void counted++ });
  for (now = 0; now < 100; now += 10) tell({ attempt: 1, waitSeconds: 0.512, message: now === 80 ? 'cut' : '503' });
  expect(counted).toBe(10);
  expect(lines.map((line) => /err=(\S+)/.exec(line)?.[1])).toEqual(['503', '503', 'cut', '503']);
  now = 90.5;
  tell({ attempt: 2, waitSeconds: 1, message: 'another' });
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/level=warn.*attempt=1 wait=0.5/);
});

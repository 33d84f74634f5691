import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createRedisBodies } from './redis-bodies.ts';

it('ends when told to, though its Redis has never answered', async () => {
  const end = new AbortController();
  const faults: string[] = [];
  const running = createRedisBodies({
    url: 'redis://127.0.0.1:1',
    stream: 's',
    group: 'g',
    consumer: 'c',
    claimSeconds: 60,
    now: () => 0,
    receive: () => ({ status: 204, message: '' }),
    sleep: (seconds) => sleep(seconds * 1000),
    signal: end.signal,
    onError: (fault) => void faults.push(fault),
  }).run();
  await expect.poll(() => faults.join()).toContain('ECONNREFUSED');
  end.abort();
  expect(await running).toBeUndefined();
});

import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@presage/service/log.ts';
import { expect, it, vi } from 'vitest';
import { createSelfMetrics } from './self-metrics.ts';
import { createTransports } from './transports.ts';

it('a queue that cannot be read is told once and counted each time; one that is not wanted any more is not shown', async () => {
  const end = new AbortController();
  const metrics = createSelfMetrics('test', 'test');
  const said: string[] = [];
  const tls = { ca: '', cert: '', key: '', serverName: '' };
  const [transport] = createTransports({
    queues: { settings: { redis: { url: 'redis://127.0.0.1:1', tls, stream: 's', group: 'g', consumer: 'c', claimSeconds: 60 } } },
    receive: () => ({ status: 204, message: '' }),
    log: createLogger({ level: 'info', format: 'logfmt', write: (line) => void said.push(line) }),
    metrics,
    clock: () => 0,
    sleep: (seconds) => sleep(seconds * 1000),
    signal: end.signal,
  });
  const running = transport.run();
  await vi.waitFor(async () => {
    const errors = /^presage_transport_errors_total\{transport="redis"\} (\d+)/m.exec(await metrics.text())?.[1];
    expect(Number(errors)).toBeGreaterThan(2);
  }, 10_000);
  expect(await metrics.text()).toContain('presage_transport_up{transport="redis"} 0\n');
  expect(said).toEqual([expect.stringMatching(/level=warn msg="queue cannot be read" from=redis err=".*ECONNREFUSED.*"/)]);
  end.abort();
  await running;
  expect(await metrics.text()).not.toContain('presage_transport_up{');
});

import { createLogger } from '@presage/service/log.ts';
import { expect, it } from 'vitest';
import { createMemoryGuard } from './memory-guard.ts';

it('refuses past three quarters of either limit, tells it once a minute, and takes more when there is room again', () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', format: 'logfmt', write: (line) => lines.push(line) });
  const use = { resident: 100, limit: 1000, heap: 10, heapLimit: 100 };
  let [now, refused, shown] = [0, 0, 0];
  const metrics = { refusedByMemory: () => void refused++, memoryLimit: (bytes: number) => void (shown = bytes) };
  const hasMemory = createMemoryGuard(
    () => use,
    () => now,
    log,
    metrics,
  );
  expect([hasMemory(), shown]).toEqual([true, 750]);
  use.resident = 760;
  now += 2;
  expect([hasMemory(), hasMemory(), refused]).toEqual([false, false, 2]);
  use.resident = 100;
  use.heap = 80;
  now += 2;
  expect(hasMemory()).toBe(false);
  use.heap = 10;
  now += 2;
  expect(hasMemory()).toBe(true);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/level=warn.*memory is nearly used up/);
});

it('looks again within sixteen series, however fast they come', () => {
  const use = { resident: 100, limit: 1000, heap: 10, heapLimit: 100 };
  const log = createLogger({ level: 'error', format: 'logfmt', write: () => {} });
  const hasMemory = createMemoryGuard(
    () => use,
    () => 0,
    log,
    { refusedByMemory: () => {}, memoryLimit: () => {} },
  );
  hasMemory();
  use.resident = 999;
  expect(Array.from({ length: 20 }, hasMemory).indexOf(false)).toBeLessThan(16);
});

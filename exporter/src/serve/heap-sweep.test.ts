import { expect, it } from 'vitest';
import { createHeapSweep } from './heap-sweep.ts';

it('sweeps after each 250th answer, not at once', async () => {
  let sweeps = 0;
  const answered = createHeapSweep(() => {
    sweeps += 1;
  });
  for (let scrape = 0; scrape < 500; scrape += 1) answered();
  expect(sweeps).toBe(0);
  await new Promise((resolve) => setImmediate(resolve));
  expect(sweeps).toBe(2);
});

it('does nothing where the engine has no such function', () => expect(createHeapSweep(undefined)()).toBeUndefined());

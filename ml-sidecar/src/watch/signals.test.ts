import { expect, test } from 'vitest';
import { Signals } from './signals.ts';

test.each([3, 32, 33, 200])('%i series are each known by the last that they said', (count) => {
  const signals = new Signals();
  for (const round of [1, 2])
    for (let i = 0; i < count; i++) signals.set(`m${i}`, { deviation: round * i, surprise: round, calibrated: i / 2 });
  expect(signals.readings()).toEqual(
    Array.from({ length: count }, (_, i) => ({ metric: `m${i}`, signal: { deviation: 2 * i, surprise: 2, calibrated: i / 2 } })),
  );
});

import { expect, it } from 'vitest';
import { tellFaults, tellOutages } from './tell-faults.ts';

it('tells faults that come in turn once in ten minutes, and a new one at once', () => {
  let now = 0;
  const told: string[] = [];
  const tell = tellFaults(
    (err) => told.push(`${now}: ${err}`),
    () => now,
  );
  for (; now < 1000; now += 1) tell(new Error(now % 2 === 0 ? 'reset' : 'refused'));
  tell('another');
  expect(told).toEqual(['0: reset', '1: refused', '600: reset', '601: refused', '1000: another']);
});

it('forgets what it told where everything is new', () => {
  const told: string[] = [];
  const tell = tellFaults(
    (err) => told.push(err),
    () => 0,
  );
  for (let i = 0; i < 101; i++) tell(`fault ${i}`);
  tell('fault 0');
  expect(told).toHaveLength(102);
});

it('an outage is told once, its end, and the next one though it looks like the last', () => {
  const said: string[] = [];
  const { failed, well } = tellOutages({ failed: (err) => void said.push(err), again: () => void said.push('well'), clock: () => 0 });
  well();
  for (const err of ['cut', 'refused', 'cut', 'refused']) failed(err);
  well();
  well();
  failed('cut');
  expect(said).toEqual(['cut', 'refused', 'well', 'cut']);
});

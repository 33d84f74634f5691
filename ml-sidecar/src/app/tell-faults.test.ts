import { expect, it } from 'vitest';
import { tellFaults } from './tell-faults.ts';

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

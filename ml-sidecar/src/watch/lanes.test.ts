import { expect, test } from 'vitest';
import { oneAtATime } from './lanes.ts';

test('one run at a time; those who ask while one is under way share the next', async () => {
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const ask = oneAtATime(async () => {
    order.push('begins');
    await new Promise<void>((resolve) => ends.push(resolve));
    order.push('ends');
  });
  const begun = async (runs: number): Promise<void> => {
    while (ends.length < runs) await Promise.resolve();
  };
  const first = ask();
  await begun(1);
  const [second, third] = [ask(), ask()];
  expect(third).toBe(second);
  expect(order).toEqual(['begins']);
  ends[0]();
  await first;
  await begun(2);
  ends[1]();
  await third;
  expect(order).toEqual(['begins', 'ends', 'begins', 'ends']);
});

test('a run that fails is the fault of those who asked for it, and the next begins', async () => {
  let runs = 0;
  const ask = oneAtATime(async () => {
    if (++runs === 1) throw new Error('full');
  });
  const first = ask();
  await expect(first).rejects.toThrow('full');
  await ask();
  expect(runs).toBe(2);
});

import { expect, it } from 'vitest';
import { createTokenBuckets } from './token-bucket.ts';

it('lets a sender spend its store, then its rate, debts first', () => {
  const buckets = createTokenBuckets({ rate: 10, burst: 100, maxSenders: 10 });
  buckets.spend('a', 150, 0);
  expect([buckets.has('a', 0), buckets.has('a', 4.9), buckets.has('a', 5.1), buckets.has('b', 0)]).toEqual([false, false, true, true]);
});

it('fills no further than the store, also when the clock runs backwards', () => {
  const buckets = createTokenBuckets({ rate: 10, burst: 100, maxSenders: 10 });
  buckets.spend('a', 1, 1000);
  buckets.spend('a', 100, 2000);
  expect(buckets.has('a', 2000)).toBe(false);
  expect(buckets.has('a', 0)).toBe(false);
});

it('forgets the sender longest unheard', () => {
  const buckets = createTokenBuckets({ rate: 1, burst: 1, maxSenders: 2 });
  for (const sender of ['a', 'b', 'a', 'c']) buckets.spend(sender, 100, 0);
  expect(['a', 'b', 'c'].map((sender) => buckets.has(sender, 0))).toEqual([false, true, false]);
});

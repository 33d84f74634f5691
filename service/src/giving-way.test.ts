import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answering, createGivingWay, gently, sortedGently, standBack } from './giving-way.ts';
import { createDice } from './fuzz.ts';

describe('createGivingWay', () => {
  it('asks for a pause once ten milliseconds have passed since the last', async () => {
    let [time, pauses] = [0, 0];
    const giveWay = createGivingWay(
      async () => void pauses++,
      () => time,
    );
    expect(giveWay()).toBeUndefined();
    time = 0.011;
    await giveWay();
    expect(giveWay()).toBeUndefined();
    expect(pauses).toBe(1);
  });
});

describe('gently', () => {
  it('gives what the work returns, and way at each yield', async () => {
    let ways = 0;
    const work = (function* () {
      yield;
      yield;
      return 'done';
    })();
    expect(await gently(work, () => void ways++)).toBe('done');
    expect(ways).toBe(2);
  });
});

describe('sortedGently', () => {
  it.each([0, 1, 2, 2048, 2049, 10_000])('sorts %i items as the language does, in a stable order', async (length) => {
    const dice = createDice(length + 1);
    const list = Array.from({ length }, (_, place) => ({ key: `k${dice.below(500)}`, place }));
    let ways = 0;
    const sorted = await sortedGently(
      list,
      ({ key }) => key,
      () => void ways++,
    );
    expect(sorted).toEqual([...list].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)));
    expect(ways).toBeGreaterThanOrEqual(Math.ceil(length / 2048));
  });
});

describe('standBack', () => {
  it('lets an answer that is being made take many turns for one of its own, and no others for ever', async () => {
    const giveWay = answering();
    const over = new AbortController();
    let turns = 0;
    const answer = (async () => {
      for (; !over.signal.aborted; turns++) {
        await giveWay();
        await setImmediate();
      }
    })();
    await standBack();
    over.abort();
    await answer;
    expect(turns).toBeGreaterThan(10);
  });
});

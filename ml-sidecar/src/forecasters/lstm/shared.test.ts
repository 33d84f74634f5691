import { describe, expect, it } from 'vitest';
import { pinballLoss } from '../../stats/pinball.ts';
import { seededRandom } from '../../stats/random.ts';
import { prefixOf, type Series } from '../../stats/series.ts';
import { SPREAD_LEVELS } from '../../stats/spread.ts';
import type { Forecaster, WatchForecaster } from '../forecaster.ts';
import { seasonalNaive } from '../seasonal-naive.ts';
import { createShared } from './shared.ts';

const DAY = 96;

/** Three weeks of quarters of an hour: a daily season, and disturbances that fade over some hours. */
function disturbed(seed: number): Series {
  const random = seededRandom(seed);
  let away = 0;
  const values = Float64Array.from({ length: 21 * DAY }, (_, i) => {
    away = 0.9 * away + random() - 0.5;
    return 10 + 3 * Math.sin((2 * Math.PI * i) / DAY) + away + 0.1 * random();
  });
  return { start: 1_700_006_400, step: 900, values };
}

const some = [1, 2, 3, 4].map((seed) => () => disturbed(seed));

function learn(shared: WatchForecaster, times: number): number {
  let pauses = 0;
  for (let i = 0; i < times; i++) for (const _ of shared.learn(some)) pauses++;
  return pauses;
}

function lossOn(forecaster: Forecaster, series: Series): number {
  let loss = 0;
  for (let origin = 14 * DAY; origin < 20 * DAY; origin += 37) {
    const { rows } = forecaster.fit(prefixOf(series, origin), 24).forecast(24, SPREAD_LEVELS);
    rows.forEach((row, q) => row.forEach((value, h) => (loss += pinballLoss(series.values[origin + 1 + h], value, SPREAD_LEVELS[q]))));
  }
  return loss;
}

describe('a model of all series of a watch', () => {
  const trained = createShared();
  const pauses = learn(trained, 1);

  it('is seasonal naive until it has learnt, and says how far it is', () => {
    const untrained = createShared();
    const answer = untrained.fit(disturbed(9)).forecast(DAY, SPREAD_LEVELS);
    expect(answer).toEqual(seasonalNaive.fit(disturbed(9)).forecast(DAY, SPREAD_LEVELS));
    expect(untrained.status).toBe('untrained, 0 of 1024 steps');
    expect(trained.status).toMatch(/^trained, 10\d\d steps$/);
  });

  it('then knows series that it has never seen better than seasonal naive', () => {
    const unseen = disturbed(99);
    expect(lossOn(trained, unseen)).toBeLessThan(0.75 * lossOn(seasonalNaive, unseen));
  });

  it('lets others run every few milliseconds, and learns little at each later poll', () => {
    expect(pauses).toBeGreaterThan(1024);
    const later = createShared();
    expect(later.restore(trained.snapshot())).toBe(true);
    expect(learn(later, 1)).toBeLessThanOrEqual(2 * 64);
    expect(later.snapshot().steps).toBeGreaterThan(trained.snapshot().steps);
  });

  it('learns the same from the same, also when it goes on from what was saved', () => {
    const [one, other] = [createShared(), createShared()];
    for (const shared of [one, other]) {
      const learning = shared.learn(some);
      for (let pause = 0; pause < 100; pause++) learning.next();
    }
    expect(one.snapshot().steps).toBeGreaterThan(30);
    expect(other.snapshot()).toEqual(one.snapshot());
    const straight = createShared();
    straight.restore(trained.snapshot());
    learn(straight, 1);
    const restored = createShared();
    const { columns, ...header } = straight.snapshot();
    restored.restore({ ...header, columns: columns.map((column) => column.slice()) });
    learn(straight, 1);
    learn(restored, 1);
    expect(restored.snapshot()).toEqual(straight.snapshot());
  });

  it('takes up neither what another model learnt nor what is not finite, and is as it was', () => {
    const fresh = createShared();
    const { columns, ...header } = trained.snapshot();
    const broken = columns.map((column) => column.slice());
    broken[0][3] = NaN;
    expect(fresh.restore({ ...header, model: 'other', columns })).toBe(false);
    expect(fresh.restore({ ...header, columns: broken })).toBe(false);
    expect(fresh.restore({ ...header, columns: columns.slice(1) })).toBe(false);
    expect(fresh.snapshot()).toEqual(createShared().snapshot());
  });

  it('learns nothing from nothing, from gaps and from two samples', () => {
    const idle = createShared();
    const gaps = { ...disturbed(1), values: disturbed(1).values.fill(NaN) };
    const short = { ...disturbed(1), values: disturbed(1).values.slice(0, 2) };
    for (const series of [[], [() => gaps], [() => short]]) for (const _ of idle.learn(series));
    expect(idle.snapshot()).toEqual(createShared().snapshot());
  });

  it('learns from a constant and from one spike of 1e300 without harm', () => {
    const odd = createShared();
    const constant = { ...disturbed(1), values: disturbed(1).values.fill(3) };
    const spiked = { ...disturbed(1), values: disturbed(1).values.with(500, 1e300) };
    odd.restore(trained.snapshot());
    for (const _ of odd.learn([() => constant, () => spiked]));
    expect(odd.snapshot().steps).toBeGreaterThan(trained.snapshot().steps);
    expect(odd.snapshot().columns.every((column) => column.every(Number.isFinite))).toBe(true);
    for (const row of odd.fit(constant).forecast(DAY, SPREAD_LEVELS).rows) for (const value of row) expect(value).toBeCloseTo(3, 6);
  });
});

import { describe, expect, test } from 'vitest';
import { auto } from '../forecasters/auto.ts';
import type { Choice } from '../forecasters/forecaster.ts';
import { normalQuantile } from '../stats/normal.ts';
import { seededRandom } from '../stats/random.ts';
import { prefixOf } from '../stats/series.ts';
import type { Series } from '../stats/series.ts';
import { fitCalibrated } from './calibrate.ts';
import { limitProbability } from './time-to-limit.ts';

const STEP = 300;
const DAY = 288;
const HISTORY = 7 * DAY;
const EVERY = 12;
const WITHIN = 72;
const LIMIT = 90;
/** Chance within six hours from which someone is paged. */
const PAGE = 0.3;

/** Value of sample `i`; `at` is where an incident is to be, `noise` a new normal number at each call. */
type Shape = (i: number, at: number, noise: () => number) => number;

const season = (i: number): number => Math.sin((2 * Math.PI * i) / DAY);
const INCIDENTS: Record<string, Shape> = {
  'a slow leak': (i, at, noise) => 40 + Math.max(0, 50 + ((i - at) * 50) / (3 * DAY)) + 2 * season(i) + 1.5 * noise(),
  'a fast leak': (i, at, noise) => 40 + Math.max(0, 50 + ((i - at) * 50) / (DAY / 2)) + noise(),
  'a disk that fills': (i, at, noise) => 60 + Math.max(0, 30 + ((i - at) * 30) / (1.5 * DAY)) + 0.1 * noise(),
};
const walks = new Map<string, number>();
const QUIET: Record<string, Shape> = {
  'saw-teeth of log rotation': (i, at, noise) => 30 + (((i + at) % 96) * 45) / 96 + noise(),
  'saw-teeth of garbage collection': (i, at, noise) => 50 + (((i + at) % 31) * 35) / 31 + noise(),
  'a daily peak below the limit': (i, _, noise) => 50 + 28 * season(i) + 2 * noise(),
  'white noise': (_, __, noise) => 60 + 8 * noise(),
  'a random walk': (i, at, noise) => {
    const value = (walks.get(`${at}`) ?? 60) + 0.4 * noise();
    walks.set(`${at}`, i === 9 * DAY - 1 ? 60 : value);
    return value;
  },
};

function seriesOf(shape: Shape, seed: number): { series: Series; at: number } {
  const random = seededRandom(seed);
  const at = HISTORY + Math.round((0.6 + 1.2 * random()) * DAY);
  const noise = (): number => normalQuantile(0.5 + (random() - 0.5) * 0.999_999);
  return {
    at,
    series: { start: 1_700_006_400, step: STEP, values: Float64Array.from({ length: 9 * DAY }, (_, i) => shape(i, at, noise)) },
  };
}

/** As PromQL's function: least squares through the window, read off `ahead` samples after its end. */
function predictLinear(values: Float64Array, end: number, window: number, ahead: number): number {
  let sum = 0;
  let slope = 0;
  let square = 0;
  for (let k = 0; k < window; k++) sum += values[end - k];
  for (let k = 0; k < window; k++) {
    const t = (window - 1) / 2 - k;
    slope += t * (values[end - k] - sum / window);
    square += t * t;
  }
  return sum / window + (slope / square) * ((window - 1) / 2 + ahead);
}

interface Judgement {
  brier: number;
  origins: number;
  pages: number;
  /** Hours before the limit from which the alert stood without a break, one for each incident. */
  readonly leads: number[];
}

const fresh = (): Judgement => ({ brier: 0, origins: 0, pages: 0, leads: [] });

/** Lets all three judge one series hour by hour until the limit is passed, and adds to their records. */
function judge(series: Series, records: { ours: Judgement; hour: Judgement; sixHours: Judgement }): void {
  const crossing = series.values.findIndex((value, i) => i >= HISTORY && value >= LIMIT);
  const end = crossing < 0 ? series.values.length - WITHIN : crossing;
  const since = new Map<Judgement, number>();
  let previous: Choice | undefined;
  for (let origin = HISTORY; origin < end; origin += EVERY) {
    const outcome = crossing >= 0 && crossing <= origin + WITHIN ? 1 : 0;
    const fitted = fitCalibrated(auto, prefixOf(series, origin), {
      horizonSteps: WITHIN,
      bounds: [0, 100],
      ...(previous ? { previous } : {}),
    });
    previous = fitted.choice;
    const p = limitProbability(fitted.forecast(WITHIN, [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]), { above: LIMIT }, WITHIN * STEP);
    const add = (record: Judgement, probability: number, page: boolean): void => {
      record.brier += (probability - outcome) ** 2;
      record.origins++;
      if (page) record.pages++;
      if (!page) since.delete(record);
      else if (!since.has(record)) since.set(record, origin);
    };
    add(records.ours, p, p >= PAGE && !fitted.unforecastable);
    for (const [record, window] of [[records.hour, 12] as const, [records.sixHours, 72] as const]) {
      const over = predictLinear(series.values, origin, window, WITHIN) > LIMIT;
      add(record, over ? 1 : 0, over);
    }
  }
  if (crossing < 0) return;
  for (const record of [records.ours, records.hour, records.sixHours]) {
    record.leads.push(((crossing - (since.get(record) ?? crossing)) * STEP) / 3600);
  }
}

function run(
  shapes: { readonly [name: string]: Shape },
  seeds: readonly number[],
): { ours: Judgement; hour: Judgement; sixHours: Judgement } {
  const records = { ours: fresh(), hour: fresh(), sixHours: fresh() };
  for (const shape of Object.values(shapes)) for (const seed of seeds) judge(seriesOf(shape, seed).series, records);
  return records;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const brier = (record: Judgement): number => record.brier / record.origins;

describe('the failure clock against predict_linear over one and six hours', () => {
  const quiet = new Map<string, ReturnType<typeof run>>();

  test.each(Object.entries(QUIET))('pages nobody on %s', { timeout: 120_000 }, (name, shape) => {
    const records = run({ [name]: shape }, [1, 2]);
    quiet.set(name, records);
    expect(records.ours.origins).toBeGreaterThan(80);
    expect(records.ours.pages).toBe(0);
  });

  test('errs less over all, and warns of leaks and fills as early as either', { timeout: 120_000 }, () => {
    const incidents = run(INCIDENTS, [1, 2, 3]);
    const all = [incidents, ...quiet.values()];
    const pooled = (who: 'ours' | 'hour' | 'sixHours'): number =>
      all.reduce((sum, each) => sum + each[who].brier, 0) / all.reduce((sum, each) => sum + each[who].origins, 0);
    expect(incidents.ours.leads).toHaveLength(9);
    expect(pooled('ours')).toBeLessThan(0.5 * Math.min(pooled('hour'), pooled('sixHours')));
    expect(brier(incidents.ours)).toBeLessThan(Math.min(brier(incidents.hour), brier(incidents.sixHours)));
    expect(mean(incidents.ours.leads)).toBeGreaterThan(Math.max(mean(incidents.hour.leads), mean(incidents.sixHours.leads)));
    expect(median(incidents.ours.leads)).toBeGreaterThanOrEqual(Math.max(median(incidents.hour.leads), median(incidents.sixHours.leads)));
  });
});

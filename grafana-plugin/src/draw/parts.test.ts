import { expect, test } from 'vitest';
import { readModel } from '../model/readModel.ts';
import { source } from '../model/sources.fixture.ts';
import { partsOf } from './parts.ts';

const now = 100;
const forecast = (quantile: string, values: number[]) =>
  source({ __name__: 'presage_forecast', watch: 'cpu', quantile }, [80, 90, 110, 120], values);
const seriesOf = (...sources: ReturnType<typeof source>[]) => readModel(sources, { shares: [0.8], threshold: 1 }, now).series[0]!;
const whole = [forecast('0.1', [1, 2, 3, 4]), forecast('0.5', [2, 3, 5, 6]), forecast('0.9', [5, 6, 7, 8])];

test('past and future of a band share the sample at the border', () => {
  const [band] = partsOf(seriesOf(...whole), now).bands;
  expect([...band!.past.times]).toEqual([80, 90, 110]);
  expect([...band!.future.times]).toEqual([110, 120]);
  expect([...band!.future.upper]).toEqual([7, 8]);
});

test('a band that is all to come has no past, one that is all past no future', () => {
  const early = readModel(whole, { shares: [0.8], threshold: 1 }, 10).series[0]!;
  expect(partsOf(early, 10).bands[0]!.past.times).toHaveLength(0);
  const late = readModel(whole, { shares: [0.8], threshold: 1 }, 500).series[0]!;
  expect(partsOf(late, 500).bands[0]!.future.times).toHaveLength(0);
});

test('the median ahead begins at now where there is a history, and is whole where there is none', () => {
  const known = seriesOf(source({}, [80, 90, 100], [1, 2, 3]), ...whole);
  expect([...partsOf(known, now).ahead.times]).toEqual([100, 110, 120]);
  expect(partsOf(known, now).ahead.upper[0]).toBe(4);
  expect([...partsOf(seriesOf(...whole), now).ahead.times]).toEqual([80, 90, 110, 120]);
});

test('the parts of a series are the same objects until now is another', () => {
  const series = seriesOf(...whole);
  expect(partsOf(series, now)).toBe(partsOf(series, now));
  expect(partsOf(series, now + 1)).not.toBe(partsOf(series, now));
});

import { expect, test } from 'vitest';
import { rightSizeText } from './right-size-text.ts';
import { rightSize } from './right-size.ts';
import { peaksOf, type Usage } from './usage.ts';

const GIBI = 2 ** 30;
const outlook = { horizon: 86_400, peak: 0.25, level: 0.975, timeToLimit: Infinity, probability: 0.01 };
const base: Usage = {
  host: 'web-1',
  watch: 'cpu',
  part: '',
  capacity: { value: 8, unit: 'cores' },
  limit: { name: 'saturated', value: 0.95 },
  history: { span: 14 * 86_400, usual: 0.2, highest: 0.4 },
  forecast: outlook,
};
const advise = ({ without, ...more }: Partial<Usage> & { readonly without?: 'forecast' | 'capacity' }) => {
  const { forecast, capacity, ...rest } = base;
  const kept = { ...(without === 'forecast' ? {} : { forecast }), ...(without === 'capacity' ? {} : { capacity }) };
  return rightSize([{ ...rest, ...kept, ...more }], { target: 0.7, tolerance: 0.2 })[0];
};

const cases: readonly (readonly [string, Partial<Usage> & { readonly without?: 'forecast' | 'capacity' }, object])[] = [
  // 0.25 × 8 / 0.7 = 2.86 cores.
  ['a quarter in use', {}, { action: 'shrink', capacity: { now: 8, wanted: 3, unit: 'cores' }, saving: 0.625 }],
  ['a use that fits', { forecast: { ...outlook, peak: 0.62 } }, { action: 'keep', capacity: { now: 8, wanted: 8 }, saving: 0, factor: 1 }],
  [
    'a forecast far above the past',
    { forecast: { ...outlook, peak: 0.9 } },
    { action: 'grow', capacity: { now: 8, wanted: 11 }, saving: 0 },
  ],
  [
    'a busy hour of the week above the usual',
    { history: { ...base.history, week: { time: 0, mean: 0.9 } } },
    { action: 'grow', peak: 0.9 },
  ],
  ['no forecast', { without: 'forecast', noForecast: 'x' }, { action: 'shrink', risk: null, timeToLimit: null }],
  // Little is used, but it fills: with less it would be full sooner.
  [
    'a limit ahead of a large volume',
    { forecast: { ...outlook, timeToLimit: 7200, probability: 0.8 } },
    { action: 'keep', risk: 0.8, timeToLimit: 7200 },
  ],
  ['a limit ahead of a full one', { forecast: { ...outlook, peak: 0.97, timeToLimit: 7200, probability: 0.8 } }, { action: 'grow' }],
  ['no capacity known', { without: 'capacity' }, { action: 'shrink', factor: 0.25 / 0.7 }],
  ['no use at all', { history: { ...base.history, usual: 0 }, without: 'forecast' }, { action: 'shrink', capacity: { wanted: 1 } }],
  ['bytes', { capacity: { value: 64 * GIBI, unit: 'bytes' } }, { capacity: { wanted: 23 * GIBI } }],
];

test.each(cases)('%s', (_, more, wanted) => {
  const { usage: _usage, ...found } = advise(more);
  expect(found).toMatchObject(wanted);
});

test('never is a size recommended at which the peak would pass the limit itself', () => {
  const [low] = rightSize([{ ...base, limit: { name: 'low', value: 0.3 } }], { target: 0.7, tolerance: 0.2 });
  expect(low).toMatchObject({ action: 'keep' });
});

test('what, why and what is saved or risked is said in words with numbers', () => {
  const text = rightSizeText(
    [
      advise({}),
      advise({
        watch: 'filesystem',
        part: '/data',
        capacity: { value: 500 * GIBI, unit: 'bytes' },
        forecast: { ...outlook, peak: 0.99, timeToLimit: 5400, probability: 0.87 },
      }),
    ],
    0.7,
  );
  expect(text).toMatch(/^web-1\n {2}shrink cpu: 8 cores → 3 cores\n/);
  expect(text).toContain('97.5 % of the last 14 days stayed below 20 % (1.6 cores)');
  expect(text).toContain('with 97.5 % certainty no moment of the next 1d passes 25 % (2 cores)');
  expect(text).toContain('saving: 5 cores, 62.5 % of it');
  expect(text).toContain('grow filesystem /data: 500 GiB → 708 GiB');
  expect(text).toMatch(/risk: passes its limit "saturated" \(95 %\) in about 1h30m, with a chance of 87 %/);
});

test('peaks leave gaps out, and the busiest hour of the week is found', () => {
  const start = Date.UTC(2026, 5, 1) / 1000;
  const values = Float64Array.from({ length: 15 * 288 }, (_, i) => {
    const hour = Math.floor((i * 300) / 3600) % 168;
    return i % 50 === 7 ? NaN : hour === 38 ? 0.9 : 0.1;
  });
  const peaks = peaksOf(values, start, 300);
  expect(peaks).toMatchObject({ usual: 0.1, highest: 0.9 });
  expect(peaks?.week?.mean).toBeCloseTo(0.9);
  // Tuesday, 14 o'clock.
  expect(new Date((peaks?.week?.time ?? 0) * 1000).toISOString()).toMatch(/T14:30/);
  expect(new Date((peaks?.week?.time ?? 0) * 1000).getUTCDay()).toBe(2);
  expect(peaksOf(values.subarray(0, 200), start, 300)).toBeUndefined();
  expect(peaksOf(new Float64Array(4000).fill(NaN), start, 300)).toBeUndefined();
  expect(peaksOf(values.subarray(0, 5 * 288), start, 300)?.week).toBeUndefined();
});

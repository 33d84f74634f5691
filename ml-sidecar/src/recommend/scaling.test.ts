import { expect, test } from 'vitest';
import { shapeOf } from '../app/shape.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { Watch } from '../watch/watch.ts';
import { simulate, type ScalingOptions } from './scaling.ts';
import { scalingText } from './scaling-text.ts';
import { wishesOf } from './scaling-wishes.ts';

const options: ScalingOptions = { step: 300, perReplica: 100, target: 0.5, startUp: 2, cooldown: 3, least: 1, most: 20, tolerance: 0.1 };
const run = (demand: readonly number[], wishes = demand, more: Partial<ScalingOptions> = {}) =>
  simulate('x', Float64Array.from(demand), Float64Array.from(wishes), { ...options, ...more });

test('new replicas serve after the start-up time, and what is not served until then is counted', () => {
  const outcome = run([100, 100, 300, 300, 300, 300]);
  expect([...outcome.ready]).toEqual([2, 2, 2, 2, 6, 6]);
  // 300 are wanted where 2 × 100 are served, twice.
  expect(outcome).toMatchObject({ violations: 2, highest: 6, changes: 1 });
  expect(outcome.unserved).toBeCloseTo(200 / 1400);
  // Starting replicas are paid for, too.
  expect(outcome.replicaHours).toBeCloseTo(((2 + 2 + 6 * 4) * 300) / 3600);
});

test('told in time, nothing is missed', () => {
  expect(run([100, 100, 300, 300], [300, 300, 300, 300])).toMatchObject({ violations: 0, unserved: 0 });
});

test('replicas are given up once less was wanted for the whole cool-down', () => {
  expect([...run([300, 100, 100, 100, 100, 100]).ready]).toEqual([6, 6, 6, 6, 2, 2]);
  expect([...run([300, 100, 300, 100, 100, 100]).ready]).toEqual([6, 6, 6, 6, 6, 6]);
});

test.each([
  ['a wish close to what there is changes nothing', [100, 105, 109], {}, 2],
  ['no fewer than the least', [0, 0, 0, 0, 0], { least: 3 }, 3],
  ['no more than the most', [9000, 9000, 9000], { most: 5 }, 5],
  ['a gap keeps what there is', [100, NaN, NaN, NaN, NaN, NaN], {}, 2],
])('%s', (_, wishes, more, wanted) => {
  const outcome = run(wishes, wishes, more);
  expect(outcome.ready.at(-1)).toBe(wanted);
});

test('the empty trace costs nothing', () => {
  expect(run([])).toMatchObject({ replicaHours: 0, violations: 0, unserved: 0, highest: 0 });
});

const parsed = parseConfiguration(
  'prometheus: {url: http://p}\nwatches: [{name: w, expr: x, step: 1h, history: 10d, horizon: 6h, refit: 6h, bounds: [0, 1e9]}]',
  { forecasters: ['auto'], detectors: ['auto'] },
);
if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
const { configuration } = parsed;
const [settings] = configuration.watches;

async function walked(values: Float64Array, refit = settings.refit) {
  const own = { ...settings, refit };
  const shape = shapeOf(own, configuration.gauges);
  const fromIndex = 100_000;
  const toIndex = fromIndex + values.length - shape.historySteps - 1;
  const demand = { labels: {}, values };
  return wishesOf({
    watch: new Watch(own, shape),
    demand,
    fromIndex,
    toIndex,
    startUp: 2,
    quantile: 0.9,
    pause: async () => {},
    stepped: () => {},
  });
}

/** A day's wave with noise that nothing can know, so that a model may be better than yesterday. */
const busy = (i: number): number => 500 + 400 * Math.sin((2 * Math.PI * i) / 24) + 60 * Math.sin(i * i * 12.9898);

test('ahead of a rise the wish is higher than what is seen, and never lower', async () => {
  const { reactive, predictive, believed } = await walked(Float64Array.from({ length: 300 }, (_, i) => busy(i)));
  expect(believed).toBeGreaterThan(0.5);
  expect(reactive).toHaveLength(60);
  for (let i = 0; i < reactive.length; i++) expect(predictive[i]).toBeGreaterThanOrEqual(reactive[i]);
  // At the steepest places 200 more are expected two hours later.
  expect(Math.max(...predictive.map((wish, i) => wish - reactive[i]))).toBeGreaterThan(100);
});

test('what is wished at a step does not change with what comes later', async () => {
  // Learnt anew at every step, so that anything seen too early shows at once.
  const calm = Float64Array.from({ length: 256 }, (_, i) => busy(i));
  const wild = calm.map((value, i) => (i > 249 ? value * 5 : value));
  const [one, other] = [await walked(calm, 3600), await walked(wild, 3600)];
  expect([...other.predictive.subarray(0, 10)]).toEqual([...one.predictive.subarray(0, 10)]);
  expect([...other.predictive]).not.toEqual([...one.predictive]);
});

test('both ways are shown side by side with the difference in words', () => {
  const demand = [100, 100, 300, 300, 300, 300];
  const report = {
    series: 'web',
    from: 0,
    to: 1800,
    options,
    quantile: 0.9,
    believed: 1,
    reactive: run(demand),
    predictive: run(demand, [300, 300, 300, 300, 300, 300]),
  };
  const text = scalingText(report);
  expect(text).toMatch(/minutes over capacity +10 +0 +−100 %/);
  expect(text).toMatch(/Scaling ahead spares 10 minutes over capacity and costs 28\.6 % of the replica-hours\.$/);
  expect(scalingText({ ...report, believed: 0.1 })).toMatch(/seldom believed/);
});

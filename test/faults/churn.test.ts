import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../end-to-end/started-program.ts';
import { createMemoryGroup, type MemoryGroup } from './cgroup.ts';
import { podsOf, sendPods } from './churn.ts';
import { highestMiB } from './held.ts';
import { type PolledRig, seriesCount, startPolledRig } from './polled-rig.ts';

const group: MemoryGroup | undefined = createMemoryGroup(420 * 2 ** 20);
let rig: PolledRig;
beforeAll(async () => {
  rig = await startPolledRig({
    watches: `
  - { name: p, expr: p, live: false, step: 1s, history: 1m, horizon: 10s, refit: 1m, delay: 1s, forecaster: seasonal-naive, series_limit: 300 }
  - { name: c, expr: c, step: 2s, resolution: 1s, history: 1h, horizon: 5m, refit: 1h, delay: 1s, forecaster: seasonal-naive, series_limit: 500 }
  - { name: big, expr: big, step: 1s, history: 2h, horizon: 10m, refit: 1h, delay: 1s, forecaster: seasonal-naive, series_limit: 1000000 }`,
    series: { p: podsOf(500) },
    ...(group ? { run: (words) => [...group.run, ...words] } : {}),
  });
});
afterAll(async () => {
  await rig?.stop();
  group?.remove();
});

it('pods that come and go by remote write: refused past the limit, counted, told, in bounded memory', async () => {
  const first = await sendPods(rig, 'c', 1, 6000);
  const second = await sendPods(rig, 'c', 2, 6000);
  expect(second - first).toBeLessThan(120);
  await until(async () => (await rig.metric('presage_dropped_series_total{watch="c",reason="limit"}')) > 5000, 60, 'refusals');
  expect(await rig.metric('presage_watched_series{watch="c"}')).toBeLessThanOrEqual(500);
  expect(await rig.metric('presage_received_series')).toBeLessThanOrEqual(200_000);
  expect(rig.sidecar.said()).toMatch(/level=warn.*series left out.*watch=c.*at most 500/);
});

it('pods that come and go by polling: the same', async () => {
  await until(async () => (await rig.metric('presage_dropped_series_total{watch="p",reason="limit"}')) > 1000, 60, 'refusals');
  expect(await rig.metric('presage_watched_series{watch="p"}')).toBeLessThanOrEqual(300);
  expect(rig.sidecar.said()).toMatch(/level=warn.*series left out.*watch=p.*at most 300/);
  expect(highestMiB(rig.sidecar.pid)).toBeLessThan(450);
});

it.skipIf(!group)('more series than a cgroup has memory for: refused, counted, told, and the rest goes on', async () => {
  await sendPods(rig, 'big', 1, 6000);
  await until(async () => (await rig.metric('presage_memory_refusals_total')) > 100, 60, 'refusals');
  expect(rig.sidecar.said()).toMatch(/level=warn.*memory is nearly used up, no more series are taken/);
  const followed = () => rig.metric('presage_watched_series{watch="big"}');
  await until(async () => (await followed()) > 100, 60, 'what there was room for to be followed');
  expect(await followed()).toBeLessThan(6000);
  expect([group?.kills(), rig.sidecar.runs()]).toEqual([0, true]);
  expect(group?.highest()).toBeLessThanOrEqual(420 * 2 ** 20);
  const { well } = rig.fake.asked;
  await until(() => rig.fake.asked.well > well + 2, 60, 'good answers');
});

it('costs the watches beside it nothing', async () => {
  expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
});

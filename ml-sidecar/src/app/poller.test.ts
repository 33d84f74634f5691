import { silentLogger } from '@presage/service/log.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { parseConfiguration } from '../configuration/parse.ts';
import type { FitQueue } from '../fits/fit-queue.ts';
import { createFitQueue } from '../fits/fit-queue.ts';
import { createInProcess } from '../fits/in-process.ts';
import { closeServers, matrix, serve, vector } from '../prometheus/client.fixture.ts';
import { fromDisk } from '../watch/section.fixture.ts';
import { restoreSnapshot, takeSnapshot } from '../watch/snapshot.ts';
import { Watch } from '../watch/watch.ts';
import { createPoller } from './poller.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { shapeOf } from './shape.ts';

afterEach(closeServers);

const step = 600;
const hosts = [0, 1, 2];
const valueAt = (host: number, index: number): number => 10 + host + Math.sin((2 * Math.PI * index) / 144);

function watchOf(): Watch {
  const parsed = parseConfiguration(
    `prometheus: { url: http://127.0.0.1:9090 }
watches: [{ name: w, expr: sum(up), step: 10m, refit: 10m, history: 2d, horizon: 6h, delay: 1s, forecaster: seasonal-naive }]`,
    { forecasters: ['seasonal-naive'], detectors: ['auto'], plugins: [] },
  );
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  return new Watch(parsed.configuration.watches[0], shapeOf(parsed.configuration.watches[0], parsed.configuration.gauges));
}

/** A Prometheus that knows every value. */
const source = () =>
  serve([
    (query, response) => {
      const [start, end] = ['start', 'end'].map((name) => Math.round(Number(query.get(name)) / step));
      const values = (host: number) =>
        Array.from({ length: end - start + 1 }, (_, i) => `[${(start + i) * step},"${valueAt(host, start + i)}"]`).join();
      const series = hosts.map((host) => `{"metric":{"host":"${host}"},"values":[${values(host)}]}`).join();
      response.end(query.get('query')?.startsWith('count(') ? vector(`[${end},"3"]`) : matrix(series));
    },
  ]);

/** Takes every request and makes none. */
const stuck: FitQueue = { fit: () => new Promise(() => {}), hurry: () => {}, waiting: 0, running: 0 };

test('what goes on from saved state is current once its values are there, a series that begins once it has its fits', async () => {
  const { client } = await source();
  const stop = new AbortController();
  const learnt = watchOf();
  learnt.fits = createFitQueue(createInProcess(() => 0));
  const polled = (watch: Watch, now: number) =>
    createPoller({
      watch,
      client,
      log: silentLogger,
      metrics: createSelfMetrics('0', 'v20.0.0'),
      now: () => now,
      clock: () => performance.now() / 1000,
      pause: async () => {},
      sleep: (seconds) => sleep(seconds * 1000, undefined, { signal: stop.signal }).catch(() => {}),
      signal: stop.signal,
      loaded: () => {},
    });
  const first = polled(learnt, 300 * step + 2);
  expect(first.isCurrent()).toBe(false);
  void first.run();
  await expect.poll(() => first.isCurrent(), { timeout: 20_000 }).toBe(true);
  const [resumed, grown, fresh] = [watchOf(), watchOf(), watchOf()];
  for (const watch of [resumed, grown]) expect(restoreSnapshot(watch, fromDisk(takeSnapshot(learnt)))).toBe(true);
  // As where most series have come while it was away.
  for (const key of [...grown.series.keys()].slice(1)) grown.series.delete(key);
  for (const watch of [resumed, grown, fresh]) watch.fits = stuck;
  const [goesOn, begins] = [resumed, fresh].map((watch) => polled(watch, 303 * step + 2));
  const grows = polled(grown, 400 * step + 2);
  expect(goesOn.isCurrent()).toBe(false);
  void goesOn.run();
  void begins.run();
  void grows.run();
  await expect.poll(() => goesOn.isCurrent(), { timeout: 20_000 }).toBe(true);
  for (const [watch, poller] of [[fresh, begins] as const, [grown, grows] as const]) {
    await expect
      .poll(() => [...watch.series.values()].map((series) => series.ring.finite > 30), { timeout: 20_000 })
      .toEqual([true, true, true]);
    expect(poller.isCurrent()).toBe(false);
  }
  expect(goesOn.health().up).toBeUndefined();
  // Half taken: what was saved before stays.
  expect(goesOn.isWhole()).toBe(false);
  stop.abort();
});

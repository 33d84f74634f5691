import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '@presage/service/log.ts';
import { afterAll, expect, test } from 'vitest';
import { parseConfiguration } from '../configuration/parse.ts';
import type { FitQueue } from '../fits/fit-queue.ts';
import { createFitQueue } from '../fits/fit-queue.ts';
import { createInProcess } from '../fits/in-process.ts';
import { closeServers, matrix, serve, vector } from '../prometheus/client.fixture.ts';
import { createKeeper } from './keeper.ts';
import { createPlugins } from './plugins.ts';
import { prepare } from './prepare.ts';
import { createRunningWatches } from './running-watches.ts';
import { createSelfMetrics } from './self-metrics.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-running-'));
afterAll(() => {
  closeServers();
  rmSync(folder, { recursive: true });
});

const step = 600;
const text = `prometheus: { url: http://127.0.0.1:9090 }
watches:
  - { name: a, expr: a, step: 10m, refit: 10m, history: 2d, horizon: 6h, delay: 1s, forecaster: seasonal-naive }
  - { name: b, expr: b, step: 10m, refit: 10m, history: 2d, horizon: 6h, delay: 1s, forecaster: seasonal-naive }`;

/** A Prometheus that knows every value of one host. */
const source = () =>
  serve([
    (query, response) => {
      const [start, end] = ['start', 'end'].map((name) => Math.round(Number(query.get(name)) / step));
      const values = Array.from({ length: end - start + 1 }, (_, i) => `[${(start + i) * step},"${10 + Math.sin((start + i) / 23)}"]`);
      const series = `{"metric":{"instance":"host"},"values":[${values.join()}]}`;
      response.end(query.get('query')?.startsWith('count(') ? vector(`[${end},"1"]`) : matrix(series));
    },
  ]);

/** Both watches on what is saved, up to a grid time. Fits wait for `before`. */
async function started(before: FitQueue['fit'] | undefined, index: number) {
  const { client } = await source();
  const [stop, metrics] = [new AbortController(), createSelfMetrics('0', 'v20.0.0')];
  const state = { now: index * step + 2 };
  const clock = () => performance.now() / 1000;
  const pause = async () => {};
  const made = createFitQueue(createInProcess(clock));
  const fits: FitQueue = before ? { fit: before, hurry: () => {}, waiting: 0, running: 0 } : made;
  const watches = createRunningWatches({
    client,
    live: { follow: () => undefined, unfollow: () => {} },
    keeper: createKeeper({ path: folder, saveInterval: 0 }, { clock, pause }, silentLogger, metrics),
    log: silentLogger,
    metrics,
    now: () => state.now,
    clock,
    pause,
    sleep: async (seconds, signal) => {
      // Time goes on by steps; what is due is due.
      const until = state.now + Math.floor(seconds);
      do await sleep(10);
      while (state.now < until && !signal.aborted);
    },
    fits,
    hasMemory: () => true,
    signal: stop.signal,
  });
  const parsed = parseConfiguration(text, { forecasters: ['seasonal-naive'], detectors: ['auto'], plugins: [] });
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const pluginsOf = () => createPlugins(parsed.configuration, { worker: new URL('file:///none'), clock }, silentLogger, metrics);
  await watches.follow(await prepare(parsed.configuration, { now: state.now, pluginsOf }));
  watches.begin();
  const reached = () => watches.served.map(({ watch }) => watch.lastIndex);
  /** The grid index up to which the host was scored. */
  const ofHosts = () => [...(watches.hosts?.states.values() ?? [])].map(({ last }) => last);
  const stopped = async () => {
    stop.abort();
    await watches.ended();
  };
  return { watches, state, reached, ofHosts, made, stopped };
}

test('hosts are not scored before every watch has taken what was missed, and are current to those who ask', async () => {
  const first = await started(undefined, 300);
  await expect.poll(first.reached, { timeout: 20_000 }).toEqual([300, 300]);
  first.state.now += step;
  await expect.poll(first.reached, { timeout: 20_000 }).toEqual([301, 301]);
  await expect.poll(() => first.watches.served.map(({ health }) => health.up)).toEqual([true, true]);
  await first.watches.save();
  await first.stopped();
  const waiting: (() => void)[] = [];
  const gate = { isOpen: false };
  const second = await started(async (request) => {
    if (request.watch === 'b' && !gate.isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
    // The other one has its fits once this one waits for its own.
    while (waiting.length === 0 && !gate.isOpen) await sleep(20);
    return second.made.fit(request);
  }, 310);
  expect(second.ofHosts()).toEqual([300]);
  await expect.poll(second.reached, { timeout: 20_000 }).toEqual([310, 301]);
  await expect.poll(() => second.watches.served[0].health.up, { timeout: 20_000 }).toBe(true);
  expect(second.watches.areCurrent()).toBe(true);
  expect(second.watches.served[1].health.up).toBeUndefined();
  expect(second.ofHosts()).toEqual([300]);
  gate.isOpen = true;
  for (const goOn of waiting) goOn();
  await expect.poll(second.reached, { timeout: 20_000 }).toEqual([310, 310]);
  second.state.now += step;
  await expect.poll(second.reached, { timeout: 20_000 }).toEqual([311, 311]);
  await expect.poll(second.ofHosts, { timeout: 20_000 }).toEqual([310]);
  await second.stopped();
}, 60_000);

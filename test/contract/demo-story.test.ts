import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shapeOf } from '../../ml-sidecar/src/app/shape.ts';
import { parseConfiguration } from '../../ml-sidecar/src/configuration/parse.ts';
import { detectors } from '../../ml-sidecar/src/detectors/index.ts';
import { forecasters } from '../../ml-sidecar/src/forecasters/index.ts';
import { outlookOf } from '../../ml-sidecar/src/watch/outlook.ts';
import { Watch } from '../../ml-sidecar/src/watch/watch.ts';
import { tellStory } from '../../stack/src/demo/story.ts';

const hour = 3600;

// 2026-11-18 was a Wednesday: a week of starts, every eight hours.
const starts = Array.from({ length: 21 }, (_, i) => Date.UTC(2026, 10, 18, 0, 30) / 1000 + i * 8 * hour);

const parsed = parseConfiguration(readFileSync(new URL('../../provisioning/presage/presage.yml', import.meta.url), 'utf8'), {
  forecasters: forecasters.map(({ name }) => name),
  detectors: detectors.map(({ name }) => name),
});

/** Hours until the memory of the leaking host is exhausted: as the story goes on, and in the median of what the shipped watch forecasts. */
async function leakOf(anchor: number): Promise<{ readonly told: number; readonly foreseen: number; readonly state: string }> {
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const { watches, gauges } = parsed.configuration;
  const settings = watches.find(({ name }) => name === 'memory');
  const host = tellStory(anchor).hosts.find(({ name }) => name === 'demo-web-2');
  if (host === undefined || settings === undefined) throw new Error('the story has no demo-web-2, or the configuration no memory');
  const { step, history, limits } = settings;
  const watch = new Watch(settings, shapeOf(settings, gauges));
  const last = Math.floor(anchor / step);
  const length = history / step;
  const values = Float64Array.from({ length }, (_, i) => host.memory((last - length + 1 + i) * step));
  await watch.load(last, length, [{ labels: { instance: host.name }, values }], { pause: async () => {}, clock: () => 0 });
  const [series] = watch.series.values();
  const [outlook] = outlookOf(series, limits, anchor, [0.5], [86_400]);
  let told = 0;
  while (host.memory(anchor + told * hour) <= limits[0].value) told += 1 / 12;
  return { told, foreseen: outlook.seconds[0] / hour, state: watch.stateOf(series) };
}

test('the leak of the demo is foreseen whenever the demo is started', async () => {
  const all = await Promise.all(
    starts.map(async (anchor) => ({ start: new Date(anchor * 1000).toUTCString(), ...(await leakOf(anchor)) })),
  );
  expect(all.filter(({ told, foreseen, state }) => state !== 'ready' || !(Math.abs(foreseen - told) <= 3))).toEqual([]);
}, 120_000);

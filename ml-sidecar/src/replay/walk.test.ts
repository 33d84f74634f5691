import { expect, test } from 'vitest';
import { shapeOf } from '../app/shape.ts';
import { parseConfiguration } from '../configuration/parse.ts';
import { isGaugeName } from '../serve/metrics.ts';
import { Watch } from '../watch/watch.ts';
import { walk } from './walk.ts';

const text =
  'prometheus: {url: http://p}\nwatches: [{name: w, expr: x, step: 1h, history: 10d, refit: 12h, limits: [{name: high, above: 9}]}]';
const parsed = parseConfiguration(text, { forecasters: ['auto'], detectors: ['auto'] });
const wanted = new Set(
  ['presage_anomaly_score', 'presage_predicted', 'presage_time_to_limit_seconds', 'presage_series_state'].filter(isGaugeName),
);

/** What a walk over `values` writes, a line a sample; index 0 is the first of them. */
async function walked(values: Float64Array): Promise<readonly string[]> {
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults));
  const [settings] = parsed.configuration.watches;
  const { gauges } = parsed.configuration;
  const shape = shapeOf(settings, gauges);
  const lines: string[] = [];
  await walk(
    {
      watch: new Watch(settings, shape),
      matrix: [{ labels: { instance: 'a' }, values }],
      fromIndex: shape.historySteps,
      toIndex: values.length - 1,
      gauges,
      every: 3600,
      wanted,
      pause: async () => {},
      stepped: () => {},
    },
    {
      add: () => {},
      addText: (name, labels, time, value) => void lines.push(`${time} ${name}${labels} ${value}`),
      mark: () => 0,
      close: () => 0,
    },
  );
  return lines;
}

const wave = (i: number): number => 5 + 2 * Math.sin((2 * Math.PI * i) / 24) + 0.1 * Math.sin(i * 12.9898);

test('what a walk says at a time does not change with what comes later', async () => {
  const calm = Float64Array.from({ length: 300 }, (_, i) => wave(i));
  const wild = calm.map((value, i) => (i > 270 ? value + 40 : value));
  const [one, other] = [await walked(calm), await walked(wild)];
  const until = (lines: readonly string[]) => lines.filter((line) => Number(line.split(' ')[0]) < 271 * 3600);
  expect(until(one).length).toBeGreaterThan(100);
  expect(until(other)).toEqual(until(one));
  expect(other).not.toEqual(one);
  expect(await walked(wild)).toEqual(other);
});

test('a walk writes the gauges that are wanted and no others', async () => {
  const names = new Set(
    (await walked(Float64Array.from({ length: 245 }, (_, i) => wave(i)))).map((line) => line.split(' ')[1].split('{')[0]),
  );
  expect([...names].sort()).toEqual([...wanted].sort());
});

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findBinaries, type Binaries } from '../binaries.ts';
import { execute } from '../execute.ts';
import { describeMachine } from '../machine.ts';
import { integrate } from './counter.ts';
import { exposeNow, writeHistory } from './exposition.ts';
import { hashed, noise } from './noise.ts';
import { targetsOf } from './series.ts';
import { historySeconds, tellStory } from './story.ts';

/** A Sunday, 2026-11-22 20:00 UTC. */
const anchor = 1_795_377_600;
const targets = targetsOf(tellStory(anchor));
const value = (instance: string, name: string, time: number, labels: Record<string, string> = {}): number => {
  const target = targets.find((one) => one.instance === instance);
  const series = target?.series.find((one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text));
  if (series === undefined) throw new Error(`no ${name} on ${instance}`);
  return series.at(time);
};

describe('noise', () => {
  test('stays in [-1, 1) with a mean near zero, and is the same every time', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => hashed(7, i));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / values.length)).toBeLessThan(0.03);
    expect(hashed(7, 3)).toBe(hashed(7, 3));
    expect(hashed(7, 3)).not.toBe(hashed(8, 3));
  });

  test('runs without jumps', () => {
    expect(noise(1, 600, 60)).toBeCloseTo(noise(1, 599.999, 60), 4);
  });
});

describe('a counter', () => {
  test('of a constant rate is a straight line', () => {
    expect(integrate(() => 2, 0).at(1234)).toBeCloseTo(2468, 9);
  });

  test('does not depend on what was asked before', () => {
    const rate = (time: number): number => 1 + Math.sin(time / 500);
    const late = integrate(rate, 0);
    late.at(90_000);
    expect(integrate(rate, 0).at(4321)).toBe(late.at(4321));
  });
});

test('no counter ever falls but at a boot', () => {
  const falls: string[] = [];
  for (const { instance, series } of targets)
    for (const one of series.filter(({ type }) => type === 'counter')) {
      let last = 0;
      for (let time = anchor - historySeconds; time <= anchor + 3600; time += 120) {
        const now = one.at(time);
        if (now < last) falls.push(`${instance} ${one.name} ${(anchor - time) / 3600}`);
        if (!Number.isNaN(now)) last = now;
      }
    }
  // Every counter of the host with the outage, once, at its end.
  const counters = targets[0].series.filter(({ type }) => type === 'counter');
  expect(falls).toHaveLength(counters.length);
  expect(falls.every((fall) => fall.startsWith('demo-web-1') && fall.endsWith(' 119.23333333333333'))).toBe(true);
});

test('every value is finite or absent, and shares stay within their bounds', () => {
  const bad = targets.flatMap(({ instance, series }) =>
    series.flatMap((one) =>
      [anchor - historySeconds, anchor - 5 * 86_400 + 60, anchor, anchor + 86_400]
        .filter((time) => one.at(time) < 0 || one.at(time) === Infinity)
        .map(() => `${instance} ${one.name}`),
    ),
  );
  expect(bad).toEqual([]);
});

test('the volume of the database passes 97 % about six hours from the start', () => {
  const used = (hours: number): number => {
    const [avail, size] = ['avail', 'size'].map((name) =>
      value('demo-db-1', `node_filesystem_${name}_bytes`, anchor + hours * 3600, { mountpoint: '/var/lib/postgresql' }),
    );
    return 1 - avail / size;
  };
  expect(used(-48)).toBeLessThan(0.42);
  expect(used(0)).toBeGreaterThan(0.88);
  expect(used(5)).toBeLessThan(0.97);
  expect(used(7)).toBeGreaterThan(0.97);
});

test('the leak exhausts the memory of its host some hours from the start', () => {
  const used = (hours: number): number =>
    1 -
    value('demo-web-2', 'node_memory_MemAvailable_bytes', anchor + hours * 3600) /
      value('demo-web-2', 'node_memory_MemTotal_bytes', anchor);
  expect(used(0)).toBeLessThan(0.93);
  expect(used(12)).toBeGreaterThan(0.95);
  expect(value('demo-web-2:8080', 'process_resident_memory_bytes', anchor)).toBeGreaterThan(
    value('demo-web-2:8080', 'process_resident_memory_bytes', anchor - 86_400),
  );
});

test('during its outage a host gives nothing and its probe fails', () => {
  const time = anchor - 5 * 86_400 + 600;
  expect(value('demo-web-1', 'node_load1', time)).toBeNaN();
  expect(exposeNow(targets[0], time)).toBeUndefined();
  expect(value('https://shop.demo.example', 'probe_success', time)).toBe(0);
});

test('a working day is busier at noon than at night, and than a Sunday', () => {
  const load = (daysBack: number, hour: number): number =>
    value('demo-web-2', 'node_load1', anchor - daysBack * 86_400 + (hour - 20) * 3600);
  expect(load(3, 14)).toBeGreaterThan(2 * load(3, 2));
  expect(load(3, 14)).toBeGreaterThan(1.4 * load(0, 14));
});

describe('the history that promtool loads', () => {
  let binaries: Binaries;
  beforeAll(async () => {
    const { platform, arch, env } = process;
    binaries = await findBinaries(
      describeMachine({ platform, arch, env, userId: process.getuid?.(), temporaryFolder: tmpdir(), say: () => {} }),
    );
  }, 120_000);

  test('is OpenMetrics that it accepts, and ends where the live hosts go on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'presage-story-'));
    const file = path.join(folder, 'history');
    const story = tellStory(anchor);
    const { hosts, sites } = story;
    const samples = writeHistory({ ...story, hosts: hosts.slice(0, 1), sites: sites.slice(0, 1) }, file);
    expect(samples).toBeGreaterThan(100_000);
    const text = readFileSync(file, 'utf8');
    expect(text.endsWith('# EOF\n')).toBe(true);
    expect(text).toContain(
      '# TYPE node_cpu_seconds counter\nnode_cpu_seconds_total{cpu="0",mode="user",job="node",instance="demo-web-1",generated="true"}',
    );
    const last = Number(new RegExp(`node_load1\\{[^}]*\\} (\\S+) ${anchor}\n`).exec(text)?.[1]);
    expect(exposeNow(targets[0], anchor)).toContain(`node_load1 ${String(last).slice(0, 9)}`);
    const args = ['tsdb', 'create-blocks-from', '--max-block-duration=504h', 'openmetrics', '--quiet', file, path.join(folder, 'blocks')];
    await execute(binaries.promtool.path, args);
    const { output } = await execute(binaries.promtool.path, ['tsdb', 'list', path.join(folder, 'blocks')]);
    expect(output.trim().split('\n').length).toBeLessThanOrEqual(4);
  }, 60_000);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SPREAD_LEVELS } from '../stats/spread.ts';
import { PluginHost } from './host.ts';
import type { PluginJob } from './job.ts';
import { moodyPlugin } from './moody-plugin.fixture.ts';
import { builtWorker } from './worker.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-plugins-'));
const worker = builtWorker('host');
const hosts: PluginHost[] = [];
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.close()));
  rmSync(folder, { recursive: true, force: true });
});

interface Making {
  readonly name: string;
  readonly timeout?: number;
  readonly clock?: () => number;
}

function hostOf(text: string, { timeout = 20, clock = () => 0, name }: Making): PluginHost {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, text);
  const host = new PluginHost({ name, plugin: 'module', file, timeout, memory: 64 }, { worker, clock });
  hosts.push(host);
  return host;
}

function jobOf(level: number): PluginJob {
  const values = Float64Array.from({ length: 240 }, (_, i) => level + Math.sin((2 * Math.PI * i) / 24) + 0.1 * Math.sin(i * 12.9898));
  const series = { start: 1_700_006_400, step: 3600, values };
  return { series, horizonSteps: 24, steps: 30, levels: SPREAD_LEVELS, bounds: [-Infinity, Infinity] };
}

describe('a plug-in in its worker', () => {
  it('forecasts what a module of the user says, calibrated and measured as any model', async () => {
    const fit = await hostOf(moodyPlugin, { name: 'good' }).fit(jobOf(10));
    expect(fit).toMatchObject({ model: 'good', origins: 6 });
    expect(fit.result.rows.map((row) => row.length)).toEqual(SPREAD_LEVELS.map(() => 30));
    expect(fit.result.start).toBe(1_700_006_400 + 240 * 3600);
    // It knows the mean of a daily season, and its own bands are far too narrow for that.
    expect(fit.result.rows[3][0]).toBeCloseTo(10, 0);
    expect(fit.result.rows[5][0] - fit.result.rows[1][0]).toBeGreaterThan(1);
    expect(fit.skill).toBeLessThan(0);
  });

  it('fails for one series where it throws, gives NaN, the wrong shape or explodes; the next is as if nothing had been', async () => {
    const host = hostOf(moodyPlugin, { name: 'moods' });
    const before = await host.fit(jobOf(10));
    await expect(host.fit(jobOf(1000))).rejects.toThrow('no luck today');
    await expect(host.fit(jobOf(3000))).rejects.toThrow('moods: got NaN at step 1, level 0.025, want a finite number');
    await expect(host.fit(jobOf(4000))).rejects.toThrow('moods: got 1 rows of 30 numbers, want 7 rows of 30 numbers');
    await expect(host.fit(jobOf(6000))).rejects.toThrow(/moods: the forecast explodes: got 9{12}\.5\d+ at step 1, want it within/);
    expect(await host.fit(jobOf(10))).toEqual(before);
  });

  it('is replaced where it runs out of memory or ends itself', async () => {
    const host = hostOf(moodyPlugin, { name: 'greedy' });
    await expect(host.fit(jobOf(5000))).rejects.toThrow('greedy: ran out of memory, want it within 64 MiB');
    expect((await host.fit(jobOf(10))).model).toBe('greedy');
    await expect(host.fit(jobOf(7000))).rejects.toThrow('greedy: ended itself with code 7 when asked to forecast a series');
    expect((await host.fit(jobOf(10))).model).toBe('greedy');
  });

  it('is replaced where it hangs, and rests for ten minutes after three times', async () => {
    let now = 0;
    const host = hostOf(moodyPlugin, { name: 'slow', timeout: 1, clock: () => now });
    for (let i = 0; i < 3; i++) await expect(host.fit(jobOf(2000))).rejects.toThrow('slow: took more than 1 s to forecast a series');
    await expect(host.fit(jobOf(10))).rejects.toThrow(/slow: took more than 1 s .* \(tried 3 times, again after ten minutes\)/);
    now = 601;
    await host.load();
  });

  it('is given a copy without what must not be learnt, and refuses too few samples', async () => {
    const host = hostOf(moodyPlugin, { name: 'strict' });
    const { series, ...job } = jobOf(10);
    const weights = Float64Array.from(series.values, (_, i) => (i === 0 ? 0 : 1));
    const spoilt = { ...job, series: { ...series, values: series.values.with(0, 1000), weights } };
    expect((await host.fit(spoilt)).model).toBe('strict');
    await expect(host.fit({ ...job, series: { ...series, values: series.values.slice(0, 2) } })).rejects.toThrow(/got 2 usable samples/);
    await expect(host.fit({ ...job, series: { ...series, values: series.values.map(() => NaN) } })).rejects.toThrow(/got 0 usable samples/);
  });

  it.each([
    ['no forecaster', 'export const other = 1;', /got no forecaster, want an export "forecaster" of \{ minSamples, fit \}/],
    ['what cannot be parsed', 'export const = ;', /want a module that can be loaded/],
    ['a fit that gives nothing', 'export const forecaster = { minSamples: 3, fit: () => 7 };', /got no function forecast from fit/],
    [
      'a random forecast',
      moodyPlugin.replace('level - 0.5', 'level + 0.001 * Math.random()'),
      /broke a law of forecasters: .* does not say the same twice/,
    ],
    ['quantiles out of order', moodyPlugin.replace('level - 0.5', '0.5 - level'), /broke a law .* gives quantiles out of order at step 1/],
    ['a spoilt series', moodyPlugin.replace('const mood', 'series.values[0] = 1; const mood'), /broke a law .* changes what it was given/],
  ])('refuses a module with %s', async (what, text, message) => {
    await expect(hostOf(text, { name: what.replaceAll(' ', '-') }).load()).rejects.toThrow(message);
  });

  it('starts no worker once it is closed', async () => {
    const host = hostOf(moodyPlugin, { name: 'closed' });
    await host.load();
    await host.close();
    await expect(host.fit(jobOf(10))).rejects.toThrow('closed: closed');
  });

  it('refuses a module that is not there', async () => {
    const host = new PluginHost(
      { name: 'gone', plugin: 'module', file: join(folder, 'gone.mjs'), timeout: 20, memory: 64 },
      { worker, clock: () => 0 },
    );
    await expect(host.load()).rejects.toThrow(/gone\.mjs: got .*, want a module that can be loaded/);
  });
});

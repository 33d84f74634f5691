import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../end-to-end/started-program.ts';
import { settableClock } from './clock.ts';
import { highestMiB } from './held.ts';
import { moodyPlugin, moodySeries } from './moody-plugin.ts';
import { createOtherHost } from './network.ts';
import { seriesCount, startPolledRig } from './polled-rig.ts';

const folder = mkdtempSync(join(tmpdir(), 'presage-surroundings-'));
const clock = await settableClock(join(folder, 'clock'));
const other = createOtherHost(1);
afterAll(() => {
  other?.remove();
  rmSync(folder, { recursive: true });
});

// Side by side, each with a sidecar of its own: they mostly wait.
describe.concurrent('what a sidecar stands on gives way', () => {
  it.skipIf(!clock)('the clock of the host set by an hour to and fro: told, no hole, no value twice, no other score', async () => {
    const rig = await startPolledRig({ environment: clock?.environment ?? {} });
    try {
      for (const [i, ahead] of [3600, -3600].entries()) {
        clock?.set(ahead);
        await until(async () => (await rig.metric('presage_clock_steps_total')) >= i + 1, 60, `step ${i + 1} to be seen`);
        const { well } = rig.fake.asked;
        await until(() => rig.fake.asked.well >= well + 2, 60, 'values asked for');
        await until(async () => Math.abs((await rig.metric('presage_clock_skew_seconds')) + ahead) < 5, 60, 'the skew to be shown');
      }
      expect(rig.sidecar.said()).toMatch(/level=warn.*clock of this host was set.*seconds=3600/);
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });

  it.skipIf(!other)('the network between Prometheus and the sidecar cut, and losing packets: told, and nothing lost', async () => {
    const { here = '', there = '', run = [] } = other ?? {};
    const rig = await startPolledRig({ hosts: { server: here, sidecar: there }, run: (words) => [...run, ...words] });
    try {
      const said = rig.sidecar.said().length;
      other?.link(false);
      await until(() => /no answer within|ENETUNREACH|EHOSTUNREACH|ECONN/.test(rig.sidecar.said().slice(said)), 60, 'a word on it');
      other?.link(true);
      const { well } = rig.fake.asked;
      await until(() => rig.fake.asked.well > well, 60, 'a good answer');
      expect(await rig.metric('presage_query_retries_total')).toBeGreaterThan(0);
      if (other?.lose(20)) {
        await sleep(3000);
        other.lose(0);
      } else console.warn('SKIPPED: this kernel has no netem, no packets are lost');
      await until(async () => (await rig.metric('presage_watch_up{watch="m"}')) === 1, 60, 'the watch to be up');
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });

  it('a fit worker that hangs, runs out of memory or dies: told, replaced, and only its series goes without', async () => {
    writeFileSync(join(folder, 'moody.mjs'), moodyPlugin);
    const rig = await startPolledRig({
      sections: `models: [{ name: moody, plugin: module, file: ${join(folder, 'moody.mjs')}, timeout: 3s, memory: 64 }]`,
      watches: '  - { name: w, expr: w, live: false, step: 1s, history: 5m, horizon: 1m, refit: 5m, delay: 1s, forecaster: moody }',
      series: { w: () => moodySeries },
    });
    try {
      const fits = (result: string) => rig.metric(`presage_fits_total{watch="w",result="${result}"}`);
      await until(async () => (await fits('success')) >= 4 && (await fits('failure')) >= 3, 90, 'every series to be fitted, or not');
      await until(() => /ended itself/.test(rig.sidecar.said()), 60, 'a word on the one that ends itself');
      const said = rig.sidecar.said();
      expect(said).toMatch(/level=warn.*fit failed.*watch=w.*moody: took more than 3 s to forecast a series/);
      // On a slow machine its time is over before its memory.
      expect(said).toMatch(/level=warn.*fit failed.*watch=w.*series.*3.*moody: (ran out of memory, want it within 64 MiB|took more)/);
      expect(said).toMatch(/level=warn.*fit failed.*watch=w.*moody: ended itself with code 7/);
      expect(highestMiB(rig.sidecar.pid)).toBeLessThan(600);
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { settableClock } from './clock.ts';
import { highestMiB } from './held.ts';
import { moodyFits, moodyLines, moodyRig } from './moody-plugin.ts';
import { createOtherHost } from './network.ts';
import { seriesCount, startPolledRig } from './polled-rig.ts';
import { cutNetwork, losePackets, stepClock } from './surroundings.ts';

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
      for (const [before, ahead] of [
        [0, 3600],
        [3600, -3600],
      ]) {
        const { counted, line } = await stepClock(rig, clock!, before, ahead);
        expect([counted, line !== '']).toEqual([1, true]);
      }
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });

  it.skipIf(!other)('the network between Prometheus and the sidecar cut, and losing packets: told, and nothing lost', async () => {
    const { here = '', there = '', run = [] } = other ?? {};
    const rig = await startPolledRig({ hosts: { server: here, sidecar: there }, run: (words) => [...run, ...words] });
    try {
      const { counted, line } = await cutNetwork(rig, other!, 0);
      expect([counted > 0, line !== '']).toEqual([true, true]);
      await losePackets(rig, other!, 3);
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });

  it('a fit worker that hangs, runs out of memory or dies: told, replaced, and only its series goes without', async () => {
    const rig = await startPolledRig(moodyRig(folder, '5m'));
    try {
      expect(await moodyFits(rig, 1)).toEqual({ lines: moodyLines.length, failures: expect.any(Number), successes: expect.any(Number) });
      expect(highestMiB(rig.sidecar.pid)).toBeLessThan(600);
      expect(await rig.verdict()).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    } finally {
      await rig.stop();
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Trouble, troubles } from './fake-prometheus.ts';
import { highestMiB } from './held.ts';
import { type PolledRig, seriesCount, startPolledRig } from './polled-rig.ts';
import { strikeTrouble, told } from './troubles.ts';

describe('a Prometheus that misbehaves', () => {
  let rig: PolledRig;
  beforeAll(async () => {
    rig = await startPolledRig();
  });
  afterAll(() => rig?.stop());

  it.each<Trouble>(troubles)('%s: is told by a metric and a log line', async (trouble) => {
    const { counted, line } = await strikeTrouble(rig, trouble, 2);
    expect(counted).toBeGreaterThan(0);
    expect(line).toMatch(told[trouble]);
  });

  it('costs no value and no score, and little memory', async () => {
    expect(highestMiB(rig.sidecar.pid)).toBeLessThan(450);
    const verdict = await rig.verdict();
    expect(verdict).toMatchObject({ series: seriesCount, lost: 0, wrong: 0, otherwise: 0 });
    expect(verdict.anomalies).toBeGreaterThan(0);
  });
});

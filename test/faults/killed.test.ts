import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KilledRig, seriesCount, startKilledRig, victims } from './killed-rig.ts';
import { metricOf } from './polled-rig.ts';
import { roundsOf } from './rounds.ts';

const { rounds, random } = roundsOf(1);
let rig: KilledRig;
beforeAll(async () => {
  rig = await startKilledRig();
});
afterAll(() => rig?.stop());

it('the sidecar, Prometheus and Redis killed at random moments: every sample scored once, and as ever', { timeout: 600_000 }, async () => {
  for (let round = 0; round < rounds; round++) {
    for (const victim of victims) {
      await new Promise((resolve) => setTimeout(resolve, 1500 * random()));
      await rig.kill(victim, random());
    }
  }
  const sidecar = rig.process('sidecar');
  expect(sidecar.said()).toMatch(/level=info msg="state taken up" watch=m/);
  expect(await metricOf(sidecar, 'presage_state_restores_total{state="watch",watch="m",result="newest"}')).toBe(1);
  await rig.catchUp();
  const verdict = await rig.verdict();
  expect(verdict).toMatchObject({ series: seriesCount, otherwise: 0 });
  expect(verdict.stored).toBeGreaterThan(15 * seriesCount);
});

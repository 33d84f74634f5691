import { afterAll, beforeAll, expect, it } from 'vitest';
import { type KilledRig, seriesCount, startKilledRig, victims } from './killed-rig.ts';
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
      const { counted, lines } = await rig.kill(victim, random());
      expect([victim, counted > 0, lines.length]).toEqual([victim, true, victim === 'redis' ? 2 : 1]);
    }
  }
  await rig.catchUp();
  const verdict = await rig.verdict();
  expect(verdict).toMatchObject({ series: seriesCount, otherwise: 0 });
  expect(verdict.stored).toBeGreaterThan(15 * seriesCount);
});

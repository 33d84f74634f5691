import { setTimeout as sleep } from 'node:timers/promises';
import { startKilledRig, type Victim, victims } from '../../test/faults/killed-rig.ts';
import type { KillTold } from '../../test/faults/killed-told.ts';
import { atLeast, atMost, type BenchRow, quantileOf, shown } from '../bench.ts';

/** Kills each victim so many times at moments of the dice, in turn, and compares once at the end with what Prometheus has stored. */
export async function killedRows(rounds: number, random: () => number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startKilledRig();
  const told: Record<Victim, KillTold[]> = { sidecar: [], prometheus: [], redis: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const victim of victims) {
        await sleep(1500 * random());
        told[victim].push(await rig.kill(victim, random()));
      }
      if ((round + 1) % 10 === 0) {
        await rig.catchUp();
        say(`${round + 1} rounds of kill −9`);
      }
    }
    await rig.catchUp();
    const { series, stored, otherwise, anomalies } = await rig.verdict();
    return [
      ...victims.flatMap((victim) => rowsOf(victim, told[victim])),
      atMost('kill −9: series with a lost, doubled or otherwise scored sample', otherwise, 0, ` of ${series}`, 0),
      atLeast('kill −9: samples stored, and anomalies in them', stored, 10 * rounds, `; ${anomalies}`, 0),
    ];
  } finally {
    await rig.stop();
  }
}

function rowsOf(victim: Victim, all: readonly KillTold[]): readonly BenchRow[] {
  const well = all.filter(({ counted, lines }) => counted > 0 && lines.length > 0).length;
  const back = quantileOf(
    all.map(({ seconds }) => seconds),
    0.5,
  );
  return [
    atLeast(`kill −9 of ${victim}: told by a metric and a log line`, well, all.length, ` of ${all.length}`, 0),
    shown('… back at work after, p50', `${back.toFixed(1)} s`),
  ];
}

import { setTimeout as sleep } from 'node:timers/promises';
import { type Trouble, troubles } from '../../test/faults/fake-prometheus.ts';
import { highestMiB } from '../../test/faults/held.ts';
import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { strikeTrouble, type Struck, told as lineOf } from '../../test/faults/troubles.ts';
import { atLeast, atMost, type BenchRow, quantileOf, shown } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** Seconds between two rounds: the same fault is logged once a minute. */
const between = 61;

/** So many rounds, each with every way in which a Prometheus may answer badly. */
export async function troubleRows(rounds: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startPolledRig();
  try {
    const struck = new Map<Trouble, Struck[]>(troubles.map((trouble) => [trouble, []]));
    for (let round = 0, end = 0; round < rounds; round++) {
      await sleep(Math.max(0, end - performance.now()));
      for (const trouble of troubles) {
        struck.get(trouble)?.push(await strikeTrouble(rig, trouble, 3));
        end = performance.now() + between * 1000;
      }
    }
    say(`${rounds} rounds of each trouble of Prometheus`);
    return [
      ...[...struck].flatMap(([trouble, all]) => rowsOf(trouble, all)),
      atMost('Prometheus in trouble: most memory of the sidecar', highestMiB(rig.sidecar.pid), 450, ' MiB', 0),
      ...verdictRows('Prometheus in trouble', await rig.verdict()),
    ];
  } finally {
    await rig.stop();
  }
}

function rowsOf(trouble: Trouble, all: readonly Struck[]): readonly BenchRow[] {
  const told = all.filter(({ counted, line }) => counted > 0 && lineOf[trouble].test(line)).length;
  const recoveries = all.map(({ recovery }) => recovery);
  return [
    atLeast(`Prometheus ${trouble}: told by a metric and a log line`, told, all.length, ` of ${all.length}`, 0),
    shown('… good again to the next value, p50', `${quantileOf(recoveries, 0.5).toFixed(1)} s`),
  ];
}

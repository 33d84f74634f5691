import { troubles } from '../../test/faults/fake-prometheus.ts';
import { highestMiB } from '../../test/faults/held.ts';
import { startPolledRig } from '../../test/faults/polled-rig.ts';
import { strikeTrouble, told as lineOf } from '../../test/faults/troubles.ts';
import { atLeast, atMost, type BenchRow, quantileOf, shown } from '../bench.ts';
import { verdictRows } from './verdict-rows.ts';

/** So many rounds of each way in which a Prometheus may answer badly. */
export async function troubleRows(rounds: number, say: (line: string) => void): Promise<readonly BenchRow[]> {
  const rig = await startPolledRig();
  try {
    const rows: BenchRow[] = [];
    for (const trouble of troubles) {
      const recoveries: number[] = [];
      let told = 0;
      for (let round = 0; round < rounds; round++) {
        const { counted, line, recovery } = await strikeTrouble(rig, trouble, 3);
        recoveries.push(recovery);
        if (counted > 0 && lineOf[trouble].test(line)) told++;
      }
      rows.push(atLeast(`Prometheus ${trouble}: told by a metric and a log line`, told, rounds, ` of ${rounds}`, 0));
      rows.push(shown(`… good again to the next value, p50`, `${quantileOf(recoveries, 0.5).toFixed(1)} s`));
    }
    say(`${rounds} rounds of each trouble of Prometheus`);
    rows.push(atMost('Prometheus in trouble: most memory of the sidecar', highestMiB(rig.sidecar.pid), 450, ' MiB', 0));
    return [...rows, ...verdictRows('Prometheus in trouble', await rig.verdict())];
  } finally {
    await rig.stop();
  }
}
